"""Hydrogen network: the figures of the paper, and the same numbers from every cell."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymatgen.analysis.dimensionality import get_structure_components
from pymatgen.analysis.graphs import StructureGraph
from pymatgen.core import Lattice, Structure
from support import equivalents
from support.hydrides import CRYSTALS, LAYERED, assert_same_network, kinds, stretched

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.hydrogen.contacts import LARGEST_CUTOFF, hydrogen_contacts
from tcexplore.hydrogen.network import (
    HydrogenNetworkNumbers,
    hydrogen_network,
    hydrogen_network_scan,
)

CUTOFFS = {"two frameworks": 1.1, "oblique": 1.3}
DATA = settings(max_examples=25, deadline=None)


def network(name, structure=None):
    return hydrogen_network(structure or CRYSTALS[name](), cutoff=CUTOFFS.get(name, 1.4))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("layered", {(16, 2, 1): 1}),
        ("layers", {(6, 2, 1): 2, (1, 0, 1): 4}),
        ("molecules", {(2, 0, 1): 8}),
        ("LaH10", {(10, 3, 1): 1}),
        ("CaH6", {(6, 3, 1): 1}),
        ("H3S", {(1, 0, 1): 3}),
        ("oblique", {(2, 1, 1): 1, (2, 0, 1): 1, (1, 0, 1): 1}),
        ("two frameworks", {(16, 3, 2): 1}),
    ],
)
def test_hydrogen_networks_of_published_structures(name, expected):
    """Figure 6 of arXiv:2301.10474, the clathrates, and what was put together by hand."""
    assert kinds(network(name)) == expected


def test_numbers_by_hand():
    result = network("molecules")
    assert (result.n_hydrogen, result.n_components, result.n_largest) == (16, 8, 2)
    assert (result.dimensionality, result.n_h2, result.n_lone, result.mean_degree) == (0, 8, 0, 1)
    result = network("layers")
    assert (result.dimensionality, result.n_components, result.n_largest) == (2, 6, 6)
    assert (result.n_h2, result.n_lone) == (0, 4)
    result = network("two frameworks")
    assert (result.dimensionality, result.n_components, result.n_largest) == (3, 2, 16)
    assert result.shortest == pytest.approx(1)
    assert result.mean_distance == pytest.approx(1)
    assert result.mean_degree == pytest.approx((6 + 15 * 2) / 16)
    np.testing.assert_allclose(result.percolation, [1, 1, 1])
    assert sorted(Counter(result.degree.tolist()).items()) == [(2, 30), (6, 2)]


def test_the_frameworks_part_in_a_cell_that_holds_both():
    """As given they are two components; the primitive cell holds one that has two copies."""
    result = network("two frameworks")
    assert [(len(c.sites), c.dimensionality, c.copies) for c in result.components] == [
        (16, 3, 1),
        (16, 3, 1),
    ]


@pytest.mark.parametrize("change", equivalents.ALL, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", CRYSTALS)
def test_the_same_from_other_cells(name, change, rng):
    structure = CRYSTALS[name]()
    assert_same_network(network(name, change(structure, rng)), network(name))


@DATA
@given(
    name=st.sampled_from(sorted(CRYSTALS)),
    entries=st.lists(st.integers(-2, 2), min_size=9, max_size=9),
    shift=st.tuples(*[st.floats(-2, 2)] * 3),
    random=st.randoms(),
)
def test_the_same_from_any_supercell(name, entries, shift, random):
    """Skewed transformations, atoms outside the home cell, another order."""
    structure, matrix = CRYSTALS[name](), np.reshape(entries, (3, 3))
    if not 0 < abs(np.linalg.det(matrix)) * len(structure) < 130:
        matrix = np.array([[1, 2, 0], [0, 1, -1], [0, 0, 1]])
    cell = structure.make_supercell(matrix, in_place=False)
    coords = cell.frac_coords + shift
    order = random.sample(range(len(cell)), len(cell))
    other = Structure(cell.lattice, [cell.species[i] for i in order], coords[order])
    assert_same_network(network(name, other), network(name))


@DATA
@given(seed=st.integers(0, 2**32 - 1), n_atoms=st.integers(1, 8), cutoff=st.floats(0.8, 1.6))
def test_components_are_those_of_pymatgen(seed, n_atoms, cutoff):
    rng = np.random.default_rng(seed)
    lattice = Lattice(rng.uniform(1.2, 3, (3, 1)) * (np.eye(3) + rng.uniform(-0.2, 0.2, (3, 3))))
    structure = Structure(lattice, ["H"] * n_atoms, rng.random((n_atoms, 3)))
    contacts = hydrogen_contacts(structure, cutoff=cutoff)
    graph = StructureGraph.from_empty_graph(structure)
    for i, j, image in zip(contacts.first, contacts.second, contacts.image, strict=True):
        graph.add_edge(int(i), int(j), to_jimage=tuple(image.tolist()))
    theirs = sorted(
        (len(component["structure_graph"]), component["dimensionality"])
        for component in get_structure_components(graph)
    )
    ours = hydrogen_network(structure, cutoff=cutoff).components
    assert sorted((len(c.sites), c.dimensionality) for c in ours) == theirs


@pytest.mark.parametrize("name", CRYSTALS)
def test_drawn_and_counted_numbers_agree(name):
    structure = CRYSTALS[name]().make_supercell([2, 1, 1], in_place=False)
    result = network(name, structure)
    per_cell = len(structure) / result.primitive.count
    assert sorted(i for c in result.components for i in c.sites) == result.hydrogen.tolist()
    assert len(result.hydrogen) == per_cell * result.n_hydrogen
    assert result.degree.sum() == 2 * len(result.contacts)
    assert result.degree.mean() == pytest.approx(result.mean_degree)
    sites = [i for c in result.primitive_components for i in c.sites]
    assert len(sites) == len(set(sites)) == result.n_hydrogen
    assert {structure[i].specie.symbol for i in sites} == {"H"}


@pytest.mark.parametrize("name", ["layered", "LaH10", "oblique"])
def test_a_scan_is_its_lattices_one_by_one(name):
    structure = CRYSTALS[name]().make_supercell([1, 2, 1], in_place=False)
    lattices = structure.lattice.matrix * np.array(
        [np.ones((3, 1)), np.full((3, 1), 1.3), [[1], [1.5], [0.8]]]
    )
    scan = hydrogen_network_scan(structure, lattices, cutoff=1.5)
    for n, matrix in enumerate(lattices):
        moved = Structure(Lattice(matrix), structure.species, structure.frac_coords)
        alone = hydrogen_network(moved, cutoff=1.5)
        sizes = {cage.centre: len(cage.vertices) for cage in alone.cages}
        radii = {cage.centre: cage.radius for cage in alone.cages}
        centres = scan.cage_centres.tolist()
        assert scan.cage_sizes[n].tolist() == [sizes.get(c, 0) for c in centres]
        np.testing.assert_allclose(scan.cage_radii[n], [radii.get(c, np.nan) for c in centres])
        for field in HydrogenNetworkNumbers.__dataclass_fields__:
            np.testing.assert_allclose(scan.values(field)[n], getattr(alone, field), err_msg=field)


@pytest.mark.parametrize("name", ["layered", "LaH10", "two frameworks"])
def test_a_scan_is_the_same_from_a_supercell(name):
    structure, matrix = CRYSTALS[name](), np.array([[1, 1, 0], [-1, 2, 1], [0, 0, 1]])
    factors = np.linspace(0.7, 2, 7)[:, None, None]
    supercell = structure.make_supercell(matrix, in_place=False)
    scan = hydrogen_network_scan(structure, factors * structure.lattice.matrix)
    other = hydrogen_network_scan(supercell, factors * supercell.lattice.matrix)
    for field in HydrogenNetworkNumbers.__dataclass_fields__:
        np.testing.assert_allclose(scan.values(field), other.values(field), atol=2e-6)
    np.testing.assert_array_equal(np.sort(scan.cage_sizes), np.sort(other.cage_sizes))


def test_scaling_the_lattice_and_the_cutoff_alike_changes_no_count():
    structure = CRYSTALS["layered"]()
    matrix = structure.lattice.matrix
    before, after = (
        hydrogen_network_scan(structure, (factor * matrix)[None], cutoff=1.4 * factor)
        for factor in (1, 1.25)
    )
    for field in ("dimensionality", "n_components", "n_h2", "n_lone", "mean_degree"):
        np.testing.assert_array_equal(before.values(field), after.values(field))
    for field in ("shortest", "mean_distance", "percolation"):
        np.testing.assert_allclose(1.25 * before.values(field), after.values(field))


def test_without_hydrogen_the_network_is_empty(mgb2):
    result = hydrogen_network(mgb2)
    assert len(result.contacts) == len(result.components) == len(result.cages) == 0
    assert (result.n_hydrogen, result.n_components, result.dimensionality) == (0, 0, 0)
    assert np.isnan([result.shortest, result.mean_distance, result.mean_degree]).all()
    assert np.isnan(result.percolation).all()
    assert result.degree.size == 0
    scan = hydrogen_network_scan(mgb2, mgb2.lattice.matrix[None])
    assert scan.cage_sizes.tolist() == [[0, 0, 0]]


def test_a_single_hydrogen_has_its_own_images_alone():
    structure = Structure(Lattice.cubic(9), ["H", "Na"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    result = hydrogen_network(structure)
    assert (result.n_hydrogen, result.n_lone, result.mean_degree) == (1, 1, 0)
    assert np.isnan([result.shortest, result.mean_distance, *result.percolation]).all()
    structure.scale_lattice(7**3)
    np.testing.assert_allclose(hydrogen_network(structure).percolation, 7)


def test_half_filled_hydrogen_is_left_out_and_named(disordered):
    coords = [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0.6]]
    structure = Structure(Lattice.cubic(4), [{"Y": 0.9}, {"H": 0.5}, {"H": 0.5}], coords)
    result = hydrogen_network(structure)
    assert result.left_out.tolist() == [1, 2]
    assert (result.n_hydrogen, len(result.cages)) == (0, 0)
    assert hydrogen_network(disordered).left_out.size == 0


@pytest.mark.parametrize("cutoff", [0, -1, np.nan, LARGEST_CUTOFF + 0.1])
def test_a_cutoff_that_makes_no_sense_is_refused(cutoff, mgb2):
    with pytest.raises(ValueError, match="expected above 0 and up to 8 Å"):
        hydrogen_network(mgb2, cutoff=cutoff)
    with pytest.raises(ValueError, match="expected above 0 and up to 8 Å"):
        hydrogen_network_scan(mgb2, mgb2.lattice.matrix[None], cutoff=cutoff)


def test_nothing_given_is_changed():
    structure = catalogue_entry(LAYERED).structure()
    copy, lattices = structure.copy(), structure.lattice.matrix[None].copy()
    hydrogen_network(structure)
    hydrogen_network_scan(structure, lattices)
    assert structure == copy
    np.testing.assert_array_equal(lattices[0], copy.lattice.matrix)


def test_a_distance_that_is_the_cutoff_is_a_contact():
    """Also where the last digit of the distance is above it."""
    result = hydrogen_network(Structure(Lattice.cubic(0.1 + 0.2 + 1.1), ["H"], [[0, 0, 0]]))
    assert result.shortest > result.cutoff
    assert (len(result.contacts), result.dimensionality, result.mean_degree) == (3, 3, 6)


def test_the_layers_hold_while_c_grows_and_break_while_a_grows():
    """What figure 6 of arXiv:2301.10474 shows of P-3m1 Li2MgH16."""
    wide, tall = stretched(LAYERED, a=6), stretched(LAYERED, c=8)
    assert hydrogen_network(tall).percolation[1] < 1.4 < hydrogen_network(wide).percolation[0]
