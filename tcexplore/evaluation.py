"""How far a model can be believed: figures on rows it was not trained on, beside simple rivals."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tcexplore.bands import mixed_tc
from tcexplore.cards import model_card
from tcexplore.configs import ModelConfig
from tcexplore.datasets import Dataset
from tcexplore.engine import real_network
from tcexplore.kernel import KernelMember, scaled_kernel_tc
from tcexplore.model_files import load_model_files, save_metrics
from tcexplore.predictor import networks_tc
from tcexplore.scaling import InputScaling, scaled_descriptors
from tcexplore.training import (
    TrainedMember,
    TrainingInputs,
    build_inputs,
    fitted_kernel,
    fitted_scaling,
    held_out,
    train_members,
    with_split,
)

FloatArray = NDArray[np.floating]
BoolArray = NDArray[np.bool_]

SPLITS = ("random", "formula", "chemical_system")
MODELS = ("CVCNN", "XGBoost", "median")
TC_BINS = (0.0, 5.0, 15.0, 40.0, 100.0, np.inf)  # K


@dataclass(frozen=True)
class Evaluation:
    """The figures of all models on the same test rows."""

    scores: pd.DataFrame
    """Columns split, model, rows, n, r2, mae (K), rmse (K)."""
    error_by_tc: pd.DataFrame
    """Of the network: split, tc_from, tc_to (K, predicted; inf at last), n, mae (K), p90 (K)."""
    predictions: pd.DataFrame
    """A line for each split and test row: split, formula, family, tc_kind, tc (K), and what each
    model says (K)."""


def evaluate(
    inputs: TrainingInputs, config: ModelConfig, *, run_directory: Path, splits: tuple = SPLITS
) -> Evaluation:
    """Return how networks of a configuration, and their rivals, do on rows kept apart.

    For each split a network is trained anew, its epoch chosen on validation rows that are no test
    rows either. The rivals see the rows that training and validation share.
    """
    predictions = pd.concat(
        [
            test_predictions(inputs, with_split(config, split), run_directory=run_directory / split)
            for split in splits
        ],
        ignore_index=True,
    )
    return Evaluation(_score_table(predictions), _error_table(predictions), predictions)


def evaluate_model(dataset: Dataset, directory: Path, *, run_directory: Path) -> Evaluation:
    """Evaluate the configuration of a model; write figures and predictions into its folder."""
    files = load_model_files(directory)
    inputs = build_inputs(dataset, files.config)
    evaluation = evaluate(
        inputs, files.config, run_directory=run_directory / f"evaluate-{files.name}"
    )
    metrics = {
        **files.metrics,
        "evaluated_data_sha256": dataset.metadata["inputs_sha256"],
        "scores": evaluation.scores.to_dict("records"),
        "error_by_tc": [
            row | {"tc_to": row["tc_to"] if np.isfinite(row["tc_to"]) else None}
            for row in evaluation.error_by_tc.to_dict("records")
        ],
    }
    card = model_card(replace(files, metrics=metrics))
    save_metrics(directory, metrics, card=card, predictions=evaluation.predictions)
    return evaluation


def test_predictions(
    inputs: TrainingInputs, config: ModelConfig, *, run_directory: Path
) -> pd.DataFrame:
    """Return what the models of one split say of its test rows."""
    settings = config.training
    test = held_out(
        inputs.rows, split=settings.split, share=settings.test_share, seed=settings.seed
    )
    trained = train_members(inputs, test, config, run_directory=run_directory)
    scaling = fitted_scaling(inputs, ~test, config)
    kernel = fitted_kernel(inputs, ~test, config)
    columns = ["formula", "family", "tc_kind", "tc"]
    predictions = inputs.rows.loc[test, columns].assign(
        CVCNN=network_tc(trained, inputs, test, config, scaling, kernel),
        XGBoost=boosted_trees_tc(inputs, ~test, test, seed=settings.seed),
        median=float(np.median(inputs.rows["tc"].to_numpy()[~test])),
    )
    predictions.insert(0, "split", settings.split)
    return predictions


def network_tc(
    trained: tuple[TrainedMember, ...],
    inputs: TrainingInputs,
    part: BoolArray,
    config: ModelConfig,
    scaling: InputScaling,
    kernel: KernelMember | None,
) -> FloatArray:
    """Return Tc (K) of some rows by the path that the app takes, shape (n_rows,)."""
    scaled = scaled_descriptors(inputs.descriptors[part], scaling)
    networks = [real_network(one.member.weights, config.network) for one in trained]
    each = networks_tc(networks, scaling, inputs.coefficients[part], scaled)
    if config.kernel is None or kernel is None:
        return mixed_tc(each, None, share=0.0)
    return mixed_tc(each, scaled_kernel_tc(kernel, scaled), share=config.kernel.share)


def boosted_trees_tc(
    inputs: TrainingInputs, train: BoolArray, test: BoolArray, *, seed: int
) -> FloatArray:
    """Return Tc (K) by gradient boosting on the same descriptors, shape (n_test,)."""
    import xgboost

    tc, weight = (inputs.rows[name].to_numpy() for name in ("tc", "weight"))
    rows = xgboost.DMatrix(inputs.descriptors[train], tc[train], weight=weight[train])
    settings = {
        "eta": 0.05, "max_depth": 8, "subsample": 0.8, "colsample_bytree": 0.5, "seed": seed,
    }  # fmt: skip
    trees = xgboost.train(settings, rows, num_boost_round=1000)
    return np.maximum(trees.predict(xgboost.DMatrix(inputs.descriptors[test])), 0)


def scores(tc: FloatArray, predicted: FloatArray) -> dict[str, float]:
    """Return n, r2, mae (K) and rmse (K); r2 = 1 - squared errors / squared distances to the mean.

    Raises
    ------
    ValueError
        There are fewer than two rows.
    """
    if len(tc) < 2:
        raise ValueError(f"{len(tc)} rows have no r²; expected at least 2")
    error = predicted - tc
    spread = np.square(tc - tc.mean()).sum()
    return {
        "n": len(tc),
        "r2": float(1 - np.square(error).sum() / spread),
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt(np.square(error).mean())),
    }


def _score_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of every model on all test rows of a split, its hydrides and the others."""
    rows = []
    for split, part in predictions.groupby("split", sort=False):
        hydride = (part["family"] == "hydride").to_numpy()
        for name, chosen in {
            "all": hydride | True,
            "hydrides": hydride,
            "others": ~hydride,
        }.items():
            if chosen.sum() < 2:
                continue
            tc = part["tc"].to_numpy()[chosen]
            rows += [
                {"split": split, "model": model, "rows": name}
                | scores(tc, part[model].to_numpy()[chosen])
                for model in MODELS
            ]
    return pd.DataFrame(rows)


def _error_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the network's error by the Tc that it predicts: what a user can look up."""
    rows = []
    for split, part in predictions.groupby("split", sort=False):
        predicted = part["CVCNN"].to_numpy()
        error = np.abs(predicted - part["tc"].to_numpy())
        for low, high in itertools.pairwise(TC_BINS):
            inside = error[(low <= predicted) & (predicted < high)]
            if inside.size:
                rows.append(
                    {
                        "split": split,
                        "tc_from": low,
                        "tc_to": high,
                        "n": inside.size,
                        "mae": float(inside.mean()),
                        "p90": float(np.quantile(inside, 0.9)),
                    }
                )
    return pd.DataFrame(rows)


def printed(evaluation: Evaluation) -> str:
    """Return the figures as tables in plain text."""
    numbers: dict[str | int, Callable] = {
        "r2": "{:.3f}".format,
        "mae": "{:.2f}".format,
        "rmse": "{:.2f}".format,
    }
    scores = evaluation.scores.to_string(index=False, formatters=numbers)
    errors = evaluation.error_by_tc.to_string(index=False, float_format="{:.1f}".format)
    return (
        "Test rows, Tc > 0; mae and rmse in K. Each split trains a network of its own.\n"
        f"{scores}\n\nError of the network by the Tc that it predicts (K).\n{errors}"
    )
