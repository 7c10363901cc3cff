"""Refit of the components of a model, each without the rows of a test."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from tcexplore.evaluation.folds import Model
from tcexplore.features.scaling import InputScaling, scaled_descriptors
from tcexplore.model.config import GaussianProcessConfig, ModelConfig
from tcexplore.model.files import ModelFiles
from tcexplore.model.gaussian_process import GaussianProcessTc, gaussian_process_tc
from tcexplore.model.network import real_network
from tcexplore.model.predictor import networks_tc
from tcexplore.training.data import TrainingInputs, fit_input_scaling
from tcexplore.training.train import fit_process, train_without
from tcexplore.typing import BoolArray, FloatArray

GAUSSIAN_PROCESS, COMPOSITION = "gaussian_process", "composition"
WITHOUT_CONVOLUTIONS = "without convolutions"
PROCESSES = GAUSSIAN_PROCESS, COMPOSITION
ScalingOf = Callable[[BoolArray], InputScaling]
"""From the mask of the training rows to the scaling that all components share."""


def component_models(inputs: TrainingInputs, config: ModelConfig) -> dict[str, Model]:
    """Return the components of a model: ``network-0`` and so on, and its Gaussian processes.

    ``gaussian_process`` returns two terms of Tc for each row, the smooth one (K) and the
    short-range residual (K); ``composition`` returns Tc (K), as networks do.
    """
    scaling_of = shared_scaling(inputs, config)
    seeds = range(config.training.seed, config.training.seed + config.training.n_members)
    components = {
        f"network-{number}": network_model(inputs, config, seed, scaling_of)
        for number, seed in enumerate(seeds)
    }
    if config.gaussian_process is not None:
        process = process_model(inputs, config.gaussian_process, scaling_of)
        components[GAUSSIAN_PROCESS] = lambda train, test: _terms(process(train, test))
    if config.composition_model is not None:
        composition = process_model(inputs, config.composition_model, scaling_of)
        components[COMPOSITION] = lambda train, test: composition(train, test).tc
    return components


def shared_scaling(inputs: TrainingInputs, config: ModelConfig) -> ScalingOf:
    """Return a function that fits the scaling to some training rows, once for each mask."""

    @functools.lru_cache(maxsize=256)  # 0.1 MB each; the components go through the folds in turn
    def fit(mask: bytes) -> InputScaling:
        return fit_input_scaling(inputs, np.frombuffer(mask, bool), config)

    return lambda train: fit(train.tobytes())


def network_model(
    inputs: TrainingInputs, config: ModelConfig, seed: int, scaling_of: ScalingOf | None = None
) -> Model:
    """Return a network of a configuration as a function of the training and the test rows."""
    seeded = replace(config, training=replace(config.training, seed=seed))
    scaling_of = scaling_of or shared_scaling(inputs, config)

    def model(train: BoolArray, test: BoolArray) -> FloatArray:
        scaling = scaling_of(train)
        with tempfile.TemporaryDirectory() as directory:
            trained = train_without(inputs, ~train, scaling, seeded, run_directory=Path(directory))
        network = real_network(trained.weights, config.network)
        tested = scaling.apply(inputs.coefficients[test], inputs.descriptors[test])
        return networks_tc([network], tested)[0]

    return model


def ablated_model(inputs: TrainingInputs, config: ModelConfig) -> Model:
    """Return the first network of a model with all coefficients put to 0, as in `network_model`."""
    variants = inputs.variants
    blind = replace(
        inputs,
        coefficients=np.zeros_like(inputs.coefficients),
        variants=replace(variants, coefficients=np.zeros_like(variants.coefficients)),
    )
    return network_model(blind, config, config.training.seed)


def process_model(
    inputs: TrainingInputs, config: GaussianProcessConfig, scaling_of: ScalingOf
) -> Callable[[BoolArray, BoolArray], GaussianProcessTc]:
    """Return a Gaussian process as a function of the training and the test rows."""

    def model(train: BoolArray, test: BoolArray) -> GaussianProcessTc:
        scaling = scaling_of(train)
        process = fit_process(inputs, train, scaling, config)
        return gaussian_process_tc(process, scaled_descriptors(inputs.descriptors[test], scaling))

    return model


def _terms(process: GaussianProcessTc) -> FloatArray:
    return np.stack([process.smooth, process.short_range], axis=1)


def shipped_components(
    files: ModelFiles, inputs: TrainingInputs, rows: BoolArray
) -> dict[str, FloatArray]:
    """Return the predictions of a model as it is shipped, in the form of `component_models`.

    Parameters
    ----------
    rows
        Mask of the rows to predict, shape (n_rows,).
    """
    scaled = files.scaling.apply(inputs.coefficients[rows], inputs.descriptors[rows])
    networks = [real_network(member.weights, files.config.network) for member in files.members]
    components: dict[str, FloatArray] = {
        f"network-{number}": tc for number, tc in enumerate(networks_tc(networks, scaled))
    }
    if files.gaussian_process is not None:
        process_tc = gaussian_process_tc(files.gaussian_process, scaled.descriptors)
        components[GAUSSIAN_PROCESS] = _terms(process_tc)
    if files.composition_model is not None:
        process_tc = gaussian_process_tc(files.composition_model, scaled.descriptors)
        components[COMPOSITION] = process_tc.tc
    return components


def gaussian_process_of(components: Mapping[str, FloatArray]) -> GaussianProcessTc | None:
    """Return the terms of the Gaussian process for all rows; None where none ran."""
    terms = components.get(GAUSSIAN_PROCESS)
    return None if terms is None else GaussianProcessTc(*terms.T)


def networks_of(components: Mapping[str, FloatArray]) -> FloatArray | None:
    """Return Tc (K) by each network, shape (n_networks, n_rows); None where none ran."""
    networks = [tc for name, tc in components.items() if name not in PROCESSES]
    return np.stack(networks) if networks else None


def limited_to(counted: BoolArray, model: Model) -> Model:
    """Return a model of the rows whose elements it counts as a model of all rows.

    Parameters
    ----------
    counted
        Shape (n_rows,).
    model
        Takes and returns the counted rows alone.
    """

    def of_all(train: BoolArray, test: BoolArray) -> FloatArray:
        tc = np.full(int(test.sum()), np.nan)
        tc[counted[test]] = model(train[counted], test[counted])
        return tc

    return of_all
