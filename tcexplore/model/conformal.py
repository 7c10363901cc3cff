"""Prediction intervals of T_c by conformal prediction, with a stated coverage.

Normalised conformal prediction, after Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018),
arXiv:1604.04173, section 5.2: from Tc - q s_low to Tc + q s_high. Both scales grow with Tc and with
the distance between networks and Gaussian process, the upper one also with the share of light
elements, whose compounds are most often predicted too low. q is measured on materials of chemical
systems that were held out, so the coverage holds for those.

Kept by hand: the arithmetic is ten lines, and the libraries for it (MAPIE, crepes) want to fit the
model themselves, while these predictions come from networks that were trained fold by fold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tcexplore.model.gaussian_process import GaussianProcessTc
from tcexplore.typing import BoolArray, FloatArray, IntArray

TC_SHARE = 0.9
LEAST_SCALE = 1.5  # K
LIGHT_SCALE = 20.0  # K; added to the upper scale of a compound of light elements alone
LIGHT_ELEMENTS = ("H", "B", "C", "N")


@dataclass(frozen=True)
class ConformalCalibration:
    """Coverage of a model's prediction intervals, and the width that it takes."""

    level: float
    """Share of materials of unseen chemical systems whose Tc lies in its interval."""
    quantile: float
    """Width of one side of an interval over the scale of that side."""


@dataclass(frozen=True)
class IntervalScale:
    """Scales (K) of the two sides of prediction intervals, shape (n,) each."""

    low: FloatArray
    high: FloatArray

    def of_rows(self, rows: BoolArray | IntArray | slice) -> IntervalScale:
        """Return those of some rows."""
        return IntervalScale(self.low[rows], self.high[rows])

    def ends(self, tc: FloatArray, quantile: float) -> tuple[FloatArray, FloatArray]:
        """Return both ends (K) of the intervals around Tc, the lower one not below 0."""
        return np.maximum(tc - quantile * self.low, 0), tc + quantile * self.high


@dataclass(frozen=True)
class TcInterval:
    """Predicted Tc and its prediction interval; all arrays have one shape."""

    tc: FloatArray
    """(K) Not below 0."""
    low: FloatArray
    """(K) Not below 0; nan where the model has no intervals."""
    high: FloatArray
    """(K) nan where the model has no intervals."""

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return Tc, low and high."""
        return self.tc, self.low, self.high

    def of_row(self, row: int) -> TcInterval:
        """Return one row of arrays that have rows."""
        return TcInterval(*(values[row] for values in self.parts))


def unknown_tc(shape: tuple[int, ...]) -> TcInterval:
    """Return arrays to be filled: nan everywhere."""
    return TcInterval(*(np.full(shape, np.nan) for _ in range(3)))


def mixed_tc(
    networks: FloatArray, gaussian_process: GaussianProcessTc | None, *, share: float
) -> FloatArray:
    """Return Tc (K) = (1 - share) · mean of networks + share · smooth + short_range, shape (n,).

    Parameters
    ----------
    networks
        (K) Tc by each network, shape (n_networks, n).
    gaussian_process
        Tc by the Gaussian process, shape (n,); None where the model has none.
    """
    mean = networks.mean(axis=0)
    if gaussian_process is None:
        return mean
    smooth, short_range = gaussian_process.smooth, gaussian_process.short_range
    return np.maximum((1 - share) * mean + share * smooth + short_range, 0)


def interval_scale(
    tc: FloatArray,
    networks: FloatArray,
    gaussian_process: GaussianProcessTc | None,
    light_fraction: FloatArray,
) -> IntervalScale:
    """Return s (K) = d + 0.9 Tc + 1.5 K, above Tc with 20 K times the share of light atoms.

    d is the distance of the smooth regression from the mean of the networks; without a Gaussian
    process, the standard deviation over the networks. The arguments are those of `mixed_tc`,
    its result, and the share of the atoms that are H, B, C or N, shape (n,).
    """
    if gaussian_process is None:
        distance = networks.std(axis=0)
    else:
        distance = np.abs(gaussian_process.smooth - networks.mean(axis=0))
    low = distance + TC_SHARE * tc + LEAST_SCALE
    return IntervalScale(low, low + LIGHT_SCALE * light_fraction)


def tc_interval(
    networks: FloatArray,
    gaussian_process: GaussianProcessTc | None,
    *,
    share: float,
    conformal: ConformalCalibration | None,
    light_fraction: FloatArray,
) -> TcInterval:
    """Return the mixed Tc with its interval; arguments as in `mixed_tc`, `interval_scale`."""
    tc = mixed_tc(networks, gaussian_process, share=share)
    quantile = np.nan if conformal is None else conformal.quantile
    scale = interval_scale(tc, networks, gaussian_process, light_fraction)
    return TcInterval(tc, *scale.ends(tc, quantile))


def conformal_calibration(
    tc: FloatArray, predicted: FloatArray, scale: IntervalScale, *, level: float
) -> ConformalCalibration:
    """Return the calibration whose intervals hold a given share of held-out materials.

    Parameters
    ----------
    tc, predicted
        (K) The true Tc of held-out materials and the predicted one, shape (n,).
    scale
        From `interval_scale`.
    level
        Share of the materials whose Tc is to lie in its interval.

    Raises
    ------
    ValueError
        There are too few materials for this level.
    """
    rank = math.ceil((len(tc) + 1) * level)  # one more than there are: the next one counts too
    if not 1 <= rank <= len(tc):
        raise ValueError(
            f"{len(tc)} materials are too few for prediction intervals that hold {level:.4g} of"
            " them; give more materials or a lower level"
        )
    side = np.where(tc > predicted, scale.high, scale.low)
    return ConformalCalibration(level, float(np.sort(np.abs(tc - predicted) / side)[rank - 1]))
