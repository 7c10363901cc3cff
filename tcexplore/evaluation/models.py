"""Models of an evaluation: components and baselines, their inputs and their predictions."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tcexplore.datasets import Dataset
from tcexplore.evaluation.baselines import baseline_models
from tcexplore.evaluation.folds import Model, out_of_fold
from tcexplore.evaluation.refit import (
    COMPOSITION,
    WITHOUT_CONVOLUTIONS,
    ablated_model,
    component_models,
    gaussian_process_of,
    limited_to,
    network_model,
    networks_of,
)
from tcexplore.evaluation.splits import HELD_OUT, Split
from tcexplore.model.config import ModelConfig
from tcexplore.model.conformal import mixed_tc
from tcexplore.training.data import TrainingInputs, VariantInputs, build_inputs
from tcexplore.training.known_materials import trained_rows
from tcexplore.training.presets import PRESETS
from tcexplore.training.run_directory import claim_directory, save_whole
from tcexplore.typing import FloatArray

PAPER_EPOCHS = 40
PAPER_IN_SHORT = replace(
    PRESETS["paper"],
    training=replace(PRESETS["paper"].training, epochs=PAPER_EPOCHS, batch_size=128, keep="last"),
)
"""The paper's configuration, its rate falling over 40 epochs: no epoch is chosen, and it takes a
minute instead of ten."""
PAPER_RUNS_ON = ("chemical_system", "paper-set", HELD_OUT)
"""Its networks are the largest: on all splits they would take longer than all else."""
VARIANT_ARRAYS = ("variant_parent", "variant_coefficients", "variant_descriptors")
N_CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class EvaluatedModels:
    """All rows with a Tc, held-out ones too, and the models that predict them."""

    inputs: TrainingInputs
    """Of the evaluated model."""
    components: Mapping[str, Model]
    """The components of the evaluated model, as `component_models` names them."""
    baselines: Mapping[str, Model]
    """The other models, the paper's configuration among them."""
    provenance: Mapping[str, str]
    """Data and settings of each model."""


def evaluated_models(
    dataset: Dataset, config: ModelConfig, paper: ModelConfig, *, run_directory: Path
) -> EvaluatedModels:
    """Return the models that predict the rows of a data set.

    Parameters
    ----------
    config, paper
        The configuration that is evaluated, and the paper's.
    run_directory
        The inputs are kept here, since making them takes minutes.
    """
    config, paper = _with_all_rows(config), _with_all_rows(paper)
    chosen = trained_rows(dataset, config)
    inputs = cached_inputs(dataset, config, run_directory=run_directory)
    structures = [dataset.structures[row] for row in chosen]
    baselines = baseline_models(inputs, config.elements, structures)
    components = component_models(inputs, config)
    counted = np.isin(chosen, trained_rows(dataset, paper))
    paper_inputs = cached_inputs(dataset, paper, run_directory=run_directory)
    ablated = ablated_model(inputs, config)
    paper_model = limited_to(counted, network_model(paper_inputs, paper, paper.training.seed))
    data = str(dataset.metadata["inputs_sha256"])
    provenance = dict.fromkeys(baselines, f"{data} {config.elements}") | {
        "paper": f"{data} {paper}"
    }
    provenance |= dict.fromkeys([*components, WITHOUT_CONVOLUTIONS], f"{data} {config}")
    baselines = {"paper": paper_model, WITHOUT_CONVOLUTIONS: ablated} | baselines
    return EvaluatedModels(inputs, components, baselines, provenance)


def _with_all_rows(config: ModelConfig) -> ModelConfig:
    return replace(config, training=replace(config.training, hold_out=False))


def cached_inputs(dataset: Dataset, config: ModelConfig, *, run_directory: Path) -> TrainingInputs:
    """Return `build_inputs` of a data set, read from disk where it was made before."""
    settings = (
        dataset.metadata["inputs_sha256"], len(dataset), config.representation,
        config.network.n_box, config.elements, config.has_scalars,
    )  # fmt: skip
    path = run_directory / f"inputs-{_digest(str(settings))}.npz"
    if path.exists():
        rows = dataset.rows.iloc[trained_rows(dataset, config)].reset_index(drop=True)
        with np.load(path) as arrays:
            variants = VariantInputs(*(arrays[name] for name in VARIANT_ARRAYS))
            return TrainingInputs(rows, arrays["coefficients"], arrays["descriptors"], variants)
    inputs = build_inputs(dataset, config)
    arrays = {"coefficients": inputs.coefficients, "descriptors": inputs.descriptors}
    arrays |= dict(zip(VARIANT_ARRAYS, vars(inputs.variants).values(), strict=True))
    save_whole(path, lambda unfinished: np.savez(unfinished, **arrays))
    return inputs


def runs_on(name: str, split: Split) -> bool:
    """Return whether a model predicts the rows of a split."""
    if name == WITHOUT_CONVOLUTIONS:
        return split.kind == "chemical_system"
    return name != "paper" or split.kind in PAPER_RUNS_ON


def predictions_of(
    names: Mapping[str, Model], models: EvaluatedModels, split: Split, directory: Path
) -> dict[str, FloatArray]:
    """Return Tc (K) of all rows by the models that run on a split; nan for all but test rows.

    Parameters
    ----------
    directory
        Predictions of each model and fold lie below it and are not made again.

    Raises
    ------
    ValueError
        The predictions in the directory were made with other settings or other data.
    """
    predictions = {}
    for name, model in names.items():
        if not runs_on(name, split):
            continue
        of_model = directory / split.name / name
        text = _digest(f"{models.provenance[name]} {_folds_digest(split)}")
        claim_directory(of_model, "rests-on.txt", text, contents="predictions")
        with tqdm(total=len(split.folds), desc=f"{split.name}: {name}", disable=None) as bar:
            n_threads = N_CORES if name.startswith("XGBoost") else 1  # the others use all cores
            predictions[name] = out_of_fold(
                model, split.folds, of_model, n_threads=n_threads, progress=bar.update
            )
    return predictions


def _folds_digest(split: Split) -> str:
    return _digest("".join(f"{fold.train.tobytes()}{fold.test.tobytes()}" for fold in split.folds))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mixture(components: Mapping[str, FloatArray], config: ModelConfig) -> dict[str, FloatArray]:
    """Return Tc (K) of the evaluated model and of its components, by column of the table.

    ``tcexplore`` is the whole model, ``networks`` the mean of its networks, ``one network`` the
    first of them, and ``composition`` the Gaussian process of the composition alone.
    """
    networks, process = networks_of(components), gaussian_process_of(components)
    columns = {} if process is None else {"Gaussian process": process.tc}
    if COMPOSITION in components:
        columns["composition"] = components[COMPOSITION]
    if networks is None:
        return columns
    share = config.gaussian_process.share if config.gaussian_process else 0.0
    whole = mixed_tc(networks, process, share=share)
    return {
        "tcexplore": whole, "networks": networks.mean(axis=0), "one network": networks[0], **columns
    }  # fmt: skip
