"""The figures against other implementations, by hand, and the bootstrap of whole groups."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from tcexplore.evaluation.metrics import (
    bootstrap_counts,
    intervals,
    precision_of_top,
    scores,
    spearman,
)


@pytest.fixture
def rows(rng):
    tc = rng.lognormal(2, 1, 300).round(1)  # with ties
    return tc, np.maximum(tc + rng.normal(0, 8, 300), 0)


def test_figures_equal_those_of_scikit_learn_and_scipy(rows):
    tc, predicted = rows
    found = scores(tc, predicted)
    assert found.n == 300
    assert found.r2 == pytest.approx(r2_score(tc, predicted))
    assert found.mae == pytest.approx(mean_absolute_error(tc, predicted))
    assert found.rmse == pytest.approx(root_mean_squared_error(tc, predicted))
    assert found.spearman == pytest.approx(spearmanr(tc, predicted).statistic)


def test_figures_by_hand():
    found = scores(np.array([0.0, 10.0, 20.0]), np.array([0.0, 10.0, 26.0]))
    assert (found.n, found.mae, found.spearman) == (3, 2.0, pytest.approx(1.0))
    assert found.r2 == pytest.approx(1 - 36 / 200)
    assert found.rmse == pytest.approx(12**0.5)
    assert np.isnan(found.top50)
    with pytest.raises(ValueError, match="expected at least 2"):
        scores(np.array([1.0]), np.array([1.0]))


def test_a_constant_ranks_nothing(rows):
    assert spearman(rows[0], np.full(300, 7.0)) == 0.0
    assert np.isnan(scores(np.full(9, 4.0), np.arange(9.0)).r2)


def test_precision_of_the_top_by_hand():
    tc = np.array([9.0, 8.0, 7.0, 1.0, 0.0])
    assert precision_of_top(tc, np.array([5.0, 1.0, 4.0, 3.0, 2.0]), 2) == 0.5
    assert precision_of_top(tc, tc, 2) == 1.0
    assert precision_of_top(tc, -tc, 2) == 0.0
    assert precision_of_top(tc, np.full(5, 3.0), 2) == pytest.approx(0.4)  # a draw of two of five
    # one sure hit and one drawn among four rows of which one is a hit
    assert precision_of_top(tc, np.array([2.0, 1, 1, 1, 1]), 2) == pytest.approx((1 + 0.25) / 2)


def test_bootstrap_figures_are_those_of_the_rows_written_out(rows, rng):
    tc, predicted = rows
    group = rng.integers(0, 40, 300)
    counts = bootstrap_counts(group, n_draws=1)
    drawn = np.repeat(np.arange(300), counts[0][group].astype(int))
    found, expected = intervals(tc, predicted, group, counts), scores(tc[drawn], predicted[drawn])
    assert found.r2_low == found.r2_high == pytest.approx(expected.r2)
    assert found.mae_low == found.mae_high == pytest.approx(expected.mae)


def test_whole_groups_that_err_alike_widen_the_interval(rng):
    group = np.repeat(np.arange(30), 20)
    tc = rng.normal(50, 10, 600)
    predicted = tc + rng.normal(0, 5, 30)[group]
    whole = intervals(tc, predicted, group, bootstrap_counts(group))
    single = intervals(tc, predicted, np.arange(600), bootstrap_counts(np.arange(600)))
    assert whole.mae_high - whole.mae_low > 2 * (single.mae_high - single.mae_low)
    mae = np.abs(predicted - tc).mean()
    assert single.mae_low < mae < single.mae_high


def test_an_interval_holds_the_truth_as_often_as_it_says(rng):
    """Mean absolute errors of 200 samples of 60 groups each; the truth is E|N(0, 1)|."""
    group, truth, holds = np.repeat(np.arange(60), 3), np.sqrt(2 / np.pi), []
    for _ in range(200):
        error = rng.normal(size=60)[group]
        found = intervals(np.zeros(180), error, group, bootstrap_counts(group, n_draws=300))
        holds.append(found.mae_low <= truth <= found.mae_high)
    assert 0.88 <= np.mean(holds) <= 0.99
