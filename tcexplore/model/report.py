"""Report of an evaluation in a model's folder, as the Model page reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tcexplore.model.files import read_predictions, split_kind
from tcexplore.model.hashes import ModelError

SHIPPED = "tcexplore"
"""Among the models of an evaluation, the one that the app predicts with."""
SPLITS = {
    "chemical_system": "By chemical system",
    "formula": "By formula",
    "random": "Random",
    "class": "By class",
    "compound": "Hydride compounds",
    "paper-set": "The paper's kind of set",
    "aside": "Held-out test",
}
"""The ways in which rows were held out, in the order of the page. Some were tried with several
seeds, whose names end in a number."""
ROWS = {
    "all": "all",
    "hydride": "hydrides",
    "cuprate": "cuprates",
    "iron-based": "iron-based",
    "other": "others",
    "0-5 K": "0 to 5 K",
    "5-15 K": "5 to 15 K",
    "15-40 K": "15 to 40 K",
    "40-100 K": "40 to 100 K",
    "above 100 K": "above 100 K",
    "formula in training": "formula in training",
    "formula not in training": "formula not in training",
}
"""The parts of the test rows that have figures of their own; the temperatures are reported Tc."""
IDENTITY = ("split", "formula", "family", "tc_kind", "source", "tc")
INTERVAL = ("tc_low", "tc_high")
MEASURES = (
    "n", "r2", "r2_low", "r2_high", "mae", "mae_low", "mae_high", "rmse", "spearman", "top50",
)  # fmt: skip


@dataclass(frozen=True)
class ModelReport:
    """Predictions on held-out materials, and their scores."""

    predictions: pd.DataFrame
    """A line for each split and material: `IDENTITY`, Tc by each model (K, nan where it did not
    run), `INTERVAL`, and kind, the split without its seed."""
    metrics: Mapping[str, Any]
    """The model's ``metrics.json``."""

    @property
    def kinds(self) -> list[str]:
        """Return the keys of `SPLITS` that were tried."""
        tried = set(self.predictions["kind"])
        return [kind for kind in SPLITS if kind in tried]

    def lines(self, kind: str) -> pd.DataFrame:
        """Return the predictions of one way of splitting, all seeds of it."""
        return self.predictions.loc[self.predictions["kind"] == kind]

    def models(self, kind: str) -> list[str]:
        """Return the models that ran on a way of splitting, the shipped one first."""
        lines = self.lines(kind)
        names = [str(name) for name in lines if name not in (*IDENTITY, *INTERVAL, "kind")]
        return [name for name in names if np.isfinite(lines[name].to_numpy(float)).any()]

    def scores(self, kind: str, rows: str) -> pd.DataFrame:
        """Return the scores of each model, the means over the seeds.

        Returns
        -------
        :
            Columns model and `MEASURES`; n is the number of rows of one seed.
        """
        means = self._means
        chosen = (means["kind"] == kind) & (means["rows"] == rows)
        return means.loc[chosen, ["model", *MEASURES]].reset_index(drop=True)

    @cached_property
    def _means(self) -> pd.DataFrame:
        """Means over the seeds: columns kind, rows, model and `MEASURES`; a page reads dozens."""
        table = pd.DataFrame(self.metrics["scores"], columns=["split", "rows", "model", *MEASURES])
        table = table.astype(dict.fromkeys(MEASURES, float))
        table = table.assign(kind=table["split"].map(split_kind)).drop(columns="split")
        means = table.groupby(["kind", "rows", "model"], sort=False).mean()
        return pd.DataFrame(means).reset_index()

    def score(self, kind: str, rows: str = "all", model: str = SHIPPED) -> dict[str, float] | None:
        """Return the scores of one model, None where there are none."""
        table = self.scores(kind, rows).set_index("model")
        return {str(k): v for k, v in table.loc[model].items()} if model in table.index else None

    def seen_share(self, kind: str) -> float:
        """Return the share of test rows whose formula stands in training, over all seeds."""
        shares = self.metrics["seen_share"]
        return float(np.mean([shares[name] for name in shares if split_kind(name) == kind]))


def read_report(directory: Path, metrics: Mapping[str, Any]) -> ModelReport | None:
    """Return the report of an evaluation, None where the model has none (in this form)."""
    try:
        predictions = read_predictions(directory)
    except ModelError:
        return None
    if not {*IDENTITY, *INTERVAL, SHIPPED} <= set(predictions) or "seen_share" not in metrics:
        return None
    kinds = predictions["split"].map(split_kind)
    return ModelReport(predictions.assign(kind=kinds), metrics)
