"""Bands that cover what they say, on rows that they were not calibrated on."""

import numpy as np
import pytest

from tcexplore.evaluation.cross_conformal import (
    LEVELS,
    OutOfFold,
    covered,
    cross_conformal_bands,
)
from tcexplore.model.conformal import IntervalScale


def made_up(rng, n_rows):
    """Rows whose error grows with the scale, and five folds of them."""
    scale = rng.lognormal(1, 0.7, n_rows)
    predicted = 10 + 5 * scale
    rows = OutOfFold(
        predicted + scale * rng.standard_t(4, n_rows), predicted, IntervalScale(scale, scale)
    )
    fold = rng.integers(0, 5, n_rows)
    return rows, [fold == number for number in range(5)]


@pytest.mark.parametrize("level", LEVELS)
def test_bands_cover_what_they_say(rng, level):
    rows, tests = made_up(rng, 6000)
    assert covered(rows, tests, level) == pytest.approx(level, abs=0.02)
    wide = rows.scale.low > np.quantile(rows.scale.low, 0.8)
    low, high = cross_conformal_bands(rows, tests, level)
    inside = (low <= rows.tc) & (rows.tc <= high)
    assert inside[wide].mean() == pytest.approx(level, abs=0.06)


def test_the_labels_of_a_fold_do_not_move_its_bands(rng):
    rows, tests = made_up(rng, 500)
    before = cross_conformal_bands(rows, tests, 0.9)
    other = OutOfFold(np.where(tests[2], 1e4, rows.tc), rows.predicted, rows.scale)
    after = cross_conformal_bands(other, tests, 0.9)
    for ends_before, ends_after in zip(before, after, strict=True):
        np.testing.assert_array_equal(ends_before[tests[2]], ends_after[tests[2]])
        assert (ends_before[tests[1]] != ends_after[tests[1]]).any()


def test_bands_end_at_zero(rng):
    rows, tests = made_up(rng, 500)
    low, high = cross_conformal_bands(OutOfFold(rows.tc, 0 * rows.tc, rows.scale), tests, 0.9)
    assert low.min() == 0.0
    assert (high > 0).all()
