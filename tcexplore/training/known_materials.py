"""Known materials: the rows of a data set that a model is trained on, listed with the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets import Dataset
from tcexplore.datasets.dataset import StructureArrays
from tcexplore.datasets.hold_out import is_held_out
from tcexplore.model.applicability_domain import GEOMETRY, separations
from tcexplore.model.config import ModelConfig, load_config
from tcexplore.model.files import (
    TC_HELD_OUT,
    known_csv,
    known_from_csv,
    read_known,
    write_known,
)
from tcexplore.model.hashes import verify_hashes, write_hashes
from tcexplore.scans.scan_domain import cell_distances, cell_geometry

KNOWN_IDENTITY = ["formula", "tc", "tc_kind", "space_group_number"]
SAME_VOLUME = 0.02  # of the volume per atom


def trained_rows(dataset: Dataset, config: ModelConfig) -> list[int]:
    """Return the rows with a Tc above 0 and elements that the model counts."""
    counted = [ELEMENTS.index(symbol) + 1 for symbol in config.elements]
    is_chosen = dataset.rows["tc"].to_numpy() > 0
    if config.training.hold_out:
        is_chosen &= ~is_held_out(dataset.rows)
    return [
        int(row)
        for row in np.flatnonzero(is_chosen)
        if np.isin(dataset.structures[row].atoms.atomic_numbers, counted).all()
    ]


def known_materials(dataset: Dataset, config: ModelConfig) -> pd.DataFrame:
    """Return the materials that a model is trained on, each once, with cell and separation.

    Columns as in `ModelFiles.known`; no two rows share formula, Tc, its kind, the space group and,
    to about 2 %, the volume per atom.
    """
    chosen = trained_rows(dataset, config)
    rows = dataset.rows.iloc[chosen]
    volumes = [volume_per_atom(dataset.structures[row]) for row in chosen]
    step = (np.log(volumes) / SAME_VOLUME).round()
    materials = rows[KNOWN_IDENTITY].assign(source=source_names(rows), row=chosen, step=step)
    materials = materials.sort_values([*KNOWN_IDENTITY, "source"], kind="stable")
    materials = materials.drop_duplicates([*KNOWN_IDENTITY, "step"], ignore_index=True)
    structures = [dataset.structure(row) for row in materials.pop("row")]
    materials[list(GEOMETRY)] = np.array([cell_geometry(structure) for structure in structures])
    materials["distances"] = [cell_distances(structure) for structure in structures]
    materials = materials.drop(columns="step")
    return materials.assign(separation=separations(materials), **{TC_HELD_OUT: np.nan})


def volume_per_atom(cell: StructureArrays) -> float:
    """Return the volume per atom (Å³) of a cell."""
    return float(abs(np.linalg.det(cell.lattice)) / cell.atoms.occupancies.sum())


def source_names(rows: pd.DataFrame) -> pd.Series:
    """Return source and name of each row of a data set, such as ``3DSC_MP:mp-763``."""
    names = rows["material_id"].where(rows["material_id"] != "", rows["file"])
    return rows["source"].str.cat(names, sep=":")


def rewrite_known_materials(dataset: Dataset, directory: Path) -> pd.DataFrame:
    """Write the known materials of a model anew from the data that it was trained on.

    Raises
    ------
    ValueError
        The data hold other materials than the model was trained on.
    """
    verify_hashes(directory)
    before, materials = read_known(directory), known_materials(dataset, load_config(directory))
    columns = [*KNOWN_IDENTITY, "source"]
    if not _as_written(materials)[columns].equals(before[columns]):
        raise ValueError(
            f"the data hold {len(materials)} materials, but not the {len(before)} that"
            f" {directory.name} was trained on; give the data set that it was trained with"
        )
    materials = materials.assign(**{TC_HELD_OUT: before[TC_HELD_OUT]})
    write_known(directory, materials)
    write_hashes(directory)
    return materials


def _as_written(materials: pd.DataFrame) -> pd.DataFrame:
    """Return the materials as they look after they were written and read."""
    return known_from_csv(known_csv(materials))
