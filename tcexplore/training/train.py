"""Training of a model: networks and Gaussian processes, from a data set to a model folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.datasets import Dataset
from tcexplore.features.scaling import InputScaling
from tcexplore.model.card import model_card
from tcexplore.model.config import GaussianProcessConfig, ModelConfig
from tcexplore.model.files import Member, ModelFiles, save_model_files
from tcexplore.model.gaussian_process import GaussianProcess
from tcexplore.model.predictor import build_predictor
from tcexplore.training.data import (
    VARIANT_TC,
    TrainingInputs,
    TrainingRows,
    build_inputs,
    fit_input_scaling,
    train_and_validation,
)
from tcexplore.training.gaussian_process_fit import fit_gaussian_process
from tcexplore.training.known_materials import known_materials
from tcexplore.training.run_directory import claim_directory
from tcexplore.typing import BoolArray, FloatArray


@dataclass(frozen=True)
class TrainedNetwork:
    """Weights of one network and the course of its training."""

    weights: dict[str, FloatArray]
    """By name, as `Member.weights`."""
    history: pd.DataFrame
    """One row an epoch: loss, val_loss, mae and val_mae (K); empty where the last epoch counts."""
    best_epoch: int
    """The epoch, counted from 1, whose weights these are."""


def train_model(
    dataset: Dataset, config: ModelConfig, directory: Path, *, run_directory: Path
) -> Path:
    """Train on all rows, each network without its validation rows; write and return the folder.

    No row is kept for a test: the figures of a model come from `evaluation.evaluate_model`, which
    trains the same configuration anew without the rows that it tests on.
    """
    inputs = build_inputs(dataset, config)
    every_row = np.ones(len(inputs.rows), bool)
    scaling = fit_input_scaling(inputs, every_row, config)
    networks = train_networks(inputs, scaling, config, run_directory=run_directory / directory.name)
    gaussian_process, composition_model = (
        None if process is None else fit_process(inputs, every_row, scaling, process)
        for process in (config.gaussian_process, config.composition_model)
    )
    metrics = {
        "data_sha256": dataset.metadata["inputs_sha256"],
        "best_epochs": [network.best_epoch for network in networks],
    }
    files = ModelFiles(
        directory.name,
        config,
        scaling,
        tuple(Member(network.weights) for network in networks),
        known_materials(dataset, config),
        metrics,
        gaussian_process,
        composition_model,
    )
    save_model_files(files, directory, card=model_card(files), golden=golden_predictions(files))
    return directory


def train_networks(
    inputs: TrainingInputs, scaling: InputScaling, config: ModelConfig, *, run_directory: Path
) -> list[TrainedNetwork]:
    """Return the networks of a model, each with a seed and validation rows of its own."""
    settings, no_test = config.training, np.zeros(len(inputs.rows), bool)
    networks = []
    for seed in range(settings.seed, settings.seed + settings.n_members):
        seeded = replace(config, training=replace(settings, seed=seed))
        directory = run_directory / f"seed-{seed}"
        networks.append(train_without(inputs, no_test, scaling, seeded, run_directory=directory))
    return networks


def train_without(
    inputs: TrainingInputs,
    test: BoolArray,
    scaling: InputScaling,
    config: ModelConfig,
    *,
    run_directory: Path,
) -> TrainedNetwork:
    """Return a network trained on all rows but the test rows, and on their wrong variants."""
    rows, settings = inputs.scaled(scaling), config.training
    train, validation = train_and_validation(inputs.rows, test, config)
    variants = inputs.scaled_variants(train, scaling, weight=settings.variant_weight)
    return train_network(
        rows.subset(train).joined(variants),
        rows.subset(validation),
        config,
        run_directory=run_directory,
    )


def train_network(
    train: TrainingRows, validation: TrainingRows, config: ModelConfig, *, run_directory: Path
) -> TrainedNetwork:
    """Return the network at the epoch that is best on the validation rows, or at the last one.

    Parameters
    ----------
    run_directory
        Checkpoints and the history go here; a run that was cut off goes on from them.
    """
    # TensorFlow: needed here alone
    from tcexplore.training import cvnn_network, tf_trainer

    text = f"{config}\nrows {_digest(train, validation)}\n"
    claim_directory(run_directory, "run.txt", text, contents="checkpoints")
    settings = config.training
    if settings.keep == "last":
        weights = tf_trainer.fit(train, config.network, settings, run_directory=run_directory)
        return TrainedNetwork(weights, pd.DataFrame(), settings.epochs)
    weights, history = cvnn_network.fit(train, validation, config, run_directory=run_directory)
    best_epoch = int(history["epoch"].to_numpy()[history["val_loss"].argmin()]) + 1
    return TrainedNetwork(weights, history, best_epoch)


def _digest(*parts: TrainingRows) -> str:
    """Return the SHA-256 of all that a network is trained on."""
    digest = hashlib.sha256()
    for rows in parts:
        for values in (rows.inputs.coefficients, rows.inputs.columns, rows.tc, rows.weight):
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def fit_process(
    inputs: TrainingInputs, train: BoolArray, scaling: InputScaling, config: GaussianProcessConfig
) -> GaussianProcess:
    """Return the Gaussian process through some rows and their wrong variants."""
    tc, weight = (inputs.rows[name].to_numpy(float)[train] for name in ("tc", "weight"))
    variants = inputs.variants.subset(train & (config.variant_weight > 0)).descriptors
    return fit_gaussian_process(
        np.concatenate([inputs.descriptors[train], variants]),
        np.append(tc, np.full(len(variants), VARIANT_TC)),
        np.append(weight, np.full(len(variants), config.variant_weight)),
        scaling,
        config,
    )


def golden_predictions(files: ModelFiles) -> dict[str, float]:
    """Return Tc (K) of the catalogue's structures by id, for later versions to be held against."""
    predictor, elements = build_predictor(files), set(files.config.elements)
    golden = {}
    for entry in load_catalogue():
        structure = entry.structure()
        if elements.issuperset(element.symbol for element in structure.elements):
            [prediction] = predictor([structure])
            golden[entry.entry_id] = round(prediction.tc, 4)
    return golden
