"""Shortest distances by element pair and smallest volumes of the training hydrides.

A crystal whose atoms come closer than those of any training material is outside the applicability
domain, whatever its chemistry and volume: a metal on a hydrogen site and hydrogen scattered at
random leave these as they are. A metal is any element but hydrogen. Only structures with more than
a tenth of their atoms hydrogen are judged.

An element pair that many training materials hold has the shortest distance among these; another one
the sum of its two radii times the shortest ratio of its class: H-H, H-metal, metal-metal. The
volume of a hydride is compared with a sum of atomic volumes, fitted to the smallest volumes of the
training hydrides (an expectile regression, elements with few data drawn to the square of their
radius). `python benchmarks/positions.py` prints what the limits catch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.features.pair_distances import HYDROGEN_RADIUS
from tcexplore.typing import BoolArray, FloatArray, IntArray

LEAST_HYDROGEN = 0.1  # fraction of the atoms from which a structure is judged as a hydride
MANY = 8  # training materials that an element pair needs to have a limit of its own
CLASS_QUANTILE = 0.005  # of the shortest distances by radii: the limit of a class
DISTANCE_TOLERANCE = 0.95  # of the shortest distance in training: outside begins below
VOLUME_TOLERANCE = 0.88  # of the smallest volume in training: outside begins below
EXPECTILE = 0.05  # of the volumes that the atomic volumes are fitted to
PRIOR_WEIGHT = 0.05  # of an atomic volume's pull towards that by its radius
STEPS = 30
EDGE = 0.999  # of what training holds: the edge begins below, a thousandth is rounding
PAIR_CODE = 128  # a pair of elements is atomic number * 128 + the larger atomic number


@dataclass(frozen=True)
class Tightness:
    """Tightest pair of each structure and its volume, against training; all of shape (n,)."""

    distance_ratio: FloatArray
    """Of the tightest pair: distance over the shortest in training; inf where none is judged."""
    distance: FloatArray
    """(Å) Of that pair; inf where none is judged."""
    pair: IntArray
    """Its two elements as a number, 0 where none is judged."""
    volume_ratio: FloatArray
    """Volume over the smallest that training materials call for; inf where it is not judged."""

    @property
    def is_outside(self) -> BoolArray:
        """Return where a distance or the volume is clearly below all that training holds."""
        too_close = self.distance_ratio < DISTANCE_TOLERANCE
        return too_close | (self.volume_ratio < VOLUME_TOLERANCE)

    @property
    def is_edge(self) -> BoolArray:
        """Return where a distance or the volume is below all that training holds."""
        return (self.distance_ratio < EDGE) | (self.volume_ratio < EDGE)


@dataclass(frozen=True)
class PairLimits:
    """Shortest distances and smallest volumes that the training hydrides hold."""

    shortest: FloatArray
    """(Å) By the two elements, 0 where nothing is known, shape (94, 94)."""
    atomic_volumes: FloatArray
    """(Å³) Of each element under the highest pressure in training, shape (94,)."""

    def tightness(
        self,
        apart: FloatArray,
        species: FloatArray,
        fractions: FloatArray,
        volume_per_atom: FloatArray,
        members: tuple[IntArray, IntArray],
    ) -> Tightness:
        """Return how tight the members of a scan are.

        Parameters
        ----------
        apart
            (Å) Between kinds of sites, inf where there is none, (n_lattices, n_kinds, n_kinds).
        species
            Share of each element on a kind's sites, shape (n_rows, n_kinds, 94).
        fractions
            Of the atoms, shape (n_rows, 94).
        volume_per_atom
            (Å³) Of each member, shape (n,).
        members
            Row and lattice of each member, shape (n,) each.
        """
        rows, lattices = members
        is_judged = (fractions[:, 0] > LEAST_HYDROGEN)[rows]
        ratio, distance = np.full(len(rows), np.inf), np.full(len(rows), np.inf)
        pair, main = np.zeros(len(rows), dtype=int), species.argmax(axis=2)
        for first, second in zip(*np.triu_indices(apart.shape[1]), strict=True):
            limit = self.shortest[main[:, first], main[:, second]][rows]
            apart_here = apart[lattices, first, second]
            here = np.divide(apart_here, limit, out=np.full(len(rows), np.inf), where=limit > 0)
            closer = is_judged & (here < ratio)
            low, high = np.sort(main[:, [first, second]][rows], axis=1).T + 1
            ratio, distance = (
                np.where(closer, new, old) for new, old in ((here, ratio), (apart_here, distance))
            )
            pair = np.where(closer, PAIR_CODE * low + high, pair)
        smallest = (fractions @ self.atomic_volumes)[rows]
        is_judged &= smallest > 0
        volume = np.divide(
            volume_per_atom, smallest, out=np.full(len(rows), np.inf), where=is_judged
        )
        return Tightness(ratio, distance, pair, volume)


def not_judged(n_structures: int) -> Tightness:
    """Return what leaves the distances and volumes of some structures without a judgement."""
    endless, no_pair = np.full(n_structures, np.inf), np.zeros(n_structures, dtype=int)
    return Tightness(endless, endless, no_pair, endless)


def pair_symbols(pair: int) -> str:
    """Return the symbols of a pair of elements: ``H-La``."""
    return "-".join(ELEMENTS[number - 1] for number in divmod(pair, PAIR_CODE))


def element_pair_distances(apart: FloatArray, species: FloatArray) -> dict[int, float]:
    """Return the shortest distance (Å) of each pair of elements in a crystal.

    Parameters
    ----------
    apart
        (Å) Between kinds of sites, shape (n_kinds, n_kinds).
    species
        Share of each element on a kind's sites, shape (n_kinds, 94).
    """
    main, shortest = species.argmax(axis=1) + 1, {}
    for first, second in zip(*np.triu_indices(len(apart)), strict=True):
        low, high = sorted((int(main[first]), int(main[second])))
        pair = PAIR_CODE * low + high
        shortest[pair] = min(shortest.get(pair, np.inf), float(apart[first, second]))
    return {pair: distance for pair, distance in shortest.items() if np.isfinite(distance)}


def distances_text(distances: Mapping[int, float]) -> str:
    """Return distances (Å) as ``known.csv`` holds them: ``H-H 1.064; H-La 2.011``."""
    return "; ".join(f"{pair_symbols(pair)} {d:.6g}" for pair, d in sorted(distances.items()))


def distances_from_text(text: str) -> dict[int, float]:
    """Return the distances (Å) by pair of elements that `distances_text` wrote."""
    number = {symbol: z for z, symbol in enumerate(ELEMENTS, 1)}
    parts = re.findall(r"(\w+)-(\w+) ([\d.]+)", text)
    return {PAIR_CODE * number[low] + number[high]: float(d) for low, high, d in parts}


def build_pair_limits(known: pd.DataFrame, fractions: FloatArray) -> PairLimits:
    """Return the limits that the hydrides of a model's ``known.csv`` set.

    Parameters
    ----------
    known
        Columns distances and volume_per_atom (Å³).
    fractions
        Atomic fractions of these materials, shape (n_known, 94).
    """
    is_hydride = fractions[:, 0] > LEAST_HYDROGEN
    texts = known.loc[is_hydride, "distances"]
    volumes = known.loc[is_hydride, "volume_per_atom"].to_numpy(float)
    return PairLimits(
        _shortest([distances_from_text(text) for text in texts]),
        _atomic_volumes(fractions[is_hydride], volumes),
    )


def _shortest(materials: list[dict[int, float]]) -> FloatArray:
    """Return the shortest distance (Å) of each element pair, shape (94, 94)."""
    radii = _radii()
    apart = radii[:, None] + radii
    is_metal = (np.arange(len(radii)) > 0).astype(int)
    classes = is_metal[:, None] + is_metal
    values = np.full((len(materials), *apart.shape), np.inf)
    for row, distances in enumerate(materials):
        for pair, distance in distances.items():
            low, high = np.array(divmod(pair, PAIR_CODE)) - 1
            values[row, low, high] = values[row, high, low] = distance
    limits = np.zeros(apart.shape)
    for number in range(3):
        of_class = (values / apart)[:, classes == number].min(axis=1, initial=np.inf)
        of_class = of_class[np.isfinite(of_class)]
        if len(of_class):
            share = np.quantile(of_class, CLASS_QUANTILE)
            limits[classes == number] = share * apart[classes == number]
    has_many = np.isfinite(values).sum(axis=0) >= MANY
    return np.where(has_many, values.min(axis=0, initial=np.inf), limits)


def _atomic_volumes(fractions: FloatArray, volumes: FloatArray) -> FloatArray:
    """Return atomic volumes (Å³) whose sum no training hydride falls below, shape (94,)."""
    if not len(volumes):
        return np.zeros(len(ELEMENTS))
    squares = _radii() ** 2
    squares[0] = 0.0
    shares = np.column_stack([fractions[:, 0], fractions @ squares]) / volumes[:, None]
    weight = np.ones(len(volumes))
    for _ in range(STEPS):
        root = np.sqrt(weight)
        (hydrogen, metal), _ = nnls(shares * root[:, None], root)
        weight = _expectile_weight(shares @ [hydrogen, metal])
    prior = metal * squares
    prior[0] = hydrogen
    shares, pull = fractions * prior / volumes[:, None], PRIOR_WEIGHT * np.ones(len(prior))
    for _ in range(STEPS):
        normal = (shares * weight[:, None]).T @ shares + np.diag(pull)
        factors = np.linalg.solve(normal, weight @ shares + pull)
        weight = _expectile_weight(shares @ factors)
    atomic = prior * factors
    return atomic * (volumes / (fractions @ atomic)).min()


def _expectile_weight(estimate: FloatArray) -> FloatArray:
    return np.where(estimate > 1, 1 - EXPECTILE, EXPECTILE)


def _radii() -> FloatArray:
    """Return the radii (Å) of the elements, that of hydrogen half the molecule's length."""
    radii = np.nan_to_num(element_table().atomic_radius, nan=1.5).copy()
    radii[0] = HYDROGEN_RADIUS
    return radii
