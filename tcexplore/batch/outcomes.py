"""Outcomes: the prediction for each structure of a file, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from pymatgen.core import Structure

from tcexplore.batch.source_file import SourceFile
from tcexplore.crystal.structure import StructureError
from tcexplore.equation_of_state.estimate import CrystalPressure, crystal_pressure
from tcexplore.io.load import StructureReader
from tcexplore.io.stated_pressure import USER, file_pressure
from tcexplore.io.text import printable
from tcexplore.model.predictor import TcPrediction, TcPredictor
from tcexplore.scans.scan_domain import cell_domain, shortest_hydrogen_distance

COLUMNS: tuple[str, ...] = (
    "file", "structure", "formula", "tc", "tc_low", "tc_high", "tc_composition", "tc_held_out",
    "in_training", "domain", "pressure_gpa", "pressure_low", "pressure_high", "pressure_source",
    "pressure_origin", "h_h", "volume_per_atom", "space_group", "model", "warnings", "error",
)  # fmt: skip


@dataclass(frozen=True)
class LoadedStructure:
    """Structure of a file, or the reason why it cannot be used."""

    file: str
    structure: Structure | StructureError
    label: str = ""
    """Name of the structure in a file that holds several, otherwise empty."""
    pressure: float | None = None
    """(GPa) As stated; None where nobody states one."""
    pressure_origin: str = ""
    """Who states it, such as ``the user`` or ``the file's title``; empty for nobody."""
    note: str = ""
    """Sentence on how the pressure was read, empty where all was understood."""


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
    """Stated, and estimated from the volume; None where there is no structure."""
    pressure_origin: str = ""
    """Who states the pressure, empty for nobody."""
    h_h: float = math.nan
    """(Å) Shortest distance between hydrogen atoms; nan where there are none."""
    volume_per_atom: float = math.nan
    """(Å³) nan where there is no prediction."""
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
        names = (self.file, self.structure, self.formula)
        trained = (self.in_training, self.domain)
        texts = (self.space_group, self.model, " ".join(self.warnings), self.error)
        cells = (
            *names, *(_rounded(value, 2) for value in kelvin), *trained,
            *_pressure_cells(self.pressure), self.pressure_origin, _rounded(self.h_h, 3),
            _rounded(self.volume_per_atom, 3), *texts,
        )  # fmt: skip
        return dict(zip(COLUMNS, cells, strict=True))


def _rounded(value: float, digits: int) -> float | None:
    return None if math.isnan(value) else round(value, digits)


def _pressure_cells(pressure: CrystalPressure | None) -> tuple[float | str | None, ...]:
    """Return the pressure and both ends of its error (GPa), and where it comes from."""
    if pressure is None:
        return None, None, None, ""
    ends = (pressure.value, pressure.low, pressure.high)
    return *(None if end is None else round(end, 1) for end in ends), pressure.kind


def loaded_structures(
    reader: StructureReader, file: SourceFile, *, several: bool = True
) -> list[LoadedStructure]:
    """Return the structures of a file, at least one, each sound or with the reason why not.

    Parameters
    ----------
    several
        Whether a file may hold several structures.
    """
    name = printable(file.name)
    base = PurePath(name).name or name
    read = reader.load_all if several else lambda *a, **k: [reader.load(*a, **k)]
    try:
        structures = read(file.read(), file_name=base)
    except StructureError as error:
        return [LoadedStructure(name, _without_name(error, base))]
    return [
        LoadedStructure(
            name,
            structure,
            structure.properties["label"] if several else "",
            *_stated(file, structure),
            file.note,
        )
        if isinstance(structure, Structure)
        else LoadedStructure(name, _without_name(structure, base), structure.label, note=file.note)
        for structure in structures
    ]


def _stated(file: SourceFile, structure: Structure) -> tuple[float | None, str]:
    """Return the stated pressure (GPa) of a structure and who states it: first of all the user.

    A file's own does not stand in for one of a table that was not understood.
    """
    if file.pressure is not None:
        return file.pressure, USER
    told = None if file.note else file_pressure(structure)
    return (told.value, told.origin) if told else (None, "")


def _without_name(error: StructureError, name: str) -> StructureError:
    """Return an error whose message does not begin with the file, which has a column of its own."""
    return StructureError(str(error).removeprefix(f"{name}: "))


def outcomes(predictor: TcPredictor, loaded: Sequence[LoadedStructure]) -> list[Outcome]:
    """Return the outcome of each structure; a fault in one does not keep back the others."""
    try:
        return _outcomes(predictor, loaded)
    except Exception as error:  # a library's too: a batch must get past every structure
        if len(loaded) > 1:
            return [outcome for one in loaded for outcome in outcomes(predictor, [one])]
        if not isinstance(error, StructureError):
            error = f"could not be predicted ({error!r}); please report this structure"
        return [_refused(loaded[0], str(error))]


def _outcomes(predictor: TcPredictor, loaded: Sequence[LoadedStructure]) -> list[Outcome]:
    structures = [part.structure for part in loaded if isinstance(part.structure, Structure)]
    predictions = iter(predictor(structures))
    return [
        _outcome(predictor, part, part.structure, next(predictions))
        if isinstance(part.structure, Structure)
        else _refused(part, str(part.structure))
        for part in loaded
    ]


def _outcome(
    predictor: TcPredictor,
    loaded: LoadedStructure,
    structure: Structure,
    prediction: TcPrediction,
) -> Outcome:
    cell = prediction.cell
    return Outcome(
        loaded.file,
        loaded.label,
        prediction.formula,
        prediction.tc,
        prediction.tc_low,
        prediction.tc_high,
        prediction.tc_composition,
        prediction.tc_held_out,
        prediction.in_training,
        str(cell_domain(predictor, cell).words[0]),
        crystal_pressure(structure, loaded.pressure),
        loaded.pressure_origin,
        shortest_hydrogen_distance(cell.structure),
        cell.structure.volume / cell.structure.composition.num_atoms,
        cell.space_group_symbol,
        prediction.model,
        (*prediction.warnings, *filter(None, [loaded.note])),
    )


def _refused(loaded: LoadedStructure, reason: str) -> Outcome:
    formula, notes = "", ()
    if isinstance(loaded.structure, Structure):
        formula = loaded.structure.composition.reduced_formula
        notes = loaded.structure.properties.get("warnings", ())
    notes = (*notes, *filter(None, [loaded.note]))
    return Outcome(loaded.file, loaded.label, formula, warnings=notes, error=reason)


def predicted_files(
    predictor: TcPredictor, files: Iterator[SourceFile], *, several: bool
) -> Iterator[Outcome]:
    """Yield the outcomes of files, which may each hold several structures, or one alone."""
    with StructureReader() as reader:
        for file in files:
            yield from outcomes(predictor, loaded_structures(reader, file, several=several))
