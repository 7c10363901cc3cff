"""Tables of metrics and coverage from the predictions on test rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from tcexplore.datasets import hydrides_literature
from tcexplore.evaluation.cross_conformal import (
    LEVEL,
    LEVELS,
    OutOfFold,
    covered,
    cross_conformal_bands,
)
from tcexplore.evaluation.metrics import bootstrap_counts, intervals, scores
from tcexplore.evaluation.refit import WITHOUT_CONVOLUTIONS
from tcexplore.model.files import split_kind
from tcexplore.typing import BoolArray, IntArray

MODELS = (
    "tcexplore", "networks", "one network", "Gaussian process", "composition", WITHOUT_CONVOLUTIONS,
    "paper", "XGBoost",
    "XGBoost composition", "SOAP", "nearest", "median",
)  # fmt: skip
SC_CLASSES = ("hydride", "cuprate", "iron-based", "other")
TC_BINS = {
    "0-5 K": (0, 5),
    "5-15 K": (5, 15),
    "15-40 K": (15, 40),
    "40-100 K": (40, 100),
    "above 100 K": (100, np.inf),
    "above 150 K": (150, np.inf),
}
"""(K) Of the labels; the upper end lies in its bin. The last lies inside the one before it."""
EARLIER_HYDRIDES = "hydride, without hydrides_literature"
"""The hydrides that the data of earlier models held too."""
IDENTITY = ["split", "formula", "family", "tc_kind", "source", "tc"]
COLUMNS = [*IDENTITY, *MODELS, "tc_low", "tc_high"]


@dataclass(frozen=True)
class SplitResult:
    """Predictions of all models for the test rows of one split."""

    table: pd.DataFrame
    """As in predictions.csv: `COLUMNS`, nan where a model did not run."""
    is_seen: BoolArray
    """Whether the formula is among the training rows, shape (n_test,)."""
    group: IntArray
    """Number of the group that a bootstrap draws whole, shape (n_test,)."""

    @property
    def name(self) -> str:
        """The split's name."""
        return str(self.table["split"].iloc[0])


def row_subsets(result: SplitResult) -> dict[str, BoolArray]:
    """Return masks of the test rows with metrics of their own: classes, ranges of Tc, formulas."""
    tc, sc_class = (result.table[name].to_numpy() for name in ("tc", "family"))
    subsets = {"all": np.ones(len(tc), bool)}
    subsets |= {name: sc_class == name for name in SC_CLASSES}
    is_new = result.table["source"].str.startswith(hydrides_literature.FOLDER)
    subsets[EARLIER_HYDRIDES] = subsets["hydride"] & ~is_new.to_numpy()
    subsets |= {name: (low < tc) & (tc <= high) for name, (low, high) in TC_BINS.items()}
    subsets |= {"formula in training": result.is_seen, "formula not in training": ~result.is_seen}
    return subsets


def score_table(result: SplitResult) -> list[dict[str, object]]:
    """Return the metrics of every model on every subset of at least two rows."""
    subsets = row_subsets(result).items()
    return [row for name, subset in subsets for row in _scored(result, name, subset)]


def _scored(result: SplitResult, name: str, subset: BoolArray) -> list[dict[str, object]]:
    """Return the metrics of every model on a subset; models with the same rows are drawn alike."""
    rows, draws, tc = [], {}, result.table["tc"].to_numpy(float)
    for model in MODELS:
        predicted = result.table[model].to_numpy(float)
        used = subset & np.isfinite(predicted)
        if used.sum() < 2:
            continue
        group = pd.factorize(result.group[used])[0]
        if used.tobytes() not in draws:
            draws[used.tobytes()] = bootstrap_counts(group)
        figures = asdict(scores(tc[used], predicted[used]))
        ends = asdict(intervals(tc[used], predicted[used], group, draws[used.tobytes()]))
        rows.append({"split": result.name, "rows": name, "model": model, **figures, **ends})
    return rows


def seed_means(scores: Sequence[Mapping]) -> list[dict]:
    """Return the means of r2, mae (K) and rmse (K) over the seeds of the random splits."""
    seeds: dict[tuple[str, str, str], list[Mapping]] = {}
    for row in scores:
        kind = split_kind(row["split"])
        if kind != row["split"]:
            seeds.setdefault((kind, row["rows"], row["model"]), []).append(row)
    return [
        {"split": kind, "rows": rows, "model": model, "seeds": len(of_seed)}
        | {name: float(np.mean([row[name] for row in of_seed])) for name in ("r2", "mae", "rmse")}
        for (kind, rows, model), of_seed in seeds.items()
    ]


def coverage_table(result: SplitResult) -> list[dict[str, object]]:
    """Return the share of labels in their bands, and the median width (K) of these."""
    tc, low, high = (result.table[name].to_numpy() for name in ("tc", "tc_low", "tc_high"))
    inside, rows = (low <= tc) & (tc <= high), []
    for name, subset in row_subsets(result).items():
        if subset.any():
            rows.append(
                {
                    "rows": name,
                    "n": int(subset.sum()),
                    "coverage": float(inside[subset].mean()),
                    "width": float(np.median((high - low)[subset])),
                }
            )
    return rows


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
    """Return the metrics as tables in plain text, a table for each split."""
    splits = dict.fromkeys(row["split"] for row in scores)
    texts = [_split_text(split, [r for r in scores if r["split"] == split]) for split in splits]
    texts += [_means_text(seed_means(scores))]
    if coverage:
        shown = pd.DataFrame(coverage).to_string(index=False, float_format="{:.3f}".format)
        texts.append(f"Bands of {LEVEL:.0%}; width in K, the median\n{shown}")
    if calibration:
        shown = "  ".join(f"{row['level']:.0%} {row['covered']:.1%}" for row in calibration)
        texts.append(f"Level of the bands and share that they cover: {shown}")
    return "\n\n".join(filter(None, texts))


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
    """Return a line for each model: its metrics over all rows, then the MAE of each class."""
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
        | {f"MAE {name}": _number(errors.get((row["model"], name)), 2) for name in SC_CLASSES}
        for row in scores
        if row["rows"] == "all"
    ]
    return f"{split}\n{pd.DataFrame(lines).to_string(index=False)}"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"


def without_nan(value: object) -> object:
    """Return metrics with None, JSON's null, in place of nan."""
    if isinstance(value, dict):
        return {name: without_nan(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
