"""Model of a run: the hash of all that its predictions come from, and the check on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tcexplore.model.files import ModelFiles
from tcexplore.model.predictor import TcPredictor
from tcexplore.run_folder.files import VERSION, RunError


def check_model(predictor: TcPredictor, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise `RunError` where a run was made by another model or version than this one."""
    mine = {"version": VERSION, "model_hash": model_hash(predictor.files)}
    for name, value in mine.items():
        made = manifest[name]
        if made != value:
            raise RunError(
                f"{folder} was made with {name} {made[:16]}, this is {value[:16]}: its results"
                " would not be those of one run; start a new one"
            )


def model_hash(files: ModelFiles) -> str:
    """Return a hash of all numbers of a model that its predictions come from."""
    digest = hashlib.sha256()
    for value in _values(
        [files.config, files.scaling, [dict(m.weights) for m in files.members],
         files.gaussian_process, files.conformal]
    ):  # fmt: skip
        digest.update(value)
    digest.update(files.known.to_csv(index=False).encode())
    return digest.hexdigest()


def _values(value: Any) -> Iterator[bytes]:  # noqa: ANN401
    """Yield the bytes of arrays and numbers in records, mappings and sequences."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield name.encode()
            yield from _values(getattr(value, name))
    elif isinstance(value, dict):
        for name in sorted(value):
            yield name.encode()
            yield from _values(value[name])
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _values(part)
    else:
        yield repr(value).encode()
