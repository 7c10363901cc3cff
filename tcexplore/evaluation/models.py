"""Which models are evaluated, where each runs, and what they say of rows kept apart."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from tcexplore.datasets import Dataset
from tcexplore.evaluation.baselines import rival_models
from tcexplore.evaluation.folds import Model, out_of_fold
from tcexplore.evaluation.refit import (
    COMPOSITION,
    KERNEL,
    PROCESSES,
    limited_to,
    network_model,
    part_models,
)
from tcexplore.evaluation.splits import Split
from tcexplore.model.config import ModelConfig
from tcexplore.model.conformal import mixed_tc
from tcexplore.model.gaussian_process import GaussianProcessTc
from tcexplore.training.known_materials import trained_rows
from tcexplore.training.presets import PRESETS
from tcexplore.training.train import TrainingInputs, build_inputs
from tcexplore.typing import BoolArray, FloatArray

PAPER_EPOCHS = 40
PAPER_IN_SHORT = replace(
    PRESETS["paper"],
    training=replace(PRESETS["paper"].training, epochs=PAPER_EPOCHS, batch_size=128, keep="last"),
)
"""The paper's configuration, its rate falling over 40 epochs: no epoch is chosen, and it takes a
minute instead of ten."""
NOT_ON_EACH_COMPOUND = ("network", "composition", "paper", "XGBoost composition", "SOAP")
"""More than a hundred fits of these would take longer than all else."""
N_CORES = os.cpu_count() or 1
PAPER_RUNS_ON = ("random", "formula", "chemical_system", "paper-set", "aside")


@dataclass(frozen=True)
class EvaluatedModels:
    """All rows with a Tc, those put aside too, and the models that are asked for them."""

    inputs: TrainingInputs
    """As the evaluated model sees them."""
    parts: Mapping[str, Model]
    """``network-0`` and so on, and ``kernel``: the parts that the evaluated model is mixed of."""
    rivals: Mapping[str, Model]
    """The others, the paper's configuration among them."""
    claims: Mapping[str, str]
    """For each model what its predictions rest on: data and settings."""


def evaluated_models(
    dataset: Dataset, config: ModelConfig, paper: ModelConfig, *, run_directory: Path
) -> EvaluatedModels:
    """Return the models that are asked for the rows of a data set.

    Parameters
    ----------
    config, paper
        The configuration that is evaluated, and the paper's.
    run_directory
        Where the inputs are kept, since making them takes minutes.
    """
    config, paper = (_with_all_rows(one) for one in (config, paper))
    chosen = trained_rows(dataset, config)
    inputs = cached_inputs(dataset, config, run_directory=run_directory)
    counted = np.isin(chosen, trained_rows(dataset, paper))
    paper_inputs = cached_inputs(dataset, paper, run_directory=run_directory)
    network = network_model(paper_inputs, paper, paper.training.seed)
    rivals = rival_models(inputs, config.elements, [dataset.structures[row] for row in chosen])
    data, parts = str(dataset.metadata["inputs_sha256"]), part_models(inputs, config)
    claims = dict.fromkeys(rivals, f"{data} {config.elements}")
    claims |= {"paper": f"{data} {paper}"} | dict.fromkeys(parts, f"{data} {config}")
    return EvaluatedModels(inputs, parts, {"paper": limited_to(counted, network)} | rivals, claims)


def _with_all_rows(config: ModelConfig) -> ModelConfig:
    return replace(config, training=replace(config.training, hold_out=False))


def cached_inputs(dataset: Dataset, config: ModelConfig, *, run_directory: Path) -> TrainingInputs:
    """Return `build_inputs` of a data set, read from disk where it was made before."""
    seen = (
        dataset.metadata["inputs_sha256"], len(dataset), config.representation,
        config.network.n_box, config.elements, config.has_scalars,
    )  # fmt: skip
    path = run_directory / f"inputs-{_digest(str(seen))}.npz"
    if path.exists():
        rows = dataset.rows.iloc[trained_rows(dataset, config)].reset_index(drop=True)
        with np.load(path) as arrays:
            return TrainingInputs(rows, arrays["coefficients"], arrays["descriptors"])
    inputs = build_inputs(dataset, config)
    run_directory.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, coefficients=inputs.coefficients, descriptors=inputs.descriptors)
    unfinished.replace(path)
    return inputs


def runs_on(name: str, split: Split) -> bool:
    """Return whether a model is asked for the rows of a split."""
    if split.kind == "compound":
        return name.split("-")[0] not in NOT_ON_EACH_COMPOUND
    return name != "paper" or split.kind in PAPER_RUNS_ON


def predictions_of(
    names: Mapping[str, Model], models: EvaluatedModels, split: Split, directory: Path
) -> dict[str, FloatArray]:
    """Return Tc (K) of all rows by the models that run on a split; nan for rows not asked for.

    Parameters
    ----------
    directory
        Predictions of each model and fold lie below it and are not made again.

    Raises
    ------
    ValueError
        What lies there was made with other settings or other data.
    """
    found = {}
    for name, model in names.items():
        if not runs_on(name, split):
            continue
        own = directory / split.name / name
        _claim(own, f"{models.claims[name]} {_folds_digest(split)}")
        with tqdm(total=len(split.folds), desc=f"{split.name}: {name}", disable=None) as bar:
            n_threads = N_CORES if name.startswith("XGBoost") else 1  # the others use all cores
            found[name] = out_of_fold(
                model, split.folds, own, n_threads=n_threads, progress=bar.update
            )
    return found


def _claim(directory: Path, text: str) -> None:
    """Note what predictions rest on, or raise where a folder holds others."""
    note, claim = directory / "rests-on.txt", _digest(text)
    directory.mkdir(parents=True, exist_ok=True)
    if note.exists() and note.read_text(encoding="utf-8") != claim:
        raise ValueError(
            f"{directory} holds predictions of other settings or data; remove it, or name another"
            " folder with --runs"
        )
    note.write_text(claim, encoding="utf-8")


def _folds_digest(split: Split) -> str:
    return _digest("".join(f"{fold.train.tobytes()}{fold.test.tobytes()}" for fold in split.folds))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mixture(parts: Mapping[str, FloatArray], config: ModelConfig) -> dict[str, FloatArray]:
    """Return the columns that the parts of the evaluated model make, Tc (K).

    ``tcexplore`` is the whole, ``networks`` the mean of its networks, ``one network`` the first of
    them, ``Gaussian process`` the kernel, and ``composition`` the process that sees no cell.
    """
    networks, kernel = networks_of(parts), kernel_of(parts)
    columns = {} if kernel is None else {"Gaussian process": kernel.tc}
    if COMPOSITION in parts:
        columns["composition"] = parts[COMPOSITION]
    if networks is None:
        return columns
    share = config.gaussian_process.share if config.gaussian_process else 0.0
    whole = mixed_tc(networks, kernel, share=share)
    return {
        "tcexplore": whole, "networks": networks.mean(axis=0), "one network": networks[0], **columns
    }  # fmt: skip


def kernel_of(parts: Mapping[str, FloatArray]) -> GaussianProcessTc | None:
    """Return what the Gaussian process says of all rows; None where none ran."""
    return GaussianProcessTc(*parts[KERNEL].T) if KERNEL in parts else None


def networks_of(parts: Mapping[str, FloatArray]) -> FloatArray | None:
    """Return Tc (K) by each network, shape (n_networks, n_rows); None where none ran."""
    found = [values for name, values in parts.items() if name not in PROCESSES]
    return np.stack(found) if found else None


def formula_in_training(rows: pd.DataFrame, split: Split) -> BoolArray:
    """Return for each test row whether its fold learns from a row of the same formula."""
    formula, seen = rows["formula"].to_numpy(), np.zeros(len(rows), bool)
    for fold in split.folds:
        seen[fold.test] = np.isin(formula[fold.test], np.unique(formula[fold.train]))
    return seen


def asked_for(folds: Sequence) -> BoolArray:
    """Return the rows that lie in the test part of any fold, shape (n_rows,)."""
    return np.any([fold.test for fold in folds], axis=0)
