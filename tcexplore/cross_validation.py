"""Five folds that are the same for every model, and the out-of-fold predictions kept on disk.

A model is any function from the rows to train on and the rows to predict to Tc (K). What it says of
each row, trained without the fold that the row lies in, is stored under its name, so that mixtures
of models are scored without training again. The rows put aside take part in nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from tcexplore.datasets.aside import put_aside

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.integer]
Model = Callable[[BoolArray, BoolArray], FloatArray]
"""Boolean train and test rows, both of shape (n_rows,), to Tc (K), shape (n_test,)."""

GROUPS = {"random": None, "formula": "formula", "chemical_system": "chemical_system"}
N_FOLDS = 5
ASIDE = -1


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


def out_of_fold(model: Model, folds: IntArray, path: Path) -> FloatArray:
    """Return what a model says of each row, trained without its fold; nan for rows put aside.

    Folds that were predicted before are read from ``path``, an ``.npy`` file.
    """
    predicted = np.load(path) if path.exists() else np.full(len(folds), np.nan)
    for fold in range(N_FOLDS):
        test = folds == fold
        if np.isnan(predicted[test]).any():
            predicted[test] = model((folds != fold) & (folds != ASIDE), test)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, predicted)
    return predicted


def figures(tc: FloatArray, predicted: FloatArray) -> dict[str, float]:
    """Return n, r2, mae (K), rmse (K) and the rank correlation of predictions."""
    error = predicted - tc
    return {
        "n": len(tc),
        "r2": float(1 - np.square(error).sum() / np.square(tc - tc.mean()).sum()),
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt(np.square(error).mean())),
        "spearman": float(np.asarray(spearmanr(tc, predicted))[0]) if np.ptp(predicted) else 0.0,
    }


def figures_by_family(rows: pd.DataFrame, predicted: FloatArray) -> pd.DataFrame:
    """Return the figures over all predicted rows, and for each family of materials."""
    known, tc = ~np.isnan(predicted), rows["tc"].to_numpy()
    parts = {"all": known}
    parts |= {
        name: known & (rows["family"] == name).to_numpy() for name in sorted(set(rows["family"]))
    }
    return pd.DataFrame(
        [{"rows": name} | figures(tc[part], predicted[part]) for name, part in parts.items()]
    )
