"""Constraints of a search: limits on domain, distances and Tc of the variants that it keeps."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import site_kinds
from tcexplore.model.conformal import TcInterval
from tcexplore.search.space import SearchSpace
from tcexplore.typing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Constraints:
    """Limits; None where there is none."""

    inside_only: bool = False
    """Whether the variant must lie inside the applicability domain."""
    widest_interval: float | None = None
    """(K) From the lower to the upper end of the prediction interval."""
    shortest_h_h: float | None = None
    """(Å) Least distance between hydrogen atoms."""
    shortest_metal_h: float | None = None
    """(Å) Least distance from hydrogen to any other element."""
    highest_pressure: float | None = None
    """(GPa) Of the lattice, by its volume; a variant without an estimate is not kept."""
    least_tc: float | None = None
    """(K) Least value of the objective; what is lower is not kept."""
    charge_neutral: bool = False
    """Whether the variant must be charge-neutral by `charge_neutrality.is_charge_neutral`."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and not 0 <= value < np.inf:
                raise ValueError(f"{name} of {value:g}; expected 0 or more, or no limit")

    def allow_distances(self, h_h: FloatArray, metal_h: FloatArray) -> BoolArray:
        """Return which members keep the distances (Å), the shape of the arguments."""
        return (h_h >= (self.shortest_h_h or 0)) & (metal_h >= (self.shortest_metal_h or 0))

    def allow_tc(self, tc: TcInterval, objective: FloatArray) -> BoolArray:
        """Return which members keep the limits on Tc, the shape of the arguments."""
        allowed = np.isfinite(objective)
        if self.widest_interval is not None:
            allowed &= tc.high - tc.low <= self.widest_interval
        return allowed if self.least_tc is None else allowed & (objective >= self.least_tc)


def hydrogen_distances(space: SearchSpace, numbers: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the shortest H-H and metal-H distance (Å) on the parent's lattice, shape (n,) each.

    A metal is any element but hydrogen; inf where there is no such pair.

    Parameters
    ----------
    numbers
        Atomic numbers of the assignments, shape (n, n_groups).
    """
    structure, groups = space.parent.structure, [group.sites for group in space.groups]
    patterns, which = np.unique(numbers == 1, axis=0, return_inverse=True)
    kinds = site_kinds(structure, groups, np.where(patterns, 1, 3))
    [apart] = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    is_hydrogen = kinds.species[:, :, 0] > 0.5  # (n_patterns, n_kinds)
    h_h = _least(apart, is_hydrogen, is_hydrogen)
    return h_h[which.reshape(-1)], _least(apart, is_hydrogen, ~is_hydrogen)[which.reshape(-1)]


def _least(apart: FloatArray, first: BoolArray, second: BoolArray) -> FloatArray:
    """Return the least distance between kinds that two masks choose, for each row of these."""
    pairs = first[:, :, None] & second[:, None, :]
    return np.where(pairs, apart, np.inf).min(axis=(1, 2))
