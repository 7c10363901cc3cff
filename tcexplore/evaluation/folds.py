"""Five folds that are the same for every model, and the out-of-fold predictions kept on disk.

A model is any function from the rows to train on and the rows to predict to Tc (K). What it says of
each row, trained without the fold that the row lies in, is stored under its name, so that mixtures
of models are scored without training again. The rows put aside take part in nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.datasets.hold_out import put_aside
from tcexplore.typing import BoolArray, FloatArray, IntArray

Model = Callable[[BoolArray, BoolArray], FloatArray]
"""Boolean train and test rows, both of shape (n_rows,), to Tc (K), shape (n_test,), or what Tc is
made of, shape (n_test, n); nan where the model does not know an element."""

GROUPS = {"random": None, "formula": "formula", "chemical_system": "chemical_system"}
N_FOLDS = 5
ASIDE = -1


@dataclass(frozen=True)
class Fold:
    """Rows to learn from and rows that are asked for, both of shape (n_rows,)."""

    train: BoolArray
    test: BoolArray


def fold_of_row(rows: pd.DataFrame, *, split: str, seed: int = 5) -> IntArray:
    """Return the fold of each row, 0 to 4, and -1 for the rows put aside.

    Whole groups are dealt in a random order, each to the fold that is the smallest so far; hydrides
    first, so that every fold has its share of them.

    Parameters
    ----------
    rows
        Rows of a data set.
    split
        What stays together: ``random`` (nothing), ``formula`` or ``chemical_system``.
    """
    column = GROUPS[split]
    kept = np.flatnonzero(~put_aside(rows))
    group = np.arange(len(kept)) if column is None else pd.factorize(rows[column].iloc[kept])[0]
    hydrides = np.bincount(group, weights=rows["family"].iloc[kept] == "hydride")
    order = np.random.default_rng(seed).permutation(len(hydrides))
    order = order[np.argsort(hydrides[order] == 0, kind="stable")]
    folds = np.full(len(rows), ASIDE)
    folds[kept] = _dealt(np.bincount(group), order)[group]
    return folds


def _dealt(sizes: IntArray, order: IntArray) -> IntArray:
    """Return the fold of each group, dealt in an order to the smallest fold."""
    fold, filled = np.zeros(len(sizes), int), np.zeros(N_FOLDS, int)
    for group in order:
        fold[group] = filled.argmin()
        filled[fold[group]] += sizes[group]
    return fold


def out_of_fold(
    model: Model,
    folds: Sequence[Fold],
    directory: Path,
    *,
    n_threads: int = 1,
    progress: Callable[[], object] = lambda: None,
) -> FloatArray:
    """Return what a model says of each row, trained without its fold; nan for rows in no fold.

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
            _save_whole(path, model(fold.train, fold.test))
        progress()
        return np.load(path)

    with ThreadPoolExecutor(n_threads) as pool:
        found = list(pool.map(predict, range(len(folds))))
    predicted = np.full((len(folds[0].test), *found[0].shape[1:]), np.nan)
    for fold, values in zip(folds, found, strict=True):
        predicted[fold.test] = values
    return predicted


def _save_whole(path: Path, values: FloatArray) -> None:
    """Write an array so that a run that is cut off leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished.npy")
    np.save(unfinished, values)
    unfinished.replace(path)
