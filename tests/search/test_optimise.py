"""Guided search: it finds the peak of a smooth map, and goes on where it was ended."""

import numpy as np
import pytest
from pymatgen.core import Element

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.elements import ELEMENTS
from tcexplore.search.equivalents import group_permutations, is_canonical
from tcexplore.search.optimise import propose
from tcexplore.search.space import search_space


@pytest.fixture(scope="module")
def space():
    parent = canonical_cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    return search_space(parent, ((13,), (6,)), [ELEMENTS[:80]] * 2)


def smooth_map(space):
    """(K) Of every assignment, its peak at two elements of the middle."""
    numbers = space.atomic_numbers(np.arange(space.n_assignments))
    order = np.array([0, *(Element(symbol).mendeleev_no for symbol in ELEMENTS)])
    first, second = order[numbers].T
    return 200 - 0.03 * (first - 55) ** 2 - 0.03 * (second - 25) ** 2


def proposals(space, tc, *, seed, n, batch_size=8):
    values, batch = {}, 0
    while len(values) < n:
        permutations = group_permutations(space)
        drawn = propose(space, permutations, values, count=batch_size, seed=seed, batch=batch)
        values |= {int(i): float(tc[i]) for i in drawn}
        batch += 1
    return values


@pytest.mark.parametrize("seed", range(3))
def test_it_comes_near_the_peak_of_a_smooth_map(space, seed):
    """120 of 6,400 at random hold one of the ten best in one of six cases."""
    tc = smooth_map(space)
    assert max(proposals(space, tc, seed=seed, n=120).values()) >= np.sort(tc)[-10]


def test_proposals_depend_on_what_was_evaluated_and_the_seed_alone(space):
    tc, permutations = smooth_map(space), group_permutations(space)
    values = proposals(space, tc, seed=1, n=40)
    again = [
        propose(space, permutations, dict(values), count=8, seed=seed, batch=5)
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(again[0], again[1])
    assert set(again[0]) != set(again[2])
    assert not set(again[0].tolist()) & set(values)


def test_a_small_space_is_looked_at_whole_and_each_class_once():
    parent = canonical_cell(catalogue_entry("li2mgh16-fd-3m-250gpa").structure())
    space = search_space(parent, ((36,), (37,)), [("H", "Li", "La", "Y")] * 2)
    permutations = group_permutations(space)
    values = {}
    for batch in range(4):
        drawn = propose(space, permutations, values, count=5, seed=0, batch=batch)
        assert is_canonical(space, permutations, drawn.astype(int)).all()
        values |= dict.fromkeys(drawn.tolist(), 1.0)
    assert len(values) == 10
