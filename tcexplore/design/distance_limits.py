"""Shortest distances that a moved crystal may have: those of its pairs of elements in training.

For a hydride these are the shortest distances of each pair of elements in any training hydride, and
by radii (`pair_limits`) for a pair that none of them holds. Other materials have no distances by
pair in a model's ``known.csv``: there a pair's limit is the sum of the two atomic radii times the
closest contact of all but a few of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymatgen.core import Structure

from tcexplore.crystal.elements import element_table
from tcexplore.crystal.shortest_distances import shortest_distances
from tcexplore.crystal.site_kinds import SiteKinds, site_kinds
from tcexplore.model.pair_limits import (
    CLASS_QUANTILE,
    LEAST_HYDROGEN,
    PAIR_CODE,
    distances_from_text,
    element_pair_distances,
)
from tcexplore.model.predictor import TcPredictor
from tcexplore.typing import FloatArray

ROUNDING = 1e-5  # of a distance; known.csv has six digits


@dataclass(frozen=True)
class ClosestPair:
    """Pair of elements of a crystal whose distance is nearest to its limit, or below it."""

    pair: int
    """The two elements as a number, see `pair_limits.pair_symbols`; 0 where no pair has a limit."""
    distance: float
    """(Å) Shortest one of this pair; inf where there is none."""
    ratio: float
    """Distance over its limit."""

    @property
    def is_allowed(self) -> bool:
        """Return whether no atoms are closer than their limit."""
        return self.ratio >= 1 - ROUNDING


@dataclass(frozen=True)
class DistanceLimits:
    """Limits by pair of elements."""

    shortest: FloatArray
    """(Å) 0 where there is no limit, shape (94, 94)."""

    def closest(self, structure: Structure) -> ClosestPair:
        """Return the pair of a crystal that is nearest to its limit."""
        closest = ClosestPair(0, np.inf, np.inf)
        for pair, distance in pair_distances_of(structure).items():
            first, second = np.array(divmod(pair, PAIR_CODE)) - 1
            limit = self.shortest[first, second]
            if limit > 0 and distance / limit < closest.ratio:
                closest = ClosestPair(pair, distance, float(distance / limit))
        return closest


def pair_distances_of(structure: Structure, kinds: SiteKinds | None = None) -> dict[int, float]:
    """Return the shortest distance (Å) of each pair of elements in a crystal."""
    kinds = kinds or site_kinds(structure)
    apart = shortest_distances(
        structure.frac_coords, kinds.occupancy, kinds.of_site, structure.lattice.matrix[None]
    )
    return element_pair_distances(apart[0], kinds.species[0])


def distance_limits(predictor: TcPredictor, structure: Structure) -> DistanceLimits:
    """Return the limits that the training materials of a model set for a crystal."""
    known = predictor.files.known
    if site_kinds(structure).fractions[0, 0] > LEAST_HYDROGEN:
        by_radii = predictor.known_materials.pair_limits.shortest
        trained = trained_distances(known)
        return DistanceLimits(np.where(np.isfinite(trained), trained, by_radii))
    is_other = known["distances"].fillna("") == ""
    radii = np.nan_to_num(element_table().atomic_radius)
    contacts = known.loc[is_other, "contact"].to_numpy(float)
    least = np.quantile(contacts, CLASS_QUANTILE) if len(contacts) else 0.0
    return DistanceLimits(least * (radii[:, None] + radii))


def trained_distances(known: pd.DataFrame) -> FloatArray:
    """Return the shortest distance (Å) of each pair in training, inf where none, (94, 94)."""
    shortest = np.full((len(element_table().atomic_radius),) * 2, np.inf)
    for text in known["distances"].fillna(""):
        for pair, distance in distances_from_text(text).items():
            first, second = np.array(divmod(pair, PAIR_CODE)) - 1
            least = min(shortest[first, second], distance)
            shortest[first, second] = shortest[second, first] = least
    return shortest
