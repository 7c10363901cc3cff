"""Graphs that repeat in space: their connected parts, and the directions in which these go on.

A node stands for an atom and all its images. An edge joins `first` in some cell to `second` in the
cell that lies `image` further on. What a part repeats along are the lattice translations that lead
from one of its atoms back to an image of that atom; their number of independent directions is the
dimensionality of the part.
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
class Part:
    """One connected part of a periodic graph."""

    nodes: tuple[int, ...]
    """In rising order."""
    dimensionality: int
    """Independent directions in which it repeats, 0 to 3."""
    copies: int
    """Parts alike but for a lattice translation that interpenetrate: 1 for a single framework."""


class PeriodicForest:
    """Nodes joined edge by edge; each tree knows the translations that lead back to it."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._parent = {node: node for node in nodes}
        self._cell = dict.fromkeys(self._parent, ZERO)  # of a node, its parent being in cell 0
        self._rows: dict[int, Rows] = dict.fromkeys(self._parent, (None, None, None))

    def join(self, first: int, second: int, image: Vector) -> int:
        """Add an edge and return in how many directions the part that it belongs to repeats."""
        (root, start), (other, end) = self._root(first), self._root(second)
        step = _sum(start, image, end)
        if root == other:
            self._rows[root] = _extended(self._rows[root], step)
        else:
            self._parent[other], self._cell[other] = root, step
            for row in filter(None, self._rows[other]):
                self._rows[root] = _extended(self._rows[root], row)
        return _rank(self._rows[root])

    def parts(self) -> tuple[Part, ...]:
        """Return all parts: those of most dimensions first, then the largest."""
        members = defaultdict(list)
        for node in self._parent:
            members[self._root(node)[0]].append(node)
        parts = [
            Part(tuple(sorted(nodes)), _rank(self._rows[root]), _index(self._rows[root]))
            for root, nodes in members.items()
        ]
        return tuple(sorted(parts, key=lambda p: (-p.dimensionality, -len(p.nodes), p.nodes)))

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


def _index(rows: Rows) -> int:
    """Return how many cosets a lattice has among the lattice vectors of its own line or plane.

    It is the greatest common divisor of the largest minors of a basis.
    """
    basis = [row for row in rows if row is not None]
    columns = itertools.combinations(range(3), len(basis))
    minors = (_determinant([[row[c] for c in chosen] for row in basis]) for chosen in columns)
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
