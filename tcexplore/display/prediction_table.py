"""Table of the predictions for many files, as text, CSV or JSON, as `predict` prints it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pymatgen.core import Structure

from tcexplore.crystal.structure import StructureError
from tcexplore.display.domain import training_cell
from tcexplore.equation_of_state.estimate import CrystalPressure, crystal_pressure
from tcexplore.io.load import UnsoundStructureError, load_all_structures, load_structures
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.scans.scan_domain import cell_domain

COLUMNS: tuple[str, ...] = (
    "file", "structure", "formula", "tc", "tc_low", "tc_high", "tc_composition", "tc_held_out",
    "in_training", "domain", "pressure_gpa", "pressure_low", "pressure_high", "pressure_source",
    "space_group", "model", "warnings", "error",
)  # fmt: skip
TABLE = {
    "file": "file", "structure": "structure", "formula": "formula", "tc": "Tc / K",
    "pressure_gpa": "P / GPa", "space_group": "space group", "domain": "domain",
    "in_training": "in training",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """Prediction for a structure of a file, or the reason why there is none."""

    file: str
    structure: str = ""
    """Label of the structure in a file that may hold several, otherwise empty."""
    formula: str = ""
    tc: float = math.nan
    """(K) As in `TcPrediction`, as are the others; nan where there is none."""
    tc_low: float = math.nan
    tc_high: float = math.nan
    tc_composition: float = math.nan
    tc_held_out: float = math.nan
    in_training: bool | None = None
    """As in `TcPrediction`; None where there is no prediction."""
    domain: str = ""
    """Word for the applicability domain."""
    pressure: CrystalPressure | None = None
    """Estimated from the volume, or why it is unknown; None where there is no structure."""
    space_group: str = ""
    model: str = ""
    warnings: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """Return the file, with the label of the structure where it has one."""
        return f"{self.file}, {self.structure}" if self.structure else self.file

    def row(self) -> dict[str, str | float | None]:
        """Return the cells of a table, Tc to a hundredth of a kelvin, None where there is none."""
        kelvin = (self.tc, self.tc_low, self.tc_high, self.tc_composition, self.tc_held_out)
        numbers = (None if math.isnan(value) else round(value, 2) for value in kelvin)
        names = (self.file, self.structure, self.formula)
        trained = (self.in_training, self.domain)
        pressure = _pressure_cells(self.pressure)
        texts = (self.space_group, self.model, " ".join(self.warnings), self.error)
        return dict(zip(COLUMNS, (*names, *numbers, *trained, *pressure, *texts), strict=True))


def _pressure_cells(pressure: CrystalPressure | None) -> tuple[float | str | None, ...]:
    """Return the pressure and both ends of its error (GPa), and where it comes from."""
    if pressure is None:
        return None, None, None, ""
    ends = (pressure.value, pressure.low, pressure.high)
    return *(None if end is None else round(end, 1) for end in ends), pressure.kind


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


def predict_all_structures(files: Sequence[str], model: str) -> list[Outcome]:
    """Return the outcome of each structure of each file, which may hold several.

    Raises
    ------
    ModelError
        There is no such model.
    """
    predictor = load_predictor(model)
    return [
        _outcome(file, loaded, predictor, label=label)
        for file in files
        for label, loaded in _labelled_structures(file)
    ]


def _labelled_structures(file: str) -> list[tuple[str, Structure | StructureError]]:
    try:
        structures = load_all_structures(Path(file))
    except StructureError as error:
        return [("", error)]
    return [(_label(structure), structure) for structure in structures]


def _label(loaded: Structure | UnsoundStructureError) -> str:
    return loaded.label if isinstance(loaded, StructureError) else loaded.properties["label"]


def _outcome(
    file: str, loaded: Structure | StructureError, predictor: TcPredictor, *, label: str = ""
) -> Outcome:
    if isinstance(loaded, StructureError):
        return Outcome(file, label, error=str(loaded).removeprefix(f"{Path(file).name}: "))
    try:
        [prediction] = predictor([loaded])
    except StructureError as error:
        return Outcome(file, label, error=str(error))
    pressure = crystal_pressure(loaded)
    return Outcome(
        file,
        label,
        prediction.formula,
        prediction.tc,
        prediction.tc_low,
        prediction.tc_high,
        prediction.tc_composition,
        prediction.tc_held_out,
        prediction.in_training,
        str(cell_domain(predictor, prediction.cell).words[0]),
        pressure,
        prediction.cell.space_group_symbol,
        prediction.model,
        prediction.warnings,
    )


def formatted(outcomes: Sequence[Outcome], form: str, *, has_labels: bool = False) -> str:
    """Return outcomes as ``table``, ``csv`` or ``json``, each ending in a line feed.

    Parameters
    ----------
    outcomes
        At least one.
    form
        Name of the form.
    has_labels
        Whether there is a column for the label of each structure in its file.
    """
    rows = [outcome.row() for outcome in outcomes]
    if not has_labels:
        rows = [{name: row[name] for name in COLUMNS if name != "structure"} for row in rows]
    if form == "json":
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    if form == "csv":
        return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
    return _table(pd.DataFrame(rows))


def _table(rows: pd.DataFrame) -> str:
    """Return the columns that fit on a terminal, Tc to a tenth of a kelvin."""
    kelvin = ["not predicted" if math.isnan(tc) else f"{tc:.1f}" for tc in rows["tc"].astype(float)]
    pressures = map(_pressure_text, rows["pressure_gpa"].astype(float))
    trained = map(training_cell, rows["in_training"], rows["tc_held_out"].astype(float))
    shown = (
        rows.assign(tc=kelvin, in_training=list(trained), pressure_gpa=list(pressures))
        .filter(items=list(TABLE))
        .rename(columns=TABLE)
    )
    return shown.to_markdown(index=False, tablefmt="plain", disable_numparse=True) + "\n"


def _pressure_text(pressure: float) -> str:
    return "" if math.isnan(pressure) else f"{pressure:.0f}"
