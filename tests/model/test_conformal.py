"""Bands: they hold the share that they promise, and are what was measured."""

import numpy as np
import pytest

from tcexplore.model.conformal import (
    ConformalCalibration,
    IntervalScale,
    conformal_calibration,
    interval_scale,
    mixed_tc,
    tc_interval,
)
from tcexplore.model.gaussian_process import GaussianProcessTc

LIGHT = np.array([0.0, 0.5, 1.0])
NETWORKS = np.array([[10.0, 90.0, 0.0], [30.0, 110.0, 0.0]])
GAUSSIAN_PROCESS = GaussianProcessTc(np.array([24.0, 60.0, 1.0]), np.array([3.0, 0.0, -2.0]))


def test_a_band_by_hand():
    found = tc_interval(
        NETWORKS,
        GAUSSIAN_PROCESS,
        share=0.5,
        conformal=ConformalCalibration(0.9, 2.0),
        light_fraction=LIGHT,
    )
    np.testing.assert_allclose(found.tc, [25.0, 80.0, 0.0])
    scale = np.array([4 + 22.5 + 1.5, 40 + 72 + 1.5, 1 + 0 + 1.5])
    np.testing.assert_allclose(found.low, np.maximum(found.tc - 2 * scale, 0))
    np.testing.assert_allclose(found.high, found.tc + 2 * (scale + 20 * LIGHT))


def test_without_a_kernel_the_networks_disagree_among_themselves():
    tc = mixed_tc(NETWORKS, None, share=0.0)
    np.testing.assert_allclose(tc, [20.0, 100.0, 0.0])
    scale = interval_scale(tc, NETWORKS, None, LIGHT)
    np.testing.assert_allclose(scale.low, [29.5, 101.5, 1.5])
    np.testing.assert_allclose(scale.high, [29.5, 111.5, 21.5])


def test_a_model_without_bands_says_nan():
    found = tc_interval(NETWORKS, GAUSSIAN_PROCESS, share=0.5, conformal=None, light_fraction=LIGHT)
    assert np.isfinite(found.tc).all()
    assert np.isnan([found.low, found.high]).all()


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_bands_hold_the_share_that_they_promise(rng, level):
    """On average over calibrations, for errors of any shape that grow with the scale."""
    held = []
    for _ in range(400):
        scale = rng.lognormal(2, 1, 80)
        error = scale * rng.standard_t(2, 80)
        tc = 100 + np.where(error > 0, 2 * error, error)
        sides = IntervalScale(scale, 2 * scale)
        first, rest = sides.of_rows(slice(40)), sides.of_rows(slice(40, None))
        bands = conformal_calibration(tc[:40], np.full(40, 100.0), first, level=level)
        low, high = rest.ends(100.0, bands.quantile)
        held.append((low <= np.maximum(tc[40:], 0)) & (tc[40:] <= high))
    assert np.mean(held) == pytest.approx(level, abs=0.03)


def test_the_quantile_counts_the_next_material_too():
    tc, ones = np.arange(1.0, 10.0), np.ones(9)
    scale = IntervalScale(ones, ones)
    assert conformal_calibration(tc, np.zeros(9), scale, level=0.9) == ConformalCalibration(
        0.9, 9.0
    )
    with pytest.raises(
        ValueError, match=r"8 materials are too few for prediction intervals that hold 0\.9"
    ):
        conformal_calibration(tc[:8], np.zeros(8), IntervalScale(ones[:8], ones[:8]), level=0.9)
