"""Materials Project's structures, labelled by SuperCon where the composition is the same."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tcexplore.datasets.compositions import atomic_fractions, composition_key
from tcexplore.datasets.records import Candidate, DatasetError, Dropped, Reading
from tcexplore.datasets.supercon import CITATION, Groups

FOLDER = "materials_project"
LICENCE = f"CC BY 4.0: Materials Project, by way of 3DSC; {CITATION}"
FORMULA_SUM = re.compile(rb"^_chemical_formula_sum[ \t]+'?([^'\r\n]{1,200})'?[ \t]*\r?$", re.M)
HEAD = 20_000  # bytes; the formula stands in a file's first lines


def match_structures(folder: Path, groups: Groups) -> Reading:
    """Return the structures whose composition SuperCon lists, labelled by its entry.

    Parameters
    ----------
    folder
        Holds ``cifs/mp-*.cif``.
    groups
        SuperCon's compositions with their labels.
    """
    matched: list[tuple[Path, str]] = []
    dropped: list[Dropped] = []
    for path in sorted((folder / "cifs").glob("mp-*.cif")):
        try:
            formula = read_formula(path)
            key = composition_key(atomic_fractions(formula))
        except (DatasetError, OSError) as error:
            dropped.append(Dropped(FOLDER, "", path.name, "unreadable file", str(error)))
            continue
        if key in groups:
            matched.append((path, key))
        else:
            detail = "SuperCon holds no entry with a label of this composition"
            dropped.append(Dropped(FOLDER, formula, path.name, "no label", detail))
    shares = Counter(key for _, key in matched)
    candidates = tuple(_candidate(path, groups, key, 1 / shares[key]) for path, key in matched)
    return Reading(candidates, tuple(dropped))


def read_formula(path: Path) -> str:
    """Return the formula that a CIF's header states.

    Raises
    ------
    DatasetError
        A file without `_chemical_formula_sum`.
    """
    with path.open("rb") as file:
        match = FORMULA_SUM.search(file.read(HEAD))
    if match is None:
        raise DatasetError("no _chemical_formula_sum in the file; expected a CIF with one")
    return match.group(1).decode("ascii", errors="replace").strip()


def _candidate(path: Path, groups: Groups, key: str, weight: float) -> Candidate:
    return Candidate(
        source=FOLDER,
        reported_formula=groups[key].formula,
        path=path,
        tc=groups[key].label,
        tc_kind="experiment",
        licence=LICENCE,
        pressure=0.0,
        material_id=path.stem,
        weight=weight,
    )
