"""Training of a small network in real arithmetic: half the time of Keras on cvnn's layers.

A complex convolution is one real convolution whose kernel is made of the real and the imaginary
part anew at every step, so that the learned weights are those of `cvnn_network.build_network`.
All rows are trained on and the last epoch counts: the rate falls to zero, so nothing is chosen.

Adam, the Huber loss and the cosine schedule stay by hand until the next training. Keras's are not
the same arithmetic: its Adam adds ε before the second moment is corrected for its start, its Huber
loss is δ times this one, and its schedule warms up before the cosine begins rather than under it.
With them the weights of the shipped model could not be trained again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from tqdm import trange

from tcexplore.model.config import NetworkConfig, TrainingConfig
from tcexplore.training.cvnn_network import build_network, keras, network_weights
from tcexplore.training.data import TrainingRows
from tcexplore.training.run_directory import save_whole
from tcexplore.typing import ComplexArray, FloatArray

import tensorflow as tf  # isort: skip  after the network, which sets the switch for Keras 2

Weights = dict[str, Any]

# Scale and shift of the output layer, so that it learns a number y of the order of 1: Tc = 20 K y,
# or its root = 3 √K (y + 1).
UNITS = {"linear": (20.0, 0.0), "root": (3.0, 1.0)}
WARM_UP = 100.0  # steps
BETAS = 0.9, 0.999  # Adam's


def fit(
    rows: TrainingRows, network: NetworkConfig, settings: TrainingConfig, *, run_directory: Path
) -> dict[str, FloatArray]:
    """Return the weights after the last epoch, named as `cvnn_network.network_weights` does.

    Parameters
    ----------
    run_directory
        Weights of a finished run lie here and are not trained again.
    """
    done = run_directory / "weights.npz"
    if done.exists():
        with np.load(done) as arrays:
            return dict(arrays)
    keras.utils.set_random_seed(settings.seed)
    weights = _first_weights(network)
    epoch = _epoch_function(rows, weights, network, settings)
    for _ in trange(settings.epochs, desc="epochs", disable=None):
        epoch()
    trained = {name: weight.numpy() for name, weight in weights.items()}
    scale, shift = UNITS[network.output]
    trained |= {"tc/0": trained["tc/0"] * scale, "tc/1": (trained["tc/1"] + shift) * scale}
    save_whole(done, lambda path: np.savez(path, **trained))  # pyright: ignore[reportArgumentType]
    return trained


def _first_weights(network: NetworkConfig) -> Weights:
    if network.batch_norm or network.output not in UNITS:
        raise ValueError(
            "keep='last' is for networks without batch normalisation, their output linear or root;"
            f" this one has batch_norm={network.batch_norm}, output={network.output!r}"
        )
    return {
        k: tf.Variable(tf.constant(v)) for k, v in network_weights(build_network(network)).items()
    }


def _epoch_function(
    rows: TrainingRows, weights: Weights, network: NetworkConfig, settings: TrainingConfig
) -> Any:
    """Return a function that trains one epoch in one call."""
    image, columns = real_image(rows.inputs.coefficients), rows.inputs.columns
    scale, shift = UNITS[network.output]
    target = (np.sqrt(rows.tc) if network.output == "root" else rows.tc) / scale - shift
    tensors = [
        tf.constant(values, tf.float32)
        for values in (image, columns, target, rows.weight / rows.weight.mean())
    ]
    n_steps = len(rows) // settings.batch_size
    adam = _Adam(list(weights.values()), settings.learning_rate, n_steps * settings.epochs)

    @tf.function
    def epoch() -> None:
        order = tf.random.shuffle(tf.range(len(rows)))
        for step in tf.range(n_steps):
            chosen = order[step * settings.batch_size : (step + 1) * settings.batch_size]
            batch = [tf.gather(values, chosen) for values in tensors]
            with tf.GradientTape() as tape:
                output = forward(weights, network, batch[0], batch[1], is_training=True)
                loss = _loss((output - batch[2]) * scale, batch[3], settings)
            adam.step(tape.gradient(loss, adam.weights))

    return epoch


def real_image(coefficients: ComplexArray) -> FloatArray:
    """Return real and imaginary parts as channels, shape (n, n_box, n_box, n_box, 4)."""
    return np.concatenate([coefficients.real, coefficients.imag], axis=-1, dtype=np.float32)


def forward(
    weights: Weights, network: NetworkConfig, image: Any, columns: Any, *, is_training: bool
) -> Any:
    """Return the output of the network in `UNITS`, shape (batch,)."""
    x = tf.concat(
        [
            _convolved(weights, network, image, is_training),
            _dense(weights, "descriptor", len(network.descriptor_units), columns, 0.0),
        ],
        axis=1,
    )
    rate = network.dropout if is_training else 0.0
    x = _dense(weights, "joint", len(network.joint_units), x, rate)
    return (x @ weights["tc/0"] + weights["tc/1"])[:, 0]


def _dense(weights: Weights, name: str, n_layers: int, x: Any, rate: float) -> Any:
    for layer in range(n_layers):
        x = tf.nn.relu(x @ weights[f"{name}_{layer}/0"] + weights[f"{name}_{layer}/1"])
        x = tf.nn.dropout(x, rate) if rate else x
    return x


def _convolved(weights: Weights, network: NetworkConfig, image: Any, is_training: bool) -> Any:
    rate = network.conv_dropout if is_training else 0.0
    x = tf.nn.relu(_convolution(weights, "conv_0", image))
    x = tf.nn.avg_pool3d(x, 2, 2, "VALID")  # (batch, 4, 4, 4, 2 · filters)
    x = tf.nn.dropout(x, rate) if rate else x
    real, imaginary = tf.split(_convolution(weights, "conv_1", x), 2, axis=4)
    x = tf.sqrt(real**2 + imaginary**2 + 1e-8)  # the modulus has no slope at 0
    x = tf.nn.avg_pool3d(x, 2, 2, "VALID")
    x = tf.nn.dropout(x, rate) if rate else x
    return tf.reshape(x, [-1, network.n_structure_features])


def _convolution(weights: Weights, name: str, x: Any) -> Any:
    real, imaginary, real_bias, imaginary_bias = (weights[f"{name}/{i}"] for i in range(4))
    upper = tf.concat([real, imaginary], axis=4)
    lower = tf.concat([-imaginary, real], axis=4)
    kernel = tf.concat([upper, lower], axis=3)  # (3, 3, 3, 2 · channels, 2 · filters)
    return tf.nn.conv3d(x, kernel, [1] * 5, "VALID") + tf.concat([real_bias, imaginary_bias], 0)


def _loss(error: Any, row_weight: Any, settings: TrainingConfig) -> Any:
    if settings.loss == "squared":
        return tf.reduce_mean(0.5 * error**2 * row_weight)
    delta = settings.huber_delta
    size = tf.abs(error)
    huber = tf.where(size < delta, 0.5 * error**2 / delta, size - 0.5 * delta)
    return tf.reduce_mean(huber * row_weight)


class _Adam:
    """Adam inside one graph, its rate warmed up and then falling to zero along a cosine."""

    def __init__(self, weights: list[Any], rate: float, n_steps: int) -> None:
        self.weights, self._rate, self._n_steps = weights, rate, n_steps
        self._moments = [[tf.Variable(tf.zeros_like(w)) for w in weights] for _ in BETAS]
        self._step = tf.Variable(tf.constant(0.0))

    def step(self, gradients: list[Any]) -> None:
        done = self._step.assign_add(1.0)
        rate = self._rate * tf.minimum(1.0, done / WARM_UP)
        rate *= 0.5 * (1 + tf.cos(np.pi * done / self._n_steps))
        first, second = BETAS
        for weight, gradient, m, v in zip(self.weights, gradients, *self._moments, strict=True):
            m.assign(first * m + (1 - first) * gradient)
            v.assign(second * v + (1 - second) * gradient**2)
            size = tf.sqrt(v / (1 - second**done)) + 1e-8
            weight.assign_sub(rate * m / (1 - first**done) / size)
