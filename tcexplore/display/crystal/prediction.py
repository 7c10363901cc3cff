"""Prediction of one structure in sentences of Markdown: its basis, its interval, reported Tc."""

from __future__ import annotations

import numpy as np

from tcexplore.catalogue.entries import CatalogueEntry
from tcexplore.display.domain import band_comparison
from tcexplore.display.labels import (
    band_text,
    coverage_sentence,
    percent,
    plain,
    reported_text,
    tc_text,
)
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.files import ModelFiles
from tcexplore.model.predictor import TcPrediction


def interval_text(prediction: TcPrediction, bands: ConformalCalibration | None) -> str:
    """Return the interval with its level, 90 % interval 120 to 200 K; empty where there is none."""
    band = band_text(prediction.tc_low, prediction.tc_high)
    return f"{percent(bands.level)} interval {band}" if bands and band else ""


def composition_sentence(prediction: TcPrediction) -> str:
    """Return Tc from the composition alone and the meaning of the difference; may be empty."""
    if not np.isfinite(prediction.tc_composition):
        return ""
    return (
        f"From the composition alone **{tc_text(prediction.tc_composition)} K**; the rest comes"
        " from the cell and the positions of the atoms."
    )


def reported_sentence(entry: CatalogueEntry, prediction: TcPrediction | None) -> str:
    """Return the reported Tc of an entry, its sources, and where it lies to the interval."""
    beside = ""
    if prediction and entry.tc > 0:
        beside = band_comparison(entry.tc, prediction.tc_low, prediction.tc_high)
    return (
        f"**Reported:** {plain(reported_text(entry))}"
        f" ([source of $T_c$](https://doi.org/{entry.tc_doi}),"
        f" [of the cell](https://doi.org/{entry.structure_doi})). {beside}"
    )


def basis_sentence(prediction: TcPrediction, files: ModelFiles) -> str:
    """Return what a prediction rests on: networks, Gaussian process, measured intervals."""
    n_networks = len(files.members)
    gaussian_process = (
        ", mixed with a Gaussian process" if files.gaussian_process is not None else ""
    )
    has_band = bool(band_text(prediction.tc_low, prediction.tc_high))
    sentence = plain(coverage_sentence(files.metrics if has_band else {})).replace("Tc", "$T_c$")
    return (
        f"Model {plain(prediction.model)}: the mean of {n_networks} complex-valued"
        f" network{'s' * (n_networks > 1)}{gaussian_process}. {sentence}"
    )
