"""Evaluation splits: the training and the test rows of each fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tcexplore.datasets.hold_out import is_held_out
from tcexplore.evaluation.folds import N_FOLDS, NO_FOLD, Fold, fold_of_row
from tcexplore.model.files import split_kind
from tcexplore.typing import BoolArray

HELD_OUT = "aside"
"""The split of the held-out rows, as the files of a model name it."""

SEEDS = (1, 2, 3)
TEST_SHARE = 0.2
CLASSES = ("cuprate", "iron-based", "hydride")
"""Classes that are left out in turn; 'other' is three quarters of all rows, too much to lack."""
SYNTHETIC_DOPING = "-synth_doped.cif"
"""The end of the names of 3DSC's structures that were made by mixing sites of a parent."""


@dataclass(frozen=True)
class Split:
    """Folds whose test rows do not overlap."""

    name: str
    folds: tuple[Fold, ...]
    stays_together: str | None
    """The column of the rows whose groups no two folds share, and that a bootstrap draws whole;
    none where rows are drawn one by one."""

    @property
    def test(self) -> BoolArray:
        """Return the mask of the test rows of all folds, shape (n_rows,)."""
        return np.any([fold.test for fold in self.folds], axis=0)

    @property
    def kind(self) -> str:
        """The name without the number of the seed."""
        return split_kind(self.name)


def evaluation_splits(rows: pd.DataFrame) -> tuple[Split, ...]:
    """Return all splits of the rows that are not held out."""
    used, like_paper = ~is_held_out(rows), is_of_paper_kind(rows)
    return (
        _folds(rows, "chemical_system"),
        _folds(rows, "formula"),
        *(random_split(used, seed, name="random") for seed in SEEDS),
        *(random_split(used & like_paper, seed, name="paper-set") for seed in SEEDS),
        _classes_left_out(rows, used),
    )


def held_out_split(rows: pd.DataFrame) -> Split:
    """Return the split that trains on all rows but the held-out ones and tests on these."""
    test = is_held_out(rows)
    return Split(HELD_OUT, (Fold(~test, test),), "chemical_system")


def random_split(among: BoolArray, seed: int, *, name: str) -> Split:
    """Return a split whose test rows are a fifth of some rows, drawn at random.

    Parameters
    ----------
    among
        The rows that take part, shape (n_rows,).
    """
    order = np.random.default_rng(seed).permutation(np.flatnonzero(among))
    test = np.zeros(len(among), bool)
    test[order[: round(TEST_SHARE * len(order))]] = True
    return Split(f"{name}-{seed}", (Fold(among & ~test, test),), None)


def is_of_paper_kind(rows: pd.DataFrame) -> BoolArray:
    """Return the mask of rows like the paper's: exact matches, and the Eliashberg hydrides.

    An exact match is a structure of Materials Project whose composition is the one that SuperCon
    reports, so that no site had to be mixed for it.
    """
    matched = rows["source"].isin(["3DSC_MP", "materials_project"])
    exact = matched & ~rows["file"].str.endswith(SYNTHETIC_DOPING)
    return (exact | (rows["source"] == "hydrides")).to_numpy()


def _folds(rows: pd.DataFrame, column: str) -> Split:
    """Return the split into the folds by formula or chemical system."""
    folds = fold_of_row(rows, split=column)
    masks = (Fold((folds != fold) & (folds != NO_FOLD), folds == fold) for fold in range(N_FOLDS))
    return Split(column, tuple(masks), column)


def _classes_left_out(rows: pd.DataFrame, used: BoolArray) -> Split:
    """Return a fold for each class that is trained on all the others."""
    sc_class = rows["family"].to_numpy()
    folds = [Fold(used & (sc_class != left), used & (sc_class == left)) for left in CLASSES]
    return Split("class", tuple(fold for fold in folds if fold.test.any()), "chemical_system")


def formula_in_training(rows: pd.DataFrame, split: Split) -> BoolArray:
    """Return for each test row whether its formula is among the training rows of its fold."""
    formula, is_seen = rows["formula"].to_numpy(), np.zeros(len(rows), bool)
    for fold in split.folds:
        is_seen[fold.test] = np.isin(formula[fold.test], np.unique(formula[fold.train]))
    return is_seen
