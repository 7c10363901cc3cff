"""The folder of a trained model: weights, configuration, known materials, figures, hashes."""

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
from tcexplore.model.config import CONFIG, ModelConfig, config_values, load_config
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.gaussian_process import GaussianProcess
from tcexplore.model.hashes import ModelError, verify_hashes, write_hashes
from tcexplore.typing import FloatArray

WEIGHTS, KNOWN = "weights.safetensors", "known.csv"
METRICS, GOLDEN, CARD = "metrics.json", "golden.json", "card.md"
PREDICTIONS, CONFORMAL = "predictions.csv", "bands.json"
PAPER_TABLES = ("table-2.csv", "table-3.csv", "pressure-slopes.csv")  # of paper.kept_tables
TC_HELD_OUT = "tc_held_out"
KNOWN_GEOMETRY = ("volume_per_atom", "shortest_distance", "contact", "distances", "separation")
SCALING = "scaling"
GAUSSIAN_PROCESS, COMPOSITION_MODEL = "gaussian_process", "composition_model"


@dataclass(frozen=True)
class Member:
    """One trained network; a model's Tc is the mean over its members."""

    weights: Mapping[str, FloatArray]
    """By name, ``<layer>/<position in the layer>``."""


@dataclass(frozen=True)
class ModelFiles:
    """Contents of a model's folder."""

    name: str
    config: ModelConfig
    scaling: InputScaling
    """Of the inputs of all networks and of the Gaussian processes."""
    members: tuple[Member, ...]
    known: pd.DataFrame
    """Materials that it was trained on: formula, tc (K), tc_kind, space_group_number, source, and
    where they lie in the space of descriptors: volume_per_atom (Å³), shortest_distance (Å),
    contact, separation and of hydrides the shortest distances (Å) by element pair; and tc_held_out
    (K), Tc of the same model trained without their chemical systems, nan before the evaluation."""
    metrics: Mapping[str, Any]
    """Figures of `tcexplore evaluate`; empty before that."""
    gaussian_process: GaussianProcess | None = None
    """The Gaussian process beside the networks, where the model has one."""
    composition_model: GaussianProcess | None = None
    """The Gaussian process that sees the composition alone, where the model has one."""
    conformal: ConformalCalibration | None = None
    """None until `tcexplore evaluate` has measured them."""


def save_model_files(files: ModelFiles, directory: Path, *, card: str, golden: dict) -> None:
    """Write a model folder and the hashes of all that is in it; what an earlier one said goes."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in PAPER_TABLES:
        (directory / name).unlink(missing_ok=True)
    save_file(_arrays(files), directory / WEIGHTS)
    _write_json(directory / CONFIG, config_values(files.config))
    _write_json(directory / GOLDEN, golden)
    write_known(directory, files.known)
    write_conformal(directory, files.conformal)
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
        write_csv(directory / PREDICTIONS, predictions)
    write_hashes(directory)


def split_kind(name: str) -> str:
    """Return a split without the number of its seed: ``random-2`` is of the kind ``random``."""
    return name.rstrip("0123456789").rstrip("-")


def read_predictions(directory: Path) -> pd.DataFrame:
    """Return the predictions on the test rows of each split, by networks trained without them.

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
    """Return the known materials of a file's text; older ones say nothing of `TC_HELD_OUT`."""
    missing = {TC_HELD_OUT: [""]}  # elsewhere Na is sodium, and NaN a nitride
    known = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=missing)
    return known if TC_HELD_OUT in known else known.assign(**{TC_HELD_OUT: np.nan})


def write_conformal(directory: Path, conformal: ConformalCalibration | None) -> None:
    """Write the conformal calibration of a model, None for none; `write_hashes` has to follow."""
    if conformal is None:
        (directory / CONFORMAL).unlink(missing_ok=True)
    else:
        _write_json(directory / CONFORMAL, dataclasses.asdict(conformal))


def _read_conformal(directory: Path) -> ConformalCalibration | None:
    path = directory / CONFORMAL
    return (
        ConformalCalibration(**json.loads(path.read_text(encoding="utf-8")))
        if path.exists()
        else None
    )


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
        gaussian_process, composition_model = _processes(parts)
        members = tuple(Member(parts[number]) for number in sorted(parts, key=int))
        metrics = json.loads((directory / METRICS).read_text(encoding="utf-8"))
        conformal = _read_conformal(directory)
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
        directory.name,
        config,
        scaling,
        members,
        known,
        metrics,
        gaussian_process,
        composition_model,
        conformal,
    )


def _arrays(files: ModelFiles) -> dict[str, FloatArray]:
    """Return the arrays of all parts, such as ``scaling/knots`` and ``0/tc/1`` of a network."""
    parts: dict[str, dict[str, FloatArray]] = {SCALING: vars(files.scaling)}
    parts |= {str(number): dict(member.weights) for number, member in enumerate(files.members)}
    if files.gaussian_process is not None:
        parts[GAUSSIAN_PROCESS] = _fields(files.gaussian_process)
    if files.composition_model is not None:
        parts[COMPOSITION_MODEL] = _fields(files.composition_model)
        if files.gaussian_process is not None:
            del parts[COMPOSITION_MODEL]["points"]  # both go through the same rows
    return {
        f"{part}/{name}": np.ascontiguousarray(values)
        for part, arrays in parts.items()
        for name, values in arrays.items()
    }


def _fields(process: GaussianProcess) -> dict[str, FloatArray]:
    """Return the arrays of a Gaussian process by their names."""
    return {field.name: getattr(process, field.name) for field in dataclasses.fields(process)}


def _parts(arrays: Mapping[str, FloatArray]) -> dict[str, dict[str, FloatArray]]:
    """Return the parts that `_arrays` wrote, by their names."""
    parts: dict[str, dict[str, FloatArray]] = {}
    for key, values in arrays.items():
        part, name = key.split("/", 1)
        parts.setdefault(part, {})[name] = values
    return parts


def _processes(
    parts: dict[str, dict[str, FloatArray]],
) -> tuple[GaussianProcess | None, GaussianProcess | None]:
    """Return the two Gaussian processes that `_arrays` wrote, and take them out of the parts."""
    shared = parts.pop(GAUSSIAN_PROCESS, {})
    composition = parts.pop(COMPOSITION_MODEL, {})
    return (
        GaussianProcess(**shared) if shared else None,
        GaussianProcess(**{**shared, **composition}) if composition else None,
    )


def _write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table of a model's folder, numbers to six digits; `write_hashes` has to follow."""
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
