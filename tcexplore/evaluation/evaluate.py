"""Evaluation of a model and its baselines on all splits, written into the model's folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from tcexplore.datasets import Dataset
from tcexplore.evaluation.baselines import composition_columns
from tcexplore.evaluation.cross_conformal import LEVEL, OutOfFold
from tcexplore.evaluation.held_out_tc import errors_by_class, errors_text, with_held_out_tc
from tcexplore.evaluation.models import (
    PAPER_EPOCHS,
    PAPER_IN_SHORT,
    EvaluatedModels,
    evaluated_models,
    mixture,
    predictions_of,
)
from tcexplore.evaluation.refit import gaussian_process_of, networks_of, shipped_components
from tcexplore.evaluation.splits import (
    HELD_OUT,
    Split,
    evaluation_splits,
    formula_in_training,
    held_out_split,
)
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
    without_nan,
)
from tcexplore.model.card import model_card
from tcexplore.model.config import ModelConfig
from tcexplore.model.conformal import LIGHT_ELEMENTS, ConformalCalibration, interval_scale
from tcexplore.model.files import (
    ModelFiles,
    load_model_files,
    read_predictions,
    save_metrics,
    write_conformal,
    write_known,
)
from tcexplore.training.known_materials import source_names
from tcexplore.typing import BoolArray, FloatArray

CALIBRATED_ON = "chemical_system"
NOTES = f"""\
Rows with Tc > 0 that are not held out; all models of a split are trained on the same rows. 95 %:
bootstrap of whole groups. 'paper' is the paper's configuration, trained for {PAPER_EPOCHS} epochs
of falling rate instead of 300 with a chosen one; it does not count all elements (see n). Class:
cuprates, iron-based superconductors and hydrides are left out in turn; 'other' is too large to
lack. SOAP counts a mixed site as its majority species."""


@dataclass(frozen=True)
class Evaluation:
    """Predictions and metrics of an evaluation, as they are written into the model's folder."""

    predictions: pd.DataFrame
    """A line for each split and test row, see `evaluation.tables.COLUMNS`."""
    metrics: dict
    """``scores``, ``seed_means``, ``coverage``, ``calibration``, ``seen_share`` and
    ``errors_by_class``."""

    def text(self, *, splits: tuple[str, ...] | None = None) -> str:
        """Return the metrics as tables in plain text, of all splits or of some."""
        metrics, shown = self.metrics, splits or tuple(self.metrics["seen_share"])
        coverage = [row for row in metrics["coverage"] if splits is None or row["rows"] in splits]
        calibration = metrics["calibration"] if splits is None else []
        scores = [row for row in metrics["scores"] if row["split"] in shown]
        tables = as_text(scores, coverage, calibration)
        shares = "  ".join(f"{name} {metrics['seen_share'][name]:.1%}" for name in shown)
        if splits is None and metrics.get("errors_by_class"):
            tables += f"\n\n{errors_text(metrics['errors_by_class'])}"
        return f"{NOTES}\n\n{tables}\n\nTest rows whose formula stands in training: {shares}"


def evaluate_model(
    dataset: Dataset,
    directory: Path,
    *,
    run_directory: Path,
    paper: ModelConfig = PAPER_IN_SHORT,
) -> Evaluation:
    """Evaluate the configuration of a model and its baselines; write all of it into its folder.

    Parameters
    ----------
    directory
        The model's folder; it gets predictions, metrics, bands and a new card, and its known
        materials get Tc without their chemical systems.
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
        directory_of_model = run_directory / f"evaluate-{files.name}"
        components = predictions_of(models.components, models, split, directory_of_model)
        result = _result(models, split, components, files.config, run_directory)
        if split.name == CALIBRATED_ON:
            light = _light_fractions(models, split, files.config)
            rows, tests = _out_of_fold(result, split, components, light)
            result = replace(result, table=banded(result.table, rows, tests))
            calibration = calibration_table(rows, tests)
            bands = rows.bands(LEVEL)
            coverage = coverage_table(result)
        results.append(result)
    metrics = _metrics(results) | {"coverage": coverage, "calibration": calibration}
    lines = _lines(results)
    evaluation = Evaluation(lines, metrics | {"errors_by_class": errors_by_class(lines)})
    known = with_held_out_tc(files.known, lines)
    _save(evaluation, replace(files, conformal=bands, known=known), directory)
    return evaluation


def evaluate_held_out(
    dataset: Dataset,
    directory: Path,
    *,
    run_directory: Path,
    paper: ModelConfig = PAPER_IN_SHORT,
) -> Evaluation:
    """Add the held-out rows to an evaluation: the shipped model, baselines fitted to the rest.

    To be looked at once, when nothing is chosen any more.

    Raises
    ------
    ValueError
        The model was not evaluated yet, or was trained on these rows.
    """
    files = _files_for(dataset, directory)
    bands = _bands_without_held_out_rows(files)
    before = _without_held_out(Evaluation(read_predictions(directory), dict(files.metrics)))
    models = evaluated_models(dataset, files.config, paper, run_directory=run_directory)
    split = held_out_split(models.inputs.rows)
    components = _shipped_predictions(models, split.test, files)
    result = _result(models, split, components, files.config, run_directory)
    light = _light_fractions(models, split, files.config)
    rows, _ = _out_of_fold(result, split, components, light)
    low, high = rows.scale.ends(rows.predicted, bands.quantile)
    ends = {"tc_low": low, "tc_high": high}
    result = replace(result, table=result.table.assign(**ends))
    evaluation = _joined(before, result)
    _save(evaluation, files, directory)
    return evaluation


def _bands_without_held_out_rows(files: ModelFiles) -> ConformalCalibration:
    """Return the bands of a model, or raise where held-out rows cannot be added to its figures."""
    if not files.config.training.hold_out:
        raise ValueError(
            f"model {files.name!r} was trained on the held-out rows; expected one whose training"
            " leaves them out, such as the preset 'shipped'"
        )
    if files.conformal is None:
        raise ValueError(
            f"model {files.name!r} has no prediction intervals;"
            " run `evaluate` without --aside first"
        )
    return files.conformal


def _without_held_out(evaluation: Evaluation) -> Evaluation:
    """Return an evaluation without the held-out rows that an earlier call added."""
    predictions, metrics = evaluation.predictions, evaluation.metrics
    others = {
        "scores": [row for row in metrics["scores"] if row["split"] != HELD_OUT],
        "coverage": [row for row in metrics["coverage"] if row["rows"] != HELD_OUT],
        "seen_share": {k: v for k, v in metrics["seen_share"].items() if k != HELD_OUT},
    }
    return Evaluation(predictions.loc[predictions["split"] != HELD_OUT], metrics | others)


def _joined(before: Evaluation, result: SplitResult) -> Evaluation:
    """Return an evaluation with the held-out rows beside all others."""
    metrics, of_result = before.metrics, _metrics([result])
    coverage = coverage_table(result)[0] | {"rows": HELD_OUT}
    added = {
        "scores": [*metrics["scores"], *of_result["scores"]],
        "coverage": [*metrics["coverage"], coverage],
        "seen_share": metrics["seen_share"] | of_result["seen_share"],
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


def _shipped_predictions(
    models: EvaluatedModels, test: BoolArray, files: ModelFiles
) -> dict[str, FloatArray]:
    """Return Tc (K) of all rows by each component of the shipped model; nan for other rows."""
    components = {}
    for name, values in shipped_components(files, models.inputs, test).items():
        components[name] = np.full((len(test), *values.shape[1:]), np.nan)
        components[name][test] = values
    return components


def _result(
    models: EvaluatedModels,
    split: Split,
    components: dict[str, FloatArray],
    config: ModelConfig,
    run_directory: Path,
) -> SplitResult:
    """Return the predictions of the model and of all baselines for the test rows of a split."""
    rows, test = models.inputs.rows, split.test
    baselines = predictions_of(models.baselines, models, split, run_directory / "baselines")
    table = rows.assign(split=split.name, source=source_names(rows), **mixture(components, config))
    table = table.assign(**baselines).reindex(columns=COLUMNS).loc[test].reset_index(drop=True)
    together = split.stays_together
    group = np.arange(len(table)) if together is None else pd.factorize(rows[together][test])[0]
    is_seen = formula_in_training(rows, split)[test]
    return SplitResult(table, is_seen, group)


def _light_fractions(models: EvaluatedModels, split: Split, config: ModelConfig) -> FloatArray:
    """Return the share of light elements among the atoms of each test row, shape (n_test,)."""
    columns = composition_columns(models.inputs.descriptors[split.test], config.elements)
    is_light = np.isin(config.elements, LIGHT_ELEMENTS)
    return columns[:, -len(config.elements) :][:, is_light].sum(axis=1)


def _out_of_fold(
    result: SplitResult, split: Split, components: dict[str, FloatArray], light: FloatArray
) -> tuple[OutOfFold, list[BoolArray]]:
    """Return the rows that bands are calibrated on, and masks of the test rows of each fold.

    Parameters
    ----------
    light
        Share of light elements among the atoms of each test row, shape (n_test,).
    """
    tested = {name: values[split.test] for name, values in components.items()}
    networks = networks_of(tested)
    if networks is None:
        raise ValueError(
            f"no network ran on the split {split.name}; bands need all components of the model"
        )
    tc, predicted = (result.table[name].to_numpy(float) for name in ("tc", "tcexplore"))
    scale = interval_scale(predicted, networks, gaussian_process_of(tested), light)
    return OutOfFold(tc, predicted, scale), [fold.test[split.test] for fold in split.folds]


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
    """Write predictions, metrics, bands, known materials and the card into a model's folder."""
    figures = {name: without_nan(value) for name, value in evaluation.metrics.items()}
    metrics = dict(files.metrics) | figures
    write_conformal(directory, files.conformal)
    write_known(directory, files.known)
    card = model_card(replace(files, metrics=metrics))
    save_metrics(directory, metrics, card=card, predictions=evaluation.predictions)
