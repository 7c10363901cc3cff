"""Splits: no fold is trained on its test rows or on held-out rows."""

import numpy as np
import pandas as pd
import pytest

from tcexplore.datasets.hold_out import HELD_OUT_SYSTEMS, is_held_out
from tcexplore.evaluation.splits import (
    CLASSES,
    evaluation_splits,
    formula_in_training,
    held_out_split,
    is_of_paper_kind,
)

OTHERS = [f"A{number}-B" for number in range(280)]


@pytest.fixture
def rows(rng):
    system, amount = rng.integers(0, 300, 3000), rng.integers(1, 4, 3000)
    family = np.array(["hydride", "cuprate", "iron-based", *["other"] * 7])[system % 10]
    doped = np.where(rng.random(3000) < 0.5, "-synth_doped", "")
    return pd.DataFrame(
        {
            "chemical_system": [(*HELD_OUT_SYSTEMS[:20], *OTHERS)[number] for number in system],
            "formula": [f"A{one}B{two}" for one, two in zip(system, amount, strict=True)],
            "family": family,
            "tc_kind": np.where(system % 20 == 0, "eliashberg", "experiment"),
            "source": np.where(system % 20 == 0, "hydrides", "3DSC_MP"),
            "file": [f"{number}{end}.cif" for number, end in enumerate(doped)],
            "tc": rng.lognormal(2, 1, 3000),
        }
    )


@pytest.fixture
def splits(rows):
    return {split.name: split for split in evaluation_splits(rows)}


def test_all_splits_are_there(splits):
    assert list(splits) == [
        "chemical_system", "formula", "random-1", "random-2", "random-3",
        "paper-set-1", "paper-set-2", "paper-set-3", "class",
    ]  # fmt: skip
    assert splits["paper-set-2"].kind == "paper-set"
    assert splits["chemical_system"].kind == "chemical_system"


def test_no_fold_learns_from_its_test_rows_or_from_rows_aside(rows, splits):
    aside = is_held_out(rows)
    assert aside.any()
    for split in splits.values():
        for fold in split.folds:
            assert fold.test.any()
            assert not (fold.train & fold.test).any()
            assert not ((fold.train | fold.test) & aside).any()


@pytest.mark.parametrize("name", ["formula", "chemical_system"])
def test_groups_are_never_on_both_sides(rows, splits, name):
    column = rows[splits[name].stays_together]
    for fold in splits[name].folds:
        assert not set(column[fold.train]) & set(column[fold.test])


@pytest.mark.parametrize("name", ["formula", "chemical_system", "class"])
def test_each_row_is_asked_for_once(rows, splits, name):
    asked = np.sum([fold.test for fold in splits[name].folds], axis=0)
    family = rows["family"].to_numpy()
    wanted = ~is_held_out(rows)
    if name == "class":
        wanted &= family != "other"
    np.testing.assert_array_equal(asked, wanted)


def test_a_class_is_left_out_whole(rows, splits):
    for name, fold in zip(CLASSES, splits["class"].folds, strict=True):
        assert set(rows["family"][fold.test]) == {name}
        assert name not in set(rows["family"][fold.train])


def test_a_random_fifth_is_another_one_for_another_seed(rows, splits):
    first, second = (splits[f"random-{seed}"].folds[0] for seed in (1, 2))
    assert first.test.sum() == round(0.2 * (~is_held_out(rows)).sum())
    assert (first.test != second.test).any()


def test_the_papers_kind_of_set_has_exact_matches_and_its_hydrides(rows, splits):
    [fold] = splits["paper-set-1"].folds
    used = rows[fold.train | fold.test]
    of_matches = used[used["source"] == "3DSC_MP"]
    assert len(of_matches) > 0
    assert not of_matches["file"].str.contains("synth_doped").any()
    assert (used["source"] == "hydrides").any()
    other = rows.assign(source="jarvis_dft")
    assert not is_of_paper_kind(other).any()


def test_the_rows_aside_are_asked_for_by_one_split_alone(rows):
    [fold] = held_out_split(rows).folds
    np.testing.assert_array_equal(fold.test, is_held_out(rows))
    np.testing.assert_array_equal(fold.train, ~fold.test)


def test_a_formula_in_training_is_told_fold_by_fold(rows, splits):
    split = splits["random-1"]
    [fold] = split.folds
    seen, learned = formula_in_training(rows, split), set(rows["formula"][fold.train])
    for row in np.flatnonzero(fold.test)[:200]:
        assert seen[row] == (rows["formula"][row] in learned)
    assert seen[fold.test].mean() > 0
    assert not formula_in_training(rows, splits["formula"]).any()
