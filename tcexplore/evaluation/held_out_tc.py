"""Held-out predictions of the training materials, and their errors by class and predicted Tc."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tcexplore.model.files import TC_HELD_OUT

BY_SYSTEM = "chemical_system"
"""The split whose predictions these are."""
TC_EDGES = (0.0, 5.0, 15.0, 40.0, 100.0, 150.0, np.inf)
"""(K) Of the predictions, since nobody knows more of a new crystal; the lower end is in its bin."""
FEWEST = 10  # rows that make a figure


def with_held_out_tc(known: pd.DataFrame, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return known materials with tc_held_out (K), each trained without its chemical system.

    Parameters
    ----------
    known
        As in `ModelFiles.known`.
    predictions
        As in ``predictions.csv``.

    Returns
    -------
    :
        Nan for materials that no line is of, or more than one.
    """
    lines = predictions.loc[predictions["split"] == BY_SYSTEM]
    tc = pd.Series(lines["tcexplore"].to_numpy(float), index=_keys(lines))
    alone = tc.groupby(level=0).agg(lambda values: values.iloc[0] if len(values) == 1 else np.nan)
    return known.assign(**{TC_HELD_OUT: _keys(known).map(alone.to_dict()).astype(float)})


def _keys(materials: pd.DataFrame) -> pd.Index:
    """Return one text for each material, Tc to the digits of the files."""
    columns = (materials[name] for name in ("formula", "tc_kind", "source", "tc"))
    return pd.Index(
        [f"{f} {kind} {source} {tc:.6g}" for f, kind, source, tc in zip(*columns, strict=True)]
    )


def errors_by_class(predictions: pd.DataFrame) -> list[dict[str, Any]]:
    """Return error and bias (K) of the held-out materials of each class and range of predicted Tc.

    Returns
    -------
    :
        Rows of family, low and high (K, None where it has no end), n, mae and bias, the mean of
        prediction minus label; ranges of fewer than ten materials are left out.
    """
    lines = predictions.loc[predictions["split"] == BY_SYSTEM]
    rows: list[dict[str, Any]] = []
    for family, part in lines.groupby("family"):
        predicted = part["tcexplore"].to_numpy(float)
        error = predicted - part["tc"].to_numpy(float)
        for low, high in itertools.pairwise(TC_EDGES):
            chosen = error[(low <= predicted) & (predicted < high)]
            if len(chosen) >= FEWEST:
                rows.append(
                    {
                        "family": family,
                        "low": low,
                        "high": high if np.isfinite(high) else None,
                        "n": len(chosen),
                        "mae": float(np.abs(chosen).mean()),
                        "bias": float(chosen.mean()),
                    }
                )
    return rows


def errors_text(errors: Sequence[Mapping[str, object]]) -> str:
    """Return the errors by class and predicted Tc as a table in plain text."""
    table = pd.DataFrame(errors).to_string(index=False, float_format="{:.1f}".format, na_rep="")
    return f"Errors in K by class and predicted Tc (low to high), by chemical system\n{table}"
