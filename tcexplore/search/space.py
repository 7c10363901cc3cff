"""Search space: the elements allowed on each group of sites, and a number for each assignment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Element

from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.element_groups import ELEMENT_GROUPS
from tcexplore.crystal.elements import ELEMENTS, element_table
from tcexplore.crystal.structure import StructureError
from tcexplore.model.predictor import TcPredictor
from tcexplore.typing import IntArray

LARGEST = 2**62  # assignments, so that their numbers fit 64 bits


@dataclass(frozen=True)
class SiteGroup:
    """Sites that hold the same element, and the elements to try on them."""

    sites: tuple[int, ...]
    """Indices in the parent's structure."""
    elements: tuple[str, ...]
    """Symbols."""


@dataclass(frozen=True)
class SearchSpace:
    """All assignments of an element to each group of sites of a parent."""

    parent: CanonicalCell
    groups: tuple[SiteGroup, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of each group, a column of the results: x1, x2, ..."""
        return tuple(f"x{number}" for number in range(1, len(self.groups) + 1))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of elements of each group."""
        return tuple(len(group.elements) for group in self.groups)

    @property
    def n_assignments(self) -> int:
        """Return the number of assignments, symmetry-equivalent ones included."""
        return math.prod(self.sizes)

    def digits(self, indices: IntArray) -> IntArray:
        """Return which element of its group each assignment has, shape (n, n_groups).

        Parameters
        ----------
        indices
            Numbers of assignments, 0 to n_assignments - 1, shape (n,); the last group varies
            fastest.
        """
        return np.stack(np.unravel_index(indices, self.sizes), axis=1)

    def indices(self, digits: IntArray) -> IntArray:
        """Return the numbers of assignments from `digits`, shape (n,)."""
        return np.asarray(np.ravel_multi_index(tuple(digits.T), self.sizes))

    def atomic_numbers(self, indices: IntArray) -> IntArray:
        """Return the atomic numbers of assignments, shape (n, n_groups)."""
        tables = [np.array([Element(s).Z for s in group.elements]) for group in self.groups]
        columns = zip(tables, self.digits(indices).T, strict=True)
        return np.stack([table[column] for table, column in columns], axis=1)


def search_space(
    parent: CanonicalCell, sites: Sequence[Sequence[int]], elements: Sequence[Sequence[str]]
) -> SearchSpace:
    """Return the space of a search.

    Parameters
    ----------
    parent
        From `TcPredictor.cell`.
    sites
        For each group the indices of its sites in the parent's structure.
    elements
        Symbols for each group, such as `allowed_elements` returns them.

    Raises
    ------
    StructureError
        Sites that are not there or named twice, a group without elements, or too many assignments.
    """
    _check_groups(len(parent.structure), sites, elements)
    groups = zip(sites, elements, strict=True)
    space = SearchSpace(
        parent,
        tuple(
            SiteGroup(tuple(map(int, s)), tuple(dict.fromkeys(symbols))) for s, symbols in groups
        ),
    )
    if space.n_assignments > LARGEST:
        raise StructureError(
            f"{space.n_assignments:.2g} assignments; expected at most {LARGEST:.2g}: give fewer"
            " groups or fewer elements"
        )
    return space


def within_radius_ratio(space: SearchSpace, low: float, high: float) -> SearchSpace:
    """Return a space without the elements that are too small or too large for their sites.

    Parameters
    ----------
    low, high
        Least and largest ratio of an element's atomic radius to the mean one on the sites of its
        group in the parent.

    Raises
    ------
    StructureError
        A group has no elements left.
    """
    radii = element_table().atomic_radius
    groups = []
    for number, group in enumerate(space.groups, 1):
        before = np.mean([_site_radius(space.parent, site) for site in group.sites])
        kept = tuple(s for s in group.elements if low <= radii[ELEMENTS.index(s)] / before <= high)
        if not kept:
            raise StructureError(
                f"group {number} has no elements whose radius is {low:g} to {high:g} times that of"
                " the sites in the parent; widen the range"
            )
        groups.append(SiteGroup(group.sites, kept))
    return SearchSpace(space.parent, tuple(groups))


def _site_radius(parent: CanonicalCell, site: int) -> float:
    """Return the mean atomic radius (Å) of what a site holds."""
    species = parent.structure[site].species
    radii = element_table().atomic_radius
    total = sum(amount * radii[element.Z - 1] for element, amount in species.items())
    return float(total / species.num_atoms)


def _check_groups(
    n_sites: int, sites: Sequence[Sequence[int]], elements: Sequence[Sequence[str]]
) -> None:
    named = [site for group in sites for site in group]
    if not sites or not all(len(group) for group in sites):
        raise StructureError("a group has no sites; name at least one site for each group")
    if len(sites) != len(elements):
        raise StructureError(
            f"{len(sites)} groups of sites, but elements for {len(elements)}; give as many"
        )
    if len(set(named)) < len(named):
        raise StructureError(f"sites {named} name one site twice; a site belongs to one group")
    if min(named) < 0 or max(named) >= n_sites:
        raise StructureError(f"sites {named} are not all there; the cell has 0 to {n_sites - 1}")
    for number, symbols in enumerate(elements, 1):
        if not len(symbols):
            raise StructureError(f"group {number} has no elements that are predicted; allow some")


def allowed_elements(
    predictor: TcPredictor,
    names: Iterable[str],
    *,
    radioactive: bool = False,
    noble: bool = False,
) -> tuple[str, ...]:
    """Return the elements that a model predicts among groups of elements and symbols.

    Parameters
    ----------
    predictor
        The model; elements that it does not know or that have no atomic radius are left out.
    names
        Keys of `ELEMENT_GROUPS`, such as ``d block``, or symbols.
    radioactive, noble
        Whether to keep radioactive elements and noble gases.

    Raises
    ------
    ValueError
        A name is neither.
    """
    wanted = [symbol for name in names for symbol in _symbols(name)]
    radii, trained = element_table().atomic_radius, set(predictor.files.config.elements)
    return tuple(
        symbol
        for symbol in dict.fromkeys(wanted)
        if symbol in trained
        and not np.isnan(radii[ELEMENTS.index(symbol)])
        and (radioactive or not ELEMENT_GROUPS["radioactive"](Element(symbol)))
        and (noble or not ELEMENT_GROUPS["noble gases"](Element(symbol)))
    )


def _symbols(name: str) -> list[str]:
    if name in ELEMENTS:
        return [name]
    if name not in ELEMENT_GROUPS:
        raise ValueError(
            f"{name!r} is neither an element up to Pu nor a group of elements; the groups are:"
            f" {', '.join(ELEMENT_GROUPS)}"
        )
    return [symbol for symbol in ELEMENTS if ELEMENT_GROUPS[name](Element(symbol))]
