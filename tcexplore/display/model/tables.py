"""The tables of the Model page, in Markdown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tcexplore.display.labels import band_text, formula_text, number_text, percent, tc_text
from tcexplore.model.report import ROWS, SHIPPED, SPLITS, ModelReport

MODEL_NAMES = {
    SHIPPED: "tcexplore",
    "networks": "networks alone",
    "one network": "one network",
    "Gaussian process": "Gaussian process alone",
    "composition": "Gaussian process, composition only",
    "without convolutions": "network without convolutions",
    "paper": "paper's configuration",
    "XGBoost": "XGBoost, all descriptors",
    "XGBoost composition": "XGBoost, composition only",
    "SOAP": "SOAP",
    "nearest": "nearest composition",
    "median": "median of all",
}
BASELINES = (SHIPPED, "XGBoost", "XGBoost composition", "paper", "nearest", "median")
COVERED = {name: words for name, words in ROWS.items() if "formula" not in name} | {
    "aside": "held-out test"
}


def model_name(model: str) -> str:
    """Return the name of a model on the screen."""
    return MODEL_NAMES.get(model, model)


def score_table(report: ModelReport, kind: str, rows: str) -> pd.DataFrame:
    """Return the scores of all models on some rows of a split, the best r² and error in bold."""
    scores = report.scores(kind, rows)
    best_r2, best_mae = scores["r2"].to_numpy().max(), scores["mae"].to_numpy().min()
    return pd.DataFrame(
        {
            "Model": model_name(row["model"]),
            "Materials": f"{row['n']:,.0f}",
            "r²": _with_interval(row, "r2", 3, best_r2),
            "MAE (K)": _with_interval(row, "mae", 2, best_mae),
            "RMSE (K)": number_text(row["rmse"], 1),
            "Spearman": number_text(row["spearman"], 2),
            "Of the 50 highest": _share(row["top50"]),
        }
        for row in scores.to_dict("records")
    )


def class_table(report: ModelReport, kind: str) -> pd.DataFrame:
    """Return the MAE of the shipped model and baselines by class and reported Tc, best in bold."""
    lines = []
    for rows, words in ROWS.items():
        scores = report.scores(kind, rows).set_index("model")
        present = [model for model in BASELINES if model in scores.index]
        if rows == "all" or "formula" in rows or SHIPPED not in present:
            continue
        errors = scores.loc[present, "mae"]
        line = {"Materials": words, "Number": f"{scores.loc[SHIPPED, 'n']:,.0f}"}
        lowest = number_text(float(errors.min()), 1)
        for model in present:
            text = number_text(float(errors[model]), 1)
            line[model_name(model)] = f"**{text}**" if text == lowest else text
        lines.append(line)
    return pd.DataFrame(lines).fillna("")


def _with_interval(row: Mapping[Hashable, Any], name: str, digits: int, best: float) -> str:
    value, low, high = (number_text(row[name + end], digits) for end in ("", "_low", "_high"))
    text = f"**{value}**" if row[name] == best else value
    return f"{text} ({low}\u00a0to\u00a0{high})" if low and high else text


def _share(value: float) -> str:
    return percent(value) if np.isfinite(value) else ""


def coverage_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return how many labels lie in their bands, and how wide these are, by class and Tc."""
    return pd.DataFrame(
        {
            "Materials": COVERED[row["rows"]],
            "Number": f"{row['n']:,}",
            "In the interval": percent(row["coverage"], digits=1),
            "Median width (K)": tc_text(row["width"]),
        }
        for row in rows
        if row["rows"] in COVERED
    )


def seen_table(report: ModelReport) -> pd.DataFrame:
    """Return, for each split, the share of test formulas in training, and the MAE on both kinds."""
    parts = {"formula in training": "in training", "formula not in training": "new formula"}
    lines = []
    for kind in report.kinds:
        if report.score(kind) is None:
            continue
        seen = percent(report.seen_share(kind), digits=1)
        line = {"Split": SPLITS[kind], "Formula in training": seen}
        for rows, word in parts.items():
            score = report.score(kind, rows)
            mae = number_text(score["mae"], 1) if score else "–"
            line[f"MAE, {word} (K)"] = mae
            line[f"r², {word}"] = number_text(score["r2"], 2) if score else "–"
        lines.append(line)
    return pd.DataFrame(lines)


def material_table(line: Mapping[Hashable, Any], models: Iterable[str]) -> pd.DataFrame:
    """Return prediction and error of each model for one material, those that predicted it."""
    band = band_text(line["tc_low"], line["tc_high"])
    return pd.DataFrame(
        {
            "Model": model_name(model),
            "$T_c$ (K)": tc_text(line[model]) + (f" ({band})" if band and model == SHIPPED else ""),
            "Error (K)": f"{line[model] - line['tc']:+.1f}".replace("-", "−"),
        }
        for model in models
        if np.isfinite(line[model])
    )


def largest_errors(lines: pd.DataFrame, model: str, count: int) -> pd.DataFrame:
    """Return the materials with the largest errors of a model, one row for each formula."""
    predicted = lines.loc[lines[model].notna()]
    error = np.abs(predicted[model].to_numpy(float) - predicted["tc"].to_numpy(float))
    worst = predicted.iloc[np.argsort(-error)].drop_duplicates("formula").head(count)
    return pd.DataFrame(
        {
            "Material": formula_text(str(line["formula"])),
            "Reported (K)": tc_text(line["tc"]),
            "Predicted (K)": tc_text(line[model]),
        }
        for line in worst.to_dict("records")
    )
