"""Hash of the tables and structures that a data set was built from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tcexplore.datasets import computed, corrections


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
