"""Time and memory of the maps against predicting the same structures one by one.

    python benchmarks/maps.py [--check]

Best of three, one network. The plain path (canonical input, then the cvnn network on one structure
at a time) is timed on 20 members in the same run. With --check it exits 1 where a bar is missed.
"""

from __future__ import annotations

import dataclasses
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from tcexplore.catalogue import catalogue_entry
from tcexplore.constants import PAPER_ELEMENTS
from tcexplore.families import Family, member
from tcexplore.predictor import TcPredictor, load_predictor, network_inputs
from tcexplore.scaling import scaled_coefficients, scaled_descriptors
from tcexplore.sites import site_choices
from tcexplore.studies.element_swap import element_swap
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.lattice_map import lattice_map

BARS = {
    "swap map": (1.0, 600),
    "swap map, 31 lattices": (20.0, 800),
    "dome": (0.3, None),
    "a/c map": (2.0, None),
}
LEAST_RATIO = 500


def first_network(predictor: TcPredictor) -> TcPredictor:
    """Return the predictor with its first network alone."""
    files = dataclasses.replace(predictor.files, members=predictor.files.members[:1])
    return TcPredictor(files, predictor.networks[:1])


def best_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_seconds(predictor: TcPredictor, family: Family, count: int = 20) -> float:
    """Return the time of one structure through the cvnn network, one at a time."""
    from tcexplore import network as networks

    files = predictor.files
    [one] = files.members
    network = networks.load_network(files.config.network, dict(one.weights))

    def predict_each() -> None:
        for row in range(count):
            image, values = network_inputs([member(family, row, 0)], files.config)
            network.predict(
                [scaled_coefficients(image, one.scaling), scaled_descriptors(values, one.scaling)],
                verbose="0",
            )

    predict_each()
    return best_seconds(predict_each, repeats=1) / count


def main() -> int:
    """Print the table."""
    predictor = first_network(load_predictor())
    parent = predictor.cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    choices = site_choices(parent.structure)
    sites = {
        "x_sites": choices["Mg1 (1 site)"],
        "y_sites": choices["H2 (1 site)"],
        "x": PAPER_ELEMENTS,
        "y": PAPER_ELEMENTS,
    }
    layered = catalogue_entry("li2mgh16-p-3m1-300gpa").structure()
    scales = np.linspace(0.7, 1.9, 31)
    swap = element_swap(predictor, parent, **sites)
    works = {
        "swap map": (86 * 86, lambda: element_swap(predictor, parent, **sites)),
        "dome": (200, lambda: lattice_dome(predictor, layered, scales=np.linspace(0.5, 2, 200))),
        "a/c map": (
            10_000,
            lambda: lattice_map(
                predictor, layered, a=np.linspace(0.8, 7, 100), c=np.linspace(0.8, 14, 100)
            ),
        ),
        "swap map, 31 lattices": (
            86 * 86 * 31,
            lambda: element_swap(predictor, parent, **sites, scales=scales),
        ),
    }
    missed, rows = False, []
    for name, (count, work) in works.items():
        seconds = best_seconds(work)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append((name, count, seconds, peak))
    plain = plain_seconds(predictor, swap.family)
    print(
        f"{'work':<24}{'members':>9}{'time/s':>9}{'bar/s':>7}{'peak/MB':>9}{'ratio to plain':>16}"
    )
    for name, count, seconds, peak in rows:
        ratio = count * plain / seconds
        bar, memory = BARS[name]
        print(f"{name:<24}{count:9d}{seconds:9.2f}{bar:7.1f}{peak:9.0f}{ratio:16.0f}")
        missed |= seconds > bar or (memory is not None and peak > memory)
        missed |= name.startswith("swap") and ratio < LEAST_RATIO
    print(f"plain path: {1000 * plain:.1f} ms for one structure")
    return int("--check" in sys.argv and missed)


if __name__ == "__main__":
    sys.exit(main())
