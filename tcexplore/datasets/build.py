"""Data set from all folders of a data directory, each row once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pandas as pd

from tcexplore.crystal.sc_class import sc_class
from tcexplore.datasets import (
    computed,
    corrections,
    hydrides_literature,
    materials_project,
    supercon,
    threedsc,
)
from tcexplore.datasets.canonicalise import PreparedCell, Progress, Refusal, prepare_cells
from tcexplore.datasets.compositions import (
    atomic_fractions,
    chemical_system,
    composition_key,
    reduced_formula,
)
from tcexplore.datasets.dataset import DROPPED_COLUMNS, ROW_COLUMNS, Dataset, inputs_hash
from tcexplore.datasets.hydrides_literature import row_name
from tcexplore.datasets.records import Candidate, DatasetError, Dropped, Reading
from tcexplore.datasets.supercon import Groups, HighVariance

# The first of two rows with the same structure and composition is the one that stays.
FOLDERS = (
    threedsc.FOLDER,
    materials_project.FOLDER,
    computed.ELIASHBERG_FOLDER,
    computed.LITERATURE_FOLDER,
    hydrides_literature.FOLDER,
    computed.JARVIS_FOLDER,
)
_OVERLAP = (
    "3DSC's structures are Materials Project's: of a material with the same composition in both,"
    " 3DSC's row stays, and the other is counted under 'same material'"
)
_COMPUTED_READERS: tuple[tuple[str, Callable[[Path], Reading]], ...] = (
    (computed.ELIASHBERG_FOLDER, computed.read_hydrides),
    (computed.LITERATURE_FOLDER, computed.read_supercon3d_hydrides),
    (hydrides_literature.FOLDER, hydrides_literature.read_hydrides_literature),
    (computed.JARVIS_FOLDER, computed.read_jarvis),
)


@dataclass(frozen=True)
class _Labels:
    """Labels of SuperCon's compositions."""

    groups: Groups = field(default_factory=dict)
    """All compositions."""
    usable: Groups = field(default_factory=dict)
    """Those that may label a structure."""
    dropped: tuple[Dropped, ...] = ()
    """Rows that cannot be read."""
    notes: tuple[str, ...] = ()
    """For the summary."""


def build_dataset(
    data_dir: Path,
    *,
    high_variance: HighVariance = "average",
    n_workers: int | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return the data set of a directory in the layout of the public sources.

    Parameters
    ----------
    data_dir
        Holds any of the folders ``3DSC_MP``, ``supercon``, ``materials_project``, ``hydrides``,
        ``supercon3d_hydrides``, ``hydrides_literature`` and ``jarvis_dft``, and may hold
        ``corrections.csv`` and ``tables/hydride_cell_pressures.csv``.
    high_variance
        Treatment of SuperCon's compositions whose reported values differ much: labelled by their
        mean, left out, or labelled by the value that validates best.
    n_workers
        Number of processes; one for each core unless given.
    progress
        Called with the number of structures done and the number of all.

    Raises
    ------
    DatasetError
        None of the folders is there, or a correction is not understood.
    """
    data_dir = Path(data_dir)
    missing = [name for name in (supercon.FOLDER, *FOLDERS) if not (data_dir / name).is_dir()]
    if len(missing) == len(FOLDERS) + 1:
        raise DatasetError(
            f"{data_dir} holds none of the folders {', '.join(missing)}; name another"
        )
    labels = _read_labels(data_dir, high_variance)
    reading, corrected = corrections.apply_corrections(
        _read_structures(data_dir, labels), data_dir, folders=FOLDERS
    )
    cells = prepare_cells(reading.candidates, n_workers=n_workers, progress=progress)
    return _assemble(
        reading,
        _without_repeats(reading.candidates, cells),
        metadata={
            "high_variance": high_variance,
            "missing_folders": missing,
            "inputs_sha256": inputs_hash(data_dir, (supercon.FOLDER, *FOLDERS)),
            "notes": [*labels.notes, _OVERLAP, *corrected],
        },
    )


def _read_labels(data_dir: Path, high_variance: HighVariance) -> _Labels:
    folder = data_dir / supercon.FOLDER
    if not folder.is_dir():
        return _Labels()
    try:
        groups, dropped = supercon.read_supercon(folder)
    except DatasetError as error:
        return _Labels(dropped=(_unreadable_table(supercon.FOLDER, error),))
    several = sum(len(group.values) > 1 for group in groups.values())
    high = sum(group.is_high_variance for group in groups.values())
    note = (
        f"SuperCon: {len(groups)} compositions, {several} with several reported values, {high} of"
        f" these with a variance of {supercon.VARIANCE_CUT:g} K² or more ({high_variance})"
    )
    usable = supercon.treat_high_variance(groups, high_variance)
    return _Labels(groups, usable, dropped, (note,))


def _read_structures(data_dir: Path, labels: _Labels) -> Reading:
    """Return the candidates of all folders that are there, in a fixed order."""
    readers: tuple[tuple[str, Callable[[Path], Reading]], ...] = (
        (threedsc.FOLDER, lambda path: _relabelled(threedsc.read_threedsc(path), labels)),
        (
            materials_project.FOLDER,
            lambda path: materials_project.match_structures(path, labels.usable),
        ),
        *_COMPUTED_READERS,
    )
    readings = [
        _read_folder(data_dir / folder, read)
        for folder, read in readers
        if (data_dir / folder).is_dir()
    ]
    candidates = [candidate for reading in readings for candidate in reading.candidates]
    candidates.sort(key=lambda c: (FOLDERS.index(c.source), c.path.name, c.tc))
    dropped = (row for reading in readings for row in reading.dropped)
    return Reading(tuple(candidates), (*labels.dropped, *dropped))


def _read_folder(path: Path, read: Callable[[Path], Reading]) -> Reading:
    try:
        return read(path)
    except DatasetError as error:
        return Reading(dropped=(_unreadable_table(path.name, error),))


def _unreadable_table(folder: str, error: DatasetError) -> Dropped:
    return Dropped(folder, "", "", "unreadable table", str(error))


def _relabelled(reading: Reading, labels: _Labels) -> Reading:
    """Return 3DSC's rows with the labels of SuperCon's compositions, where SuperCon has them."""
    kept, dropped = [], list(reading.dropped)
    for candidate in reading.candidates:
        try:
            key = composition_key(atomic_fractions(candidate.reported_formula))
        except DatasetError as error:
            dropped.append(_lost(candidate, "unreadable label", str(error)))
            continue
        if key in labels.groups and key not in labels.usable:
            values = ", ".join(f"{value:g}" for value in labels.groups[key].values)
            detail = f"reported values (K): {values}"
            dropped.append(_lost(candidate, "high variance", detail))
        else:
            label = labels.usable[key].label if key in labels.usable else candidate.tc
            kept.append(replace(candidate, tc=label))
    return Reading(tuple(kept), tuple(dropped))


def _lost(candidate: Candidate, reason: str, detail: str) -> Dropped:
    return Dropped(
        candidate.source, candidate.reported_formula, candidate.path.name, reason, detail
    )


def _assemble(
    reading: Reading, cells: list[PreparedCell | Refusal], *, metadata: dict[str, object]
) -> Dataset:
    rows, structures, dropped = [], [], list(reading.dropped)
    seen: dict[tuple, str] = {}
    for candidate, cell in zip(reading.candidates, cells, strict=True):
        if isinstance(cell, Refusal):
            dropped.append(_lost(candidate, cell.reason, cell.detail))
            continue
        row = _row(candidate, cell)
        identities = _identities(row, cell)
        repeated = next((reason for reason, key in identities.items() if key in seen), None)
        if repeated is not None:
            other = seen[identities[repeated]]
            detail = f"{candidate.tc:g} K; the same is in {other}"
            dropped.append(_lost(candidate, repeated, detail))
            continue
        seen.update(dict.fromkeys(identities.values(), row_name(candidate)))
        rows.append(row)
        structures.append(cell.arrays)
    return Dataset(_row_table(rows), tuple(structures), _dropped_table(dropped), metadata)


def _without_repeats(
    candidates: tuple[Candidate, ...], cells: list[PreparedCell | Refusal]
) -> list[PreparedCell | Refusal]:
    """Return the cells, refused where the row repeats another one of its phase."""
    phases = [_phase(*pair) for pair in zip(candidates, cells, strict=True)]
    repeats = hydrides_literature.repeated_rows(candidates, phases)
    kept = list(cells)
    for i, other in repeats.items():
        kept[i] = Refusal("same phase", f"{candidates[i].tc:g} K; the same is in {other}")
    return kept


def _phase(candidate: Candidate, cell: PreparedCell | Refusal) -> str:
    """Return formula and space group, empty for a cell that was left out."""
    if isinstance(cell, Refusal):
        return ""
    formula = reduced_formula(candidate.reported_formula)
    return candidate.phase or f"{formula}|{cell.space_group_number}"


def _row(candidate: Candidate, cell: PreparedCell) -> dict[str, object]:
    fractions = atomic_fractions(candidate.reported_formula)
    return {
        "key": composition_key(fractions),
        "formula": reduced_formula(candidate.reported_formula),
        "reported_formula": candidate.reported_formula,
        "chemical_system": chemical_system(fractions),
        "family": sc_class(fractions),
        "tc": candidate.tc,
        "tc_reported": candidate.tc > 0 or candidate.tc_kind != "experiment",
        "tc_kind": candidate.tc_kind,
        "source": candidate.source,
        "material_id": candidate.material_id,
        "file": candidate.path.name,
        "pressure_gpa": candidate.pressure,
        "pressure_source": candidate.pressure_source,
        "phase": candidate.phase,
        "quality": candidate.quality,
        "weight": candidate.weight,
        "licence": candidate.licence,
        "space_group_number": cell.space_group_number,
        "n_sites": int(cell.arrays.sites[-1]) + 1,
        "warnings": " ".join(cell.warnings),
    }


def _identities(row: dict[str, object], cell: PreparedCell) -> dict[str, tuple]:
    """Return the keys that no two rows may share, by the reason to leave out the second."""
    identities: dict[str, tuple] = {}
    if row["material_id"]:
        identities["same material"] = (row["tc_kind"], row["key"], row["material_id"])
    lattice, atoms = cell.arrays.lattice, cell.arrays.atoms
    values = (lattice, atoms.atomic_numbers, atoms.occupancies, atoms.frac_coords)
    content = tuple((value.round(3) + 0.0).tobytes() for value in values)  # + 0.0 makes -0 a 0
    # A cell may stand under two pressures by mistake: corrections say what becomes of it. Rows of
    # the literature on one cell are calculations of their own unless their Tc is the same.
    label = (str(row["pressure_gpa"]), row["tc"] if row["quality"] else None)  # nan is like nan
    identities["same cell"] = (row["tc_kind"], row["key"], label, content)
    return identities


def _row_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["key", *ROW_COLUMNS])
    # One name for each composition: Nb0.75Sn0.25 and Nb3Sn must not be split apart.
    table["formula"] = table.groupby("key")["formula"].transform(
        lambda names: min(names, key=_plain)
    )
    phases = table["formula"] + "|" + table["space_group_number"].astype(str)
    table["phase"] = table["phase"].where(table["phase"] != "", phases)
    return table.drop(columns="key")


def _plain(formula: str) -> tuple:
    return ("." in formula, len(formula), formula)


def _dropped_table(dropped: Iterable[Dropped]) -> pd.DataFrame:
    table = pd.DataFrame([asdict(row) for row in dropped], columns=list(DROPPED_COLUMNS))
    return table.sort_values(list(DROPPED_COLUMNS), kind="stable", ignore_index=True)
