"""Forward pass of the trained network in real arithmetic: NumPy alone, no TensorFlow.

Kept by hand: predictions need neither TensorFlow (600 MB, seconds to import) nor ONNX, and a map
shares the first convolution among its materials, which no runtime can.

A complex convolution is one real convolution over stacked real and imaginary channels, a batch
normalisation is folded into the dense layer that follows it, and only the positions that the
poolings let through are computed. Both convolutions are matrix products without copied patches:
what the kernels gain in zeros costs less than the copying did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tcexplore.model.config import NetworkConfig
from tcexplore.typing import ComplexArray, FloatArray

Layer = tuple[FloatArray, FloatArray]  # kernel and bias

CHUNK = 128  # structures convolved at once: their first convolution takes 17 MB
WINDOWS_AT_ONCE = 16  # structures: what their first convolution sees takes 1 MB
NORM_EPSILON = 1e-3  # what Keras adds to a variance


@dataclass(frozen=True)
class RealNetwork:
    """The network's weights as real matrices; every layer is (kernel, bias)."""

    first: Layer
    """The kernel has shape (27 · 2 · channels, 2 · filters), real parts before imaginary ones."""
    second: Layer
    """From all l of three h and three k to all l; for m positions along l the kernel has shape
    (3, 3 · m · 2 · filters, (m - 2) · 2 · filters)."""
    descriptor_layers: tuple[Layer, ...]
    joint_layers: tuple[Layer, ...]
    output_layer: Layer
    n_structure_features: int
    """Numbers that the convolutions hand to the joint layers."""
    output: str
    """Quantity of the last layer, as in `NetworkConfig`."""


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
        _single(first.reshape(-1, first.shape[-1]), _real_bias(weights, "conv_0")),
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
    """Return the features of the convolutions, shape (n_structures, features)."""
    [features] = features_of_networks([network], coefficients)
    return features


def features_of_networks(
    networks: Sequence[RealNetwork], coefficients: ComplexArray
) -> list[FloatArray]:
    """Return the `structure_features` of each network; they share the first matrix product."""
    m, channels = coefficients.shape[1] // 2 - 1, networks[0].first[1].size
    pooled = np.empty((len(networks), len(coefficients), m, m, m, channels), np.float32)
    for start in range(0, len(coefficients), WINDOWS_AT_ONCE):
        rows = slice(start, start + WINDOWS_AT_ONCE)
        _first_pooling(networks, coefficients[rows], out=pooled[:, rows])
    return [
        pooled_features(network, of_network.reshape(len(coefficients), -1))
        for network, of_network in zip(networks, pooled, strict=True)
    ]


def first_convolution(network: RealNetwork, coefficients: ComplexArray) -> FloatArray:
    """Return the first convolution without its bias, shape (8, n, m³, 2 · filters).

    The first axis holds the corners of the 2³ blocks that the first pooling takes together.
    """
    n, m, channels = len(coefficients), coefficients.shape[1] // 2 - 1, network.first[1].size
    corners = np.empty((2, 2, 2, n, m, m, m, channels), np.float32)
    for h, y in enumerate(_convolved_rows([network], coefficients)):
        by_corner = y.reshape(n, m, 2, m, 2, channels)  # structure, k, its parity, l, its parity
        corners[h % 2, :, :, :, h // 2] = by_corner.transpose(2, 4, 0, 1, 3, 5)
    return corners.reshape(8, n, m**3, channels)


def _convolved_rows(
    networks: Sequence[RealNetwork], coefficients: ComplexArray
) -> Iterator[FloatArray]:
    """Yield the first convolutions of all networks without bias for one h after the other.

    Shape (n · 2 m · 2 m, n_networks · channels).
    """
    kernel = np.concatenate([network.first[0] for network in networks], axis=1)
    windows, n_box = _windows(coefficients), coefficients.shape[1]
    width = windows.shape[1] // n_box
    for h in range(n_box - 2):
        yield windows[:, h * width : (h + 3) * width] @ kernel


def _windows(coefficients: ComplexArray) -> FloatArray:
    """Return the 3 x 3 coefficients that a position in k and l sees, for all h side by side.

    Shape (n · 2 m · 2 m, n_box · 9 · 2 · channels): those of three h are columns that follow each
    other, which a matrix product reads in place.
    """
    x = np.concatenate([coefficients.real, coefficients.imag], axis=-1, dtype=np.float32)
    n, n_box, channels = len(x), x.shape[1], x.shape[4]
    rows = x.reshape(n, n_box, n_box, -1)
    windows = sliding_window_view(rows, (3, 3 * channels), axis=(2, 3))[:, :, :, ::channels]
    windows = windows.transpose(0, 2, 3, 1, 4, 5)  # (n, 2 m, 2 m, n_box, 3, 3 · channels)
    return np.ascontiguousarray(windows).reshape(-1, n_box * 9 * channels)


def _first_pooling(
    networks: Sequence[RealNetwork], coefficients: ComplexArray, *, out: FloatArray
) -> None:
    """Write the means over the corners of the rectified first convolutions.

    The mean of max(y + bias, 0) is that of max(y, -bias), plus bias. Shape (n_networks, n, m, m, m,
    channels).
    """
    n_networks, n, m, _, _, channels = out.shape
    bias = np.concatenate([network.first[1] for network in networks])
    even_h = np.zeros(0, np.float32)
    for h, y in enumerate(_convolved_rows(networks, coefficients)):
        np.maximum(y, -bias, out=y)
        if h % 2 == 0:
            even_h = y
            continue
        y += even_h
        by_parity = y.reshape(n, m, 2, m, 2, -1)
        over_k = by_parity[:, :, 0] + by_parity[:, :, 1]
        total = over_k[:, :, :, 0] + over_k[:, :, :, 1]
        mean = (total / 8 + bias).reshape(n, m, m, n_networks, channels)
        out[:, :, h // 2] = mean.transpose(3, 0, 1, 2, 4)


def pooled_features(network: RealNetwork, pooled: FloatArray) -> FloatArray:
    """Return the features that come of the first pooling, shape (n, features).

    Parameters
    ----------
    pooled
        Shape (n, m³, 2 · filters), or the same flat.
    """
    kernel, bias = network.second
    _, width, n_out = kernel.shape  # three k, all l
    m = round((pooled[0].size * 3 / width) ** 0.5)
    x, row = pooled.reshape(len(pooled), -1), width // 3
    y = np.empty((len(x), m - 2, m - 2, n_out), np.float32)
    for h, k in np.ndindex(m - 2, m - 2):
        starts = [((h + i) * m + k) * row for i in range(3)]
        y[:, h, k] = bias
        for start, matrix in zip(starts, kernel, strict=True):
            y[:, h, k] += x[:, start : start + width] @ matrix
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
    """Return the features of the descriptor branch, shape (n_structures, units)."""
    (kernel, bias), *layers = network.descriptor_layers
    x = descriptors.astype(np.float32)
    is_same = (x == x[:1]).all(axis=0)  # columns of one composition or one lattice count once
    if is_same.sum() > len(is_same) / 2 and len(x) > 1:
        bias = bias + x[0, is_same] @ kernel[is_same]
        x, kernel = x[:, ~is_same], kernel[~is_same]
    return _rectified_layers(x, ((kernel, bias), *layers))


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
