"""Tables of the Model page that only the model decides, kept as CSV files in its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tcexplore.model.files import PAPER_TABLES, write_csv
from tcexplore.model.hashes import write_hashes
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.paper.tables import table_2, table_3
from tcexplore.studies.pressure_slopes import pressure_slopes


@dataclass(frozen=True)
class KeptTables:
    """Predictions of one model beside published values."""

    table_2: pd.DataFrame
    """Of the paper, from `tcexplore.paper.tables.table_2`."""
    table_3: pd.DataFrame
    """Of the paper, from `tcexplore.paper.tables.table_3`."""
    slopes: pd.DataFrame
    """dTc/dP, from `tcexplore.studies.pressure_slopes`."""


def predicted_tables(predictor: TcPredictor) -> KeptTables:
    """Return the tables, predicted anew."""
    return KeptTables(table_2(predictor), table_3(predictor), pressure_slopes(predictor))


def rewrite_tables(directory: Path) -> list[Path]:
    """Write the tables of a model into its folder, and return the files.

    Raises
    ------
    ModelError
        There is no such model, or one of its files was changed.
    ValueError
        The tables hold an element that the model does not count.
    """
    tables = predicted_tables(load_predictor(directory))
    paths = [directory / name for name in PAPER_TABLES]
    kept = (tables.table_2, tables.table_3, tables.slopes)
    for path, table in zip(paths, kept, strict=True):
        write_csv(path, table)
    write_hashes(directory)
    return paths


def read_tables(directory: Path) -> KeptTables | None:
    """Return the tables in a model's folder, None where they were not written yet."""
    paths = [directory / name for name in PAPER_TABLES]
    if not all(path.is_file() for path in paths):
        return None
    second, third, slopes = (pd.read_csv(path) for path in paths)
    return KeptTables(second.fillna({"reason": ""}), third, slopes)
