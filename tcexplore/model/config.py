"""Configuration of a model: representation, layers, training, Gaussian processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.features.fourier import RepresentationConfig

CONFIG = "config.json"


@dataclass(frozen=True)
class NetworkConfig:
    """Layers of the network; the values given here are the paper's (section IV.B)."""

    n_descriptors: int = 175
    n_planes: int = 13
    """Values that each of h, k and l takes: the paper's δ."""
    filters: tuple[int, int] = (32, 32)
    descriptor_units: tuple[int, ...] = (256,) * 4
    joint_units: tuple[int, ...] = (512,) * 4
    conv_dropout: float = 0.5
    dropout: float = 0.5
    batch_norm: bool = False
    output: Literal["linear", "relu", "root"] = "linear"
    """Tc, Tc cut off at 0 by the network itself, or the square root of Tc, cut off at 0."""

    @property
    def n_pooled(self) -> int:
        """Planes left after two valid 3³ convolutions, each with a 2³ pooling that drops a rest."""
        return ((self.n_planes - 2) // 2 - 2) // 2

    @property
    def n_box(self) -> int:
        """Planes of coefficients that reach the output."""
        return 2 * (2 * self.n_pooled + 2) + 2

    @property
    def n_structure_features(self) -> int:
        """Numbers that the convolutions hand to the joint layers."""
        return self.filters[1] * self.n_pooled**3


@dataclass(frozen=True)
class GaussianProcessConfig:
    """Length scales, noise and share of a Gaussian process beside the networks."""

    share: float = 0.5
    """Of its smooth regression in a prediction; the networks have the rest."""
    noise: float = 0.05
    """Variance of a label of weight 1, where that of Tc is 1."""
    statistics_length: float = 12.0
    electrons_length: float = 16.0
    fraction_length: float = 1.0
    contact_length: float = 2.0
    n_contacts: int = 6
    pair_length: float = 2.0
    n_pair_distances: int = 5
    uses_cell: bool = True
    """Whether it sees cell, hydrogen contacts and pair distances, or the composition alone."""
    root_share: float = 0.5
    """Share of the regression of the square root of Tc in its Tc; that of Tc itself has the rest.
    """
    variant_weight: float = 0.0
    """Weight of the wrong variants of `tcexplore.training.wrong_variants`; 0 leaves them out."""
    short_range: float = 0.3
    """Variance of the short-range covariance over the composition, where the long-range one has 1.
    """
    short_range_length: float = 0.1
    """Of the short-range covariance, in square roots of atomic fractions."""
    short_range_noise: float = 0.01


@dataclass(frozen=True)
class TrainingConfig:
    """Settings of the training of the networks."""

    n_members: int = 1
    """Networks that are trained alike, each with a seed and a validation part of its own."""
    epochs: int = 60
    batch_size: int = 64
    learning_rate: float = 1e-3
    loss: Literal["huber", "squared"] = "huber"
    huber_delta: float = 7.0
    """(K; √K where the network learns the root of Tc)"""
    validation_share: float = 0.1
    """Share of the training part that chooses the epoch; the test part never does."""
    split: Literal["random", "formula", "chemical_system"] = "chemical_system"
    """Column whose groups stay together when the test and the validation part are drawn."""
    test_share: float = 0.2
    seed: int = 0
    keep: Literal["best", "last"] = "best"
    """The weights of the epoch that is best on the validation part, or those of the last epoch,
    trained without a validation part in real arithmetic (`tcexplore.training.tf_trainer`)."""
    variant_weight: float = 0.0
    """Weight of the wrong variants of `tcexplore.training.wrong_variants`; 0 leaves them out."""
    hold_out: bool = False
    """Whether the rows of `tcexplore.datasets.hold_out` are left out of everything."""


@dataclass(frozen=True)
class ModelConfig:
    """Configuration from which a model predicts, and from which it can be trained again."""

    representation: RepresentationConfig = field(default_factory=RepresentationConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    gaussian_process: GaussianProcessConfig | None = None
    """The Gaussian process beside the networks; none in the paper."""
    composition_model: GaussianProcessConfig | None = None
    """The Gaussian process that predicts from the composition alone."""
    has_scalars: bool = False
    """Whether hydrogen symmetry functions and pair distances follow the descriptors, and scalars of
    the cell are seen too."""
    elements: tuple[str, ...] = ELEMENTS
    """Elements whose amounts are descriptors: all that the model can predict."""


def load_config(directory: Path) -> ModelConfig:
    """Return the configuration of a model."""
    values: dict[str, Any] = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    network: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in values["network"].items()
    }
    processes = {
        name: GaussianProcessConfig(**values[name]) if values[name] else None
        for name in ("gaussian_process", "composition_model")
    }
    return ModelConfig(
        representation=RepresentationConfig(**values["representation"]),
        network=NetworkConfig(**network),
        training=TrainingConfig(**values["training"]),
        **processes,
        has_scalars=values["has_scalars"],
        elements=tuple(values["elements"]),
    )


def config_values(config: ModelConfig) -> dict[str, Any]:
    """Return a configuration as config.json holds it; `load_config` reads it back."""
    return asdict(config)
