"""Complex-valued convolutional network in cvnn on tf-keras, and its training by Keras.

cvnn needs the Keras 2 API; the switch for it is
read when TensorFlow is first imported. Section IV and figure 2 of Novakovic et al.,
arXiv:2301.10474 (2023).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
import tf_keras as keras
from cvnn import layers as complex_layers
from tqdm.keras import TqdmCallback

from tcexplore.model.config import ModelConfig, NetworkConfig, TrainingConfig
from tcexplore.training.data import TrainingRows
from tcexplore.typing import FloatArray


def build_network(config: NetworkConfig) -> keras.Model:
    """Return the untrained network: coefficients and scaled descriptors in, Tc (K) out.

    Inputs are complex coefficients, shape (batch, n, n, n, 2) with n = ``config.n_box``, and scaled
    descriptors, shape (batch, n_descriptors). The output has shape (batch, 1).
    """
    coefficients = complex_layers.complex_input((config.n_box,) * 3 + (2,))
    descriptors = keras.layers.Input((config.n_descriptors,), name="descriptors")
    joined = keras.layers.Concatenate()(
        [convolutions(coefficients, config), _descriptor_branch(descriptors, config)]
    )
    for number, units in enumerate(config.joint_units):
        joined = _dense(joined, units, f"joint_{number}", config)
        joined = keras.layers.Dropout(config.dropout)(joined)
    activation = _squared if config.output == "root" else config.output
    tc = keras.layers.Dense(1, activation=activation, name="tc")(joined)
    return keras.Model([coefficients, descriptors], tc)


def _squared(root_tc: Any) -> Any:
    return keras.activations.relu(root_tc) ** 2


def convolutions(coefficients: Any, config: NetworkConfig) -> Any:
    """Return the real features, shape (batch, filters), that the complex layers make."""
    first, second = config.filters
    x = complex_layers.ComplexConv3D(first, 3, activation="cart_relu", name="conv_0")(coefficients)
    x = complex_layers.ComplexAvgPooling3D(2)(x)  # (batch, 4, 4, 4, filters), complex
    x = complex_layers.ComplexDropout(config.conv_dropout)(x)
    x = complex_layers.ComplexConv3D(
        second, 3, activation="convert_to_real_with_abs", name="conv_1"
    )(x)  # (batch, 2, 2, 2, filters), real
    x = keras.layers.AveragePooling3D(2)(x)
    x = keras.layers.Dropout(config.conv_dropout)(x)
    return keras.layers.Flatten()(x)


def _descriptor_branch(descriptors: Any, config: NetworkConfig) -> Any:
    x = descriptors
    for number, units in enumerate(config.descriptor_units):
        x = _dense(x, units, f"descriptor_{number}", config)
    return x


def _dense(x: Any, units: int, name: str, config: NetworkConfig) -> Any:
    x = keras.layers.Dense(units, activation="relu", name=name)(x)
    return keras.layers.BatchNormalization(name=f"{name}_norm")(x) if config.batch_norm else x


def fit(
    train: TrainingRows, validation: TrainingRows, config: ModelConfig, *, run_directory: Path
) -> tuple[dict[str, FloatArray], pd.DataFrame]:
    """Return the weights of the epoch that is best on the validation rows, and the history.

    Checkpoints lie in ``run_directory``; a run that was cut off goes on from its last whole epoch.
    """
    settings = config.training
    keras.utils.set_random_seed(settings.seed)
    network = build_network(config.network)
    log, best = run_directory / "history.csv", run_directory / "best.weights.h5"
    if _n_epochs_done(log) < settings.epochs:
        steps = settings.epochs * -(-len(train) // settings.batch_size)
        compile_network(network, settings, n_steps=steps)
        run_directory.mkdir(parents=True, exist_ok=True)
        network.fit(
            _network_inputs(train),
            train.tc,
            sample_weight=train.weight,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            validation_data=(_network_inputs(validation), validation.tc, validation.weight),
            validation_batch_size=1024,
            verbose=0,  # pyright: ignore[reportArgumentType] "auto" is only its default
            callbacks=_callbacks(settings, log, best),
        )
    network.load_weights(best)
    return network_weights(network), pd.read_csv(log)


def _network_inputs(rows: TrainingRows) -> tuple[Any, Any]:
    return rows.inputs.coefficients, rows.inputs.columns


def _callbacks(settings: TrainingConfig, log: Path, best: Path) -> list[Any]:
    """Return the progress bar, and the checkpoints that a run goes on from after a cut."""
    return [
        TqdmCallback(epochs=settings.epochs, verbose=0, disable=None),
        keras.callbacks.ModelCheckpoint(
            str(best),
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=_best_so_far(log),
        ),
        keras.callbacks.CSVLogger(str(log), append=log.exists()),
        keras.callbacks.BackupAndRestore(str(log.with_name("backup"))),
    ]


def compile_network(network: keras.Model, settings: TrainingConfig, *, n_steps: int) -> None:
    """Give the network its loss, and an optimiser whose rate falls to zero over all steps."""
    optimiser = keras.optimizers.Adam()
    optimiser.learning_rate = keras.optimizers.schedules.CosineDecay(
        settings.learning_rate, n_steps
    )
    squared = settings.loss == "squared"
    loss = keras.losses.MeanSquaredError() if squared else keras.losses.Huber(settings.huber_delta)
    network.compile(optimiser, loss, weighted_metrics=["mae"])


def _n_epochs_done(log: Path) -> int:
    return int(pd.read_csv(log)["epoch"].to_numpy()[-1]) + 1 if log.exists() else 0


def _best_so_far(log: Path) -> float | None:
    """Return the lowest validation loss of a run that was cut off."""
    return float(np.min(pd.read_csv(log)["val_loss"].to_numpy())) if log.exists() else None


def network_weights(network: keras.Model) -> dict[str, FloatArray]:
    """Return the weights by name: ``<layer>/<position in the layer>``."""
    return {
        f"{layer.name}/{position}": np.asarray(weight)
        for layer in network.layers
        for position, weight in enumerate(layer.get_weights())
    }


def load_network(config: NetworkConfig, weights: dict[str, FloatArray]) -> keras.Model:
    """Return the network with the weights of `network_weights`."""
    network = build_network(config)
    for layer in network.layers:
        n_weights = len(layer.get_weights())
        layer.set_weights([weights[f"{layer.name}/{position}"] for position in range(n_weights)])
    return network
