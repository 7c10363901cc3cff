"""The trained network in real arithmetic: NumPy alone, no TensorFlow.

A complex convolution is one real convolution over stacked real and imaginary channels, a batch
normalisation is folded into the dense layer that follows it, and only the positions that the
poolings let through are computed. Both convolutions are matrix products without copied patches:
what the kernels gain in zeros costs less than the copying did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tcexplore.model.config import NetworkConfig
from tcexplore.typing import ComplexArray, FloatArray

Layer = tuple[FloatArray, FloatArray]  # kernel and bias

CHUNK = 128  # structures convolved at once: their first convolution takes 17 MB
NORM_EPSILON = 1e-3  # what Keras adds to a variance


@dataclass(frozen=True)
class RealNetwork:
    """The network's weights as real matrices; every layer is (kernel, bias)."""

    first: Layer
    """From 4³ coefficients to the 2³ positions that one pooling takes: the kernel has shape
    (4³ · 2 · channels, 2³ · 2 · filters), real parts before imaginary ones."""
    second: Layer
    """From all l of three h and three k to all l; for m positions along l the kernel has shape
    (3, 3 · m · 2 · filters, (m - 2) · 2 · filters)."""
    descriptor_layers: tuple[Layer, ...]
    joint_layers: tuple[Layer, ...]
    output_layer: Layer
    n_structure_features: int
    """Numbers that the convolutions hand to the joint layers."""
    output: str
    """What the last layer says, as in `NetworkConfig`."""


def real_network(weights: Mapping[str, FloatArray], config: NetworkConfig) -> RealNetwork:
    """Return the real matrices for weights named as `network.network_weights` does."""
    branch = [f"descriptor_{number}" for number in range(len(config.descriptor_units))]
    joint = [f"joint_{number}" for number in range(len(config.joint_units))]
    n_structure = config.n_structure_features
    plain = np.ones(config.n_descriptors), np.zeros(config.n_descriptors)
    descriptor_layers, (scale, shift) = _dense_layers(weights, branch, *plain)
    joint_layers, _ = _dense_layers(
        weights,
        [*joint, "tc"],
        np.concatenate([np.ones(n_structure), scale]),
        np.concatenate([np.zeros(n_structure), shift]),
    )
    first, second = _real_kernel(weights, "conv_0"), _real_kernel(weights, "conv_1")
    n_positions = 2 * config.n_pooled + 2
    return RealNetwork(
        _single(_block_kernel(first), np.tile(_real_bias(weights, "conv_0"), 8)),
        _single(
            _band_kernel(second, n_positions),
            np.tile(_real_bias(weights, "conv_1"), n_positions - 2),
        ),
        tuple(descriptor_layers),
        tuple(joint_layers[:-1]),
        joint_layers[-1],
        n_structure,
        config.output,
    )


def _real_kernel(weights: Mapping[str, FloatArray], name: str) -> FloatArray:
    """Return the kernel on stacked real and imaginary channels, (3, 3, 3, 2 · in, 2 · out)."""
    real, imaginary = weights[f"{name}/0"], weights[f"{name}/1"]
    upper = np.concatenate([real, imaginary], axis=-1)
    lower = np.concatenate([-imaginary, real], axis=-1)
    return np.concatenate([upper, lower], axis=-2)


def _real_bias(weights: Mapping[str, FloatArray], name: str) -> FloatArray:
    return np.concatenate([weights[f"{name}/2"], weights[f"{name}/3"]])


def _block_kernel(kernel: FloatArray) -> FloatArray:
    """Return the matrix from a block of 4³ inputs to the 2³ outputs that lie in it."""
    n_in, n_out = kernel.shape[3:]
    block = np.zeros((4, 4, 4, n_in, 2, 2, 2, n_out))
    for h, k, l in np.ndindex(2, 2, 2):  # noqa: E741
        block[h : h + 3, k : k + 3, l : l + 3, :, h, k, l] = kernel
    return block.reshape(64 * n_in, 8 * n_out)


def _band_kernel(kernel: FloatArray, n_positions: int) -> FloatArray:
    """Return for each of three h the matrix from three rows along l to the row of outputs."""
    n_in, n_out = kernel.shape[3:]
    band = np.zeros((3, 3, n_positions, n_in, n_positions - 2, n_out))
    for l in range(n_positions - 2):  # noqa: E741
        band[:, :, l : l + 3, :, l] = kernel
    return band.reshape(3, 3 * n_positions * n_in, (n_positions - 2) * n_out)


def _dense_layers(
    weights: Mapping[str, FloatArray],
    names: Sequence[str],
    scale: FloatArray,
    shift: FloatArray,
) -> tuple[list[Layer], tuple[FloatArray, FloatArray]]:
    """Return dense layers that see scale · x + shift, and the scale and shift behind the last."""
    layers = []
    for name in names:
        kernel, bias = weights[f"{name}/0"], weights[f"{name}/1"]
        layers.append(_single(scale[:, None] * kernel, bias + shift @ kernel))
        scale, shift = _normalisation(weights, name, len(bias))
    return layers, (scale, shift)


def _single(kernel: FloatArray, bias: FloatArray) -> Layer:
    return kernel.astype(np.float32), bias.astype(np.float32)


def _normalisation(
    weights: Mapping[str, FloatArray], name: str, n_units: int
) -> tuple[FloatArray, FloatArray]:
    """Return scale and shift of the batch normalisation behind a layer, 1 and 0 where none is."""
    if f"{name}_norm/0" not in weights:
        return np.ones(n_units), np.zeros(n_units)
    gamma, beta, mean, variance = (weights[f"{name}_norm/{i}"] for i in range(4))
    scale = gamma / np.sqrt(variance + NORM_EPSILON)
    return scale, beta - mean * scale


def evaluate_network(
    network: RealNetwork, coefficients: ComplexArray, descriptors: FloatArray
) -> FloatArray:
    """Return Tc (K) of each structure, shape (n_structures,).

    Parameters
    ----------
    network
        The trained weights.
    coefficients
        Cropped complex coefficients, shape (n_structures, n_box, n_box, n_box, channels).
    descriptors
        Scaled descriptors, shape (n_structures, n_descriptors).
    """
    features = np.concatenate(
        [
            structure_features(network, coefficients[start : start + CHUNK])
            for start in range(0, len(coefficients), CHUNK)
        ]
    )
    return joint_output(network, features, descriptor_features(network, descriptors))


def structure_features(network: RealNetwork, coefficients: ComplexArray) -> FloatArray:
    """Return what the convolutions make of coefficients, shape (n_structures, features)."""
    x = first_convolution(network, coefficients)  # (n, m³, corners of a pooling, channels)
    return pooled_features(network, np.maximum(x, 0, out=x).sum(axis=2) / 8)


def first_convolution(network: RealNetwork, coefficients: ComplexArray) -> FloatArray:
    """Return the first convolution before its activation, shape (n, m³, 8, 2 · filters).

    The third axis holds the corners of the 2³ blocks that the first pooling takes together.
    """
    x = np.concatenate([coefficients.real, coefficients.imag], axis=-1, dtype=np.float32)
    kernel, bias = network.first
    blocks = sliding_window_view(x, (4, 4, 4), axis=(1, 2, 3))[:, ::2, ::2, ::2]
    rows = np.moveaxis(blocks, 4, -1).reshape(-1, len(kernel))
    y = rows @ kernel
    y += bias
    return y.reshape(len(x), -1, 8, kernel.shape[1] // 8)


def pooled_features(network: RealNetwork, pooled: FloatArray) -> FloatArray:
    """Return the features that come of the first pooling, shape (n, features).

    Parameters
    ----------
    pooled
        Shape (n, m³, 2 · filters), or the same flat.
    """
    kernel, bias = network.second
    m = round((pooled[0].size * 3 / kernel.shape[1]) ** 0.5)
    x = pooled.reshape(len(pooled), m, m, -1)  # (n, h, k, l · channels)
    y = np.empty((len(x), m - 2, m - 2, kernel.shape[2]), np.float32)
    for h, k in np.ndindex(m - 2, m - 2):
        rows = [x[:, h + i, k : k + 3].reshape(len(x), -1) for i in range(3)]
        y[:, h, k] = sum(row @ matrix for row, matrix in zip(rows, kernel, strict=True)) + bias
    return _average_pooling(_modulus(y.reshape(len(x), m - 2, m - 2, m - 2, -1)))


def _modulus(x: FloatArray) -> FloatArray:
    """Return the moduli of channels that hold real parts first, then imaginary ones."""
    real, imaginary = np.split(np.square(x), 2, axis=-1)
    return np.sqrt(real + imaginary)


def _average_pooling(x: FloatArray) -> FloatArray:
    """Return the means of 2³ blocks, shape (n, channels of all blocks)."""
    m = x.shape[1] // 2
    return x.reshape(len(x), m, 2, m, 2, m, 2, -1).mean(axis=(2, 4, 6)).reshape(len(x), -1)


def descriptor_features(network: RealNetwork, descriptors: FloatArray) -> FloatArray:
    """Return what the descriptor branch makes of scaled descriptors, (n_structures, units)."""
    return _rectified_layers(descriptors.astype(np.float32), network.descriptor_layers)


def joint_output(
    network: RealNetwork, structure_part: FloatArray, descriptor_part: FloatArray
) -> FloatArray:
    """Return Tc (K) from the two branches, shape (n_structures,)."""
    x = np.concatenate([structure_part, descriptor_part], axis=1)
    kernel, bias = network.output_layer
    tc = (_rectified_layers(x, network.joint_layers) @ kernel + bias)[:, 0]
    if network.output == "linear":
        return tc
    return np.maximum(tc, 0) ** (2 if network.output == "root" else 1)


def _rectified_layers(x: FloatArray, layers: Sequence[Layer]) -> FloatArray:
    for kernel, bias in layers:
        x = x @ kernel
        x += bias
        np.maximum(x, 0, out=x)
    return x
