"""3DSC: crystal structures matched to SuperCon entries, doped ones with partial occupancies."""

from __future__ import annotations

from pathlib import Path

from tcexplore.datasets.records import (
    Candidate,
    DatasetError,
    Dropped,
    Reading,
    number,
    read_table,
)

FOLDER = "3DSC_MP"
TABLE = "3DSC_MP.csv"
LICENCE = "CC BY 4.0: 3DSC, Sommer et al., Sci. Data 10, 816 (2023)"
COLUMNS = ("formula_sc", "tc", "cif", "weight", "material_id")


def read_threedsc(folder: Path) -> Reading:
    """Return 3DSC's structures with its labels (K) and weights, experiments at ambient pressure."""
    candidates, dropped = [], []
    for formula, tc, cif, weight, material_id in read_table(
        folder / TABLE, columns=COLUMNS
    ).itertuples(index=False):
        try:
            candidates.append(
                Candidate(
                    source=FOLDER,
                    reported_formula=formula,
                    path=folder / cif,
                    tc=number(tc, name="tc"),
                    tc_kind="experiment",
                    licence=LICENCE,
                    pressure=0.0,
                    material_id=material_id,
                    weight=number(weight, name="weight"),
                )
            )
        except DatasetError as error:
            dropped.append(Dropped(FOLDER, formula, cif, "unreadable label", str(error)))
    return Reading(tuple(candidates), tuple(dropped))
