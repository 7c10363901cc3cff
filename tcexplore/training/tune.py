"""The search for layers, units and loss, with Keras Tuner. Section IV.A of arXiv:2301.10474."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import tcexplore.training.cvnn_network  # noqa: F401  sets the switch for Keras 2 before TensorFlow is imported
from tcexplore.model.config import ModelConfig
from tcexplore.training.train import TrainingInputs, held_out, train_and_validation, train_member

import keras_tuner  # isort: skip


def tune(inputs: TrainingInputs, config: ModelConfig, *, n_trials: int, run_directory: Path) -> str:
    """Search by the validation error and return the best trials as a table in plain text.

    Each trial keeps its best epoch, whatever the configuration says. The test part is left out of
    the search, so that a later evaluation stays honest. A search that was cut off goes on from the
    trials in ``run_directory``.
    """
    config = replace(config, training=replace(config.training, keep="best"))
    settings = config.training
    test = held_out(
        inputs.rows, split=settings.split, share=settings.test_share, seed=settings.seed
    )
    train, validation = train_and_validation(inputs.rows, test, config)

    class Search(keras_tuner.RandomSearch):
        def run_trial(self, trial: Any, *_: object) -> float:  # pyright: ignore
            trained = train_member(
                inputs,
                train,
                validation,
                chosen_config(trial.hyperparameters, config),
                run_directory=run_directory / f"trial-{trial.trial_id}",
            )
            return float(trained.history["val_mae"].to_numpy().min())

    search = Search(
        objective=keras_tuner.Objective("val_mae", "min"),
        max_trials=n_trials,
        seed=settings.seed,
        directory=str(run_directory),
        project_name="search",
    )
    search.search()
    best = search.oracle.get_best_trials(10)
    return "\n".join(
        ["validation MAE / K  choices"]
        + [f"{trial.score:18.3f}  {trial.hyperparameters.values}" for trial in best]
    )


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
