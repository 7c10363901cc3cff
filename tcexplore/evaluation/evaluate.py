"""How far a model can be believed: one command, one table, on rows that it was not trained on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.datasets import Dataset
from tcexplore.evaluation.cross_conformal import LEVEL, OutOfFold
from tcexplore.evaluation.models import (
    PAPER_EPOCHS,
    PAPER_IN_SHORT,
    EvaluatedModels,
    asked_for,
    evaluated_models,
    formula_in_training,
    kernel_of,
    mixture,
    networks_of,
    predictions_of,
)
from tcexplore.evaluation.refit import shipped_parts
from tcexplore.evaluation.splits import Split, aside_split, evaluation_splits
from tcexplore.evaluation.tables import (
    COLUMNS,
    IDENTITY,
    SplitResult,
    as_text,
    banded,
    calibration_table,
    coverage_table,
    score_table,
    seed_means,
)
from tcexplore.model.card import model_card
from tcexplore.model.config import ModelConfig
from tcexplore.model.conformal import interval_scale
from tcexplore.model.files import (
    ModelFiles,
    load_model_files,
    read_predictions,
    save_metrics,
    write_conformal,
)
from tcexplore.typing import FloatArray

CALIBRATED_ON = "chemical_system"
NOTES = f"""\
Rows with Tc > 0 that are not put aside; all models of a split learn from the same rows. 95 %:
bootstrap of whole groups. 'paper' is the paper's configuration, trained for {PAPER_EPOCHS} epochs
of falling rate instead of 300 with a chosen one; it does not count all elements (see n). Class:
cuprates, iron-based superconductors and hydrides are left out in turn; 'other' is too large to do
without. Compound: each hydride by itself; of the model its Gaussian process alone is fitted that
often. SOAP counts a mixed site as its majority species."""


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found, as it is written into the model's folder."""

    predictions: pd.DataFrame
    """A line for each split and test row, see `evaluation_tables.COLUMNS`."""
    metrics: dict
    """``scores``, ``seed_means``, ``coverage``, ``calibration`` and ``seen_share``."""

    def text(self, *, splits: tuple[str, ...] | None = None) -> str:
        """Return the figures as tables in plain text, of all splits or of some."""
        metrics, shown = self.metrics, splits or tuple(self.metrics["seen_share"])
        coverage = [row for row in metrics["coverage"] if splits is None or row["rows"] in splits]
        calibration = metrics["calibration"] if splits is None else []
        scores = [row for row in metrics["scores"] if row["split"] in shown]
        tables = as_text(scores, coverage, calibration)
        shares = "  ".join(f"{name} {metrics['seen_share'][name]:.1%}" for name in shown)
        return f"{NOTES}\n\n{tables}\n\nTest rows whose formula stands in training: {shares}"


def evaluate_model(
    dataset: Dataset,
    directory: Path,
    *,
    run_directory: Path,
    paper: ModelConfig = PAPER_IN_SHORT,
) -> Evaluation:
    """Evaluate the configuration of a model and its rivals; write all of it into its folder.

    Parameters
    ----------
    directory
        The model's folder; it gets predictions, metrics, bands and a new card.
    run_directory
        Inputs and predictions of each fold are kept there; a run that was cut off goes on.

    Raises
    ------
    ValueError
        The model was trained on other data.
    """
    files = _files_for(dataset, directory)
    models = evaluated_models(dataset, files.config, paper, run_directory=run_directory)
    results, calibration = [], []
    for split in evaluation_splits(models.inputs.rows):
        parts = _refitted_parts(models, split, files, run_directory)
        result = _result(models, split, parts, files.config, run_directory)
        if split.name == CALIBRATED_ON:
            rows, tests = _out_of_fold(result, split, parts)
            result = replace(result, table=banded(result.table, rows, tests))
            calibration = calibration_table(rows, tests)
            bands = rows.bands(LEVEL)
            coverage = coverage_table(result)
        results.append(result)
    metrics = _metrics(results) | {"coverage": coverage, "calibration": calibration}
    evaluation = Evaluation(_lines(results), metrics)
    _save(evaluation, replace(files, conformal=bands), directory)
    return evaluation


def evaluate_aside(
    dataset: Dataset,
    directory: Path,
    *,
    run_directory: Path,
    paper: ModelConfig = PAPER_IN_SHORT,
) -> Evaluation:
    """Add the rows put aside to an evaluation: the shipped model itself, rivals fitted to the rest.

    To be looked at once, when nothing is chosen any more.

    Raises
    ------
    ValueError
        The model was not evaluated yet, or was trained on these rows.
    """
    files = _files_for(dataset, directory)
    if not files.config.training.hold_out:
        raise ValueError(
            f"model {files.name!r} was trained on the rows put aside; expected one whose training"
            " leaves them out, such as the preset 'mixed'"
        )
    if files.conformal is None:
        raise ValueError(f"model {files.name!r} has no bands; run `evaluate` without --aside first")
    before = _without_aside(Evaluation(read_predictions(directory), dict(files.metrics)))
    models = evaluated_models(dataset, files.config, paper, run_directory=run_directory)
    split = aside_split(models.inputs.rows)
    parts = _shipped_parts(models, split, files)
    result = _result(models, split, parts, files.config, run_directory)
    rows, _ = _out_of_fold(result, split, parts)
    half = files.conformal.quantile * rows.scale
    ends = {"tc_low": np.maximum(rows.predicted - half, 0), "tc_high": rows.predicted + half}
    result = replace(result, table=result.table.assign(**ends))
    evaluation = _joined(before, result)
    _save(evaluation, files, directory)
    return evaluation


def _without_aside(evaluation: Evaluation) -> Evaluation:
    """Return an evaluation without what an earlier call added of the rows put aside."""
    predictions, metrics = evaluation.predictions, evaluation.metrics
    kept = {
        "scores": [row for row in metrics["scores"] if row["split"] != "aside"],
        "coverage": [row for row in metrics["coverage"] if row["rows"] != "aside"],
        "seen_share": {k: v for k, v in metrics["seen_share"].items() if k != "aside"},
    }
    return Evaluation(predictions.query("split != 'aside'"), metrics | kept)


def _joined(before: Evaluation, result: SplitResult) -> Evaluation:
    """Return an evaluation with the rows put aside beside all others."""
    metrics, own = before.metrics, _metrics([result])
    coverage = coverage_table(result)[0] | {"rows": "aside"}
    added = {
        "scores": [*metrics["scores"], *own["scores"]],
        "coverage": [*metrics["coverage"], coverage],
        "seen_share": metrics["seen_share"] | own["seen_share"],
    }
    lines = pd.concat([before.predictions, _lines([result])], ignore_index=True)
    return Evaluation(lines, metrics | added)


def _files_for(dataset: Dataset, directory: Path) -> ModelFiles:
    """Return a model's files, or raise where it was trained on other data."""
    files, given = load_model_files(directory), dataset.metadata["inputs_sha256"]
    trained_on = files.metrics.get("data_sha256")
    if trained_on != given:
        raise ValueError(
            f"model {files.name!r} was trained on data of SHA-256 {trained_on}, these are of"
            f" {given}; give the data set that it was trained with"
        )
    return files


def _refitted_parts(
    models: EvaluatedModels, split: Split, files: ModelFiles, run_directory: Path
) -> dict[str, FloatArray]:
    """Return Tc (K) of all rows by each part of the model, fitted anew for each fold."""
    directory = run_directory / f"evaluate-{files.name}"
    return predictions_of(models.parts, models, split, directory)


def _shipped_parts(
    models: EvaluatedModels, split: Split, files: ModelFiles
) -> dict[str, FloatArray]:
    """Return Tc (K) of all rows by each part of the model as shipped; nan where not asked for."""
    asked = asked_for(split.folds)
    parts = {}
    for name, values in shipped_parts(files, models.inputs, asked).items():
        parts[name] = np.full((len(asked), *values.shape[1:]), np.nan)
        parts[name][asked] = values
    return parts


def _result(
    models: EvaluatedModels,
    split: Split,
    parts: dict[str, FloatArray],
    config: ModelConfig,
    run_directory: Path,
) -> SplitResult:
    """Return what the model, mixed of its parts, and all rivals say of the rows of a split."""
    rows, asked = models.inputs.rows, asked_for(split.folds)
    rivals = predictions_of(models.rivals, models, split, run_directory / "rivals")
    source = rows["material_id"].where(rows["material_id"] != "", rows["source"])
    table = rows.assign(split=split.name, source=source, **mixture(parts, config), **rivals)
    table = table.reindex(columns=COLUMNS).loc[asked].reset_index(drop=True)
    together = split.stays_together
    group = np.arange(len(table)) if together is None else pd.factorize(rows[together][asked])[0]
    is_seen = formula_in_training(rows, split)[asked]
    return SplitResult(table, is_seen, group)


def _out_of_fold(
    result: SplitResult, split: Split, parts: dict[str, FloatArray]
) -> tuple[OutOfFold, list[np.ndarray]]:
    """Return what bands are made of, and the test rows of each fold among those of the result."""
    asked = asked_for(split.folds)
    here = {name: values[asked] for name, values in parts.items()}
    networks = networks_of(here)
    if networks is None:
        raise ValueError("no network ran on this split; bands need all parts of the model")
    tc, predicted = (result.table[name].to_numpy(float) for name in ("tc", "tcexplore"))
    scale = interval_scale(predicted, networks, kernel_of(here))
    return OutOfFold(tc, predicted, scale), [fold.test[asked] for fold in split.folds]


def _metrics(results: list[SplitResult]) -> dict:
    scores = [row for result in results for row in score_table(result)]
    shares = {result.name: float(result.is_seen.mean()) for result in results}
    return {"scores": scores, "seed_means": seed_means(scores), "seen_share": shares}


def _lines(results: list[SplitResult]) -> pd.DataFrame:
    """Return the tables of all splits, predictions to 0.001 K."""
    table = pd.concat([result.table for result in results], ignore_index=True)
    numbers = [name for name in COLUMNS if name not in IDENTITY]
    return table.assign(**{name: table[name].astype(float).round(3) for name in numbers})


def _save(evaluation: Evaluation, files: ModelFiles, directory: Path) -> None:
    """Write predictions, figures, bands and the card into a model's folder."""
    found = {name: _without_nan(value) for name, value in evaluation.metrics.items()}
    metrics = dict(files.metrics) | found
    write_conformal(directory, files.conformal)
    card = model_card(replace(files, metrics=metrics))
    save_metrics(directory, metrics, card=card, predictions=evaluation.predictions)


def _without_nan(value: object) -> object:
    """Return figures with None, JSON's null, where there is no number."""
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
