"""Bands around a predicted Tc that hold the true one with a stated probability.

Normalised conformal prediction, after Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018),
arXiv:1604.04173, section 5.2: T -+ q s. The scale s of a prediction grows with Tc and with how far
the parts of the model are apart; q is measured on materials of chemical systems that the model had
not seen, so the band holds for those.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tcexplore.model.gaussian_process import KernelTc
from tcexplore.typing import FloatArray

TC_SHARE = 0.5
LEAST_SCALE = 1.5  # K


@dataclass(frozen=True)
class Bands:
    """What a model's bands were measured to be."""

    level: float
    """Share of materials of unseen chemical systems whose Tc lies in its band."""
    quantile: float
    """Half the width of a band over the scale of its prediction."""


@dataclass(frozen=True)
class BandedTc:
    """Predicted Tc and its band; all arrays have one shape."""

    tc: FloatArray
    """(K) Not below 0."""
    low: FloatArray
    """(K) Not below 0; nan where the model has no bands."""
    high: FloatArray
    """(K) nan where the model has no bands."""

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return Tc, low and high."""
        return self.tc, self.low, self.high

    def of_row(self, row: int) -> BandedTc:
        """Return one row of arrays that have rows."""
        return BandedTc(*(values[row] for values in self.parts))


def unknown_tc(shape: tuple[int, ...]) -> BandedTc:
    """Return arrays to be filled: nan everywhere."""
    return BandedTc(*(np.full(shape, np.nan) for _ in range(3)))


def mixed_tc(networks: FloatArray, kernel: KernelTc | None, *, share: float) -> FloatArray:
    """Return Tc (K) = (1 - share) · mean of networks + share · smooth + memory, shape (n,).

    Parameters
    ----------
    networks
        (K) What each network says, shape (n_networks, n).
    kernel
        What the Gaussian process says, shape (n,); None where the model has none.
    """
    mean = networks.mean(axis=0)
    if kernel is None:
        return mean
    return np.maximum((1 - share) * mean + share * kernel.smooth + kernel.memory, 0)


def band_scale(tc: FloatArray, networks: FloatArray, kernel: KernelTc | None) -> FloatArray:
    """Return s (K) = d + Tc / 2 + 1.5 K, shape (n,).

    d is how far the smooth regression is from the mean of the networks; without a kernel, the
    standard deviation over the networks. The arguments are those of `mixed_tc`, and its result.
    """
    apart = (
        networks.std(axis=0) if kernel is None else np.abs(kernel.smooth - networks.mean(axis=0))
    )
    return apart + TC_SHARE * tc + LEAST_SCALE


def banded_tc(
    networks: FloatArray, kernel: KernelTc | None, *, share: float, bands: Bands | None
) -> BandedTc:
    """Return the mixed Tc with its band, cut off at 0 below; arguments as in `mixed_tc`."""
    tc = mixed_tc(networks, kernel, share=share)
    half = np.nan if bands is None else bands.quantile
    reach = half * band_scale(tc, networks, kernel)
    return BandedTc(tc, np.maximum(tc - reach, 0), tc + reach)


def calibrated_bands(
    tc: FloatArray, predicted: FloatArray, scale: FloatArray, *, level: float
) -> Bands:
    """Return the bands that hold the given share of materials which the model has not seen.

    Parameters
    ----------
    tc, predicted
        (K) The true Tc of such materials and the predicted one, shape (n,).
    scale
        (K) From `band_scale`, shape (n,).
    level
        Share of the materials whose Tc is to lie in its band.

    Raises
    ------
    ValueError
        There are too few materials for this level.
    """
    rank = math.ceil((len(tc) + 1) * level)  # one more than there are: the next one counts too
    if not 1 <= rank <= len(tc):
        raise ValueError(
            f"{len(tc)} materials are too few for bands that hold {level:.4g} of them; give more"
            " materials or a lower level"
        )
    return Bands(level, float(np.sort(np.abs(tc - predicted) / scale)[rank - 1]))
