"""Prediction intervals of T_c by conformal prediction: T_c -+ q s, with a stated coverage.

Normalised conformal prediction, after Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018),
arXiv:1604.04173, section 5.2. The scale s of a prediction grows with Tc and with the distance
between networks and Gaussian process; q is measured on materials of chemical systems that were held
out, so the coverage holds for those.

Kept by hand: the arithmetic is ten lines, and the libraries for it (MAPIE, crepes) want to fit the
model themselves, while these predictions come from networks that were trained fold by fold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tcexplore.model.gaussian_process import GaussianProcessTc
from tcexplore.typing import FloatArray

TC_SHARE = 0.5
LEAST_SCALE = 1.5  # K


@dataclass(frozen=True)
class ConformalCalibration:
    """Coverage of a model's prediction intervals, and the width that it takes."""

    level: float
    """Share of materials of unseen chemical systems whose Tc lies in its interval."""
    quantile: float
    """Half the width of an interval over the scale of its prediction."""


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
    tc: FloatArray, networks: FloatArray, gaussian_process: GaussianProcessTc | None
) -> FloatArray:
    """Return s (K) = d + Tc / 2 + 1.5 K, shape (n,).

    d is the distance of the smooth regression from the mean of the networks; without a Gaussian
    process, the standard deviation over the networks. The arguments are those of `mixed_tc`, and
    its result.
    """
    if gaussian_process is None:
        distance = networks.std(axis=0)
    else:
        distance = np.abs(gaussian_process.smooth - networks.mean(axis=0))
    return distance + TC_SHARE * tc + LEAST_SCALE


def tc_interval(
    networks: FloatArray,
    gaussian_process: GaussianProcessTc | None,
    *,
    share: float,
    conformal: ConformalCalibration | None,
) -> TcInterval:
    """Return the mixed Tc with its interval, cut off at 0 below; arguments as in `mixed_tc`."""
    tc = mixed_tc(networks, gaussian_process, share=share)
    quantile = np.nan if conformal is None else conformal.quantile
    half_width = quantile * interval_scale(tc, networks, gaussian_process)
    return TcInterval(tc, np.maximum(tc - half_width, 0), tc + half_width)


def conformal_calibration(
    tc: FloatArray, predicted: FloatArray, scale: FloatArray, *, level: float
) -> ConformalCalibration:
    """Return the calibration whose intervals hold a given share of held-out materials.

    Parameters
    ----------
    tc, predicted
        (K) The true Tc of held-out materials and the predicted one, shape (n,).
    scale
        (K) From `interval_scale`, shape (n,).
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
    return ConformalCalibration(level, float(np.sort(np.abs(tc - predicted) / scale)[rank - 1]))
