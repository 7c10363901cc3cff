"""Results of a substitution search: its description, table and scatter plot."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from tcexplore.crystal.orbits import site_choices
from tcexplore.display.labels import band_text, formula_text
from tcexplore.display.style import GREY, LEGEND, LINES, MARK, TC_AXIS
from tcexplore.model.applicability_domain import LIMITS, WORDS
from tcexplore.search.query import pareto_front
from tcexplore.search.runs import Run
from tcexplore.search.space import SearchSpace, SiteGroup

QUANTITIES = {
    "tc": TC_AXIS,
    "tc_low": f"Lower end of the interval of {TC_AXIS}",
    "band": "Width of the interval (K)",
    "pressure": "Pressure (GPa)",
    "h_h": "Shortest H–H distance (Å)",
    "metal_h": "Shortest metal–H distance (Å)",
    "volume_per_atom": "Volume per atom (Å³)",
    "percentile": "Applicability domain (percentile)",
}
"""Columns that can be drawn, with the titles of their axes."""
DIRECTIONS: dict[str, Literal["max", "min"]] = {
    "tc": "max", "tc_low": "max", "band": "min", "pressure": "min", "percentile": "min",
}  # fmt: skip
MODES = {"exhaustive": "all variants", "random": "random sample", "guided": "guided search"}
INTERVAL = "90\u202f% interval"
LIMIT_TEXTS = {
    "inside_only": "in domain only",
    "widest_interval": "interval at most {:g} K wide",
    "shortest_h_h": "H–H at least {:g} Å",
    "shortest_metal_h": "metal–H at least {:g} Å",
    "highest_pressure": "at most {:g} GPa",
    "least_tc": "ranked value at least {:g} K",
    "charge_neutral": "charge-neutral only",
}


def run_sentence(run: Run) -> str:
    """Return what a run looks for: parent, groups, lattices, way, limits."""
    search, settings = run.search, run.settings
    groups = "; ".join(
        f"{name.upper()} on {label}: {len(group.elements)} elements"
        for name, label, group in zip(
            search.space.names, group_labels(search.space), search.space.groups, strict=True
        )
    )
    way = MODES[settings.mode]
    if settings.number is not None:
        way += f" of {settings.number:,} (seed {settings.seed})"
    ranked = f"lower end of the {INTERVAL}" if search.objective == "tc_low" else "Tc"
    return f"{groups}. {_lattice_text(run)}; ranked by {ranked}; {way}{_limit_text(run)}."


def outcome_sentence(run: Run, n_kept: int, n_drawn: int, rows: pd.DataFrame) -> str:
    """Return in Markdown how many variants pass the limits, and the best of them.

    Parameters
    ----------
    rows
        From `with_formulas`, the best first; none where no variant passes.
    """
    text = f"**{n_kept:,} of {n_drawn:,} variants pass the limits.**"
    if rows.empty:
        return text
    [best] = rows.head(1).to_dict("records")
    band = band_text(best["tc_low"], best["tc_high"])
    tc = f"$T_c$ = {best['tc']:.1f} K" + (f" ({INTERVAL} {band})" if band else "")
    pressure = best["pressure"]
    where = f", about {pressure:.0f} GPa" if np.isfinite(pressure) else ""
    quantity = "lower end of the interval" if run.search.objective == "tc_low" else "$T_c$"
    return f"{text} Highest {quantity}: **{formula_text(str(best['formula']))}**, {tc}{where}."


def _lattice_text(run: Run) -> str:
    scales, pressures = run.search.scales, run.search.pressures
    if len(pressures) > 1:
        return f"Best of {len(pressures)} pressures, {min(pressures):g} to {max(pressures):g} GPa"
    if pressures:
        return f"Each variant at its volume at {pressures[0]:g} GPa"
    if len(scales) > 1:
        return f"Best of {len(scales)} lattices, {min(scales):.2f} to {max(scales):.2f} times"
    return "The parent's lattice" if scales == (1.0,) else f"{max(scales):g} times the lattice"


def _limit_text(run: Run) -> str:
    limits = asdict(run.search.constraints)
    texts = [LIMIT_TEXTS[name].format(value) for name, value in limits.items() if value]
    return "".join(f"; {text}" for text in texts)


def group_labels(space: SearchSpace) -> list[str]:
    """Return the sites of each group in the words of the pages, such as ``Mg1, site 2``."""
    choices = site_choices(space.parent.structure)
    return [_group_label(choices, space, group) for group in space.groups]


def _group_label(choices: dict[str, tuple[int, ...]], space: SearchSpace, group: SiteGroup) -> str:
    labels = [label for label, sites in choices.items() if set(sites) == set(group.sites)]
    if not labels:
        labels = [" + ".join(label for label, sites in choices.items() if _is_part(sites, group))]
    return labels[0] or " + ".join(space.parent.structure[s].species_string for s in group.sites)


def _is_part(sites: tuple[int, ...], group: SiteGroup) -> bool:
    return len(sites) == 1 and sites[0] in group.sites


def results_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a run, as `with_formulas` returns them, as the screen shows them."""
    groups = {name.upper(): rows[name] for name in rows if str(name).strip("x").isdecimal()}
    ends = zip(rows["tc_low"], rows["tc_high"], strict=True)
    return pd.DataFrame(
        {
            "Formula": rows["formula"].map(formula_text),
            **groups,
            "Tc (K)": rows["tc"].round(1),
            INTERVAL: [band_text(*pair) for pair in ends],
            "Domain": domain_words(rows["percentile"].to_numpy()),
            "In training": np.where(rows["in_training"], "yes", "no"),
            "Pressure (GPa)": rows["pressure"].round(),
            "H–H (Å)": _finite(rows["h_h"].to_numpy()),
            "Metal–H (Å)": _finite(rows["metal_h"].to_numpy()),
            "Lattice scale": rows["scale"].round(3),
        }
    )


def _finite(distances: np.ndarray) -> np.ndarray:
    """Return distances with two digits, nan where there is no such pair."""
    return np.where(np.isfinite(distances), distances, np.nan).round(2)


def domain_words(percentile: np.ndarray) -> list[str]:
    """Return the words for the applicability domain of percentiles."""
    return [WORDS[index] for index in np.searchsorted(LIMITS, percentile, side="right")]


def with_band_width(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the width of the prediction interval (K) as the column ``band``."""
    return rows.assign(band=rows["tc_high"] - rows["tc_low"])


def scatter_figure(rows: pd.DataFrame, x: str, y: str, picked: int | None = None) -> go.Figure:
    """Return rows of a run, one quantity against another, with their Pareto front.

    Parameters
    ----------
    rows
        With formulas and the width of the band.
    x, y
        Keys of `QUANTITIES`.
    picked
        Assignment of the row that is marked.
    """
    figure = go.Figure()
    words = np.array(domain_words(rows["percentile"].to_numpy()))
    for word, symbol, colour in zip(WORDS, ("circle", "diamond", "x"), LINES, strict=False):
        if (words == word).any():
            figure.add_trace(_points(rows.loc[words == word], x, y, word, symbol, colour))
    if x in DIRECTIONS and y in DIRECTIONS and x != y:
        front = pareto_front(rows, {x: DIRECTIONS[x], y: DIRECTIONS[y]}).sort_values(x)
        line = {"color": GREY, "width": 1.5, "shape": "hv"}
        figure.add_scatter(
            x=front[x], y=front[y], mode="lines", line=line, name="Pareto front", hoverinfo="skip"
        )
    marked = rows[rows["assignment"] == picked]
    if len(marked):
        ring = {"symbol": "circle-open", "size": 15, "color": MARK, "line": {"width": 2.5}}
        figure.add_scatter(
            x=marked[x], y=marked[y], mode="markers", marker=ring, showlegend=False,
            hoverinfo="skip",
        )  # fmt: skip
    figure.update_layout(
        height=420, showlegend=True, legend=LEGEND, margin={"l": 10, "r": 10, "t": 30, "b": 10}
    )
    figure.update_xaxes(title=QUANTITIES[x], automargin=True)
    figure.update_yaxes(title=QUANTITIES[y], automargin=True)
    return figure


def _points(rows: pd.DataFrame, x: str, y: str, word: str, symbol: str, colour: str) -> go.Scatter:
    names = rows["formula"].map(formula_text)
    return go.Scatter(
        x=rows[x], y=rows[y], mode="markers", name=word, text=names,
        marker={"symbol": symbol, "size": 8, "color": colour, "opacity": 0.9},
        customdata=rows[["assignment", "tc", "tc_low", "tc_high"]],
        hovertemplate="%{text}<br>Tc %{customdata[1]:.1f} K, interval %{customdata[2]:.0f} to"
        " %{customdata[3]:.0f} K<br>%{xaxis.title.text} %{x:.4g}<extra></extra>",
    )  # fmt: skip
