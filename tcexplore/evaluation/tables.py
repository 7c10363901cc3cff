"""Predictions on rows kept apart, made into tables of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from tcexplore.evaluation.cross_conformal import (
    LEVEL,
    LEVELS,
    OutOfFold,
    covered,
    cross_conformal_bands,
)
from tcexplore.evaluation.metrics import bootstrap_counts, intervals, scores
from tcexplore.model.files import split_kind
from tcexplore.typing import BoolArray, IntArray

MODELS = (
    "tcexplore", "networks", "one network", "Gaussian process", "composition", "paper", "XGBoost",
    "XGBoost composition", "SOAP", "nearest", "median",
)  # fmt: skip
FAMILIES = ("hydride", "cuprate", "iron-based", "other")
TC_BINS = {
    "0-5 K": (0, 5),
    "5-15 K": (5, 15),
    "15-40 K": (15, 40),
    "40-100 K": (40, 100),
    "above 100 K": (100, np.inf),
}
"""(K) Of the labels; the upper end lies in its bin."""
IDENTITY = ["split", "formula", "family", "tc_kind", "source", "tc"]
COLUMNS = [*IDENTITY, *MODELS, "tc_low", "tc_high"]


@dataclass(frozen=True)
class SplitResult:
    """What all models say of the test rows of one split."""

    table: pd.DataFrame
    """As in predictions.csv: `COLUMNS`, nan where a model did not run."""
    is_seen: BoolArray
    """Whether the formula stands in the training part, shape (n_test,)."""
    group: IntArray
    """What a bootstrap draws whole, shape (n_test,)."""

    @property
    def name(self) -> str:
        """The split's name."""
        return str(self.table["split"].iloc[0])


def row_parts(result: SplitResult) -> dict[str, BoolArray]:
    """Return the parts of the test rows that have figures of their own, by name."""
    tc, family = (result.table[name].to_numpy() for name in ("tc", "family"))
    parts = {"all": np.ones(len(tc), bool)}
    parts |= {name: family == name for name in FAMILIES}
    parts |= {name: (low < tc) & (tc <= high) for name, (low, high) in TC_BINS.items()}
    parts |= {"formula in training": result.is_seen, "formula not in training": ~result.is_seen}
    return parts


def score_table(result: SplitResult) -> list[dict[str, object]]:
    """Return the figures of every model on every part of the rows of at least two."""
    return [row for name, part in row_parts(result).items() for row in _scored(result, name, part)]


def _scored(result: SplitResult, name: str, part: BoolArray) -> list[dict[str, object]]:
    """Return the figures of every model on one part; models with the same rows are drawn alike."""
    rows, draws, tc = [], {}, result.table["tc"].to_numpy(float)
    for model in MODELS:
        predicted = result.table[model].to_numpy(float)
        known = part & np.isfinite(predicted)
        if known.sum() < 2:
            continue
        group = pd.factorize(result.group[known])[0]
        if known.tobytes() not in draws:
            draws[known.tobytes()] = bootstrap_counts(group)
        figures = asdict(scores(tc[known], predicted[known]))
        ends = asdict(intervals(tc[known], predicted[known], group, draws[known.tobytes()]))
        rows.append({"split": result.name, "rows": name, "model": model, **figures, **ends})
    return rows


def seed_means(scores: Sequence[Mapping]) -> list[dict]:
    """Return the means of r2, mae (K) and rmse (K) over the seeds of the random splits."""
    found: dict[tuple[str, str, str], list[Mapping]] = {}
    for row in scores:
        kind = split_kind(row["split"])
        if kind != row["split"]:
            found.setdefault((kind, row["rows"], row["model"]), []).append(row)
    return [
        {"split": kind, "rows": rows, "model": model, "seeds": len(each)}
        | {name: float(np.mean([row[name] for row in each])) for name in ("r2", "mae", "rmse")}
        for (kind, rows, model), each in found.items()
    ]


def coverage_table(result: SplitResult) -> list[dict[str, object]]:
    """Return how many labels lie in their bands, and how wide (K) these are in the median."""
    tc, low, high = (result.table[name].to_numpy() for name in ("tc", "tc_low", "tc_high"))
    inside, found = (low <= tc) & (tc <= high), []
    for name, part in row_parts(result).items():
        if part.any():
            found.append(
                {
                    "rows": name,
                    "n": int(part.sum()),
                    "coverage": float(inside[part].mean()),
                    "width": float(np.median((high - low)[part])),
                }
            )
    return found


def calibration_table(rows: OutOfFold, tests: Sequence[BoolArray]) -> list[dict[str, float]]:
    """Return for each level the share of rows that its bands cover."""
    return [{"level": level, "covered": covered(rows, tests, level)} for level in LEVELS]


def banded(table: pd.DataFrame, rows: OutOfFold, tests: Sequence[BoolArray]) -> pd.DataFrame:
    """Return predictions with the ends (K) of their bands, calibrated on the other folds."""
    low, high = cross_conformal_bands(rows, tests, LEVEL)
    return table.assign(tc_low=low, tc_high=high)


def as_text(
    scores: Sequence[Mapping], coverage: Sequence[Mapping], calibration: Sequence[Mapping]
) -> str:
    """Return figures as tables in plain text, a table for each split."""
    splits = dict.fromkeys(row["split"] for row in scores)
    parts = [_split_text(split, [r for r in scores if r["split"] == split]) for split in splits]
    parts += [_means_text(seed_means(scores))]
    if coverage:
        shown = pd.DataFrame(coverage).to_string(index=False, float_format="{:.3f}".format)
        parts.append(f"Bands of {LEVEL:.0%}; width in K, the median\n{shown}")
    if calibration:
        shown = "  ".join(f"{row['level']:.0%} {row['covered']:.1%}" for row in calibration)
        parts.append(f"Level of the bands and share that they cover: {shown}")
    return "\n\n".join(filter(None, parts))


def _means_text(means: Sequence[Mapping]) -> str:
    """Return the means over the seeds for all rows; nothing where there are no seeds."""
    lines = [
        {
            "split": row["split"],
            "model": row["model"],
            "r2": _number(row["r2"], 3),
            "MAE": _number(row["mae"], 2),
            "RMSE": _number(row["rmse"], 2),
        }
        for row in means
        if row["rows"] == "all"
    ]
    if not lines:
        return ""
    return f"Means over the seeds\n{pd.DataFrame(lines).to_string(index=False)}"


def _split_text(split: str, scores: Sequence[Mapping]) -> str:
    """Return a line for each model: its figures over all rows, then the error of each family."""
    errors = {(row["model"], row["rows"]): row["mae"] for row in scores}
    lines = [
        {
            "model": row["model"],
            "n": row["n"],
            "r2": _number(row["r2"], 3),
            "95 %": f"{_number(row['r2_low'], 3)}..{_number(row['r2_high'], 3)}",
            "MAE": _number(row["mae"], 2),
            " 95 %": f"{_number(row['mae_low'], 2)}..{_number(row['mae_high'], 2)}",
            "RMSE": _number(row["rmse"], 2),
            "Spearman": _number(row["spearman"], 3),
            "top 50": _number(row["top50"], 2),
        }
        | {f"MAE {name}": _number(errors.get((row["model"], name)), 2) for name in FAMILIES}
        for row in scores
        if row["rows"] == "all"
    ]
    return f"{split}\n{pd.DataFrame(lines).to_string(index=False)}"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"
