"""Baselines: boosted trees, SOAP, the nearest trained composition, the median."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from tcexplore.datasets import StructureArrays
from tcexplore.evaluation.folds import Model
from tcexplore.evaluation.soap_baseline import RIDGES, kernel_ridge_tc, soap_vectors
from tcexplore.features.cell_scalars import cell_scalars
from tcexplore.features.valence_electrons import electron_statistics
from tcexplore.training.data import TrainingInputs
from tcexplore.training.presets import N_STATISTICS
from tcexplore.typing import BoolArray, FloatArray

N_TREES = 1000
N_CELL = 8  # descriptors of the cell, before the statistics of the composition
INNER_SHARE = 0.2  # of the training rows, that SOAP's ridge is chosen on


def baseline_models(
    inputs: TrainingInputs, elements: tuple[str, ...], structures: Sequence[StructureArrays]
) -> dict[str, Model]:
    """Return the baselines by their names in the table.

    Parameters
    ----------
    inputs
        Rows and unscaled descriptors; the coefficients take no part.
    elements
        Symbols of the elements that the descriptors count.
    structures
        The cell of each row.
    """
    rows, values = inputs.rows, inputs.descriptors
    of_composition = composition_columns(values, elements)
    return {
        "XGBoost": partial(boosted_trees_tc, rows, tree_columns(values, elements)),
        "XGBoost composition": partial(boosted_trees_tc, rows, of_composition),
        "SOAP": SoapRidge(rows, structures),
        "nearest": partial(nearest_tc, rows, of_composition[:, -len(elements) :]),
        "median": partial(median_tc, rows),
    }


def tree_columns(descriptors: FloatArray, elements: tuple[str, ...]) -> FloatArray:
    """Return the columns of boosted trees: all inputs of a network, and the atomic fractions."""
    counted = descriptors[:, : N_STATISTICS + len(elements)]
    fractions = composition_columns(descriptors, elements)[:, -len(elements) :]
    return np.hstack(
        [
            descriptors,
            cell_scalars(counted, elements=elements),
            electron_statistics(fractions, elements=elements),
            fractions,
        ]
    )


def composition_columns(descriptors: FloatArray, elements: tuple[str, ...]) -> FloatArray:
    """Return the statistics of the composition and the atomic fractions, without the cell."""
    values = descriptors[:, N_CELL : N_STATISTICS + len(elements)].copy()
    values[:, -len(elements) :] /= values[:, -len(elements) :].sum(axis=1, keepdims=True)
    return values


def boosted_trees_tc(
    rows: pd.DataFrame, columns: FloatArray, train: BoolArray, test: BoolArray, *, seed: int = 0
) -> FloatArray:
    """Return Tc (K), not below 0, by gradient boosting on some columns, shape (n_test,)."""
    import xgboost

    tc, weight = (rows[name].to_numpy() for name in ("tc", "weight"))
    learned = xgboost.DMatrix(columns[train], tc[train], weight=weight[train])
    settings = {
        "eta": 0.05, "max_depth": 8, "subsample": 0.8, "colsample_bytree": 0.5, "seed": seed,
        "nthread": 1,  # two would wait for each other wherever anything else runs
    }  # fmt: skip
    trees = xgboost.train(settings, learned, num_boost_round=N_TREES)
    return np.maximum(trees.predict(xgboost.DMatrix(columns[test])), 0)


def nearest_tc(
    rows: pd.DataFrame, fractions: FloatArray, train: BoolArray, test: BoolArray
) -> FloatArray:
    """Return the mean Tc (K) of the rows whose atomic fractions are nearest, shape (n_test,).

    The distance is the sum of the differences of the fractions over the elements.
    """
    tc, apart = rows["tc"].to_numpy()[train], cdist(fractions[test], fractions[train], "cityblock")
    is_nearest = apart <= apart.min(axis=1, keepdims=True) + 1e-9
    return is_nearest @ tc / is_nearest.sum(axis=1)


def median_tc(rows: pd.DataFrame, train: BoolArray, test: BoolArray) -> FloatArray:
    """Return the median Tc (K) of the training rows for every row, shape (n_test,)."""
    return np.full(test.sum(), np.median(rows["tc"].to_numpy()[train]))


class SoapRidge:
    """Kernel ridge regression on SOAP; the ridge is chosen inside the training rows.

    The vectors are made when they are first needed, since they take half a minute.
    """

    def __init__(self, rows: pd.DataFrame, structures: Sequence[StructureArrays]) -> None:
        self._rows, self._structures = rows, structures
        self._vectors: FloatArray | None = None

    def __call__(self, train: BoolArray, test: BoolArray) -> FloatArray:
        """Return Tc (K), shape (n_test,)."""
        inner = self._inner_test(train)
        tc = self._rows["tc"].to_numpy()[inner]
        errors = [
            np.abs(self._predicted(train & ~inner, inner, ridge) - tc).mean() for ridge in RIDGES
        ]
        return self._predicted(train, test, RIDGES[int(np.argmin(errors))])

    def _predicted(self, train: BoolArray, test: BoolArray, ridge: float) -> FloatArray:
        if self._vectors is None:
            self._vectors = soap_vectors(self._structures)
        tc, weight = (self._rows[name].to_numpy(float)[train] for name in ("tc", "weight"))
        vectors = self._vectors
        return kernel_ridge_tc(vectors[train], tc, weight, vectors[test], ridge=ridge)

    def _inner_test(self, train: BoolArray) -> BoolArray:
        """Return a fifth of the training rows, whole chemical systems."""
        system = pd.factorize(self._rows["chemical_system"])[0]
        drawn = np.random.default_rng(0).random(system.max() + 1) < INNER_SHARE
        return train & drawn[system]
