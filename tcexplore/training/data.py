"""Training data: the rows of a data set as inputs of a model, their scaling and their splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm import tqdm

from tcexplore.crystal.canonical import CanonicalCell
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
from tcexplore.typing import BoolArray, ComplexArray, FloatArray, IntArray

GROUPS = {"random": None, "formula": "formula", "chemical_system": "chemical_system"}


@dataclass(frozen=True)
class TrainingInputs:
    """Unscaled inputs of all rows of a data set that have a Tc."""

    rows: pd.DataFrame
    """Formula, tc (K), tc_kind, weight, chemical_system and the rest of a row's provenance."""
    coefficients: ComplexArray
    """(e/Å³ and Da/Å³) Shape (n_rows, n_box, n_box, n_box, 2)."""
    descriptors: FloatArray
    """(as `descriptor_units`) Shape (n_rows, n_descriptors)."""

    def scaled(self, scaling: InputScaling) -> TrainingRows:
        """Return all rows as a network is trained on them."""
        tc, weight = (self.rows[name].to_numpy(np.float32) for name in ("tc", "weight"))
        return TrainingRows(scaling.apply(self.coefficients, self.descriptors), tc, weight)


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


def build_inputs(dataset: Dataset, config: ModelConfig) -> TrainingInputs:
    """Return the inputs of all rows with a Tc above 0 and elements that the model counts."""
    chosen = trained_rows(dataset, config)
    coefficients, descriptors = [], []
    for row in tqdm(chosen, desc="coefficients", unit="structure", disable=None):
        number = int(dataset.rows["space_group_number"].iloc[row])
        cell = CanonicalCell(dataset.structure(row), number, "")
        image, values = unscaled_inputs([cell], config)
        coefficients.append(image[0])
        descriptors.append(values[0])
    rows = dataset.rows.iloc[chosen].reset_index(drop=True)
    return TrainingInputs(rows, np.stack(coefficients), np.stack(descriptors))


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
