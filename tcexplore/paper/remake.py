"""Figures and tables of the paper remade: each as a figure, CSV tables and a summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.display.element_swap import swap_table
from tcexplore.display.lattice_dome import dome_table
from tcexplore.display.lattice_map import map_table
from tcexplore.model.files import read_predictions
from tcexplore.model.predictor import TcPredictor
from tcexplore.paper import figures, maps
from tcexplore.paper.maps import MORPHISMS
from tcexplore.paper.reported import R2, read_table_2
from tcexplore.paper.tables import mean_errors, table_2, table_3
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap

SPLITS = {
    "random-1": "random split, seed 1 of 3",
    "chemical_system": "whole chemical systems apart",
}
TITLES = {maps.FD3M: "Fd-3m Li2MgH16", maps.P3M1: "P-3m1 Li2MgH16"}
TC_COLUMNS = [
    "tc_reported", "tc_paper", "tc_composition", "tc", "in_training", "training_tc", "counted",
]  # fmt: skip
LENGTHS = ("a", "c", "own a", "apex a", "a_high", "a_low", "scale")
HIGH_TC = 150.0  # K
DPI = 110


@dataclass(frozen=True)
class Remade:
    """One figure or table of the paper, made with a model."""

    figure: Figure
    tables: dict[str, pd.DataFrame]
    """By the name of the file, without its suffix."""
    summary: str
    """Main numbers, beside the paper's values."""


def figure_3(predictor: TcPredictor, directory: Path) -> Remade:
    """Return the parity plots, from the evaluation in the model's folder."""
    predictions = read_predictions(directory)
    panels, lines = {}, [f"paper: r² = {R2}"]
    for split, words in SPLITS.items():
        [score] = [
            row
            for row in predictor.files.metrics["scores"]
            if (row["split"], row["model"], row["rows"]) == (split, "tcexplore", "all")
        ]
        figures_of_split = f"r² = {score['r2']:.3f}, n = {score['n']}"
        rows = predictions.loc[predictions["split"] == split]
        panels[f"{words}\n{figures_of_split}"] = rows
        lines.append(f"{words}: {figures_of_split}, mean absolute error {score['mae']:.2f} K")
        lines.append(high_tc_sentence(rows))
    shown = predictions.loc[predictions["split"].isin(list(SPLITS))]
    return Remade(figures.parity_figure(panels), {"figure-3": shown}, "\n".join(lines))


def high_tc_sentence(rows: pd.DataFrame) -> str:
    """Return label and prediction of test rows with a high Tc in a sentence."""
    high = rows.loc[rows["tc"] >= HIGH_TC]
    if high.empty:
        return f"  no row is labelled {HIGH_TC:g} K or more"
    ours = high["tcexplore"]
    return (
        f"  labelled {HIGH_TC:g} K or more: n = {len(high)}, mean label {high['tc'].mean():.0f} K,"
        f" mean prediction {ours.mean():.0f} K, highest {ours.max():.0f} K"
    )


def figure_4(predictor: TcPredictor, directory: Path) -> Remade:
    """Return the two morphism maps, and where the pairs that the paper names stand in them."""
    return swap_maps(
        {name: maps.morphism_map(predictor, morphism) for name, morphism in MORPHISMS.items()}
    )


def swap_maps(swaps: dict[str, ElementSwap]) -> Remade:
    """Return figure 4 from its maps by their names."""
    named = {name: maps.named_pairs(name, swap) for name, swap in swaps.items()}
    titles = {name: MORPHISMS[name].title for name in swaps}
    points = pd.concat([swap_table(swap).assign(map=name) for name, swap in swaps.items()])
    quoted = pd.concat(named.values())
    best = points.sort_values("tc", ascending=False).groupby("map", sort=False).head(1)
    return Remade(
        figures.swap_maps_figure(swaps, named, titles),
        {"figure-4": points, "figure-4-named-pairs": quoted},
        f"pairs that the paper names:\n{_text(quoted)}\nhighest of each map:\n{_text(best)}\n"
        + "\n".join(edge_sentence(name, swap) for name, swap in swaps.items()),
    )


def edge_sentence(name: str, swap: ElementSwap) -> str:
    """Return how many maxima of a map lie at an end of its scales: these are no domes."""
    peaks = swap.peak_scale[np.isfinite(swap.tc)]
    small, large = ((peaks == end).sum() for end in (swap.scales.min(), swap.scales.max()))
    return (
        f"{name}: of {peaks.size} pairs {small} peak at the smallest scale,"
        f" {swap.scales.min():g}, and {large} at the largest, {swap.scales.max():g}"
    )


def figure_5(predictor: TcPredictor, directory: Path) -> Remade:
    """Return the domes of Li2MgH16, with table II's Tc at the structures' own lattices."""
    domes = maps.domes(predictor)
    printed = {name: printed_tc(name) for name in domes}
    summary = pd.DataFrame([_dome_row(name, dome) | printed[name] for name, dome in domes.items()])
    return Remade(
        figures.domes_figure(domes, printed, TITLES),
        {"figure-5": dome_table(domes), "figure-5-apexes": summary},
        _text(summary),
    )


def printed_tc(entry_id: str) -> dict[str, float]:
    """Return the Tc (K) of table II for a structure of the catalogue at its own pressure."""
    table = read_table_2()
    pressure = catalogue_entry(entry_id).pressure
    [row] = np.flatnonzero((table["catalogue_id"] == entry_id) & (table["pressure"] == pressure))
    return {
        "the paper's network": float(table["tc_paper"].iloc[row]),
        "first principles": float(table["tc_reported"].iloc[row]),
    }


def _dome_row(name: str, dome: LatticeDome) -> dict[str, object]:
    return {
        "structure": TITLES[name],
        "own a": dome.parent.structure.lattice.a,
        "own tc": float(np.interp(1.0, dome.scales, dome.tc)),
        "apex a": dome.lattice_parameter[dome.apex],
        "apex tc": dome.tc[dome.apex],
    }


def figure_6(predictor: TcPredictor, directory: Path) -> Remade:
    """Return the maps over a and c, and Tc of the three lattices of the lower row."""
    return stretched_maps(maps.lattice_maps(predictor), maps.stretched_tc(predictor))


def stretched_maps(results: dict[str, LatticeMap], lattices: pd.DataFrame) -> Remade:
    """Return figure 6 from its maps by catalogue id and the lattices of its lower row."""
    stretched = lattices.query("lattice != 'as given'")
    marks = {name: stretched if name == maps.P3M1 else lattices.head(0) for name in results}
    apexes = pd.DataFrame([_apex_row(name, result) for name, result in results.items()])
    points = pd.concat(
        [map_table(result).assign(structure=name) for name, result in results.items()]
    )
    return Remade(
        figures.lattice_maps_figure(results, marks, TITLES),
        {"figure-6": points, "figure-6-apexes": apexes, "figure-6-lattices": lattices},
        f"apexes:\n{_text(apexes)}\nlattices of the lower row, P-3m1:\n{_text(lattices)}",
    )


def _apex_row(name: str, result: LatticeMap) -> dict[str, object]:
    row, column = result.apex
    return {
        "structure": TITLES[name], "a": result.a[column], "c": result.c[row],
        "tc": result.tc[row, column],
    }  # fmt: skip


def table_ii(predictor: TcPredictor, directory: Path) -> Remade:
    """Return table II and the mean absolute errors over the rows that count."""
    table = table_2(predictor)
    errors = mean_errors(table)
    shown = table.loc[table["tc"].notna()].filter(["formula", "phase", "pressure", *TC_COLUMNS])
    summary = f"{_text(shown)}\nmean absolute errors (K) against the reported Tc:\n{_text(errors)}"
    return Remade(
        figures.table_2_chart(table), {"table-2": table, "table-2-errors": errors}, summary
    )


def table_iii(predictor: TcPredictor, directory: Path) -> Remade:
    """Return table III."""
    table = table_3(predictor)
    shown = table.filter(regex="^(formula|tc_|a_)")
    return Remade(figures.table_3_chart(table), {"table-3": table}, _text(shown))


PARTS: dict[str, Callable[[TcPredictor, Path], Remade]] = {
    "figure-3": figure_3,
    "figure-4": figure_4,
    "figure-5": figure_5,
    "figure-6": figure_6,
    "table-2": table_ii,
    "table-3": table_iii,
}
"""By name; each takes the predictor and the folder of its model."""


def save_part(name: str, part: Remade, directory: Path) -> list[Path]:
    """Write a part as PNG, SVG and CSV, and return the files."""
    images = [directory / f"{name}{suffix}" for suffix in (".png", ".svg")]
    with matplotlib.rc_context({"svg.hashsalt": "tcexplore"}):  # else each run has other ids
        part.figure.savefig(images[0], dpi=DPI)
        part.figure.savefig(images[1], dpi=DPI, metadata={"Date": None})
    tables = [directory / f"{table}.csv" for table in part.tables]
    for path, table in zip(tables, part.tables.values(), strict=True):
        table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    return [*images, *tables]


def _text(table: pd.DataFrame) -> str:
    """Return a table in plain text: temperatures to 0.1 K, lengths to 0.001 Å."""
    rounded = table.assign(
        **{
            name: table[name].map(f"{{:.{3 if name in LENGTHS else 1}f}}".format)
            for name in table.select_dtypes("float")
        }
    )
    return rounded.replace("nan", "-").to_string(index=False)
