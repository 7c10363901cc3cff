"""The bands around a predicted Tc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Bands:
    """What the bands of a model are made with."""

    level: float
    """The share of materials of chemical systems kept apart whose Tc lies in its band."""
    quantile: float
    """Half the width of a band, in units of its scale."""


@dataclass(frozen=True)
class BandedTc:
    """Tc with its bands; all arrays have one shape."""

    tc: FloatArray
    """(K)"""
    low: FloatArray
    """(K) Lower ends; nan where the model has no bands."""
    high: FloatArray
    """(K) Upper ends."""
