"""Data set of labelled crystal structures, in memory and as one Parquet file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pymatgen.core import Element, Lattice, Structure

from tcexplore.crystal.structure import AtomArrays, atom_arrays
from tcexplore.datasets import computed, corrections
from tcexplore.datasets.records import DatasetError
from tcexplore.typing import FloatArray, IntArray

FORMAT = "tcexplore-dataset-1"
METADATA_KEY = b"tcexplore"
ROW_COLUMNS = (
    "formula",
    "reported_formula",
    "chemical_system",
    "family",
    "tc",
    "tc_reported",
    "tc_kind",
    "source",
    "material_id",
    "file",
    "pressure_gpa",
    "pressure_source",
    "phase",
    "quality",
    "weight",
    "licence",
    "space_group_number",
    "n_sites",
    "warnings",
)
DROPPED_COLUMNS = ("source", "reported_formula", "file", "reason", "detail")


@dataclass(frozen=True)
class StructureArrays:
    """A cell as arrays; an atom is one species of one site."""

    lattice: FloatArray
    """(Å) Lattice vectors as rows, shape (3, 3)."""
    atoms: AtomArrays
    """Atomic numbers, occupancies and fractional coordinates of the atoms."""
    sites: IntArray
    """The site of each atom, increasing from 0, shape (n_atoms,)."""

    def structure(self) -> Structure:
        """Return the cell as a pymatgen structure."""
        mixtures: list[dict[Element, float]] = [{} for _ in range(int(self.sites[-1]) + 1)]
        for site, number, occupancy in zip(
            self.sites, self.atoms.atomic_numbers, self.atoms.occupancies, strict=True
        ):
            mixtures[site][Element.from_Z(int(number))] = float(occupancy)
        first = np.searchsorted(self.sites, np.arange(len(mixtures)))
        return Structure(Lattice(self.lattice), mixtures, self.atoms.frac_coords[first])


def structure_arrays(structure: Structure) -> StructureArrays:
    """Return a structure's lattice and atoms as arrays."""
    sites = np.repeat(np.arange(len(structure)), [len(site.species) for site in structure])
    return StructureArrays(structure.lattice.matrix.copy(), atom_arrays(structure), sites)


@dataclass(frozen=True)
class Dataset:
    """Labelled crystal structures in their canonical cells, and the rows that were left out.

    The columns of `rows`: ``formula`` (reduced, one name for each composition: split by this one),
    ``reported_formula`` (as the source writes it), ``chemical_system`` (``Ba-Cu-O-Y``), ``family``
    (``hydride``, ``cuprate``, ``iron-based``, ``other``), ``tc`` (K), ``tc_reported`` (False where
    an experiment's 0 means 'none reported'), ``tc_kind``, ``source`` (folder), ``material_id``,
    ``file``, ``pressure_gpa`` (GPa, nan where unknown), ``pressure_source`` (``stated``, ``volume``
    or empty: ambient or unknown), ``phase`` (``LaH10|225``, formula and space group), ``quality``
    (A, B, C; empty where the source has none), ``weight`` (1 / structures that share one label,
    less for rows of lower quality), ``licence``, ``space_group_number``, ``n_sites``, ``warnings``
    (of the canonical cell).
    """

    rows: pd.DataFrame
    """One row for each structure, index 0 to n_rows - 1."""
    structures: tuple[StructureArrays, ...]
    """The canonical cell of each row."""
    dropped: pd.DataFrame
    """Rows that were left out: source, reported_formula, file, reason, detail."""
    metadata: Mapping[str, object]
    """Options, hash of the inputs, folders missing, and notes for the reader."""

    def __len__(self) -> int:
        return len(self.rows)

    def structure(self, row: int) -> Structure:
        """Return the canonical cell of one row as a pymatgen structure."""
        return self.structures[row].structure()


def save_dataset(dataset: Dataset, path: Path) -> None:
    """Write a data set as one Parquet file, and beside it a csv of the rows left out.

    Each row holds its structure: ``lattice`` (Å, nine numbers, vector by vector),
    ``atomic_numbers``, ``occupancies``, ``frac_coords`` (x, y, z of each atom in turn) and
    ``sites``. The file's metadata under the key ``tcexplore`` hold the rest as JSON.
    """
    dropped = dataset.dropped.to_csv(index=False, lineterminator="\n")
    header = {"format": FORMAT, **dataset.metadata, "dropped": dropped}
    table = pa.Table.from_pandas(dataset.rows, preserve_index=False)
    for name, column in _structure_columns(dataset.structures).items():
        table = table.append_column(name, column)
    table = table.replace_schema_metadata({METADATA_KEY: json.dumps(header).encode()})
    pq.write_table(table, path, compression="zstd")
    dropped_path(path).write_text(dropped, encoding="utf-8")


def dropped_path(path: Path) -> Path:
    """Return the csv beside a data set's file that lists the rows left out."""
    return path.with_name(f"{path.name}.dropped.csv")


def _structure_columns(structures: tuple[StructureArrays, ...]) -> dict[str, pa.Array]:
    doubles, integers = pa.list_(pa.float64()), pa.list_(pa.int16())
    return {
        "lattice": pa.array([cell.lattice.ravel() for cell in structures], doubles),
        "atomic_numbers": pa.array([cell.atoms.atomic_numbers for cell in structures], integers),
        "occupancies": pa.array([cell.atoms.occupancies for cell in structures], doubles),
        "frac_coords": pa.array([cell.atoms.frac_coords.ravel() for cell in structures], doubles),
        "sites": pa.array([cell.sites for cell in structures], integers),
    }


def load_dataset(path: Path) -> Dataset:
    """Return the data set that `save_dataset` wrote.

    Raises
    ------
    DatasetError
        A file that is no such data set.
    """
    try:
        table = pq.read_table(path)
        header = json.loads((table.schema.metadata or {})[METADATA_KEY])
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        raise DatasetError(
            f"{path} is no data set of tcexplore; write one with 'python -m tcexplore dataset'"
        ) from None
    if header.pop("format", None) != FORMAT:
        raise DatasetError(f"{path} is not in the format {FORMAT}; build the data set anew")
    dropped = pd.read_csv(io.StringIO(header.pop("dropped")), dtype=str, keep_default_na=False)
    missing = [name for name in ROW_COLUMNS if name not in table.column_names]
    if missing:
        raise DatasetError(f"{path} has no column {missing[0]!r}; build the data set anew")
    rows = table.select(list(ROW_COLUMNS)).to_pandas()
    return Dataset(rows, _structures(table), dropped, header)


def _structures(table: pa.Table) -> tuple[StructureArrays, ...]:
    names = ("lattice", "atomic_numbers", "occupancies", "frac_coords", "sites")
    columns = (table[name].to_numpy() for name in names)
    return tuple(
        StructureArrays(
            lattice.reshape(3, 3),
            AtomArrays(numbers.astype(int), occupancies, coords.reshape(-1, 3)),
            sites.astype(int),
        )
        for lattice, numbers, occupancies, coords, sites in zip(*columns, strict=True)
    )


def inputs_hash(data_dir: Path, folders: Iterable[str]) -> str:
    """Return the SHA-256 over names and contents of all tables and structures.

    Parameters
    ----------
    data_dir
        Holds the folders, corrections and cell pressures.
    folders
        Their names.
    """
    tables = (data_dir / name for name in (corrections.TABLE, computed.CELL_PRESSURES))
    paths = [path for path in tables if path.is_file()]
    for folder in sorted(folders):
        files = [*(data_dir / folder).glob("*.csv"), *(data_dir / folder / "cifs").glob("*.cif")]
        paths += sorted(files)
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(data_dir).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
