"""Result of one prediction as a record, and in a line of text to paste."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from tcexplore import __version__ as VERSION  # noqa: N812
from tcexplore.batch.outcomes import LoadedStructure, outcomes
from tcexplore.display.labels import band_text, tc_text
from tcexplore.model.predictor import TcPredictor
from tcexplore.run_folder.model_check import model_hash

Record = dict[str, Any]


def result_record(predictor: TcPredictor, loaded: LoadedStructure) -> Record:
    """Return the row of `tcexplore predict`, with the hash of the model and the version."""
    [outcome] = outcomes(predictor, [loaded])
    row = {name: value for name, value in outcome.row().items() if name != "structure"}
    return row | {"model_hash": model_hash(predictor.files), "version": VERSION}


def result_line(record: Record) -> str:
    """Return a result in one line: Tc, interval, domain, training, pressure, model and version."""
    band = band_text(record["tc_low"], record["tc_high"]) if record["tc_low"] is not None else ""
    parts = [
        f"{record['formula']} ({record['space_group']})",
        f"Tc = {tc_text(record['tc'])} K" + (f" (90 % interval {band})" if band else ""),
        f"{record['domain']} the applicability domain".replace("edge the", "edge of the"),
        "in training" if record["in_training"] else "not in training",
    ]
    if record["tc_held_out"] is not None:
        parts[-1] += f", without it {tc_text(record['tc_held_out'])} K"
    if record["pressure_gpa"] is not None:
        parts.append(f"{record['pressure_gpa']:g} GPa ({record['pressure_source']})")
    model = f"tcexplore {record['version']}, {record['model']} {record['model_hash'][:12]}"
    return "; ".join([*parts, model])


def result_json(record: Record) -> str:
    """Return a result as JSON."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def result_csv(record: Record) -> str:
    """Return a result as CSV with its head."""
    return pd.DataFrame([record]).to_csv(index=False, lineterminator="\n")
