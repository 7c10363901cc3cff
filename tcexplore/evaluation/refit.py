"""The parts of a model, fitted anew without the rows that are asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tcexplore.evaluation.folds import Model
from tcexplore.features.scaling import InputScaling, scaled_descriptors
from tcexplore.model.config import ModelConfig
from tcexplore.model.files import ModelFiles
from tcexplore.model.gaussian_process import KernelMember, KernelTc, scaled_kernel_tc
from tcexplore.model.network import real_network
from tcexplore.model.predictor import networks_tc
from tcexplore.training.train import (
    TrainingInputs,
    fitted_composition,
    fitted_kernel,
    fitted_scaling,
    train_and_validation,
    train_member,
)

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]

KERNEL, COMPOSITION = "kernel", "composition"
PROCESSES = KERNEL, COMPOSITION


def part_models(inputs: TrainingInputs, config: ModelConfig) -> dict[str, Model]:
    """Return a model's parts: ``network-0`` and so on, and its Gaussian processes.

    ``kernel`` says two numbers of each row, the smooth Tc (K) and what memory adds to it (K);
    ``composition`` says Tc (K), as networks do.
    """
    seeds = range(config.training.seed, config.training.seed + config.training.n_members)
    parts = {
        f"network-{number}": network_model(inputs, config, seed)
        for number, seed in enumerate(seeds)
    }
    if config.kernel is not None:
        parts[KERNEL] = kernel_model(inputs, config)
    if config.composition is not None:
        parts[COMPOSITION] = composition_model(inputs, config)
    return parts


def network_model(inputs: TrainingInputs, config: ModelConfig, seed: int) -> Model:
    """Return one network of a configuration as a function of the rows that it may learn from."""
    own = replace(config, training=replace(config.training, seed=seed))

    def model(train: BoolArray, test: BoolArray) -> FloatArray:
        train, validation = train_and_validation(inputs.rows, ~train, own)
        with tempfile.TemporaryDirectory() as directory:
            trained = train_member(inputs, train, validation, own, run_directory=Path(directory))
        scaling = fitted_scaling(inputs, train | validation, own)
        return network_tc(trained.member.weights, scaling, inputs, test, own)

    return model


def kernel_model(inputs: TrainingInputs, config: ModelConfig) -> Model:
    """Return the Gaussian process of a configuration as a function of the rows to learn from."""

    def model(train: BoolArray, test: BoolArray) -> FloatArray:
        return _both(_process_tc(fitted_kernel(inputs, train, config), inputs, config, train, test))

    return model


def composition_model(inputs: TrainingInputs, config: ModelConfig) -> Model:
    """Return the process that sees no cell as a function of the rows to learn from."""

    def model(train: BoolArray, test: BoolArray) -> FloatArray:
        member = fitted_composition(inputs, train, config)
        return _process_tc(member, inputs, config, train, test).tc

    return model


def _process_tc(
    member: KernelMember | None,
    inputs: TrainingInputs,
    config: ModelConfig,
    train: BoolArray,
    test: BoolArray,
) -> KernelTc:
    """Return what a Gaussian process that was fitted to the training rows says of the test rows."""
    if member is None:
        raise ValueError(
            "this configuration has no such Gaussian process; the preset 'shipped' has"
        )
    scaling = fitted_scaling(inputs, train, config)
    return scaled_kernel_tc(member, scaled_descriptors(inputs.descriptors[test], scaling))


def _both(kernel: KernelTc) -> FloatArray:
    return np.stack([kernel.smooth, kernel.memory], axis=1)


def network_tc(
    weights: Mapping[str, FloatArray],
    scaling: InputScaling,
    inputs: TrainingInputs,
    part: BoolArray,
    config: ModelConfig,
) -> FloatArray:
    """Return Tc (K), not below 0, of some rows by the path that the app takes, (n_part,)."""
    network = real_network(weights, config.network)
    scaled = scaling.apply(inputs.coefficients[part], inputs.descriptors[part])
    return networks_tc([network], scaled)[0]


def shipped_parts(
    files: ModelFiles, inputs: TrainingInputs, part: BoolArray
) -> dict[str, FloatArray]:
    """Return what each part of a model as it is shipped says of some rows, as `part_models` do."""
    scaling, values = files.scaling, (inputs, part, files.config)
    found = {
        f"network-{number}": network_tc(member.weights, scaling, *values)
        for number, member in enumerate(files.members)
    }
    scaled = scaled_descriptors(inputs.descriptors[part], scaling)
    if files.kernel is not None:
        found[KERNEL] = _both(scaled_kernel_tc(files.kernel, scaled))
    if files.composition is not None:
        found[COMPOSITION] = scaled_kernel_tc(files.composition, scaled).tc
    return found


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
