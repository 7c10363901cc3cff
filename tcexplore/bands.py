"""Bands around a prediction: the smallest version, until the one of the engine is merged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Bands:
    """What calibration leaves: bands of a level reach ``quantile`` scales to either side."""

    level: float
    quantile: float


def disagreement(networks: FloatArray, kernel: FloatArray | None) -> FloatArray:
    """Return (K) how far the parts of a model are apart, shape (n_structures,).

    Parameters
    ----------
    networks
        (K) Shape (n_networks, n_structures).
    kernel
        (K) Shape (n_structures,), or None where the model has none.
    """
    if kernel is None:
        return networks.std(axis=0)
    return np.abs(kernel - networks.mean(axis=0))


def band_scale(tc: FloatArray, apart: FloatArray) -> FloatArray:
    """Return (K) s = d + 0.5 T + 1.5 K from Tc and the disagreement (K), of their shape."""
    return apart + 0.5 * tc + 1.5
