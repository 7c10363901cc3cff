"""Predictions of many files as a table, CSV or JSON: what `predict` prints."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import load_structures
from tcexplore.model.predictor import TcPredictor, load_predictor

COLUMNS: tuple[str, ...] = (
    "file", "formula", "tc", "tc_low", "tc_high", "tc_composition", "space_group", "model",
    "warnings", "error",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What came of one file: a prediction, or the reason why there is none."""

    file: str
    formula: str = ""
    tc: float = math.nan
    """(K) As in `TcPrediction`, as are the others; nan where there is none."""
    tc_low: float = math.nan
    tc_high: float = math.nan
    tc_composition: float = math.nan
    space_group: str = ""
    model: str = ""
    warnings: tuple[str, ...] = ()
    error: str = ""

    def row(self) -> dict[str, str | float | None]:
        """Return the cells of a table, Tc to a hundredth of a kelvin, None where there is none."""
        kelvin = (self.tc, self.tc_low, self.tc_high, self.tc_composition)
        numbers = (None if math.isnan(value) else round(value, 2) for value in kelvin)
        texts = (self.space_group, self.model, " ".join(self.warnings), self.error)
        return dict(zip(COLUMNS, (self.file, self.formula, *numbers, *texts), strict=True))


def predict_files(files: Sequence[str], model: str) -> list[Outcome]:
    """Return the outcome of each file; one that cannot be used does not keep back the others.

    Raises
    ------
    ModelError
        There is no such model.
    """
    predictor = load_predictor(model)
    return [
        _outcome(file, loaded, predictor)
        for file, loaded in zip(files, load_structures(files), strict=True)
    ]


def _outcome(file: str, loaded: Structure | StructureError, predictor: TcPredictor) -> Outcome:
    if isinstance(loaded, StructureError):
        return Outcome(file, error=str(loaded).removeprefix(f"{Path(file).name}: "))
    try:
        [prediction] = predictor([loaded])
    except StructureError as error:
        return Outcome(file, error=str(error))
    return Outcome(
        file,
        prediction.formula,
        prediction.tc,
        prediction.tc_low,
        prediction.tc_high,
        prediction.tc_composition,
        prediction.cell.space_group_symbol,
        prediction.model,
        prediction.warnings,
    )


def formatted(outcomes: Sequence[Outcome], form: str) -> str:
    """Return outcomes as ``table``, ``csv`` or ``json``, each ending in a line feed."""
    rows = [outcome.row() for outcome in outcomes]
    if form == "json":
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    if form == "csv":
        return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    table = pd.DataFrame(rows).rename(columns={"tc": "Tc / K", "space_group": "space group"})
    table["Tc / K"] = [
        "not predicted" if math.isnan(outcome.tc) else f"{outcome.tc:.1f}" for outcome in outcomes
    ]
    shown = table[["file", "formula", "Tc / K", "space group"]]
    return shown.to_markdown(index=False, tablefmt="plain", disable_numparse=True) + "\n"
