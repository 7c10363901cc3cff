"""Slope of Tc with pressure on the rows of a data set: the model beside the labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tcexplore.datasets.dataset import Dataset
from tcexplore.model.predictor import TcPredictor
from tcexplore.studies.pressure_slopes import LEAST_PRESSURES

OTHER_FAMILY = "jarvis_on_shipley_cells"  # labels of another group, which must not be mixed in


def dataset_slopes(predictor: TcPredictor, dataset: Dataset) -> pd.DataFrame:
    """Return dTc/dP (K/GPa) of each phase with labels at three pressures or more.

    The labels of a phase may come from several publications; every row has a cell of its own.

    Returns
    -------
    :
        Columns ``phase`` (formula and space group), ``low`` and ``high`` (GPa), ``n`` (pressures),
        ``slope`` (of the labels), ``slope_model``, ``tc`` and ``tc_model`` (K, means),
        ``in_training`` (whether a row was).
    """
    rows = dataset.rows
    is_used = (rows["pressure_gpa"] > 0) & (rows["tc"] > 0)
    is_used &= ~rows["file"].str.startswith(OTHER_FAMILY)
    slopes = []
    for phase, of_phase in rows.loc[is_used].groupby("phase"):
        pressures = of_phase["pressure_gpa"].to_numpy(dtype=float)
        if len(np.unique(pressures)) < LEAST_PRESSURES:
            continue
        predictions = predictor([dataset.structure(int(row)) for row in of_phase.index])
        tc, model = of_phase["tc"].to_numpy(dtype=float), np.array([p.tc for p in predictions])
        slopes.append(
            {
                "phase": phase,
                "low": pressures.min(),
                "high": pressures.max(),
                "n": len(np.unique(pressures)),
                "slope": float(np.polyfit(pressures, tc, 1)[0]),
                "slope_model": float(np.polyfit(pressures, model, 1)[0]),
                "tc": float(tc.mean()),
                "tc_model": float(model.mean()),
                "in_training": any(p.in_training for p in predictions),
            }
        )
    return pd.DataFrame(slopes)
