"""Applicability domain: distance of a structure from the training materials.

A hydride whose atoms are closer, or whose volume is smaller, than training holds (`pair_limits`) is
at the edge or outside whatever the following says, with a reason that can be read.

A known material is a point in 18 dimensions: mean and standard deviation of eight elemental
properties over its atoms, the logarithm of its volume per atom, and that of its closest contact
(distance over the sum of the two atomic radii, the least in the crystal). A structure's distance
to the nearest known material is compared with how far the known materials lie from the nearest one
of another chemical system: the percentile says which share of them lies nearer. At 100 the
structure is farther from all that was seen than any known material is from foreign chemistry.

What the choice rests on (`python benchmarks/domain.py --data FILE`): the error of boosted trees on
chemical systems kept apart, over the error that is usual at that predicted Tc, is 0.87 below the
50th percentile, 1.10 up to the 95th, 1.54 up to the 99th and 1.09 beyond, where few rows lie (96 of
7,221). With distance in atomic fractions it is 0.87, 1.14, 1.11 and 0.84, with volume and contact
without chemistry 0.88, 1.10, 1.30 and 1.61. That error has to be relative: the densest part of
what is known, cuprates, has the highest Tc and so the largest errors in kelvin. No row that is kept
apart is stretched or squeezed: for lattice scans the measure says how far they leave what was seen,
not how wrong Tc is there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.fractions import formula_fractions
from tcexplore.crystal.structure import SHORTEST_DISTANCE
from tcexplore.features.composition import PROPERTY_UNITS, STATISTICS, composition_descriptors
from tcexplore.model import pair_limits
from tcexplore.model.in_training import (
    TrainingCrystals,
    build_training_crystals,
    distinct_compositions,
    system_keys,
)
from tcexplore.model.pair_limits import (
    PairLimits,
    Tightness,
    build_pair_limits,
    pair_symbols,
)
from tcexplore.typing import BoolArray, FloatArray, IntArray

INSIDE, EDGE, OUTSIDE = WORDS = ("inside", "at the edge", "outside")
DOMAIN_PHRASES = {
    word: f"{word}{' of' if word == EDGE else ''} the applicability domain" for word in WORDS
}
LIMITS = (95.0, 99.0)  # percentiles where the edge and the outside begin
CHEMISTRY_WEIGHT = 0.2  # of a property's 5-to-95 % range, against a factor e in volume
CHEMISTRY = ("weighted_mean", "weighted_standard_deviation")
GEOMETRY = ("volume_per_atom", "shortest_distance", "contact")


@dataclass(frozen=True)
class ApplicabilityDomain:
    """Distance of structures from the training materials; all arrays have one shape."""

    percentile: FloatArray
    """(%) Known materials that lie nearer to another chemical system than these to any."""
    nearest: IntArray
    """Row of the nearest known material in `ModelFiles.known`."""
    is_known_system: BoolArray
    """Whether a known material holds exactly these elements."""
    volume_per_atom: FloatArray
    """(Å³)"""
    shortest_distance: FloatArray
    """(Å) Between any two atoms; below 0.4 Å nothing can be said, and the percentile is 100."""
    contact: FloatArray
    """The least ratio of a distance to the sum of the two atomic radii."""
    trained_volume: FloatArray
    """(Å³) Volume per atom of the training material that each is; nan where it is none."""
    tc_held_out: FloatArray
    """(K) Tc of these without their chemical systems in training, see `TrainingMatches`."""

    @property
    def in_training(self) -> BoolArray:
        """Return which structures the model was trained on."""
        return np.isfinite(self.trained_volume)

    pair: IntArray
    """The two elements of the pair that is tightest against training, 0 where none is judged."""
    pair_distance: FloatArray
    """(Å) Shortest distance of that pair."""
    pair_ratio: FloatArray
    """The same over the shortest distance of such a pair in training."""
    volume_ratio: FloatArray
    """Volume over the smallest that the training hydrides call for; inf for others."""

    def reason(self, index: int | tuple[int, ...]) -> str:
        """Return what is closer than in training, for one structure; empty where nothing is."""
        ratio, distance = float(self.pair_ratio[index]), float(self.pair_distance[index])
        volume, volume_ratio = float(self.volume_per_atom[index]), float(self.volume_ratio[index])
        reasons = []
        if ratio < pair_limits.EDGE:
            reasons.append(
                f"{pair_symbols(int(self.pair[index]))} {distance:.2f} Å is shorter than any in"
                f" training ({distance / ratio:.2f} Å)"
            )
        if volume_ratio < pair_limits.EDGE:
            reasons.append(
                f"{volume:.2f} Å³ per atom is below the smallest volume that the training"
                f" hydrides call for ({volume / volume_ratio:.2f} Å³)"
            )
        return "; ".join(reasons)

    @property
    def words(self) -> NDArray[np.str_]:
        """Return ``inside``, ``at the edge`` or ``outside`` for each, empty where nothing is."""
        words = np.array(WORDS)[np.searchsorted(LIMITS, self.percentile, side="right")]
        return np.where(np.isnan(self.percentile), "", words)

    @property
    def is_outside(self) -> BoolArray:
        """Return which structures lie outside the training materials."""
        return self.percentile >= LIMITS[1]

    def without_training(self, which: BoolArray) -> ApplicabilityDomain:
        """Return the same with some structures that do not count as training materials."""
        trained = (np.where(which, np.nan, v) for v in (self.trained_volume, self.tc_held_out))
        return replace(self, **dict(zip(("trained_volume", "tc_held_out"), trained, strict=True)))

    def reshaped(self, *shape: int) -> ApplicabilityDomain:
        """Return the same in another shape."""
        return ApplicabilityDomain(
            *(getattr(self, field.name).reshape(shape) for field in fields(self))
        )

    def spread(self, shape: tuple[int, ...], index: tuple[IntArray, ...]) -> ApplicabilityDomain:
        """Return the same at some places of a larger shape, a percentile of nan elsewhere."""
        spread = []
        for field in fields(self):
            values = getattr(self, field.name)
            empty = np.nan if values.dtype.kind == "f" else values.dtype.type(0)
            spread.append(np.full(shape, empty, dtype=values.dtype))
            spread[-1][index] = values
        return ApplicabilityDomain(*spread)


@dataclass(frozen=True)
class KnownMaterials:
    """The materials that a model was trained on, as points to measure distances to."""

    positions: FloatArray
    """Chemistry, then the logarithms of volume per atom and closest contact, (n_known, 18)."""
    origin: FloatArray
    """Median of the chemical statistics, shape (16,)."""
    width: FloatArray
    """From the 5th to the 95th percentile of the same, shape (16,)."""
    separations: FloatArray
    """Distance of each to the nearest one of another chemical system, rising, (n_known,)."""
    systems: frozenset[bytes]
    """Which elements occur together, as `system_keys` writes it."""
    crystals: TrainingCrystals
    """The same materials, to be looked up."""
    pair_limits: PairLimits
    """Shortest distances and smallest volumes of the training hydrides."""

    def domain(
        self,
        fractions: FloatArray,
        *,
        volume_per_atom: FloatArray,
        shortest_distance: FloatArray,
        contact: FloatArray,
        space_group_number: int,
        tightness: Tightness,
    ) -> ApplicabilityDomain:
        """Return the distances of some structures from the training materials.

        Parameters
        ----------
        fractions
            Share of the atoms by atomic number, shape (n, 94).
        volume_per_atom, shortest_distance, contact
            (Å³, Å, 1) As in `ApplicabilityDomain`, shape (n,).
        space_group_number
            Of all of them.
        tightness
            From `PairLimits.tightness`; what is below all that training holds is at the edge or
            outside, whatever its distance.
        """
        distinct, which = distinct_compositions(fractions)
        chemistry = _scaled(_chemistry(distinct), self.origin, self.width)
        geometry = np.log(np.column_stack([volume_per_atom, contact]))
        distances, nearest = self._nearest(chemistry, which, geometry)
        percentile = 100 * np.searchsorted(self.separations, distances) / len(self.separations)
        percentile = np.where(tightness.is_edge, np.maximum(percentile, LIMITS[0]), percentile)
        is_beyond = tightness.is_outside | (shortest_distance < SHORTEST_DISTANCE)
        percentile = np.where(is_beyond, 100.0, percentile)
        is_known = np.array([key in self.systems for key in system_keys(distinct)])[which]
        training = self.crystals.matches(fractions, volume_per_atom, space_group_number)
        return ApplicabilityDomain(
            percentile,
            nearest,
            is_known,
            volume_per_atom,
            shortest_distance,
            contact,
            training.volume_per_atom,
            training.tc_held_out,
            tightness.pair,
            tightness.distance,
            tightness.distance_ratio,
            tightness.volume_ratio,
        )

    def _nearest(
        self, chemistry: FloatArray, which: IntArray, geometry: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """Return distance and row of the known material nearest to each point, shapes (n,).

        In a scan of lattices the chemistry of all points is one: its distance to each known
        material is one coordinate, and the search is in three dimensions instead of 18.
        """
        known, points = self.positions, np.hstack([chemistry[which], geometry])
        if len(chemistry) == 1:
            n_chemistry = chemistry.shape[1]
            apart = np.linalg.norm(known[:, :n_chemistry] - chemistry, axis=1)
            known = np.column_stack([apart, known[:, n_chemistry:]])
            points = np.column_stack([np.zeros(len(geometry)), geometry])
        distances, nearest = KDTree(known).query(points)
        return np.asarray(distances), np.asarray(nearest)


def build_known_materials(known: pd.DataFrame) -> KnownMaterials:
    """Return the space of the materials in a model's ``known.csv``."""
    fractions = known_fractions(known)
    chemistry = _chemistry(fractions)
    low, middle, high = np.quantile(chemistry, [0.05, 0.5, 0.95], axis=0)
    width = np.where(high > low, high - low, 1.0)
    geometry = np.log(known[["volume_per_atom", "contact"]].to_numpy(float))
    return KnownMaterials(
        np.hstack([_scaled(chemistry, middle, width), geometry]),
        middle,
        width,
        np.sort(known["separation"].to_numpy(float)),
        frozenset(system_keys(fractions)),
        build_training_crystals(known, fractions),
        build_pair_limits(known, fractions),
    )


def separations(known: pd.DataFrame) -> FloatArray:
    """Return how far each known material lies from the nearest of another system, (n_known,).

    Parameters
    ----------
    known
        Columns formula, space_group_number, volume_per_atom (Å³), contact and distances.
    """
    materials = known.assign(separation=0.0, tc_held_out=np.nan)
    positions = build_known_materials(materials).positions
    systems = pd.factorize(np.array(system_keys(known_fractions(known)), dtype=object))[0]
    nearest = np.empty(len(known))
    for system in np.unique(systems):
        is_same = systems == system
        others = KDTree(positions[~is_same]) if not is_same.all() else None
        nearest[is_same] = others.query(positions[is_same])[0] if others else np.inf
    return nearest


def known_fractions(known: pd.DataFrame) -> FloatArray:
    """Return the atomic fractions of known materials by atomic number, shape (n_known, 94)."""
    return formula_fractions(tuple(known["formula"]))[:, : len(ELEMENTS)]


def _scaled(chemistry: FloatArray, origin: FloatArray, width: FloatArray) -> FloatArray:
    return CHEMISTRY_WEIGHT * (chemistry - origin) / width


def _chemistry(fractions: FloatArray) -> FloatArray:
    """Return mean and standard deviation of the properties over the atoms, shape (n, 16)."""
    statistics = composition_descriptors(fractions, elements=ELEMENTS)[:, 1:]
    shape = len(fractions), len(PROPERTY_UNITS), len(STATISTICS)
    chosen = [STATISTICS.index(name) for name in CHEMISTRY]
    return statistics.reshape(shape)[:, :, chosen].reshape(len(fractions), -1)
