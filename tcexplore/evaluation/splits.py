"""The ways of keeping rows apart: what a model may learn from, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tcexplore.datasets.hold_out import put_aside
from tcexplore.evaluation.folds import ASIDE, N_FOLDS, Fold, fold_of_row
from tcexplore.model.files import split_kind
from tcexplore.typing import BoolArray

SEEDS = (1, 2, 3)
TEST_SHARE = 0.2
CLASSES = ("cuprate", "iron-based", "hydride")
"""Families that are left out; 'other' is three quarters of all rows, too much to do without."""
SYNTHETIC_DOPING = "-synth_doped.cif"
"""The end of the names of 3DSC's structures that were made by mixing sites of a parent."""


@dataclass(frozen=True)
class Split:
    """Folds that together ask for each of their test rows once."""

    name: str
    folds: tuple[Fold, ...]
    stays_together: str | None
    """The column of the rows whose groups no two folds share, and that a bootstrap draws whole;
    none where rows are drawn one by one."""

    @property
    def kind(self) -> str:
        """The name without the number of the seed."""
        return split_kind(self.name)


def evaluation_splits(rows: pd.DataFrame) -> tuple[Split, ...]:
    """Return all splits of the rows that are not put aside."""
    kept, like_paper = ~put_aside(rows), is_of_paper_kind(rows)
    return (
        _folds(rows, "chemical_system"),
        _folds(rows, "formula"),
        *(random_split(kept, seed, name="random") for seed in SEEDS),
        *(random_split(kept & like_paper, seed, name="paper-set") for seed in SEEDS),
        _left_out(rows, kept, "class"),
        _left_out(rows, kept, "compound"),
    )


def aside_split(rows: pd.DataFrame) -> Split:
    """Return the one fold that asks for the rows put aside, with all others to learn from."""
    aside = put_aside(rows)
    return Split("aside", (Fold(~aside, aside),), "chemical_system")


def random_split(among: BoolArray, seed: int, *, name: str) -> Split:
    """Return one fold: a fifth of some rows, drawn at random, is asked for, the rest learned from.

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
    """Return which rows the paper would have had: exact matches, and the Eliashberg hydrides.

    An exact match is a structure of Materials Project whose composition is the one that SuperCon
    reports, so that no site had to be mixed for it.
    """
    matched = rows["source"].isin(["3DSC_MP", "materials_project"])
    exact = matched & ~rows["file"].str.endswith(SYNTHETIC_DOPING)
    return (exact | (rows["source"] == "hydrides")).to_numpy()


def _folds(rows: pd.DataFrame, column: str) -> Split:
    """Return the shared folds by formula or chemical system."""
    folds = fold_of_row(rows, split=column)
    parts = (Fold((folds != fold) & (folds != ASIDE), folds == fold) for fold in range(N_FOLDS))
    return Split(column, tuple(parts), column)


def _left_out(rows: pd.DataFrame, kept: BoolArray, name: str) -> Split:
    """Return a fold for each class, or for each hydride: all but it are learned from."""
    family, formula = (rows[column].to_numpy() for column in ("family", "formula"))
    if name == "class":
        tests = [kept & (family == one) for one in CLASSES]
        learned = [kept & (family != one) for one in CLASSES]
    else:
        hydride = kept & (family == "hydride")
        compounds = sorted(set(formula[hydride]))
        tests = [hydride & (formula == one) for one in compounds]
        learned = [kept & (formula != one) for one in compounds]
    folds = tuple(Fold(*parts) for parts in zip(learned, tests, strict=True) if parts[1].any())
    return Split(name, folds, "chemical_system" if name == "class" else "formula")
