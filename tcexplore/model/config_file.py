"""The file config.json of a model: its `ModelConfig`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tcexplore.features.fourier import RepresentationConfig
from tcexplore.model.config import KernelConfig, ModelConfig, NetworkConfig, TrainingConfig

CONFIG = "config.json"
KERNEL, COMPOSITION = "kernel", "composition"


def load_config(directory: Path) -> ModelConfig:
    """Return the configuration of a model."""
    return _model_config(json.loads((directory / CONFIG).read_text(encoding="utf-8")))


def _model_config(values: dict[str, Any]) -> ModelConfig:
    network: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in values["network"].items()
    }
    kernel, composition = (
        KernelConfig(**values[name]) if values.get(name) else None for name in (KERNEL, COMPOSITION)
    )
    return ModelConfig(
        representation=RepresentationConfig(**values["representation"]),
        network=NetworkConfig(**network),
        training=TrainingConfig(**values["training"]),
        kernel=kernel,
        composition=composition,
        has_scalars=values.get("has_scalars", False),
        elements=tuple(values["elements"]),
    )
