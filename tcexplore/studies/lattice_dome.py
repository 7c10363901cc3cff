"""Tc against the size of a lattice whose shape and fractional coordinates stay the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.equation_of_state.estimate import Pressures, PressureScale, pressure_scale
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import scan_domain
from tcexplore.scans.scan_tc import scan_tc
from tcexplore.typing import FloatArray

LOW_SHARE, HIGH_SHARE = 0.5, 1.5  # of the structure's own pressure
PRESSURE_RANGE = (50, 500)  # GPa


@dataclass(frozen=True)
class LatticeDome:
    """Tc along a uniform scaling; c/a and the angles are fixed."""

    parent: CanonicalCell
    scales: FloatArray
    """Factors on the parent's lattice vectors, rising, shape (n,)."""
    tc: FloatArray
    """(K) Shape (n,); nan where the work was stopped."""
    tc_low: FloatArray
    """(K) Lower end of each prediction interval, shape (n,); nan where the model has none."""
    tc_high: FloatArray
    """(K) Upper end of each prediction interval, shape (n,)."""
    domain: ApplicabilityDomain | None = None
    """Applicability domain of each point, shape (n,); None where it was not computed."""
    stated_pressure: float | None = None
    """(GPa) Known pressure of the parent's own lattice, 0 for ambient; None where it is unknown."""

    @cached_property
    def pressures(self) -> Pressures:
        """Return the pressure at each scale, estimated from the volume, nan where there is none."""
        structure = self.parent.structure
        scale = pressure_scale(structure, self.stated_pressure)
        return scale.pressures(self.scales**3 * structure.volume)

    @property
    def pressure(self) -> FloatArray:
        """Return the pressure (GPa) at each scale, shape (n,); nan where there is no estimate."""
        return self.pressures.value

    @property
    def lattice_parameter(self) -> FloatArray:
        """Return a (Å) of the canonical cell at each scale, shape (n,)."""
        return self.scales * self.parent.structure.lattice.a

    @property
    def volume_per_atom(self) -> FloatArray:
        """Return the volume (Å³) per atom at each scale, shape (n,)."""
        structure = self.parent.structure
        return self.scales**3 * structure.volume / structure.composition.num_atoms

    @property
    def apex(self) -> int:
        """Return the index of the highest Tc."""
        return int(np.nanargmax(self.tc))

    @property
    def width(self) -> float:
        """Return the range of scales around the apex where Tc is at least half of the highest."""
        above = self.tc >= self.tc[self.apex] / 2
        left = np.flatnonzero(~above[: self.apex])
        right = np.flatnonzero(~above[self.apex :])
        low = self.scales[left[-1] + 1] if left.size else self.scales[0]
        high = self.scales[self.apex + right[0] - 1] if right.size else self.scales[-1]
        return float(high - low)


def lattice_dome(
    predictor: TcPredictor,
    structure: Structure,
    *,
    scales: FloatArray,
    stated_pressure: float | None = None,
) -> LatticeDome:
    """Return Tc against the uniform scale of a structure's lattice.

    Parameters
    ----------
    structure
        Any cell of the crystal.
    scales
        Factors on the lattice vectors, shape (n,).
    stated_pressure
        (GPa) Known pressure of the structure's own lattice, 0 for ambient.

    References
    ----------
    Novakovic et al., arXiv:2301.10474 (2023), figure 5.
    """
    parent = predictor.cell(structure)
    scales = np.sort(np.asarray(scales, dtype=float))
    lattices = scales[:, None, None] * parent.structure.lattice.matrix
    scan = Scan(parent, (), np.zeros((1, 0), int), lattices)
    tc = scan_tc(predictor, scan).of_row(0)
    return LatticeDome(parent, scales, *tc.parts, scan_domain(predictor, scan), stated_pressure)


def pressures_around(scale: PressureScale) -> tuple[int, int]:
    """Return round pressures (GPa) around that of a structure as given, the ends of its dome."""
    lowest, highest = PRESSURE_RANGE
    own = float(scale.pressures(np.array([scale.volume])).value[0])
    low = int(np.clip(10 * round(LOW_SHARE * own / 10), lowest, highest - 50))
    return low, int(np.clip(10 * round(HIGH_SHARE * own / 10), low + 50, highest))
