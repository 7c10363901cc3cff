"""Hyperparameter search by Keras Tuner: layers, units, loss. arXiv:2301.10474, section IV.A."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

import tcexplore.training.cvnn_network  # noqa: F401  sets the switch for Keras 2 before TensorFlow is imported
from tcexplore.model.config import ModelConfig
from tcexplore.training.data import (
    TrainingInputs,
    TrainingRows,
    fit_input_scaling,
    random_groups,
    train_and_validation,
)
from tcexplore.training.train import train_network

import keras_tuner  # isort: skip


def tune(inputs: TrainingInputs, config: ModelConfig, *, n_trials: int, run_directory: Path) -> str:
    """Search by the validation error and return the best trials as a table in plain text.

    Each trial keeps its best epoch, whatever the configuration says. The test rows are left out of
    the search, so that a later evaluation stays honest. A search that was cut off goes on from the
    trials in ``run_directory``.
    """
    config = replace(config, training=replace(config.training, keep="best"))
    train, validation = _search_rows(inputs, config)

    class Search(keras_tuner.RandomSearch):
        def run_trial(self, trial: Any, *_: object) -> float:  # pyright: ignore
            choices = chosen_config(trial.hyperparameters, config)
            directory = run_directory / f"trial-{trial.trial_id}"
            trained = train_network(train, validation, choices, run_directory=directory)
            return float(trained.history["val_mae"].to_numpy().min())

    search = Search(
        objective=keras_tuner.Objective("val_mae", "min"),
        max_trials=n_trials,
        seed=config.training.seed,
        directory=str(run_directory),
        project_name="search",
    )
    search.search()
    best = search.oracle.get_best_trials(10)
    lines = [{"validation MAE / K": trial.score, **trial.hyperparameters.values} for trial in best]
    return pd.DataFrame(lines).to_string(index=False, float_format="{:.3f}".format)


def _search_rows(inputs: TrainingInputs, config: ModelConfig) -> tuple[TrainingRows, TrainingRows]:
    """Return the rows that all trials are trained and validated on, scaled alike."""
    settings = config.training
    test = random_groups(
        inputs.rows, split=settings.split, share=settings.test_share, seed=settings.seed
    )
    train, validation = train_and_validation(inputs.rows, test, config)
    rows = inputs.scaled(fit_input_scaling(inputs, ~test, config))
    return rows.subset(train), rows.subset(validation)


def chosen_config(choices: keras_tuner.HyperParameters, config: ModelConfig) -> ModelConfig:
    """Return the configuration with the layers, units and loss of a trial."""
    pick: Any = choices.Choice
    network = replace(
        config.network,
        descriptor_units=(pick("descriptor_units", [128, 256, 512]),)
        * pick("descriptor_layers", [1, 2, 3, 4, 5]),
        joint_units=(pick("joint_units", [128, 256, 512, 1024]),)
        * pick("joint_layers", [1, 2, 3, 4, 5]),
        dropout=pick("dropout", [0.1, 0.3, 0.5]),
        batch_norm=choices.Boolean("batch_norm"),
    )
    loss = pick("loss", ["huber", "squared"])
    return replace(config, network=network, training=replace(config.training, loss=loss))
