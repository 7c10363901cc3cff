"""Equation of state: errors with a formula and an element left out, anchors, what pressures cost.

    .venv/bin/python benchmarks/pressure.py --data ../shared/data [--check]

builds the hydrides of the data set, fits, and prints a table; --check ends with 1 where a bar is
missed. Times are ratios within one run: with pressures against without.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.orbits import site_choices
from tcexplore.datasets import build_dataset, load_dataset
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.equation_of_state.leave_out import Fit, coverage, fit_with_errors
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.training.known_pressures import hydride_cells, measured_cells

ANCHORED = (("h3s-im-3m-200gpa", 3.088, 155.0), ("lah10-fm-3m-150gpa", 4.97, 185.0))
ROUNDS = 5
Row = tuple[str, str, str, bool]


def main() -> int:
    """Print the table; return 1 where a bar is missed and --check is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of tables, or a .parquet")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    is_file = options.data.suffix == ".parquet"
    dataset = load_dataset(options.data) if is_file else build_dataset(options.data)
    fit = fit_with_errors(hydride_cells(dataset), measured_cells())
    rows = [*error_rows(fit), *anchor_rows(), *time_rows(load_predictor())]
    width = max(len(row[0]) for row in rows)
    for name, value, bar, is_met in rows:
        print(f"{name:<{width}}  {value:>9}  {bar:<12}  {'met' if is_met else 'MISSED'}")
    return int(options.check and not all(row[3] for row in rows))


def error_rows(fit: Fit) -> list[Row]:
    """Return errors of the pressure, and the share that the stated errors hold."""
    formulas, elements = (
        np.abs(table["estimated"].to_numpy(float) / table["known"].to_numpy(float) - 1)
        for table in (fit.formulas, fit.elements)
    )
    covered = coverage(fit.formulas, fit.elements), coverage(fit.elements, fit.formulas)
    within = float(np.mean(formulas <= 0.2))
    medians = float(np.median(formulas)), float(np.median(elements))
    names = f"({len(formulas)} cells)", f"({len(elements)} cells)"
    return [
        _row(f"formula left out {names[0]}: median |dP|/P", medians[0], "<= 6 %", 0.06),
        (f"formula left out {names[0]}: within 20 %", f"{within:.1%}", ">= 88 %", within >= 0.88),
        _row(f"element left out {names[1]}: median |dP|/P", medians[1], "<= 18 %", 0.18),
        *(
            (f"stated 90 % error, {what} left out: holds", f"{share:.1%}", "90 +- 5 %",
             abs(share - 0.9) <= 0.05)
            for what, share in zip(("formula", "element"), covered, strict=True)
        ),
    ]  # fmt: skip


def _row(name: str, value: float, bar: str, limit: float) -> Row:
    return name, f"{value:.1%}", bar, value <= limit


def anchor_rows() -> list[Row]:
    """Return pressures of measured lattices from the catalogue's anchors."""
    rows = []
    for entry_id, a, measured in ANCHORED:
        entry = catalogue_entry(entry_id)
        structure = entry.structure()
        scale = pressure_scale(structure, entry.pressure)
        volume = structure.volume * (a / structure.lattice.a) ** 3
        pressure = float(scale.pressures(np.array([volume])).value[0])
        name = f"{entry.formula} at {a} A from {entry.pressure:g} GPa, measured {measured:g}"
        rows.append((name, f"{pressure:.0f} GPa", "+- 20 GPa", abs(pressure - measured) <= 20))
    return rows


def time_rows(predictor: TcPredictor) -> list[Row]:
    """Return what a dome's axis of pressures and a map at a pressure cost."""
    structure = catalogue_entry("lah10-fm-3m-150gpa").structure()
    scales = np.linspace(0.9, 1.1, 200)

    def dome() -> object:
        return lattice_dome(predictor, structure, scales=scales)

    def dome_with_axis() -> object:
        scale = pressure_scale(structure, 150.0)
        chosen = scale.scales(np.linspace(75.0, 225.0, 200))
        return lattice_dome(predictor, structure, scales=chosen, stated_pressure=150.0).pressures

    rows = [_time_row("dome of 200 points, with its axis over without", dome, dome_with_axis, 1.2)]
    for entry_id in ("mgh13-fm-3m-200gpa", "li2mgh16-fd-3m-250gpa"):
        parent = predictor.cell(catalogue_entry(entry_id).structure())
        choices = list(site_choices(parent.structure).values())
        x_sites = choices[0][:1]
        y_sites = next(sites for sites in choices if not set(sites) & set(choices[0]))[:1]

        swap = partial(
            element_swap, predictor, parent, x_sites=x_sites, y_sites=y_sites, x=PAPER_ELEMENTS,
            y=PAPER_ELEMENTS,
        )  # fmt: skip
        name = f"{entry_id}: map 86x86 at 200 GPa over one lattice"
        rows.append(_time_row(name, swap, partial(swap, pressures=(200.0,)), 1.5))
    return rows


def _time_row(
    name: str, without: Callable[[], object], with_pressure: Callable[[], object], limit: float
) -> Row:
    """Return the ratio of the medians of alternating runs."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + 1):
        for job, taken in zip((without, with_pressure), times, strict=True):
            start = time.perf_counter()
            job()
            if number:  # the first round warms up
                taken.append(time.perf_counter() - start)
    plain, pressed = map(statistics.median, times)
    text = f"{name} ({plain:.2f} s, {pressed:.2f} s)"
    return text, f"{pressed / plain:.2f}", f"<= {limit:g}", pressed / plain <= limit


if __name__ == "__main__":
    sys.exit(main())
