"""The hydrogen network and Tc together, along lattices with the parent's fractional coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.equation_of_state.estimate import Pressures, pressure_scale
from tcexplore.hydrogen.network import HydrogenNetworkScan, hydrogen_network_scan
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.model.predictor import TcPredictor
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import scan_domain
from tcexplore.scans.scan_tc import scan_tc
from tcexplore.studies.lattice_map import stretched_lattices
from tcexplore.typing import FloatArray

Along = Literal["a", "c", "scale"]


@dataclass(frozen=True)
class HydrogenScan:
    """A hydrogen network and Tc on some lattices of the canonical cell."""

    parent: CanonicalCell
    along: Along
    """Quantity of the values."""
    values: FloatArray
    """(Å, or factors on the parent's lattice) Shape (n,)."""
    network: HydrogenNetworkScan
    tc: FloatArray
    """(K) Shape (n,)."""
    tc_low: FloatArray
    """(K) Lower end of each prediction interval, shape (n,); nan where the model has none."""
    tc_high: FloatArray
    """(K) Upper end of each prediction interval, shape (n,)."""
    domain: ApplicabilityDomain
    """Applicability domain of each lattice, shape (n,)."""
    pressures: Pressures
    """Pressure of each lattice, estimated from its volume, shape (n,); nan without an estimate."""


def hydrogen_scan(
    predictor: TcPredictor,
    parent: CanonicalCell,
    lattices: FloatArray,
    *,
    along: Along,
    cutoff: float = 1.4,
    stated_pressure: float | None = None,
) -> HydrogenScan:
    """Return the hydrogen network of a crystal, and its Tc, on some lattices.

    Every lattice is predicted with the parent's fractional coordinates and space group.

    Parameters
    ----------
    lattices
        (Å) Lattice vectors of the canonical cell as rows, shape (n, 3, 3).
    along
        Quantity that varies.
    cutoff
        (Å) Hydrogen atoms that are no further apart are in contact.
    stated_pressure
        (GPa) Known pressure of the parent's own lattice, 0 for ambient.
    """
    scan = Scan(parent, (), np.zeros((1, 0), int), lattices)
    return HydrogenScan(
        parent,
        along,
        values_along(parent.structure.lattice, lattices, along),
        hydrogen_network_scan(parent.structure, lattices, cutoff=cutoff),
        *scan_tc(predictor, scan).of_row(0).parts,
        scan_domain(predictor, scan),
        lattice_pressures(parent.structure, lattices, stated_pressure),
    )


def lattice_pressures(
    structure: Structure, lattices: FloatArray, stated: float | None = None
) -> Pressures:
    """Return the pressures of a crystal on some lattices, estimated from their volumes.

    Parameters
    ----------
    lattices
        (Å) Lattice vectors of the structure's cell as rows, shape (n, 3, 3).
    stated
        (GPa) Known pressure of the structure's own lattice, 0 for ambient.
    """
    volumes = np.abs(np.linalg.det(lattices))
    return pressure_scale(structure, stated).pressures(volumes)


def values_along(lattice: Lattice, lattices: FloatArray, along: Along) -> FloatArray:
    """Return a or c (Å) of lattice vectors, or their scale on those of a lattice, shape (n,)."""
    if along == "scale":
        return np.cbrt(np.abs(np.linalg.det(lattices)) / lattice.volume)
    return np.linalg.norm(lattices[:, "abc".index(along)], axis=1)


def lattices_along(
    lattice: Lattice, along: Along, values: FloatArray, *, a: float, c: float
) -> FloatArray:
    """Return lattice vectors (Å) with some a, c or scales, shape (n, 3, 3).

    Parameters
    ----------
    lattice
        Where angles and b/a come from, and a and c for scales.
    values
        (Å, or factors) Shape (n,).
    a, c
        (Å) What stays where the other one varies.
    """
    if along == "scale":
        return values[:, None, None] * lattice.matrix
    every_a, every_c = (values, np.array([c])) if along == "a" else (np.array([a]), values)
    return stretched_lattices(lattice, every_a, every_c)
