"""Query of a run's results by DuckDB, and the Pareto front of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pandas as pd
from pymatgen.core import Structure

from tcexplore.scans.scan import Scan, member_structure
from tcexplore.search.evaluate import Search
from tcexplore.search.runs import Run, RunError
from tcexplore.typing import BoolArray

Limits = Mapping[str, tuple[float | None, float | None]]
"""Least and largest value by column; None where there is no limit."""
MEMORY = "300MB"


def run_rows(
    run: Run,
    *,
    count: int | None = 20,
    order_by: str = "tc",
    descending: bool = True,
    limits: Limits | None = None,
    elements: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return the best rows of a run, also of one that is not finished.

    Parameters
    ----------
    count
        Rows at most; None for all.
    order_by
        Column; rows of one value stand in the order of their assignments.
    elements
        Symbols to choose from by column: ``{"x1": ("La", "Y")}``.

    Returns
    -------
    :
        The columns of `evaluate`, elements as symbols.
    """
    source, values = _filtered(run, limits or {}, elements or {}, also=order_by)
    if source is None:
        return pd.DataFrame()
    direction = "DESC" if descending else "ASC"
    query = f'SELECT * FROM {source} ORDER BY "{order_by}" {direction}, assignment'
    query += "" if count is None else f" LIMIT {int(count)}"
    with _connection() as connection:
        return connection.execute(query, values).df()


def n_rows(
    run: Run, *, limits: Limits | None = None, elements: Mapping[str, Sequence[str]] | None = None
) -> int:
    """Return how many rows of a run there are within limits."""
    source, values = _filtered(run, limits or {}, elements or {})
    if source is None:
        return 0
    with _connection() as connection:
        counted = connection.execute(f"SELECT count(*) FROM {source}", values).fetchone()
    return int(counted[0]) if counted else 0


def export_run(run: Run, path: Path, *, count: int | None = None, order_by: str = "tc") -> None:
    """Write the best rows of a run, or all, as Parquet, JSON or, by any other suffix, CSV.

    The rows pass through DuckDB from file to file: memory does not grow with their number.
    """
    source, values = _filtered(run, {}, {}, also=order_by)
    if source is None:
        raise RunError(f"{run.folder} has no results yet; run it first")
    kinds = {".parquet": "PARQUET", ".json": "JSON, ARRAY true"}
    kind = kinds.get(path.suffix, "CSV, HEADER")
    query = f'SELECT * FROM {source} ORDER BY "{order_by}" DESC, assignment'
    query += "" if count is None else f" LIMIT {int(count)}"
    with _connection() as connection:
        target = str(path).replace("'", "''")
        connection.execute(f"COPY ({query}) TO '{target}' (FORMAT {kind})", values)


def variant_structure(search: Search, assignment: int, scale: float) -> Structure:
    """Return the structure of a row of the results."""
    space = search.space
    lattice = float(scale) * space.parent.structure.lattice.matrix
    groups = tuple(group.sites for group in space.groups)
    numbers = space.atomic_numbers(np.array([assignment]))
    return member_structure(Scan(space.parent, groups, numbers, lattice[None]), 0, 0)


def with_formulas(table: pd.DataFrame, search: Search) -> pd.DataFrame:
    """Return rows with the reduced formula in front."""
    formulas = [
        variant_structure(search, assignment, 1.0).composition.reduced_formula
        for assignment in (table["assignment"].tolist() if len(table) else [])
    ]
    table = table.copy()
    table.insert(0, "formula", formulas)
    return table


def pareto_front(
    table: pd.DataFrame, directions: Mapping[str, Literal["max", "min"]]
) -> pd.DataFrame:
    """Return the rows that no other row beats in one column without losing in another.

    Parameters
    ----------
    directions
        By column whether more or less is better. Rows with a nan in one of them are left out.
    """
    if not directions or set(directions.values()) - {"max", "min"}:
        raise ValueError(f"directions {dict(directions)}; expected columns with 'max' or 'min'")
    signs = [1.0 if direction == "max" else -1.0 for direction in directions.values()]
    complete = table.dropna(subset=list(directions))
    values = complete[list(directions)].to_numpy(float) * signs
    return complete.loc[_is_unbeaten(values)]


def _is_unbeaten(values: np.ndarray) -> BoolArray:
    """Return which rows no other row dominates; more is better, shape (n,)."""
    unbeaten = np.zeros(len(values), dtype=bool)
    left = np.lexsort(-values.T[::-1])
    while left.size:
        first = values[left[0]]
        unbeaten[left[0]] = True
        beaten = (values[left] <= first).all(axis=1) & (values[left] < first).any(axis=1)
        same = (values[left] == first).all(axis=1)
        unbeaten[left[same]] = True
        left = left[~beaten & ~same]
    return unbeaten


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    return connection


def _filtered(
    run: Run,
    limits: Limits,
    elements: Mapping[str, Sequence[str]],
    also: str = "tc",
) -> tuple[str | None, list[object]]:
    """Return the parts as a source of SQL with its conditions, and the values of these."""
    if not run.parts:
        return None, []
    files = str(run.folder / "part-*.parquet")
    with _connection() as connection:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()
    columns = [row[0] for row in described]
    for name in (*limits, *elements, also):
        if name not in columns:
            raise RunError(f"no column {name!r}; there are: {', '.join(columns)}")
    conditions: list[str] = []
    values: list[object] = [files]
    for name, (least, most) in limits.items():
        for sign, value in ((">=", least), ("<=", most)):
            if value is not None:
                conditions.append(f'"{name}" {sign} ?')
                values.append(value)
    for name, symbols in elements.items():
        conditions.append(f'list_contains(?, "{name}")')
        values.append(list(symbols))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"(SELECT * FROM read_parquet(?){where})", values
