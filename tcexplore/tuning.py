"""The search for layers, units and loss, with Keras Tuner. Section IV.A of arXiv:2301.10474."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tcexplore import network as networks  # before Keras Tuner: sets the switch for Keras 2
from tcexplore.configs import ModelConfig
from tcexplore.training import TrainingInputs, held_out, train_and_validation, training_parts

import keras_tuner  # isort: skip


def tune(inputs: TrainingInputs, config: ModelConfig, *, n_trials: int, run_directory: Path) -> str:
    """Search by the validation error and return the best trials as a table in plain text.

    The test part is left out of the search, so that a later evaluation stays honest. A search that
    was cut off goes on from the trials in ``run_directory``.
    """
    settings = config.training
    test = held_out(
        inputs.rows, split=settings.split, share=settings.test_share, seed=settings.seed
    )
    train, validation = train_and_validation(inputs.rows, test, config)
    _, (fit_part, validation_part) = training_parts(inputs, train, validation, config)

    def build(choices: Any) -> object:
        chosen = chosen_config(choices, config)
        network = networks.build_network(chosen.network)
        steps = settings.epochs * -(-len(fit_part[1]) // settings.batch_size)
        networks.compile_network(network, chosen.training, n_steps=steps)
        return network

    tuner = keras_tuner.BayesianOptimization(
        build,
        objective=keras_tuner.Objective("val_mae", "min"),
        max_trials=n_trials,
        seed=settings.seed,
        directory=str(run_directory),
        project_name="tune",
    )
    tuner.search(
        *fit_part[:2],
        sample_weight=fit_part[2],
        validation_data=validation_part,
        batch_size=settings.batch_size,
        epochs=settings.epochs,
        verbose=0,
    )
    best = tuner.oracle.get_best_trials(10)
    return "\n".join(
        ["validation MAE / K  choices"]
        + [f"{trial.score:18.3f}  {trial.hyperparameters.values}" for trial in best]
    )


def chosen_config(choices: Any, config: ModelConfig) -> ModelConfig:
    """Return the configuration with the layers, units and loss of a trial."""
    branch = choices.Int("descriptor_layers", 1, 5)
    branch_units = choices.Choice("descriptor_units", [128, 256, 512])
    joint = choices.Int("joint_layers", 1, 5)
    joint_units = choices.Choice("joint_units", [128, 256, 512, 1024])
    network = replace(
        config.network,
        descriptor_units=(branch_units,) * branch,
        joint_units=(joint_units,) * joint,
        dropout=choices.Choice("dropout", [0.1, 0.3, 0.5]),
        batch_norm=choices.Boolean("batch_norm"),
    )
    loss = choices.Choice("loss", ["huber", "squared"])
    return replace(config, network=network, training=replace(config.training, loss=loss))
