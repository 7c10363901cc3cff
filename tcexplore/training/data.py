"""Training data: the rows of a data set as inputs of a model, their scaling and their splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm import tqdm

from tcexplore.crystal.canonical import CanonicalCell, canonical_cell
from tcexplore.datasets import Dataset
from tcexplore.features.scaling import (
    InputScaling,
    NetworkInputs,
    fit_scaling,
    fit_scaling_with_scalars,
)
from tcexplore.model.config import ModelConfig
from tcexplore.model.predictor import unscaled_inputs
from tcexplore.training.known_materials import trained_rows
from tcexplore.training.presets import N_STATISTICS
from tcexplore.training.wrong_variants import wrong_variants
from tcexplore.typing import BoolArray, ComplexArray, FloatArray, IntArray

VARIANT_TC = 2.0  # K
LEAST_PARENT_TC = 40.0  # K; of hydrides below it the variants could teach little
MOST_PARENT_SITES = 60
VARIANTS_OF_A_KIND = 2
GROUPS = {"random": None, "formula": "formula", "chemical_system": "chemical_system"}


@dataclass(frozen=True)
class VariantInputs:
    """Unscaled inputs of wrong variants of some rows, see `wrong_variants`."""

    parent: IntArray
    """Row of the right crystal of each variant, shape (n_variants,)."""
    coefficients: ComplexArray
    """As `TrainingInputs.coefficients`, shape (n_variants, n_box, n_box, n_box, 2)."""
    descriptors: FloatArray
    """As `TrainingInputs.descriptors`, shape (n_variants, n_descriptors)."""

    def subset(self, rows: BoolArray) -> VariantInputs:
        """Return the variants of a mask of rows."""
        return VariantInputs(*(values[rows[self.parent]] for values in vars(self).values()))


@dataclass(frozen=True)
class TrainingInputs:
    """Unscaled inputs of all rows of a data set that have a Tc, and of their wrong variants."""

    rows: pd.DataFrame
    """Formula, tc (K), tc_kind, weight, chemical_system and the rest of a row's provenance."""
    coefficients: ComplexArray
    """(e/Å³ and Da/Å³) Shape (n_rows, n_box, n_box, n_box, 2)."""
    descriptors: FloatArray
    """(as `descriptor_units`) Shape (n_rows, n_descriptors)."""
    variants: VariantInputs

    def scaled(self, scaling: InputScaling) -> TrainingRows:
        """Return all rows as a network is trained on them."""
        tc, weight = (self.rows[name].to_numpy(np.float32) for name in ("tc", "weight"))
        return TrainingRows(scaling.apply(self.coefficients, self.descriptors), tc, weight)

    def scaled_variants(
        self, rows: BoolArray, scaling: InputScaling, *, weight: float
    ) -> TrainingRows:
        """Return the wrong variants of a mask of rows, all of one weight; none where it is 0."""
        variants = self.variants.subset(rows & (weight > 0))
        scaled = scaling.apply(variants.coefficients, variants.descriptors)
        tc, weights = np.full((2, len(variants.parent)), [[VARIANT_TC], [weight]], np.float32)
        return TrainingRows(scaled, tc, weights)


@dataclass(frozen=True)
class TrainingRows:
    """Scaled inputs and labels of the rows that a network is trained or validated on."""

    inputs: NetworkInputs
    tc: FloatArray
    """(K) Shape (n_rows,)."""
    weight: FloatArray
    """Weight of each row in the loss, shape (n_rows,)."""

    def __len__(self) -> int:
        return len(self.tc)

    def subset(self, chosen: BoolArray) -> TrainingRows:
        """Return the rows of a mask, shape (n_rows,)."""
        inputs = NetworkInputs(*(values[chosen] for values in vars(self.inputs).values()))
        return TrainingRows(inputs, self.tc[chosen], self.weight[chosen])

    def joined(self, others: TrainingRows) -> TrainingRows:
        """Return these rows and others after them."""
        pairs = zip(vars(self.inputs).values(), vars(others.inputs).values(), strict=True)
        inputs = NetworkInputs(*(np.concatenate(pair) for pair in pairs))
        tc, weight = np.append(self.tc, others.tc), np.append(self.weight, others.weight)
        return TrainingRows(inputs, tc, weight)


def build_inputs(dataset: Dataset, config: ModelConfig) -> TrainingInputs:
    """Return the inputs of all rows with a Tc above 0 and elements that the model counts."""
    chosen = trained_rows(dataset, config)
    numbers = dataset.rows["space_group_number"].to_numpy(int)
    cells = [CanonicalCell(dataset.structure(row), numbers[row], "") for row in chosen]
    parents, variants = _variants(dataset, chosen) if config.has_scalars else ([], [])
    progress = tqdm([*cells, *variants], desc="inputs", unit="structure", disable=None)
    coefficients, descriptors = unscaled_inputs(progress, config)
    rows, n_rows = dataset.rows.iloc[chosen].reset_index(drop=True), len(cells)
    of_variants = np.array(parents, int), coefficients[n_rows:], descriptors[n_rows:]
    return TrainingInputs(
        rows, coefficients[:n_rows], descriptors[:n_rows], VariantInputs(*of_variants)
    )


def _variants(dataset: Dataset, chosen: list[int]) -> tuple[list[int], list[CanonicalCell]]:
    """Return wrong variants of the hydrides of high Tc, and which of the chosen rows each is of."""
    rows = dataset.rows.iloc[chosen]
    is_parent = (rows["family"] == "hydride") & (rows["tc"] >= LEAST_PARENT_TC)
    parents, cells = [], []
    for number in np.flatnonzero(is_parent):
        right, rng = dataset.structure(chosen[number]), np.random.default_rng(int(number))
        if len(right) > MOST_PARENT_SITES:
            continue
        variants = wrong_variants(right, rng, count=VARIANTS_OF_A_KIND)
        cells += [canonical_cell(variant) for _, variant in variants]
        parents += [int(number)] * (len(cells) - len(parents))
    return parents, cells


def fit_input_scaling(
    inputs: TrainingInputs, train: BoolArray, config: ModelConfig
) -> InputScaling:
    """Return the scaling of a model: one for all its components, from all but the test rows."""
    rows = inputs.coefficients[train], inputs.descriptors[train]
    n_elements = len(config.elements)
    if config.has_scalars:
        return fit_scaling_with_scalars(*rows, n_elements=n_elements, n_statistics=N_STATISTICS)
    return fit_scaling(*rows, n_elements=n_elements)


def group_of_row(rows: pd.DataFrame, split: str) -> IntArray:
    """Return the number of the group of each row, shape (n_rows,).

    Parameters
    ----------
    rows
        Rows of a data set.
    split
        Rows that stay together: ``random`` (each row by itself), ``formula`` or
        ``chemical_system``.
    """
    column = GROUPS[split]
    return np.arange(len(rows)) if column is None else pd.factorize(rows[column])[0]


def random_groups(rows: pd.DataFrame, *, split: str, share: float, seed: int) -> BoolArray:
    """Return a mask of whole groups, drawn at random until they make up a share of the rows.

    Parameters
    ----------
    rows
        Rows of a data set.
    split
        As in `group_of_row`.
    share
        Of the rows; 0 draws none.
    """
    groups = group_of_row(rows, split)
    order = np.random.default_rng(seed).permutation(groups.max() + 1)
    n_rows = np.cumsum(np.bincount(groups)[order])
    return np.isin(groups, order[: np.searchsorted(n_rows, share * len(rows)) + (share > 0)])


def train_and_validation(
    rows: pd.DataFrame, test: BoolArray, config: ModelConfig
) -> tuple[BoolArray, BoolArray]:
    """Return the rows to train on and the rows that choose the epoch, none of them test rows."""
    settings = config.training
    if settings.keep == "last":
        return ~test, np.zeros(len(rows), bool)
    rest = np.flatnonzero(~test)
    chosen = random_groups(
        rows.iloc[rest], split=settings.split, share=settings.validation_share, seed=settings.seed
    )
    validation = np.zeros(len(rows), bool)
    validation[rest[chosen]] = True
    return ~test & ~validation, validation
