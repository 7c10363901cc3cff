"""Hydrogen cages: the literature's numbers, and what must be true of any polyhedron."""

import itertools
from collections import Counter

import numpy as np
import pytest
from pymatgen.analysis.local_env import VoronoiNN
from pymatgen.core import Lattice, Structure
from support.hydrides import CRYSTALS

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.crystal.primitive_sites import primitive_sites
from tcexplore.display.hydrogen_network import face_symbol
from tcexplore.hydrogen.cages import face_shares, hydrogen_cages, polygons, triangle_angles

HYDRIDES = [entry.entry_id for entry in load_catalogue() if entry.sc_class == "hydride"]


def cages(structure):
    return hydrogen_cages(structure, primitive_sites(structure))


@pytest.mark.parametrize(
    ("entry_id", "centre", "faces"),
    [
        ("lah10-fm-3m-150gpa", "La", "4⁶ 6¹²"),
        ("thh10-fm-3m-170gpa", "Th", "4⁶ 6¹²"),
        ("cah6-im-3m-150gpa", "Ca", "4⁶ 6⁸"),
        ("yh6-im-3m-166gpa", "Y", "4⁶ 6⁸"),
        ("yh9-p63mmc-201gpa", "Y", "4⁶ 5⁶ 6⁶"),
        ("ceh9-p63mmc-200gpa", "Ce", "4⁶ 5⁶ 6⁶"),
        ("li2mgh16-fd-3m-250gpa", "Mg", "5¹² 6⁴"),
        ("h3s-im-3m-200gpa", "S", "3⁸"),
        ("pdh", "Pd", "3⁸"),
    ],
)
def test_faces_as_in_the_literature(entry_id, centre, faces):
    structure = catalogue_entry(entry_id).structure()
    around = [c for c in cages(structure) if structure[c.centre].specie.symbol == centre]
    assert len(around) == structure.composition[centre]
    assert {face_symbol(cage) for cage in around} == {faces}


@pytest.mark.parametrize(
    ("entry_id", "numbers"),
    [
        ("lah10-fm-3m-250gpa", {"La": 32}),
        ("srh10-fm-3m-500gpa", {"Sr": 32}),
        ("yh9-p63mmc-201gpa", {"Y": 29}),
        ("ceh9-p63mmc-200gpa", {"Ce": 29}),
        ("yh9-f-43m-300gpa", {"Y": 28}),
        ("li2mgh16-fd-3m-250gpa", {"Li": 18, "Mg": 28}),
        ("mgh13-fm-3m-200gpa", {"Mg": 24}),
        ("cah6-im-3m-100gpa", {"Ca": 24}),
        ("h3s-im-3m-150gpa", {"S": 6}),
        ("csh7-r3m-270gpa", {"C": 4}),
    ],
)
def test_numbers_of_hydrogen_as_in_the_literature(entry_id, numbers):
    structure = catalogue_entry(entry_id).structure()
    sizes = Counter((structure[c.centre].specie.symbol, len(c.vertices)) for c in cages(structure))
    for symbol, number in numbers.items():
        assert sizes[symbol, number] == structure.composition[symbol]


@pytest.mark.parametrize("entry_id", HYDRIDES)
def test_a_cage_is_a_closed_polyhedron_of_hydrogen_atoms(entry_id):
    structure = catalogue_entry(entry_id).structure()
    for cage in cages(structure):
        middle = structure[cage.centre].coords
        for vertex in cage.vertices:
            [site, *_] = structure.get_sites_in_sphere(vertex, 1e-3)
            assert site.specie.symbol == "H"
        radii = np.linalg.norm(cage.vertices - middle, axis=1)
        assert radii.min() - 1e-9 <= cage.radius <= radii.max() + 1e-9
        edges = Counter(itertools.chain(*map(edges_of, cage.faces)))
        assert set(edges.values()) == {1}
        assert edges == Counter((end, start) for start, end in edges), "an edge parts two faces"
        used = set(itertools.chain(*cage.faces))
        assert len(used) - len(edges) // 2 + len(cage.faces) == 2  # Euler
        assert face_angle(cage, middle) == pytest.approx(4 * np.pi)


def edges_of(face):
    return zip(face, (*face[1:], face[0]), strict=True)


def face_angle(cage, middle):
    """Return the solid angle of all faces, seen from the middle: 4 pi where they enclose it."""
    total = 0.0
    for face in cage.faces:
        first, *rest = cage.vertices[list(face)] - middle
        for triangle in zip(itertools.repeat(first), rest[:-1], rest[1:], strict=False):
            facing = np.sign(np.linalg.det(triangle))
            total += facing * triangle_angles(*(corner[None] for corner in triangle))[0]
    return total


@pytest.mark.parametrize("name", CRYSTALS)
def test_shares_of_faces_are_pymatgen_s(name):
    """The same Voronoi cell as pymatgen finds from the primal side."""
    structure = CRYSTALS[name]()
    theirs = VoronoiNN(cutoff=9, weight="solid_angle").get_voronoi_polyhedra(structure, 0)
    near = structure.get_sites_in_sphere(structure[0].coords, 9)
    points = np.array([site.coords for site in near if site.nn_distance > 0.1])
    shares = face_shares(points - structure[0].coords, 9.0)
    assert shares is not None
    assert shares.sum() == pytest.approx(4 * np.pi)
    expected = sorted(face["solid_angle"] for face in theirs.values())
    seen = np.sort(shares[shares > 1e-6])
    np.testing.assert_allclose(seen, [angle for angle in expected if angle > 1e-6], atol=1e-6)


def test_the_octant_of_a_sphere():
    axes = np.eye(3)[:, None]
    assert triangle_angles(*(3.7 * axis for axis in axes)) == pytest.approx(np.pi / 2)


def test_a_cube_has_six_squares():
    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
    faces = polygons(corners)
    assert [len(face) for face in faces] == [4] * 6
    for face in faces:
        steps = np.diff(corners[[*face, face[0]]], axis=0)
        assert (np.abs(steps).sum(axis=1) == 2).all(), "the order goes along the edges"


@pytest.mark.parametrize(
    ("matrix", "species", "coords"),
    [
        ((2, 2, 60), ["H"], [[0.5, 0.5, 0]]),  # nothing above and below
        ((50, 50, 50), ["H"], [[0.04, 0, 0]]),  # one neighbour
        ((3, 3, 4), ["H", "H", "Y"], [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]]),  # a square
        ((3, 3, 6), ["H", "H", "Y"], [[0.5, 0, 0.2], [0, 0.5, 0.25], [0, 0, 0.6]]),  # on one side
    ],
)
def test_hydrogen_that_does_not_enclose_an_atom_is_no_cage(matrix, species, coords):
    structure = Structure(Lattice.orthorhombic(*matrix), ["La", *species], [[0, 0, 0], *coords])
    assert 0 not in [cage.centre for cage in cages(structure)]


def test_a_voronoi_cell_that_points_further_away_could_cut_is_not_told():
    """The corners of a tetrahedron's cell lie three times as far out as its faces."""
    points = 2 * np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
    assert face_shares(points, 5.9) is None
    np.testing.assert_allclose(face_shares(points, 6.1), np.pi)


def test_a_metal_of_rock_salt_sees_six():
    structure = Structure.from_spacegroup(
        "Fm-3m", Lattice.cubic(5.6), ["La", "H"], [[0, 0, 0], [0.5, 0.5, 0.5]]
    )
    assert {len(cage.vertices) for cage in cages(structure)} == {6}


def test_a_mixed_site_has_a_cage_and_an_empty_one_has_none():
    structure = catalogue_entry("lah10-fm-3m-150gpa").structure()
    structure.replace_species({"La": {"La": 0.5, "Y": 0.4}})
    assert {len(cage.vertices) for cage in cages(structure)} == {32}
    structure.replace_species({"La": {"La": 0.4}, "Y": {"La": 0.0001}})
    assert cages(structure) == ()


@pytest.mark.parametrize("name", ["layered", "LaH10", "H3S", "rhombohedral"])
@pytest.mark.parametrize("factor", [0.5, 2.0, 3.5])
def test_a_cage_is_the_same_at_every_size(name, factor):
    """However far one has to look for what closes the Voronoi cell."""
    structure = CRYSTALS[name]()
    larger = Structure(structure.lattice.matrix * factor, structure.species, structure.frac_coords)
    before, after = cages(structure), cages(larger)
    assert [face_symbol(cage) for cage in after] == [face_symbol(cage) for cage in before]
    np.testing.assert_allclose([c.radius for c in after], [factor * c.radius for c in before])
