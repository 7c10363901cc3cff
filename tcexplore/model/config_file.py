"""The file config.json of a model: its `ModelConfig` under the names that version 1 wrote.

Names in the file are older than those in Python and stay, so that every saved model can be read:
``domain`` (``positive``, ``symmetric``) is `hkl_range`, ``kernel`` is `gaussian_process`,
``composition`` is `composition_model`, ``memory`` is `short_range`, ``leave_aside`` is `hold_out`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tcexplore.features.fourier import RepresentationConfig
from tcexplore.model.config import (
    GaussianProcessConfig,
    ModelConfig,
    NetworkConfig,
    TrainingConfig,
)

CONFIG = "config.json"
HKL_RANGES = {"positive": "octant", "symmetric": "symmetric"}
REPRESENTATION_FORM = {"density": "gaussian", "parts": "complex"}
"""The one form of the coefficients; the file states it."""
GAUSSIAN_PROCESSES = {"kernel": "gaussian_process", "composition": "composition_model"}
SHORT_RANGE = {
    "memory": "short_range",
    "memory_length": "short_range_length",
    "memory_noise": "short_range_noise",
}


def load_config(directory: Path) -> ModelConfig:
    """Return the configuration of a model.

    Raises
    ------
    ValueError
        The coefficients of the model have a form that is no longer made.
    """
    values: dict[str, Any] = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    network: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in values["network"].items()
    }
    processes = {
        name: _gaussian_process(values[key])
        for key, name in GAUSSIAN_PROCESSES.items()
        if values.get(key)
    }
    return ModelConfig(
        representation=_representation(values["representation"]),
        network=NetworkConfig(**network),
        training=TrainingConfig(**_renamed(values["training"], {"leave_aside": "hold_out"})),
        **processes,
        has_scalars=values.get("has_scalars", False),
        elements=tuple(values["elements"]),
    )


def config_values(config: ModelConfig) -> dict[str, Any]:
    """Return a configuration as config.json holds it; `load_config` reads it back."""
    values = asdict(config)
    representation = values["representation"] | REPRESENTATION_FORM
    file_ranges = {name: key for key, name in HKL_RANGES.items()}
    representation["domain"] = file_ranges[representation.pop("hkl_range")]
    values["representation"] = representation
    values["training"] = _renamed(values["training"], {"hold_out": "leave_aside"})
    to_file = {name: key for key, name in SHORT_RANGE.items()}
    for key, name in GAUSSIAN_PROCESSES.items():
        process = values.pop(name)
        values[key] = process and _renamed(process, to_file)
    return values


def _representation(values: dict[str, Any]) -> RepresentationConfig:
    for name, form in REPRESENTATION_FORM.items():
        if values.get(name, form) != form:
            raise ValueError(
                f"{CONFIG} has {name} {values[name]!r}; expected {form!r}: train the model again"
            )
    kept = {name: value for name, value in values.items() if name not in REPRESENTATION_FORM}
    kept["hkl_range"] = HKL_RANGES[kept.pop("domain")]
    return RepresentationConfig(**kept)


def _gaussian_process(values: dict[str, Any]) -> GaussianProcessConfig:
    return GaussianProcessConfig(**_renamed(values, SHORT_RANGE))


def _renamed(values: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}
