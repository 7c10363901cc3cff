"""Bonds of a 3D view."""

import time

import numpy as np
import pytest
from ase.data import covalent_radii
from pymatgen.core import Element, Lattice, Structure
from support.stand_in_network import stand_in_network

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.view3d.atoms import Box, atoms_in_box
from tcexplore.view3d.bonds import MOST_BONDS, bonds, with_bonds
from tcexplore.view3d.colours import element_colour
from tcexplore.view3d.scene import build_scene

PEROVSKITE = Structure.from_spacegroup(
    "Pm-3m", Lattice.cubic(3.905), ["Sr", "Ti", "O"], [[0.5] * 3, [0, 0, 0], [0.5, 0, 0]]
)


def neighbours(structure, **options):
    """Symbols of the neighbours of each site, sorted, by its symbol."""
    bonded = bonds(structure, **options)
    symbols = np.array([site.species.elements[0].symbol for site in structure])
    ends = np.concatenate([bonded.first, bonded.second])
    others = np.concatenate([bonded.second, bonded.first])
    return {
        symbol: "".join(sorted(symbols[others[ends == np.flatnonzero(symbols == symbol)[0]]]))
        for symbol in symbols.tolist()
    }


def entry(name):
    return catalogue_entry(name).structure()


def test_bonds_are_those_of_a_slow_search(mgb2, triclinic):
    for structure in (mgb2, triclinic, PEROVSKITE):
        metals = {e.symbol for e in structure.composition if Element(e.symbol).is_metal}
        expected = sorted(
            site.nn_distance
            for index, here in enumerate(structure)
            for site in structure.get_neighbors(here, 6.0)
            if not {here.specie.symbol, site.specie.symbol} <= metals
            and {here.specie.symbol, site.specie.symbol} != {"H"}
            and site.nn_distance
            < 1.15 * (covalent_radii[here.specie.Z] + covalent_radii[site.specie.Z])
            and index >= 0
        )
        found = np.repeat(bonds(structure, hydrogen_reach=0).distance, 2)
        assert np.allclose(np.sort(found), expected)


def test_bonds_that_chemists_draw(mgb2):
    assert neighbours(PEROVSKITE) == {"Sr": "O" * 12, "Ti": "O" * 6, "O": "SrSrSrSrTiTi"}
    assert neighbours(mgb2) == {"Mg": "B" * 12, "B": "BBB" + "Mg" * 6}
    assert neighbours(entry("h3s-im-3m-200gpa")) == {"S": "H" * 6, "H": "SS"}
    copper_oxide = neighbours(entry("yba2cu3o7"))
    assert set(copper_oxide["Ba"]) == set(copper_oxide["Y"]) == {"O"}


def test_clathrate_has_bonds_between_hydrogen_and_none_to_the_metal_in_its_cage():
    lanthanum = entry("lah10-fm-3m-150gpa")
    found = neighbours(lanthanum)
    assert found["La"] == ""
    assert set(found["H"]) == {"H"}
    assert bonds(lanthanum).distance.max() <= 1.4
    assert len(bonds(lanthanum, hydrogen_reach=0)) == 0


@pytest.mark.parametrize(("symbol", "a", "count"), [("Cu", 3.61, 12), ("Nb", 3.30, 8)])
def test_metals_are_bonded_to_their_nearest_shell(symbol, a, count):
    group = "Fm-3m" if count == 12 else "Im-3m"
    metal = Structure.from_spacegroup(group, Lattice.cubic(a), [symbol], [[0, 0, 0]])
    assert 2 * len(bonds(metal)) == count * len(metal)


def test_split_positions_are_not_bonded():
    split = Structure(
        Lattice.cubic(6), [{"O": 0.5}, {"O": 0.5}, "Cu"], [[0, 0, 0.45], [0, 0, 0.55], [0, 0, 0.2]]
    )
    assert bonds(split).distance == pytest.approx([1.5, 2.1])


def test_bonds_do_not_depend_on_order_or_cell(triclinic):
    supercell = triclinic.copy()
    supercell.make_supercell([2, 1, 1])
    assert np.allclose(
        np.sort(bonds(supercell).distance), np.sort(np.repeat(bonds(triclinic).distance, 2))
    )


def test_coordination_of_the_larger_atom_is_completed_where_it_stays_legible(mgb2):
    box = Box(PEROVSKITE)
    inside = atoms_in_box(box)
    atoms, pairs = with_bonds(inside, bonds(PEROVSKITE), box)
    titanium = np.flatnonzero((atoms.sites == 1) & ~atoms.is_ghost)
    assert len(titanium) == 8
    assert (np.bincount(pairs.atoms.ravel())[titanium] == 6).all()

    # Mg at the corners of MgB2 would take 12 B each: only B inside is completed.
    atoms, pairs = with_bonds(atoms_in_box(Box(mgb2)), bonds(mgb2), Box(mgb2))
    ghosts = atoms.sites[atoms.is_ghost]
    assert len(ghosts) == 4
    assert 0 not in ghosts
    assert np.isin(np.flatnonzero(atoms.is_ghost), pairs.atoms).all()


def test_bonds_are_as_long_as_their_distance_says(triclinic):
    box = Box(triclinic, (1, 2, 1))
    bonded = bonds(triclinic)
    atoms, pairs = with_bonds(atoms_in_box(box), bonded, box)
    coords = atoms.cart_coords(triclinic)[pairs.atoms]
    lengths = np.linalg.norm(coords[:, 1] - coords[:, 0], axis=1)
    assert len(lengths) > 0
    assert np.allclose(lengths, bonded.distance[pairs.contacts])


def test_every_half_of_a_bond_has_the_colour_of_its_atom():
    scene = build_scene(PEROVSKITE)
    layer = next(layer for layer in scene.layers if layer.name == "Bonds")
    [sticks] = layer.sticks
    assert set(sticks.colours) == {element_colour(z) for z in (38, 22, 8)}
    colour_at = {
        tuple(centre.round(5)): kind.colour
        for kind in scene.layers
        if kind.spheres is not None
        for centre in kind.spheres.centres
    }
    ends = [tuple(end) for end in sticks.ends.round(5)]
    assert list(sticks.colours) == [colour_at[end] for end in ends]
    assert f"{len(sticks.pairs)} drawn" in layer.label
    assert "H–H" not in layer.label


def test_hydrogen_is_joined_by_contacts_where_there_are_some_and_by_bonds_elsewhere(triclinic):
    lanthanum = entry("lah10-fm-3m-150gpa")
    alone = build_scene(lanthanum)
    assert "H–H up to 1.4 Å" in alone.text
    network = stand_in_network(lanthanum, cutoff=1.3)
    beside = build_scene(lanthanum, hydrogen_network=network)
    assert "Bonds" not in beside.text
    assert "H–H contacts up to 1.3 Å" in beside.text


def test_too_many_bonds_are_not_drawn_but_told():
    large = PEROVSKITE.copy()
    large.make_supercell([7, 7, 7])
    start = time.perf_counter()
    scene = build_scene(large)
    assert time.perf_counter() - start < 20
    layer = next(layer for layer in scene.layers if layer.name == "Bonds")
    assert layer.sticks == ()
    assert f"too many to draw (above {MOST_BONDS:,})" in layer.label
    assert not scene.atoms.is_ghost.any()
