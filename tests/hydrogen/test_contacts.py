"""H-H contacts against the obvious loop, and what they join up to by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.core import Lattice, Structure
from support.hydrides import CRYSTALS

from tcexplore.hydrogen.contacts import (
    components,
    contacts_within,
    hydrogen_contacts,
    hydrogen_indices,
    percolation_cutoffs,
)


def all_pairs(coords, matrix, cutoff):
    """The slow, obvious way: every pair in every cell within three."""
    pairs = set()
    for image in itertools.product(range(-3, 4), repeat=3):
        for i, j in itertools.product(range(len(coords)), repeat=2):
            distance = np.linalg.norm((coords[j] + image - coords[i]) @ matrix)
            if 0 < distance <= cutoff:
                pairs.add((i, j, image))
    return pairs


def both_ways(contacts):
    rows = zip(contacts.first.tolist(), contacts.second.tolist(), contacts.image, strict=True)
    there = [(i, j, tuple(image.tolist())) for i, j, image in rows]
    back = [(j, i, tuple(-x for x in image)) for i, j, image in there]
    assert len({*there, *back}) == 2 * len(contacts), "a pair stands there twice"
    return {*there, *back}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_atoms=st.integers(1, 5), cutoff=st.floats(0.5, 3.0))
def test_equals_the_obvious_loop(seed, n_atoms, cutoff):
    """Oblique cells of all kinds, atoms outside the home cell."""
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(2.2, 4, (3, 1)) * (np.eye(3) + rng.uniform(-0.25, 0.25, (3, 3)))
    coords = rng.uniform(-1, 2, (n_atoms, 3))
    whole = np.floor(coords)  # within reach of the loop's cells once the atoms are at home
    contacts = contacts_within(np.arange(n_atoms), coords, matrix, cutoff=cutoff)
    pairs = {
        (i, j, tuple((np.array(image) + whole[j] - whole[i]).astype(int).tolist()))
        for i, j, image in both_ways(contacts)
    }
    assert pairs == all_pairs(coords - whole, matrix, cutoff)


@pytest.mark.parametrize("name", CRYSTALS)
def test_a_contact_says_how_long_it_is(name):
    structure = CRYSTALS[name]()
    contacts = hydrogen_contacts(structure, cutoff=1.6)
    assert (np.diff(contacts.distance) >= 0).all()
    coords = structure.frac_coords
    across = coords[contacts.second] + contacts.image - coords[contacts.first]
    np.testing.assert_allclose(
        np.linalg.norm(across @ structure.lattice.matrix, axis=1), contacts.distance, atol=1e-8
    )
    assert {structure[i].specie.symbol for i in contacts.first} <= {"H"}


@pytest.mark.parametrize("cutoff", [0, -1.4, np.nan, 8.1, np.inf])
def test_a_cutoff_that_makes_no_sense_is_refused(cutoff):
    with pytest.raises(ValueError, match=r"a cut-off of .* Å; expected above 0 and up to 8 Å"):
        hydrogen_contacts(CRYSTALS["H3S"](), cutoff=cutoff)


def test_equal_distances_stay_together_at_the_cutoff():
    structure = Structure(Lattice.cubic(0.1 + 0.2 + 1.1), ["H"], [[0.1, 0.7, 0.3]])
    assert len(hydrogen_contacts(structure, cutoff=1.4)) == 3
    assert len(hydrogen_contacts(structure, cutoff=1.4 - 1e-5)) == 0


@pytest.mark.parametrize(
    ("species", "counted"),
    [
        ({"H": 1}, True),
        ({"D": 1}, True),
        ({"H": 0.5, "D": 0.5}, True),
        ({"H+": 1}, True),
        ({"H": 0.51}, True),
        ({"H": 0.5}, False),
        ({"H": 0.4, "Li": 0.6}, False),
        ({"Li": 1}, False),
    ],
)
def test_a_site_is_hydrogen_where_more_than_half_of_it_is(species, counted):
    structure = Structure(Lattice.cubic(3), [species], [[0, 0, 0]])
    assert hydrogen_indices(structure).tolist() == ([0] if counted else [])


def shapes(structure, cutoff):
    contacts = hydrogen_contacts(structure, cutoff=cutoff)
    joined = components(hydrogen_indices(structure), contacts)
    return [(len(c.sites), c.dimensionality) for c in joined]


def test_components_by_hand():
    box, cell = Lattice.cubic(6), Lattice.hexagonal(np.sqrt(3), 7)
    molecule = Structure(box, ["H", "H"], [[0.95, 0.5, 0.5], [0.95 + 0.74 / 6, 0.5, 0.5]])
    assert shapes(molecule, 0.75) == [(2, 0)]
    assert shapes(molecule, 0.73) == [(1, 0), (1, 0)]
    chain = Structure(Lattice.tetragonal(6, 1), ["H"], [[0, 0, 0]])
    assert shapes(chain, 1.1) == [(1, 1)]
    layer = Structure(cell, ["H", "H"], [[1 / 3, 2 / 3, 0.99], [2 / 3, 1 / 3, 0.99]])
    assert shapes(layer, 1.1) == [(2, 2)]
    cubic = Structure(Lattice.cubic(1.5), ["H"], [[0, 0, 0]])
    assert shapes(cubic, 1.49) == [(1, 0)]
    assert shapes(cubic, 1.51) == [(1, 3)]


def test_percolation_by_hand():
    def cutoffs(structure):
        contacts = hydrogen_contacts(structure, cutoff=7.5)
        return percolation_cutoffs(hydrogen_indices(structure), contacts)

    molecule = Structure(Lattice.cubic(6), ["H", "H"], [[0, 0, 0], [0.125, 0, 0]])
    np.testing.assert_allclose(cutoffs(molecule), [5.25, 6, 6])
    chain = Structure(Lattice.orthorhombic(1, 3, 9), ["H"], [[0, 0, 0]])
    np.testing.assert_allclose(cutoffs(chain), [1, 3, np.nan])


@pytest.mark.parametrize("name", CRYSTALS)
def test_percolation_is_where_the_dimensionality_steps_up(name):
    structure = CRYSTALS[name]()
    places = hydrogen_indices(structure)
    cutoffs = percolation_cutoffs(places, hydrogen_contacts(structure, cutoff=6))
    assert np.isfinite(cutoffs).all()

    def highest(cutoff):
        return max(dimensionality for _, dimensionality in shapes(structure, cutoff))

    for dimension, cutoff in enumerate(cutoffs, 1):
        assert highest(cutoff) >= dimension > highest(cutoff - 1e-4)
