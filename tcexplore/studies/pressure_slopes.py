"""Slope of Tc with pressure: model and published values of the same phase."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, rankdata

from tcexplore.catalogue.entries import CatalogueEntry, load_catalogue
from tcexplore.catalogue.reported_tc import ReportedTc, reported_tc
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.model.predictor import TcPredictor
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.typing import FloatArray

Series = tuple[FloatArray, FloatArray]

LEAST_PRESSURES = 3
"""Pressures that a source must give Tc at."""


def pressure_slopes(
    predictor: TcPredictor, entries: Iterable[CatalogueEntry] | None = None
) -> pd.DataFrame:
    """Return dTc/dP (K/GPa) of phases of the catalogue, one row for each publication.

    Publications count that give Tc of a phase at three pressures or more, with one Coulomb
    pseudopotential; over several of these the mean is taken. The lattices at these pressures come
    from the equation of state.

    Returns
    -------
    :
        Columns ``formula``, ``space_group``, ``low`` and ``high`` (GPa), ``n`` (pressures),
        ``slope`` (published), ``slope_model``, ``tc`` and ``tc_model`` (K, means), ``in_training``
        (whether a lattice of these was), ``doi``.
    """
    rows: dict[tuple[str, int, str], dict[str, object]] = {}
    for entry in load_catalogue() if entries is None else entries:
        if pressure_scale(entry.structure(), entry.pressure).reason is not None:
            continue
        for doi, series in _series(entry).items():
            key = reduced_name(entry), entry.space_group_number, doi
            if key not in rows:
                rows[key] = _row(predictor, entry, doi, series)
    return pd.DataFrame(list(rows.values()))


def reduced_name(entry: CatalogueEntry) -> str:
    """Return the formula of an entry, one spelling for each composition."""
    return entry.structure().composition.reduced_composition.alphabetical_formula


def _series(entry: CatalogueEntry) -> dict[str, list[Series]]:
    """Return pressures (GPa) and Tc (K) of each publication, a pair for each pseudopotential."""
    series: dict[tuple[str, float | None, str], list[ReportedTc]] = {}
    for value in reported_tc(entry):
        series.setdefault((value.doi, value.mu_star, value.tc_kind), []).append(value)
    long: dict[str, list[Series]] = {}
    for (doi, _, _), values in series.items():
        pressures = np.array([value.pressure for value in values], dtype=float)
        if len(np.unique(pressures)) >= LEAST_PRESSURES:
            tc = np.array([value.tc for value in values])
            long.setdefault(doi, []).append((pressures, tc))
    return long


def _row(
    predictor: TcPredictor, entry: CatalogueEntry, doi: str, series: list[Series]
) -> dict[str, object]:
    pressures = np.unique(np.concatenate([of_series for of_series, _ in series]))
    structure = entry.structure()
    scales = pressure_scale(structure, entry.pressure).scales(pressures)
    dome = lattice_dome(predictor, structure, scales=scales, stated_pressure=entry.pressure)
    model = [np.interp(at, dome.pressure[::-1], dome.tc[::-1]) for at, _ in series]
    return {
        "formula": entry.formula,
        "space_group": entry.space_group_symbol,
        "low": pressures[0],
        "high": pressures[-1],
        "n": len(pressures),
        "slope": float(np.mean([np.polyfit(*pair, 1)[0] for pair in series])),
        "slope_model": float(
            np.mean([np.polyfit(at, tc, 1)[0] for (at, _), tc in zip(series, model, strict=True)])
        ),
        "tc": float(np.mean(np.concatenate([tc for _, tc in series]))),
        "tc_model": float(np.mean(np.concatenate(model))),
        "in_training": dome.domain is not None and bool(dome.domain.in_training.any()),
        "doi": doi,
    }


def agreement(slopes: pd.DataFrame) -> dict[str, float]:
    """Return how well the slopes of the model agree with the published ones.

    Returns
    -------
    :
        ``same_sign`` (share), ``rank_correlation``, ``median`` and ``median_model`` (K/GPa, of the
        absolute slopes).
    """
    published, model = (slopes[name].to_numpy(float) for name in ("slope", "slope_model"))
    return {
        "same_sign": float(np.mean(np.sign(published) == np.sign(model))),
        "rank_correlation": float(pearsonr(rankdata(published), rankdata(model)).correlation),
        "median": float(np.median(np.abs(published))),
        "median_model": float(np.median(np.abs(model))),
    }
