"""Tc over the lattice parameters a (= b) and c; angles and fractional coordinates stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.equation_of_state.estimate import Pressures, pressure_scale
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import scan_domain
from tcexplore.scans.scan_tc import last_step, scan_tc_steps
from tcexplore.typing import FloatArray


@dataclass(frozen=True)
class LatticeMap:
    """Tc over a and c of the canonical cell."""

    parent: CanonicalCell
    a: FloatArray
    """(Å) Shape (n_a,); b moves with it, b/a fixed."""
    c: FloatArray
    """(Å) Shape (n_c,)."""
    tc: FloatArray
    """(K) Shape (n_c, n_a); nan where the work was stopped."""
    tc_low: FloatArray
    """(K) Lower end of each prediction interval, shape (n_c, n_a); nan where the model has none."""
    tc_high: FloatArray
    """(K) Upper end of each prediction interval, shape (n_c, n_a)."""
    domain: ApplicabilityDomain | None = None
    """Applicability domain of each point, shape (n_c, n_a); None where it was not computed."""
    stated_pressure: float | None = None
    """(GPa) Known pressure of the parent's own lattice, 0 for ambient; None where it is unknown."""

    @cached_property
    def pressures(self) -> Pressures:
        """Return the pressure of each point, estimated from the volume, shape (n_c, n_a).

        Of a lattice with another c/a it is the pressure that its volume has, not a stress.
        """
        structure = self.parent.structure
        ratios = (self.a / structure.lattice.a) ** 2 * (self.c / structure.lattice.c)[:, None]
        scale = pressure_scale(structure, self.stated_pressure)
        return scale.pressures(ratios * structure.volume)

    @property
    def apex(self) -> tuple[int, int]:
        """Return row and column of the highest Tc."""
        row, column = np.unravel_index(np.nanargmax(self.tc), self.tc.shape)
        return int(row), int(column)


def lattice_map(
    predictor: TcPredictor,
    structure: Structure,
    *,
    a: FloatArray,
    c: FloatArray,
    stated_pressure: float | None = None,
) -> LatticeMap:
    """Return Tc over the lattice parameters a and c of a structure's canonical cell.

    Every point is predicted with the parent's fractional coordinates and space group.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    a, c
        (Å) Values, shapes (n_a,) and (n_c,).
    stated_pressure
        (GPa) Known pressure of the structure's own lattice, 0 for ambient.

    References
    ----------
    Novakovic et al., arXiv:2301.10474 (2023), figure 6.
    """
    steps = lattice_map_steps(predictor, structure, a=a, c=c, stated_pressure=stated_pressure)
    return last_step(steps)


def lattice_map_steps(
    predictor: TcPredictor,
    structure: Structure,
    *,
    a: FloatArray,
    c: FloatArray,
    stated_pressure: float | None = None,
) -> Iterator[tuple[float, LatticeMap]]:
    """Yield the share that is done and the map so far, as `lattice_map` at last returns it."""
    parent = predictor.cell(structure)
    a, c = np.asarray(a, dtype=float), np.asarray(c, dtype=float)
    lattices = stretched_lattices(parent.structure.lattice, a, c)
    scan = Scan(parent, (), np.zeros((1, 0), int), lattices)
    shape = len(c), len(a)
    domain = scan_domain(predictor, scan).reshaped(*shape)
    for share, interval in scan_tc_steps(predictor, scan):
        tc, low, high = (values.reshape(shape) for values in interval.of_row(0).parts)
        yield share, LatticeMap(parent, a, c, tc, low, high, domain, stated_pressure)


def stretched_lattices(lattice: Lattice, a: FloatArray, c: FloatArray) -> FloatArray:
    """Return lattice vectors (Å) for all c, and for each of these all a, (n_c · n_a, 3, 3)."""
    directions = lattice.matrix / np.array(lattice.abc)[:, None]
    each_c, each_a = (grid.ravel() for grid in np.meshgrid(c, a, indexing="ij"))
    lengths = np.stack([each_a, each_a * lattice.b / lattice.a, each_c], axis=1)
    return lengths[:, :, None] * directions
