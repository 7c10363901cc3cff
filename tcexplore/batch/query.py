"""Results of a batch: its table, and the structure of one of its rows."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from pymatgen.core import Structure

from tcexplore.batch.runs import SCHEMA, Batch

TABLE_COLUMNS = [name for name in SCHEMA.names if name != "cell"]


def batch_table(batch: Batch) -> pa.Table:
    """Return all rows of a batch in their order, also of one that is not finished.

    Columns that an older batch does not have are empty.

    Returns
    -------
    :
        The columns of `Outcome.row` behind ``number``, which counts the rows from 1.
    """
    schema = pa.schema([SCHEMA.field(name) for name in TABLE_COLUMNS])
    parts = [pq.read_table(path, schema=schema) for path in batch.parts]
    tables = [part.replace_schema_metadata() for part in parts]
    return pa.concat_tables([schema.empty_table(), *tables])


def batch_structure(batch: Batch, number: int) -> Structure | None:
    """Return the structure of a row as it was read, None where there is none."""
    for path in batch.parts:
        rows = pq.read_table(path, columns=["cell"], filters=[("number", "==", number)])
        for text in rows["cell"].to_pylist():
            return None if text is None else _structure(text)
    return None


def _structure(text: str) -> Structure:
    """Return a structure from its JSON, its notes a tuple again."""
    structure = Structure.from_str(text, fmt="json")
    structure.properties["warnings"] = tuple(structure.properties.get("warnings", ()))
    return structure
