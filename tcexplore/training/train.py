"""Training: rows of the data set in, a trained network out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.datasets import Dataset
from tcexplore.features.scaling import (
    InputScaling,
    fit_scaling,
    fit_scaling_with_scalars,
)
from tcexplore.model.card import model_card
from tcexplore.model.config import KernelConfig, ModelConfig
from tcexplore.model.files import (
    Member,
    ModelFiles,
    save_model_files,
)
from tcexplore.model.gaussian_process import KernelMember, fit_kernel
from tcexplore.model.predictor import build_predictor, unscaled_inputs
from tcexplore.training.known_materials import known_materials, trained_rows
from tcexplore.training.presets import N_STATISTICS

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]
ComplexArray = NDArray[np.complexfloating]
Part = tuple[tuple[ComplexArray, FloatArray], FloatArray, FloatArray]

GROUPS = {"random": None, "formula": "formula", "chemical_system": "chemical_system"}


@dataclass(frozen=True)
class TrainingInputs:
    """All rows of a data set that have a Tc, as the network sees them."""

    rows: pd.DataFrame
    """Formula, tc (K), tc_kind, weight, chemical_system and the rest of a row's provenance."""
    coefficients: ComplexArray
    """Shape (n_rows, n_box, n_box, n_box, 2)."""
    descriptors: FloatArray
    """Unscaled, shape (n_rows, n_descriptors)."""


@dataclass(frozen=True)
class TrainedMember:
    """What the training of one network leaves; its inputs are those of `fitted_scaling`."""

    member: Member
    history: pd.DataFrame
    """One row an epoch: loss, val_loss, mae and val_mae (K)."""
    best_epoch: int
    """The epoch, counted from 1, whose weights these are."""


def build_inputs(dataset: Dataset, config: ModelConfig) -> TrainingInputs:
    """Return the inputs of all rows with a Tc above 0 and elements that the model counts."""
    reported = trained_rows(dataset, config)
    coefficients, descriptors = [], []
    for row in tqdm(reported, desc="coefficients", unit="structure", disable=None):
        number = int(dataset.rows["space_group_number"].iloc[row])
        cell = CanonicalCell(dataset.structure(row), number, "")
        image, values = unscaled_inputs([cell], config)
        coefficients.append(image[0])
        descriptors.append(values[0])
    rows = dataset.rows.iloc[reported].reset_index(drop=True)
    return TrainingInputs(rows, np.stack(coefficients), np.stack(descriptors))


def held_out(rows: pd.DataFrame, *, split: str, share: float, seed: int) -> BoolArray:
    """Return which rows are kept apart: whole groups, drawn until they make up the share.

    Parameters
    ----------
    rows
        Rows of a data set.
    split
        What stays together: ``random`` (nothing), ``formula`` or ``chemical_system``.
    """
    column = GROUPS[split]
    groups = np.arange(len(rows)) if column is None else pd.factorize(rows[column])[0]
    order = np.random.default_rng(seed).permutation(groups.max() + 1)
    filled = np.cumsum(np.bincount(groups)[order])
    return np.isin(groups, order[: np.searchsorted(filled, share * len(rows)) + (share > 0)])


def train_members(
    inputs: TrainingInputs, test: BoolArray, config: ModelConfig, *, run_directory: Path
) -> tuple[TrainedMember, ...]:
    """Return the networks of a model, trained without the test rows."""
    settings = config.training
    trained = []
    for seed in range(settings.seed, settings.seed + settings.n_members):
        own = replace(config, training=replace(settings, seed=seed))
        train, validation = train_and_validation(inputs.rows, test, own)
        directory = run_directory / f"seed-{seed}"
        trained.append(train_member(inputs, train, validation, own, run_directory=directory))
    return tuple(trained)


def train_member(
    inputs: TrainingInputs,
    train: BoolArray,
    validation: BoolArray,
    config: ModelConfig,
    *,
    run_directory: Path,
) -> TrainedMember:
    """Return the network trained on some rows, at the epoch that is best on the validation rows.

    Parameters
    ----------
    run_directory
        Checkpoints and the history go here; a run that was cut off goes on from them.
    """
    from tcexplore.training import cvnn_network as networks  # TensorFlow: needed here alone

    parts = training_parts(inputs, train, validation, config)
    _claim(run_directory, parts, config)
    if config.training.keep == "last":
        return _last_epoch(parts[0], config, run_directory=run_directory)
    weights, history = networks.fit(*parts, config, run_directory=run_directory)
    best_epoch = int(history["epoch"].to_numpy()[history["val_loss"].argmin()]) + 1
    return TrainedMember(Member(weights), history, best_epoch)


def _last_epoch(part: Part, config: ModelConfig, *, run_directory: Path) -> TrainedMember:
    """Return the network after its last epoch."""
    from tcexplore.training.tf_trainer import quick_fit  # TensorFlow: needed here alone

    settings = config.training
    weights = quick_fit(part, config.network, settings, run_directory=run_directory)
    return TrainedMember(Member(weights), pd.DataFrame(), settings.epochs)


def fitted_kernel(
    inputs: TrainingInputs, train: BoolArray, config: ModelConfig
) -> KernelMember | None:
    """Return the Gaussian process through some rows, where the model has one."""
    return _fitted_process(inputs, train, config, config.kernel)


def fitted_composition(
    inputs: TrainingInputs, train: BoolArray, config: ModelConfig
) -> KernelMember | None:
    """Return the Gaussian process that sees the composition alone, where the model has one."""
    return _fitted_process(inputs, train, config, config.composition)


def _fitted_process(
    inputs: TrainingInputs, train: BoolArray, config: ModelConfig, process: KernelConfig | None
) -> KernelMember | None:
    if process is None:
        return None
    scaling = fitted_scaling(inputs, train, config)
    tc, weight = (inputs.rows[name].to_numpy(float)[train] for name in ("tc", "weight"))
    return fit_kernel(inputs.descriptors[train], tc, weight, scaling, process)


def fitted_scaling(inputs: TrainingInputs, train: BoolArray, config: ModelConfig) -> InputScaling:
    """Return the one scaling of a model, from all rows that are no test rows."""
    rows = inputs.coefficients[train], inputs.descriptors[train]
    n_elements = len(config.elements)
    if config.has_scalars:
        return fit_scaling_with_scalars(*rows, n_elements=n_elements, n_statistics=N_STATISTICS)
    return fit_scaling(*rows, n_elements=n_elements)


def _claim(run_directory: Path, parts: tuple[Part, Part], config: ModelConfig) -> None:
    """Note what a run trains on, or raise where its folder holds another run's checkpoints."""
    run_directory.mkdir(parents=True, exist_ok=True)
    rows = hashlib.sha256()
    for (image, numbers), tc, weight in parts:
        for values in (image, numbers, tc, weight):
            rows.update(np.ascontiguousarray(values).tobytes())
    claim, note = f"{config}\nrows {rows.hexdigest()}\n", run_directory / "run.txt"
    if note.exists() and note.read_text(encoding="utf-8") != claim:
        raise ValueError(
            f"{run_directory} holds the checkpoints of a run with other settings or data; remove"
            " it, or name another folder with --runs"
        )
    note.write_text(claim, encoding="utf-8")


def training_parts(
    inputs: TrainingInputs, train: BoolArray, validation: BoolArray, config: ModelConfig
) -> tuple[Part, Part]:
    """Return both parts as Keras takes them, scaled alike.

    A part is ((coefficients, scaled descriptors), tc (K), weights of the rows).
    """
    scaling = fitted_scaling(inputs, train | validation, config)

    def part(rows: BoolArray) -> Part:
        scaled = scaling.apply(inputs.coefficients[rows], inputs.descriptors[rows])
        tc, weight = (inputs.rows[name].to_numpy(np.float32)[rows] for name in ("tc", "weight"))
        return (scaled.coefficients, scaled.columns), tc, weight

    return part(train), part(validation)


def train_and_validation(
    rows: pd.DataFrame, test: BoolArray, config: ModelConfig
) -> tuple[BoolArray, BoolArray]:
    """Return the rows to train on and the rows that choose the epoch, none of them test rows."""
    settings = config.training
    if settings.keep == "last":
        return ~test, np.zeros(len(rows), bool)
    rest = np.flatnonzero(~test)
    chosen = held_out(
        rows.iloc[rest], split=settings.split, share=settings.validation_share, seed=settings.seed
    )
    validation = np.zeros(len(rows), bool)
    validation[rest[chosen]] = True
    return ~test & ~validation, validation


def train_model(
    dataset: Dataset, config: ModelConfig, directory: Path, *, run_directory: Path
) -> Path:
    """Train on all rows, each member without its validation part; write and return the folder.

    No row is kept for a test: the figures of a model come from `evaluation.evaluate_model`, which
    trains the same configuration anew without the rows that it tests on.
    """
    inputs = build_inputs(dataset, config)
    known = known_materials(dataset, config)
    no_test = np.zeros(len(inputs.rows), bool)
    trained = train_members(inputs, no_test, config, run_directory=run_directory / directory.name)
    metrics = {
        "data_sha256": dataset.metadata["inputs_sha256"],
        "best_epochs": [one.best_epoch for one in trained],
    }
    members = tuple(one.member for one in trained)
    files = ModelFiles(
        directory.name,
        config,
        fitted_scaling(inputs, ~no_test, config),
        members,
        known,
        metrics,
        fitted_kernel(inputs, ~no_test, config),
        fitted_composition(inputs, ~no_test, config),
    )
    save_model_files(files, directory, card=model_card(files), golden=golden_predictions(files))
    return directory


def golden_predictions(files: ModelFiles) -> dict[str, float]:
    """Return Tc (K) of the catalogue's structures, by id: what this model must say again."""
    predictor, known = build_predictor(files), set(files.config.elements)
    golden = {}
    for entry in load_catalogue():
        structure = entry.structure()
        if not known.issuperset(element.symbol for element in structure.elements):
            continue
        [prediction] = predictor([structure])
        golden[entry.entry_id] = round(prediction.tc, 4)
    return golden


def with_split(config: ModelConfig, split: str) -> ModelConfig:
    """Return the same model trained with another split."""
    return replace(config, training=replace(config.training, split=split))
