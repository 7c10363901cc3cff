"""Time of the Fourier representation against the plain loop over atoms and indices.

    python benchmarks/representation.py [--check]

Prints milliseconds for one cell at δ = 13, best of five, and the ratio of the two in the same run.
With --check it exits 1 where the vectorised form takes more than 1 ms for 20 sites.
"""

import sys
import time
from collections.abc import Callable
from itertools import product

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.elements import element_table
from tcexplore.crystal.structure import atom_arrays
from tcexplore.features.fourier import RepresentationConfig, fourier_coefficients

CONFIG = RepresentationConfig()
MOST_MILLISECONDS = 1.0


def random_cell(n_sites: int) -> Structure:
    """Return a triclinic cell of four elements."""
    rng = np.random.default_rng(n_sites)
    lattice = Lattice.from_parameters(5, 6, 7, 80, 95, 100).scale(10 * n_sites)
    return Structure(
        lattice, rng.choice(["H", "S", "Y", "La"], n_sites).tolist(), rng.random((n_sites, 3))
    )


def by_loop(structure: Structure) -> np.ndarray:
    """Return the coefficients one atom and one index at a time."""
    table, atoms, reciprocal = element_table(), atom_arrays(structure), structure.lattice.inv_matrix
    n = CONFIG.n_hkl
    grid = np.zeros((n, n, n, 2), dtype=complex)
    for h, k, l in product(range(n), repeat=3):  # noqa: E741
        g = reciprocal @ (h, k, l)
        square = g @ g
        for number, x in zip(atoms.atomic_numbers, atoms.frac_coords, strict=True):
            phase = np.exp(-2j * np.pi * (h * x[0] + k * x[1] + l * x[2])) / structure.volume
            mass, radius = table.atomic_mass[number - 1], table.atomic_radius[number - 1]
            for channel, (amount, width) in enumerate(
                ((number, CONFIG.gamma_charge * radius), (mass, CONFIG.gamma_mass * mass))
            ):
                grid[h, k, l, channel] += amount * np.exp(-2 * np.pi**2 * width * square) * phase
    return grid


def best_milliseconds(call: Callable[[], object], *, repeats: int, runs: int) -> float:
    """Return the best mean time of a call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(runs):
            call()
        times.append((time.perf_counter() - start) / runs)
    return 1000 * min(times)


def main() -> int:
    """Print the table."""
    print(f"{'sites':>5} {'vectorised/ms':>14} {'loop/ms':>9} {'ratio':>7} {'difference':>11}")
    slowest = 0.0
    for n_sites in (5, 20, 100):
        structure = random_cell(n_sites)
        fast = best_milliseconds(lambda s=structure: fourier_coefficients(s), repeats=5, runs=50)
        slow = best_milliseconds(lambda s=structure: by_loop(s), repeats=1, runs=1)
        error = np.abs(fourier_coefficients(structure) - by_loop(structure)).max()
        print(f"{n_sites:5d} {fast:14.3f} {slow:9.1f} {slow / fast:7.0f} {error:11.1e}")
        slowest = max(slowest, fast) if n_sites <= 20 else slowest
    return int("--check" in sys.argv and slowest > MOST_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
