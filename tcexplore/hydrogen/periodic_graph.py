"""Periodic graphs: connected components, their dimensionality and interpenetration.

A node stands for an atom and all its images. An edge joins `first` in some cell to `second` in the
cell that lies `image` further on. A component repeats along the lattice translations that lead from
one of its atoms back to an image of that atom; their number of independent directions is its
dimensionality.

Written by hand because the graph grows edge by edge, from the shortest contact to the longest, and
says its dimensionality after each: pymatgen's and networkx's searches start anew for each cut-off.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Vector = tuple[int, int, int]
Rows = tuple[Vector | None, Vector | None, Vector | None]

ZERO: Vector = (0, 0, 0)


@dataclass(frozen=True)
class Component:
    """Connected component of a periodic graph: atoms that contacts join, with their images."""

    sites: tuple[int, ...]
    """Indices of the atoms, rising."""
    dimensionality: int
    """0 for molecules and lone atoms, 1 for chains, 2 for layers, 3 for frameworks."""
    copies: int = 1
    """Interpenetrating components that are alike but for a lattice translation."""


class PeriodicForest:
    """Union-find forest of nodes joined edge by edge, with the translations of each tree."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._parent = {node: node for node in nodes}
        self._cell = dict.fromkeys(self._parent, ZERO)  # of a node, its parent being in cell 0
        self._rows: dict[int, Rows] = dict.fromkeys(self._parent, (None, None, None))

    def join(self, first: int, second: int, image: Vector) -> int:
        """Add an edge; return the dimensionality of the component that it belongs to."""
        (root, start), (other, end) = self._root(first), self._root(second)
        step = _sum(start, image, end)
        if root == other:
            self._rows[root] = _extended(self._rows[root], step)
        else:
            self._parent[other], self._cell[other] = root, step
            for row in filter(None, self._rows[other]):
                self._rows[root] = _extended(self._rows[root], row)
        return _rank(self._rows[root])

    def components(self) -> tuple[Component, ...]:
        """Return all components: those of most dimensions first, then the largest."""
        members = defaultdict(list)
        for node in self._parent:
            members[self._root(node)[0]].append(node)
        components = [
            Component(tuple(sorted(nodes)), _rank(self._rows[root]), _n_cosets(self._rows[root]))
            for root, nodes in members.items()
        ]
        return tuple(sorted(components, key=lambda c: (-c.dimensionality, -len(c.sites), c.sites)))

    def _root(self, node: int) -> tuple[int, Vector]:
        """Return the root of a node, and the cell of the node where the root is in cell 0."""
        path = []
        while self._parent[node] != node:
            path.append(node)
            node = self._parent[node]
        cell = ZERO
        for below in reversed(path):  # every node on the way is hung directly below the root
            cell = _sum(self._cell[below], cell)
            self._parent[below], self._cell[below] = node, cell
        return node, cell


def _sum(plus: Vector, also: Vector, minus: Vector = ZERO) -> Vector:
    return (
        plus[0] + also[0] - minus[0],
        plus[1] + also[1] - minus[1],
        plus[2] + also[2] - minus[2],
    )


def _extended(rows: Rows, vector: Vector) -> Rows:
    """Return a triangular basis of the lattice that a basis and one more vector span."""
    if vector == ZERO:
        return rows
    basis = list(rows)
    for column in range(3):
        row = basis[column]
        if vector[column] == 0:
            continue
        if row is None:
            basis[column] = vector
            break
        while vector[column]:
            times = row[column] // vector[column]
            row, vector = vector, _less(row, times, vector)
        basis[column] = row
    return basis[0], basis[1], basis[2]


def _less(row: Vector, times: int, vector: Vector) -> Vector:
    return (
        row[0] - times * vector[0],
        row[1] - times * vector[1],
        row[2] - times * vector[2],
    )


def _rank(rows: Rows) -> int:
    return 3 - rows.count(None)


def _n_cosets(rows: Rows) -> int:
    """Return the number of cosets of a lattice among all lattice vectors of its line or plane.

    It is the greatest common divisor of the largest minors of a basis.
    """
    basis = [row for row in rows if row is not None]
    columns = itertools.combinations(range(3), len(basis))
    minors = (_determinant([[row[c] for c in minor] for row in basis]) for minor in columns)
    return math.gcd(*minors)


def _determinant(matrix: list[list[int]]) -> int:
    """Return the determinant, exact; 1 for the empty matrix."""
    if not matrix:
        return 1
    return sum(
        (-1) ** column
        * matrix[0][column]
        * _determinant([row[:column] + row[column + 1 :] for row in matrix[1:]])
        for column in range(len(matrix))
    )
