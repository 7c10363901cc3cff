import numpy as np
import pytest

from tcexplore.crystal.shortest_distances import shortest_distances

LATTICE = np.array([[3.0, 0.0, 0.0], [0.4, 4.0, 0.0], [0.2, -0.3, 5.0]])


@pytest.mark.parametrize("kinds", [[0, 0], [0, 1]])
@pytest.mark.parametrize("apart", [0.0, 1e-6, 1e-3, 0.01, 0.1, 1.0])
def test_atoms_that_meet_have_the_distance_between_them(kinds, apart, rng):
    for first, offset in zip(rng.uniform(size=(50, 3)), rng.normal(size=(50, 3)), strict=True):
        coords = np.array([first, first + apart * offset / 10])
        found = shortest_distances(coords, np.ones(2), np.array(kinds), LATTICE[None])
        distance = np.linalg.norm(apart * offset / 10 @ LATTICE)
        assert found[0, kinds[0], kinds[1]] == pytest.approx(distance, rel=1e-2, abs=1e-3)


def test_sites_that_share_an_atom_have_none(rng):
    coords = np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])
    found = shortest_distances(coords, np.full(2, 0.5), np.array([0, 1]), LATTICE[None])
    assert found[0, 0, 1] == np.inf


def test_atoms_that_meet_on_an_axis_keep_their_distance():
    for x in np.geomspace(1e-4, 0.1, 300):
        coords = np.array([[x, 0.5, 0.5], [-x, 0.5, 0.5]])
        found = shortest_distances(coords, np.ones(2), np.zeros(2, int), 2.4 * np.eye(3)[None])
        assert found[0, 0, 0] == pytest.approx(4.8 * x, rel=1e-2, abs=1e-3)
