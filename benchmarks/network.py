"""Time of hydrogen networks: one network, one step of a slider, a scan.

    python benchmarks/network.py [--check]

Best of three. The large cells hold 495 atoms: LaH10, in which all cages are one, and the same with
every atom displaced by 0.05 Å, in which no two are. With --check it exits 1 where a bar is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from pymatgen.core import Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.structure import on_lattice
from tcexplore.display.hydrogen_network import network_figure
from tcexplore.hydrogen.network import hydrogen_network, hydrogen_network_scan
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.studies.hydrogen_scan import hydrogen_scan
from tcexplore.studies.lattice_map import stretched_lattices
from tcexplore.view3d.export import scene_json
from tcexplore.view3d.scene import build_scene


def best_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def large_cell() -> Structure:
    """Return LaH10 in a cell of 495 atoms."""
    structure = catalogue_entry("lah10-fm-3m-150gpa").structure().get_primitive_structure()
    return structure.make_supercell([3, 3, 5], in_place=False)


def displaced(structure: Structure, distance: float) -> Structure:
    """Return the structure with every atom moved by a distance (Å) in some direction."""
    shifts = np.random.default_rng(5).normal(size=(len(structure), 3))
    shifts *= distance / np.linalg.norm(shifts, axis=1, keepdims=True)
    coords = structure.cart_coords + shifts
    return Structure(structure.lattice, structure.species, coords, coords_are_cartesian=True)


def page_step(predictor: TcPredictor, structure: Structure) -> None:
    """Compute one step of a slider of the page that moves the plot too, nothing of it cached.

    Both lattices with network, Tc and 3D view; network and Tc along 41 lattices; the figure.
    """
    cell = predictor.cell(structure)
    lattice = cell.structure.lattice
    scan = stretched_lattices(lattice, np.array([1.1 * lattice.a]), np.linspace(3.2, 13.8, 41))
    hydrogen_scan(predictor, cell, scan[:2], along="c")
    for matrix in scan[10:12]:
        drawn = on_lattice(structure, matrix)
        scene_json(build_scene(drawn, hydrogen_network=hydrogen_network(drawn)))
    network_figure(hydrogen_scan(predictor, cell, scan, along="c"))


def main() -> int:
    """Print the table."""
    predictor = load_predictor()
    layered = catalogue_entry("li2mgh16-p-3m1-300gpa").structure()
    along_a = stretched_lattices(layered.lattice, np.linspace(2.5, 6, 60), np.array([5.313]))
    large = large_cell()
    irregular = displaced(large, 0.05)
    works = {
        "network, 19 atoms": (0.3, lambda: hydrogen_network(layered)),
        "network, 495 atoms": (1.0, lambda: hydrogen_network(large, cutoff=1.6)),
        "network, 495 displaced atoms": (1.0, lambda: hydrogen_network(irregular, cutoff=1.6)),
        "step, 19 atoms": (0.3, lambda: hydrogen_network_scan(layered, along_a[:1])),
        "step, 495 atoms": (0.3, lambda: hydrogen_network_scan(large, large.lattice.matrix[None])),
        "scan of 60 lattices, 19 atoms": (0.5, lambda: hydrogen_network_scan(layered, along_a)),
        "step of the page, 19 atoms": (0.3, lambda: page_step(predictor, layered)),
    }
    missed = False
    print(f"{'work':<32}{'time/s':>9}{'bar/s':>8}")
    for name, (bar, work) in works.items():
        seconds = best_seconds(work)
        print(f"{name:<32}{seconds:9.3f}{bar:8.1f}")
        missed |= seconds > bar
    return int("--check" in sys.argv and missed)


if __name__ == "__main__":
    sys.exit(main())
