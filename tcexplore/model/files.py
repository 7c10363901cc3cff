"""The folder that a trained model travels in, and the check that nothing in it was changed."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from tcexplore.features.scaling import InputScaling
from tcexplore.model.config import ModelConfig
from tcexplore.model.config_file import CONFIG, load_config
from tcexplore.model.conformal import Bands
from tcexplore.model.gaussian_process import KernelMember
from tcexplore.model.hashes import ModelError, verify_hashes, write_hashes
from tcexplore.typing import FloatArray

WEIGHTS, KNOWN = "weights.safetensors", "known.csv"
METRICS, GOLDEN, CARD = "metrics.json", "golden.json", "card.md"
PREDICTIONS, BANDS = "predictions.csv", "bands.json"
KNOWN_GEOMETRY = ("volume_per_atom", "shortest_distance", "contact", "separation")
SCALING, KERNEL, COMPOSITION = "scaling", "kernel", "composition"


@dataclass(frozen=True)
class Member:
    """One trained network; a model's Tc is the mean over its members."""

    weights: Mapping[str, FloatArray]
    """By name, ``<layer>/<position in the layer>``."""


@dataclass(frozen=True)
class ModelFiles:
    """A model as it lies on disk."""

    name: str
    config: ModelConfig
    scaling: InputScaling
    """Of the inputs of all networks and of the Gaussian processes."""
    members: tuple[Member, ...]
    known: pd.DataFrame
    """Materials that it was trained on: formula, tc (K), tc_kind, space_group_number, source, and
    where they lie in what the model has seen: volume_per_atom (Å³), shortest_distance (Å), contact
    and separation, as `tcexplore.model.applicability_domain` uses them."""
    metrics: Mapping[str, Any]
    """What `tcexplore evaluate` printed; empty before that."""
    kernel: KernelMember | None = None
    """The Gaussian process beside the networks, where the model has one."""
    composition: KernelMember | None = None
    """The Gaussian process that sees the composition alone, where the model has one."""
    bands: Bands | None = None
    """None until `tcexplore evaluate` has measured them."""


def save_model_files(files: ModelFiles, directory: Path, *, card: str, golden: dict) -> None:
    """Write a model folder and the hashes of all that is in it."""
    directory.mkdir(parents=True, exist_ok=True)
    save_file(_arrays(files), directory / WEIGHTS)
    _write_json(directory / CONFIG, dataclasses.asdict(files.config))
    _write_json(directory / GOLDEN, golden)
    write_known(directory, files.known)
    write_bands(directory, files.bands)
    save_metrics(directory, files.metrics, card=card)


def save_metrics(
    directory: Path,
    metrics: Mapping[str, Any],
    *,
    card: str,
    predictions: pd.DataFrame | None = None,
) -> None:
    """Replace the figures and the card of a model, and its hashes with them.

    Parameters
    ----------
    predictions
        The predictions on test rows that the figures come from; without them those of an earlier
        evaluation go.
    """
    _write_json(directory / METRICS, metrics)
    (directory / CARD).write_text(card, encoding="utf-8")
    if predictions is None:
        (directory / PREDICTIONS).unlink(missing_ok=True)
    else:
        _write_csv(directory / PREDICTIONS, predictions)
    write_hashes(directory)


def split_kind(name: str) -> str:
    """Return a split without the number of its seed: ``random-2`` is of the kind ``random``."""
    return name.rstrip("0123456789").rstrip("-")


def read_predictions(directory: Path) -> pd.DataFrame:
    """Return what networks that had not seen them said of the test rows of each split.

    Returns
    -------
    :
        Columns split, formula, family, tc_kind, tc (K), and for each model its Tc (K).

    Raises
    ------
    ModelError
        The model was not evaluated yet.
    """
    path = directory / PREDICTIONS
    if not path.is_file():
        raise ModelError(
            f"model {directory.name!r} has no {PREDICTIONS}; run `python -m tcexplore evaluate"
            f" --model {directory.name}`, which writes it"
        )
    return pd.read_csv(path, keep_default_na=False, na_values=[""])  # a formula can read NaN


def write_known(directory: Path, known: pd.DataFrame) -> None:
    """Write the materials that a model was trained on; `write_hashes` has to follow."""
    (directory / KNOWN).write_text(known_csv(known), encoding="utf-8")


def read_known(directory: Path) -> pd.DataFrame:
    """Return the materials that a model was trained on."""
    return known_from_csv((directory / KNOWN).read_text(encoding="utf-8"))


def known_csv(known: pd.DataFrame) -> str:
    """Return the known materials as they are written: numbers to six digits."""
    return known.to_csv(index=False, float_format="%.6g", lineterminator="\n")


def known_from_csv(text: str) -> pd.DataFrame:
    """Return the known materials of a file's text."""
    return pd.read_csv(io.StringIO(text), keep_default_na=False)  # Na is sodium, NaN is none


def write_bands(directory: Path, bands: Bands | None) -> None:
    """Write the bands of a model, None for none; `write_hashes` has to follow."""
    if bands is None:
        (directory / BANDS).unlink(missing_ok=True)
    else:
        _write_json(directory / BANDS, dataclasses.asdict(bands))


def _read_bands(directory: Path) -> Bands | None:
    path = directory / BANDS
    return Bands(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def load_model_files(directory: Path) -> ModelFiles:
    """Return the model in a folder after its hashes were verified.

    Raises
    ------
    ModelError
        There is no model, a file is missing or changed, or its contents do not fit each other.
    """
    verify_hashes(directory)
    try:
        parts = _parts(load_file(directory / WEIGHTS))
        config = load_config(directory)
        scaling = InputScaling(**parts.pop(SCALING))
        kernel, composition = _processes(parts)
        members = tuple(Member(parts[number]) for number in sorted(parts, key=int))
        metrics = json.loads((directory / METRICS).read_text(encoding="utf-8"))
        bands = _read_bands(directory)
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise ModelError(
            f"model {directory.name!r} cannot be read ({error}); restore {directory} or train again"
        ) from error
    known = read_known(directory)
    missing = [name for name in KNOWN_GEOMETRY if name not in known]
    if missing:
        raise ModelError(
            f"model {directory.name!r}: {KNOWN} lacks the column {missing[0]}; write it with"
            f" `python -m tcexplore known --data FILE --model {directory.name}`"
        )
    return ModelFiles(
        directory.name, config, scaling, members, known, metrics, kernel, composition, bands
    )


def _arrays(files: ModelFiles) -> dict[str, FloatArray]:
    """Return the arrays of all parts, such as ``scaling/knots`` and ``0/tc/1`` of a network."""
    parts: dict[str, dict[str, FloatArray]] = {SCALING: vars(files.scaling)}
    parts |= {str(number): dict(member.weights) for number, member in enumerate(files.members)}
    if files.kernel is not None:
        parts[KERNEL] = _fields(files.kernel)
    if files.composition is not None:
        parts[COMPOSITION] = _fields(files.composition)
        if files.kernel is not None:
            del parts[COMPOSITION]["points"]  # both go through the same rows
    return {
        f"{part}/{name}": np.ascontiguousarray(values)
        for part, arrays in parts.items()
        for name, values in arrays.items()
    }


def _fields(process: KernelMember) -> dict[str, FloatArray]:
    """Return the arrays of a Gaussian process without what is derived from them."""
    return {one.name: getattr(process, one.name) for one in dataclasses.fields(process)}


def _parts(arrays: Mapping[str, FloatArray]) -> dict[str, dict[str, FloatArray]]:
    """Return the parts that `_arrays` wrote, by their names."""
    parts: dict[str, dict[str, FloatArray]] = {}
    for key, values in arrays.items():
        part, name = key.split("/", 1)
        parts.setdefault(part, {})[name] = values
    return parts


def _processes(
    parts: dict[str, dict[str, FloatArray]],
) -> tuple[KernelMember | None, KernelMember | None]:
    """Return the two Gaussian processes that `_arrays` wrote, and take them out of the parts."""
    kernel, composition = parts.pop(KERNEL, {}), parts.pop(COMPOSITION, {})
    return (
        KernelMember(**kernel) if kernel else None,
        KernelMember(**{**kernel, **composition}) if composition else None,
    )


def _write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
