"""What a view needs to know of a hydrogen network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

FloatArray = NDArray[np.floating]
IntArray = NDArray[np.integer]


class Contacts(Protocol):
    """Pairs of sites, each once, as `contacts.Contacts`."""

    @property
    def first(self) -> IntArray:
        """Indices of sites, shape (n,)."""
        ...

    @property
    def second(self) -> IntArray:
        """Indices of sites, shape (n,)."""
        ...

    @property
    def image(self) -> IntArray:
        """Lattice translation of the second atom, shape (n, 3)."""
        ...

    @property
    def distance(self) -> FloatArray:
        """(Å) Shape (n,)."""
        ...


class Component(Protocol):
    """As `contacts.Component`."""

    @property
    def sites(self) -> tuple[int, ...]:
        """Indices in the structure."""
        ...

    @property
    def dimensionality(self) -> int:
        """In how many directions it is periodic."""
        ...


class Cage(Protocol):
    """As `cages.Cage`."""

    @property
    def centre(self) -> int:
        """Index of the site in the structure."""
        ...

    @property
    def vertices(self) -> FloatArray:
        """(Å) Cartesian, around the site's own coordinates, shape (n, 3)."""
        ...

    @property
    def faces(self) -> Sequence[Sequence[int]]:
        """Polygons of vertices."""
        ...


class Network(Protocol):
    """As `studies.hydrogen_network.HydrogenNetwork`."""

    @property
    def structure(self) -> Structure:
        """What the indices refer to."""
        ...

    @property
    def cutoff(self) -> float:
        """(Å) Contacts are shorter."""
        ...

    @property
    def contacts(self) -> Contacts:
        """Each once."""
        ...

    @property
    def components(self) -> Sequence[Component]:
        """Connected parts."""
        ...

    @property
    def cages(self) -> Sequence[Cage]:
        """One for each metal site."""
        ...
