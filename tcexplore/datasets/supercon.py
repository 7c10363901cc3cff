"""SuperCon: the reported critical temperatures of each composition, and its label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets.compositions import atomic_fractions, composition_key
from tcexplore.datasets.records import DatasetError, Dropped, number, read_table
from tcexplore.typing import FloatArray, IntArray

HighVariance = Literal["average", "exclude", "best"]

FOLDER = "supercon"
TABLE = "Supercon_data_by_2018_Stanev.csv"
CITATION = "labels: SuperCon as cleaned by Stanev et al., npj Comput. Mater. 4, 29 (2018)"
VARIANCE_CUT = 2.0  # K²; the paper's choice


@dataclass(frozen=True)
class ReportedTc:
    """Critical temperatures that have been reported of one composition."""

    formula: str
    """The first of its formulas."""
    fractions: dict[str, float]
    """(1) Share of each element among the atoms."""
    values: tuple[float, ...]
    """(K) Reported critical temperatures in increasing order; (0,) where none was reported."""
    label: float
    """(K) Label to train on; their mean unless chosen otherwise."""

    @property
    def variance(self) -> float:
        """(K²) Mean square deviation of the reported values."""
        return float(np.var(self.values))

    @property
    def is_high_variance(self) -> bool:
        """Whether the reported values differ too much for their mean to stand for them."""
        return self.variance >= VARIANCE_CUT


Groups = dict[str, ReportedTc]


def read_supercon(folder: Path) -> tuple[Groups, tuple[Dropped, ...]]:
    """Return SuperCon's entries grouped by composition, and the rows that cannot be read."""
    table = read_table(folder / TABLE, columns=("name", "Tc"))
    entries: list[tuple[str, float]] = []
    dropped: list[Dropped] = []
    for name, tc in zip(table["name"], table["Tc"], strict=True):
        try:
            atomic_fractions(name)
            entries.append((name, number(tc, name="Tc")))
        except DatasetError as error:
            dropped.append(Dropped(FOLDER, name, TABLE, "unreadable label", str(error)))
    return group_by_composition(entries), tuple(dropped)


def group_by_composition(entries: list[tuple[str, float]]) -> Groups:
    """Return the reported values of each composition, labelled by their mean.

    Zeros mean 'none reported' and take no part in the mean of a composition for which another
    entry does report a value.

    Parameters
    ----------
    entries
        Formula and critical temperature (K) of each entry.
    """
    formulas: dict[str, list[str]] = {}
    values: dict[str, list[float]] = {}
    for formula, tc in entries:
        key = composition_key(atomic_fractions(formula))
        formulas.setdefault(key, []).append(formula)
        values.setdefault(key, []).append(tc)
    return {key: _reported(min(formulas[key]), values[key]) for key in sorted(formulas)}


def _reported(formula: str, values: list[float]) -> ReportedTc:
    positive = tuple(sorted(value for value in values if value > 0)) or (0.0,)
    return ReportedTc(formula, atomic_fractions(formula), positive, float(np.mean(positive)))


def treat_high_variance(groups: Groups, treatment: HighVariance) -> Groups:
    """Return the compositions that may label a structure, under one of the paper's treatments.

    Parameters
    ----------
    groups
        Reported values of each composition.
    treatment
        ``average`` labels every composition with its mean, ``exclude`` leaves those of high
        variance out, ``best`` labels them with the reported value that validates best.
    """
    if treatment == "average":
        return groups
    if treatment == "exclude":
        return {key: group for key, group in groups.items() if not group.is_high_variance}
    if treatment == "best":
        return label_by_validation(groups, predict=out_of_fold_tc)
    raise DatasetError(
        f"high-variance treatment {treatment!r}; expected 'average', 'exclude' or 'best'"
    )


def label_by_validation(groups: Groups, *, predict: Callable[[Groups], FloatArray]) -> Groups:
    """Return the groups, those of high variance labelled by the value that validates best.

    Of the reported values, that is the one nearest to the prediction of a model that was trained
    without the composition.

    Parameters
    ----------
    groups
        Reported values of each composition.
    predict
        From groups to such predictions (K), shape (n_groups,), in the order of the groups.
    """
    if not any(group.is_high_variance for group in groups.values()):
        return groups
    predictions = predict(groups)
    return {
        key: replace(group, label=_nearest(group.values, tc)) if group.is_high_variance else group
        for (key, group), tc in zip(groups.items(), predictions, strict=True)
    }


def _nearest(values: tuple[float, ...], tc: float) -> float:
    return min(values, key=lambda value: (abs(value - tc), value))


def out_of_fold_tc(
    groups: Groups, *, n_folds: int = 5, n_trees: int = 200, seed: int = 0
) -> FloatArray:
    """Return predictions (K) of boosted trees for compositions that they were not trained on.

    They learn from atomic fractions and the compositions' labels, without the zeros. A fold takes
    whole chemical systems, so no other doping of a compound gives its label away.

    Returns
    -------
    :
        Shape (n_groups,).
    """
    import xgboost

    fractions = np.array([_fraction_vector(group.fractions) for group in groups.values()])
    labels = np.array([group.label for group in groups.values()])
    folds = _folds([tuple(group.fractions) for group in groups.values()], n_folds, seed)
    predictions = np.full(len(labels), labels.mean())
    settings = {"max_depth": 8, "eta": 0.1, "seed": seed, "nthread": 1}  # more wait for each other
    for fold in range(n_folds):
        learn = (folds != fold) & (labels > 0)
        if learn.any() and (folds == fold).any():
            trees = xgboost.train(
                settings,
                xgboost.DMatrix(fractions[learn], labels[learn]),
                num_boost_round=n_trees,
            )
            predictions[folds == fold] = trees.predict(xgboost.DMatrix(fractions[folds == fold]))
    return predictions


def _folds(systems: list[tuple[str, ...]], n_folds: int, seed: int) -> IntArray:
    distinct = sorted(set(systems))
    order = np.random.default_rng(seed).permutation(len(distinct)) % n_folds
    fold_of = dict(zip(distinct, order, strict=True))
    return np.array([fold_of[system] for system in systems])


def _fraction_vector(fractions: dict[str, float]) -> list[float]:
    return [fractions.get(symbol, 0.0) for symbol in ELEMENTS]
