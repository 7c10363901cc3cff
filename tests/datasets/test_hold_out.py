"""Held-out rows: whole chemical systems that take part in no fold."""

import numpy as np
import pandas as pd
import pytest

from tcexplore.datasets.hold_out import HELD_OUT_SYSTEMS, is_held_out
from tcexplore.evaluation.folds import NO_FOLD, Fold, fold_of_row, out_of_fold

OTHERS = [f"A{number}-B" for number in range(600 - len(HELD_OUT_SYSTEMS))]


@pytest.fixture
def rows(rng):
    system, amount = rng.integers(0, 600, 3000), rng.integers(1, 4, 3000)
    family = np.array(["hydride", "cuprate", "iron-based", "other", "other"])[system % 5]
    return pd.DataFrame(
        {
            "chemical_system": [(*HELD_OUT_SYSTEMS, *OTHERS)[number] for number in system],
            "formula": [f"A{one}B{two}" for one, two in zip(system, amount, strict=True)],
            "family": family,
            "tc_kind": np.where(system % 2 == 0, "eliashberg", "experiment"),
            "tc": np.where(rng.random(3000) < 0.3, 0.0, rng.lognormal(2, 1, 3000)),
        }
    )


def test_all_rows_of_a_held_out_system_are_held_out_in_any_order(rows):
    aside = is_held_out(rows)
    assert set(rows["chemical_system"][aside]) == set(HELD_OUT_SYSTEMS)
    systems = rows["chemical_system"]
    assert not set(systems[aside]) & set(systems[~aside])
    order = np.random.default_rng(1).permutation(len(rows))
    np.testing.assert_array_equal(is_held_out(rows.iloc[order]), aside[order])


@pytest.mark.parametrize("split", ["random", "formula", "chemical_system"])
def test_folds_keep_groups_together_and_leave_out_the_held_out_rows(rows, split):
    folds = fold_of_row(rows, split=split)
    np.testing.assert_array_equal(folds == NO_FOLD, is_held_out(rows))
    sizes = np.bincount(folds[folds != NO_FOLD])
    assert sizes.max() - sizes.min() <= 0.02 * len(rows)
    if split != "random":
        assert rows.assign(fold=folds).groupby(split)["fold"].nunique().max() == 1


@pytest.mark.parametrize("n_threads", [1, 2])
def test_every_row_is_predicted_without_its_fold_and_once(rows, tmp_path, n_threads):
    of_row = fold_of_row(rows, split="chemical_system")
    kept = of_row != NO_FOLD
    folds = [Fold(kept & (of_row != number), of_row == number) for number in range(5)]
    calls = []

    def model(train, test):
        calls.append(int(of_row[test][0]))
        assert not (train & test).any()
        assert NO_FOLD not in of_row[train | test]
        return np.full(test.sum(), of_row[test][0], float)

    path = tmp_path / "runs" / "model"
    predicted = out_of_fold(model, folds, path, n_threads=n_threads)
    np.testing.assert_array_equal(predicted[kept], of_row[kept])
    assert np.isnan(predicted[~kept]).all()
    assert sorted(calls) == [0, 1, 2, 3, 4]
    out_of_fold(model, folds, path)
    assert len(calls) == 5  # read from the files


def test_a_run_that_was_cut_off_goes_on(rows, tmp_path):
    of_row = fold_of_row(rows, split="formula")
    folds = [Fold(of_row != number, of_row == number) for number in range(5)]
    calls, is_cut_off = [], [True]

    def model(train, test):
        if len(calls) == 3 and is_cut_off[0]:
            raise KeyboardInterrupt
        calls.append(int(of_row[test][0]))
        return np.full(test.sum(), np.nan)  # a model may know none of the rows

    with pytest.raises(KeyboardInterrupt):
        out_of_fold(model, folds, tmp_path)
    is_cut_off[0] = False
    out_of_fold(model, folds, tmp_path)
    assert calls == [0, 1, 2, 3, 4]
