"""The rows of a data set that a model is trained on, and the list of known materials they make."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets import Dataset
from tcexplore.datasets.hold_out import put_aside
from tcexplore.model.applicability_domain import GEOMETRY, separations
from tcexplore.model.config import ModelConfig
from tcexplore.model.config_file import load_config
from tcexplore.model.files import known_csv, known_from_csv, read_known, write_known
from tcexplore.model.hashes import verify_hashes, write_hashes
from tcexplore.scans.scan_domain import cell_geometry

KNOWN_IDENTITY = ["formula", "tc", "tc_kind", "space_group_number"]


def trained_rows(dataset: Dataset, config: ModelConfig) -> list[int]:
    """Return the rows with a Tc above 0 and elements that the model counts."""
    counted = [ELEMENTS.index(symbol) + 1 for symbol in config.elements]
    wanted = dataset.rows["tc"].to_numpy() > 0
    if config.training.leave_aside:
        wanted &= ~put_aside(dataset.rows)
    return [
        int(row)
        for row in np.flatnonzero(wanted)
        if np.isin(dataset.structures[row].atoms.atomic_numbers, counted).all()
    ]


def known_materials(dataset: Dataset, config: ModelConfig) -> pd.DataFrame:
    """Return the materials that a model is trained on, each once, and where they lie.

    Columns as in `ModelFiles.known`; no two rows share formula, Tc, its kind and the space group.
    """
    chosen = trained_rows(dataset, config)
    rows = dataset.rows.iloc[chosen]
    names = rows["material_id"].where(rows["material_id"] != "", rows["file"])
    known = rows[KNOWN_IDENTITY].assign(source=rows["source"] + ":" + names, row=chosen)
    known = known.sort_values([*KNOWN_IDENTITY, "source"])
    known = known.drop_duplicates(KNOWN_IDENTITY, ignore_index=True)
    geometry = [cell_geometry(dataset.structure(row)) for row in known.pop("row")]
    known[list(GEOMETRY)] = np.array(geometry)
    return known.assign(separation=separations(known))


def refresh_known(dataset: Dataset, directory: Path) -> pd.DataFrame:
    """Write the known materials of a model anew from the data that it was trained on.

    Raises
    ------
    ValueError
        The data hold other materials than the model was trained on.
    """
    verify_hashes(directory)
    before, known = read_known(directory), known_materials(dataset, load_config(directory))
    columns = [*KNOWN_IDENTITY, "source"]
    if not _as_written(known)[columns].equals(before[columns]):
        raise ValueError(
            f"the data hold {len(known)} materials, but not the {len(before)} that"
            f" {directory.name} was trained on; give the data set that it was trained with"
        )
    write_known(directory, known)
    write_hashes(directory)
    return known


def _as_written(known: pd.DataFrame) -> pd.DataFrame:
    """Return the materials as they look after they were written and read."""
    return known_from_csv(known_csv(known))
