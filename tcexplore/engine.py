"""The trained network in real arithmetic: NumPy alone, no TensorFlow.

A complex convolution is one real convolution over stacked real and imaginary channels, a batch
normalisation is folded into the dense layer that follows it, and only the positions that the
poolings let through are computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tcexplore.configs import NetworkConfig

FloatArray = NDArray[np.floating]
ComplexArray = NDArray[np.complexfloating]
Layer = tuple[FloatArray, FloatArray]

CHUNK = 128  # structures convolved at once: their patches take 28 MB (8³ · 108 numbers each)
NORM_EPSILON = 1e-3  # what Keras adds to a variance


@dataclass(frozen=True)
class RealNetwork:
    """The network's weights as real matrices; every layer is (kernel, bias)."""

    convolutions: tuple[Layer, Layer]
    """Kernels of shape (27 · 2 · channels, 2 · filters): real parts first, then imaginary ones."""
    descriptor_layers: tuple[Layer, ...]
    joint_layers: tuple[Layer, ...]
    output_layer: Layer
    n_structure_features: int
    """Numbers that the convolutions hand to the joint layers."""
    is_rectified: bool
    """Whether the network itself cuts its output off at 0 K."""


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
    return RealNetwork(
        (_real_convolution(weights, "conv_0"), _real_convolution(weights, "conv_1")),
        tuple(descriptor_layers),
        tuple(joint_layers[:-1]),
        joint_layers[-1],
        n_structure,
        config.output == "relu",
    )


def _real_convolution(weights: Mapping[str, FloatArray], name: str) -> Layer:
    """Return the real kernel and bias that act on stacked real and imaginary channels."""
    real, imaginary, real_bias, imaginary_bias = (weights[f"{name}/{i}"] for i in range(4))
    real, imaginary = (w.reshape(27, *w.shape[3:]) for w in (real, imaginary))
    upper = np.concatenate([real, imaginary], axis=2)
    lower = np.concatenate([-imaginary, real], axis=2)
    kernel = np.concatenate([upper, lower], axis=1)  # (27, 2 · channels, 2 · filters)
    bias = np.concatenate([real_bias, imaginary_bias])
    return _single(kernel.reshape(-1, kernel.shape[-1]), bias)


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
    return pooled_features(
        network, _average_pooling(np.maximum(first_convolution(network, coefficients), 0))
    )


def first_convolution(network: RealNetwork, coefficients: ComplexArray) -> FloatArray:
    """Return the first convolution before its activation, (n_structures, m, m, m, 2 · filters)."""
    x = np.concatenate([coefficients.real, coefficients.imag], axis=-1, dtype=np.float32)
    return _convolution(x, *network.convolutions[0])


def pooled_features(network: RealNetwork, pooled: FloatArray) -> FloatArray:
    """Return the features that come of the first pooling, shape (n_structures, features)."""
    x = _convolution(pooled, *network.convolutions[1])
    real, imaginary = np.split(x, 2, axis=-1)
    return _average_pooling(np.hypot(real, imaginary)).reshape(len(x), -1)


def summed_features(
    network: RealNetwork,
    shared: ComplexArray,
    parts: Sequence[ComplexArray],
    of_row: Sequence[NDArray[np.integer]],
) -> FloatArray:
    """Return what the convolutions make of coefficients that are sums, by linearity of the first.

    Parameters
    ----------
    shared
        Coefficients that all rows have in common, shape (1, n, n, n, channels).
    parts
        Coefficients to choose from for each summand, shape (n_choices, n, n, n, channels).
    of_row
        For each summand which of them a row has, shape (n_rows,).

    Returns
    -------
    :
        Shape (n_rows, features).
    """
    bias = network.convolutions[0][1]
    base = _corners_first(first_convolution(network, shared))
    added = [_corners_first(first_convolution(network, part) - bias) for part in parts]
    *outer, last = of_row
    keys, group = np.unique(np.stack([*outer, 0 * last]), axis=1, return_inverse=True)
    features = np.empty((len(last), network.n_structure_features), np.float32)
    for number, key in enumerate(keys.T):
        rows = np.flatnonzero(group.ravel() == number)
        total = base + sum(part[:, [choice]] for part, choice in zip(added, key[:-1], strict=False))
        features[rows] = pooled_features(network, _pooled_sums(total, added[-1], last[rows]))
    return features


def _corners_first(x: FloatArray) -> FloatArray:
    """Return (n, m, m, m, channels) as (8, n, m/2, m/2, m/2, channels): a block's corners first."""
    n, m, channels = len(x), x.shape[1] // 2, x.shape[-1]
    corners = x.reshape(n, m, 2, m, 2, m, 2, channels).transpose(2, 4, 6, 0, 1, 3, 5, 7)
    return np.ascontiguousarray(corners).reshape(8, n, m, m, m, channels)


def _pooled_sums(base: FloatArray, parts: FloatArray, chosen: NDArray[np.integer]) -> FloatArray:
    """Return the mean over corners of the rectified base + part, a row for each chosen part."""
    total = np.zeros((len(chosen), *parts.shape[2:]), np.float32)
    rectified = np.empty_like(total)
    for corner_base, corner_parts in zip(base, parts, strict=True):
        np.add(corner_parts[chosen], corner_base, out=rectified)
        np.maximum(rectified, 0, out=rectified)
        total += rectified
    total /= 8
    return total


def _convolution(x: FloatArray, kernel: FloatArray, bias: FloatArray) -> FloatArray:
    """Return the valid 3³ convolution of x, shape (batch, n, n, n, channels)."""
    patches = sliding_window_view(x, (3, 3, 3), axis=(1, 2, 3))  # (batch, m, m, m, channels, 3³)
    batch, m = patches.shape[:2]
    rows = np.moveaxis(patches, 4, -1).reshape(batch * m**3, -1)
    return (rows @ kernel + bias).reshape(batch, m, m, m, -1)


def _average_pooling(x: FloatArray) -> FloatArray:
    """Return the means of 2³ blocks, a plane that is left over dropped."""
    m = x.shape[1] // 2
    blocks = x[:, : 2 * m, : 2 * m, : 2 * m].reshape(len(x), m, 2, m, 2, m, 2, x.shape[-1])
    return blocks.mean(axis=(2, 4, 6))


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
    return np.maximum(tc, 0) if network.is_rectified else tc


def _rectified_layers(x: FloatArray, layers: Sequence[Layer]) -> FloatArray:
    for kernel, bias in layers:
        x = np.maximum(x @ kernel + bias, 0)
    return x
