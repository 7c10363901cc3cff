"""Folds for cross-validation, the same for every model, and out-of-fold predictions on disk.

A model is any function from the rows to train on and the rows to predict to Tc (K). Its prediction
of each row, trained without the fold that the row lies in, is stored under its name, so that
mixtures of models are scored without training again. Held-out rows take part in nothing.

The folds are dealt by hand until the next training: `GroupKFold` and `StratifiedGroupKFold` of
scikit-learn deal the groups to other folds, and the figures of cvcnn-2 rest on these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.datasets.hold_out import is_held_out
from tcexplore.training.data import group_of_row
from tcexplore.training.run_directory import save_whole
from tcexplore.typing import BoolArray, FloatArray, IntArray

Model = Callable[[BoolArray, BoolArray], FloatArray]
"""Boolean train and test rows, both of shape (n_rows,), to Tc (K), shape (n_test,), or the terms of
Tc, shape (n_test, n); nan where the model does not know an element."""

N_FOLDS = 5
NO_FOLD = -1  # of held-out rows


@dataclass(frozen=True)
class Fold:
    """Masks of the training and the test rows, both of shape (n_rows,)."""

    train: BoolArray
    test: BoolArray


def fold_of_row(rows: pd.DataFrame, *, split: str, seed: int = 5) -> IntArray:
    """Return the fold of each row, 0 to 4, and -1 for held-out rows.

    Whole groups are dealt in a random order, each to the fold that is the smallest so far; hydrides
    first, so that every fold has its share of them.

    Parameters
    ----------
    rows
        Rows of a data set.
    split
        As in `group_of_row`.
    """
    used = np.flatnonzero(~is_held_out(rows))
    group = group_of_row(rows.iloc[used], split)
    hydrides = np.bincount(group, weights=rows["family"].iloc[used] == "hydride")
    order = np.random.default_rng(seed).permutation(len(hydrides))
    order = order[np.argsort(hydrides[order] == 0, kind="stable")]
    folds = np.full(len(rows), NO_FOLD)
    folds[used] = _dealt(np.bincount(group), order)[group]
    return folds


def _dealt(sizes: IntArray, order: IntArray) -> IntArray:
    """Return the fold of each group, dealt in an order to the smallest fold."""
    fold, n_rows = np.zeros(len(sizes), int), np.zeros(N_FOLDS, int)
    for group in order:
        fold[group] = n_rows.argmin()
        n_rows[fold[group]] += sizes[group]
    return fold


def out_of_fold(
    model: Model,
    folds: Sequence[Fold],
    directory: Path,
    *,
    n_threads: int = 1,
    progress: Callable[[], object] = lambda: None,
) -> FloatArray:
    """Return the prediction of each row, trained without its fold; nan for rows in no fold.

    Parameters
    ----------
    directory
        Holds an ``.npy`` file for each fold; folds that were predicted before are read from there.
    n_threads
        Folds that are fitted at once.
    progress
        Called after each fold.
    """

    def predict(number: int) -> FloatArray:
        fold, path = folds[number], directory / f"{number}.npy"
        if not path.exists():
            values = model(fold.train, fold.test)
            save_whole(path, lambda unfinished: np.save(unfinished, values))
        progress()
        return np.load(path)

    with ThreadPoolExecutor(n_threads) as pool:
        predictions = list(pool.map(predict, range(len(folds))))
    predicted = np.full((len(folds[0].test), *predictions[0].shape[1:]), np.nan)
    for fold, values in zip(folds, predictions, strict=True):
        predicted[fold.test] = values
    return predicted
