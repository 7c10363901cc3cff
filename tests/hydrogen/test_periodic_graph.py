"""Components of periodic graphs, by hand and against slow algebra."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcexplore.hydrogen.periodic_graph import PeriodicForest

vectors = st.tuples(*[st.integers(-4, 4)] * 3)


def loops(*images):
    """One node in contact with images of itself."""
    forest = PeriodicForest([0])
    for image in images:
        forest.join(0, 0, image)
    [component] = forest.components()
    return component.dimensionality, component.copies


@pytest.mark.parametrize(
    ("images", "dimensionality", "copies"),
    [
        ([], 0, 1),
        ([(0, 0, 0)], 0, 1),
        ([(0, 1, 0)], 1, 1),
        ([(0, -2, 0)], 1, 2),
        ([(2, 4, 6)], 1, 2),
        ([(2, 0, 0), (3, 0, 0)], 1, 1),
        ([(1, 2, 0), (2, 4, 0)], 1, 1),
        ([(2, 0, 0), (0, 3, 0)], 2, 6),
        ([(1, 1, 0), (1, -1, 0)], 2, 2),
        ([(1, 0, 0), (0, 1, 0), (0, 0, 1)], 3, 1),
        ([(0, 1, 1), (1, 0, 1), (1, 1, 0)], 3, 2),
        ([(-1, 1, 1), (1, -1, 1), (1, 1, -1)], 3, 4),
    ],
)
def test_dimensionality_and_copies_by_hand(images, dimensionality, copies):
    assert loops(*images) == (dimensionality, copies)


@given(st.lists(vectors, max_size=6))
def test_dimensionality_and_copies_follow_from_the_minors(images):
    matrix = np.array(images, dtype=int).reshape(-1, 3)
    rank = int(np.linalg.matrix_rank(matrix)) if len(matrix) else 0
    assert loops(*images) == (rank, gcd_of_minors(matrix, rank))


def gcd_of_minors(matrix, size):
    if size == 0:
        return 1
    rows, columns = (itertools.combinations(range(n), size) for n in matrix.shape)
    minors = [
        round(np.linalg.det(matrix[np.ix_(*chosen)]))
        for chosen in itertools.product(rows, list(columns))
    ]
    return math.gcd(*minors)


def test_a_cycle_that_closes_in_the_same_cell_is_a_molecule():
    forest = PeriodicForest("abc")
    forest.join("a", "b", (1, 0, 0))
    forest.join("b", "c", (0, 2, 0))
    assert forest.join("a", "c", (1, 2, 0)) == 0
    assert forest.join("c", "a", (0, 0, 0)) == 1


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), vectors), max_size=9), st.randoms())
def test_neither_the_order_of_edges_nor_their_direction_matters(edges, random):
    def components(edges):
        forest = PeriodicForest(range(5))
        for edge in edges:
            forest.join(*edge)
        return forest.components()

    turned = [
        (j, i, tuple(-x for x in image)) if random.random() < 0.5 else (i, j, image)
        for i, j, image in edges
    ]
    random.shuffle(turned)
    assert components(turned) == components(edges)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), vectors), max_size=9),
    st.lists(vectors, min_size=4, max_size=4),
)
def test_the_cell_in_which_an_atom_is_written_down_does_not_matter(edges, cells):
    moved = [
        (i, j, tuple(image[k] + cells[i][k] - cells[j][k] for k in range(3)))
        for i, j, image in edges
    ]
    forest, other = PeriodicForest(range(4)), PeriodicForest(range(4))
    for edge, same in zip(edges, moved, strict=True):
        assert forest.join(*edge) == other.join(*same)
    assert forest.components() == other.components()
