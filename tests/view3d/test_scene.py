"""Scenes of a 3D view, and their forms for the app, for files and without WebGL."""

import json

import numpy as np
import pytest
from pymatgen.core import Structure
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation
from support.stand_in_network import caesium_chloride_hydride, stand_in_network

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.hydrogen.network import hydrogen_network
from tcexplore.view3d.density import cell_density
from tcexplore.view3d.export import (
    legend_html,
    remote_library,
    scene_html,
    scene_json,
)
from tcexplore.view3d.flat_figure import DIRECTIONS, scene_figure, view_axes
from tcexplore.view3d.layers import turn
from tcexplore.view3d.scene import build_scene, site_labels


@pytest.fixture
def caged():
    structure, cage = caesium_chloride_hydride()
    return stand_in_network(structure, cutoff=2.1, cages=[cage])


def layer_of(scene, name):
    return next(layer for layer in scene.layers if layer.name.startswith(name))


def lengths(sticks):
    ends = sticks.ends[sticks.pairs]
    return np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)


def test_atoms_of_a_scene_are_where_site_and_image_say(any_structure):
    scene = build_scene(any_structure, supercell=(2, 1, 1))
    frac_coords = any_structure.frac_coords[scene.atoms.sites] + scene.atoms.images - [1, 0.5, 0.5]
    assert np.allclose(scene.cart_coords, frac_coords @ any_structure.lattice.matrix)


def test_layers_share_out_all_atoms(any_structure):
    scene = build_scene(any_structure)
    spheres = [layer.spheres for layer in scene.layers if layer.spheres is not None]
    atoms = np.concatenate([kind.atoms for kind in spheres])
    assert sorted(atoms) == list(range(len(scene.atoms.sites)))
    for kind in spheres:
        assert np.array_equal(kind.centres, scene.cart_coords[kind.atoms])


def test_contacts_are_drawn_from_atom_to_atom_and_as_long_as_they_are(triclinic):
    network = stand_in_network(triclinic, cutoff=4.5)
    scene = build_scene(triclinic, hydrogen_network=network, supercell=(1, 2, 1))
    [sticks] = layer_of(scene, "framework").sticks
    drawn = {tuple(position) for position in scene.cart_coords.round(6)}
    assert {tuple(position) for position in sticks.ends.round(6)} <= drawn
    distances = np.unique(network.contacts.distance.round(6))
    assert np.isin(lengths(sticks).round(6), distances).all()


@pytest.mark.parametrize(("dimensionality", "word"), list(enumerate(["0D", "1D", "2D", "3D"])))
def test_dimensionality_is_told_by_name_and_width(caged, dimensionality, word):
    network = stand_in_network(caged.structure, cutoff=2.1, dimensionality=dimensionality)
    scene = build_scene(caged.structure, hydrogen_network=network)
    labels = [layer.label for layer in scene.layers if layer.mark == "line"]
    assert len(labels) == 1
    assert word in labels[0]
    assert word in scene.text
    assert "up to 2.1 Å" in scene.text


def test_thicker_for_more_dimensions(caged):
    networks = [
        stand_in_network(caged.structure, cutoff=2.1, dimensionality=dimensionality)
        for dimensionality in range(4)
    ]
    scenes = [build_scene(caged.structure, hydrogen_network=network) for network in networks]
    lines = [layer for scene in scenes for layer in scene.layers if layer.mark == "line"]
    radii = [layer.sticks[0].radius for layer in lines]
    assert (np.diff(radii) > 0).all()


def test_cage_faces_lie_on_the_cage_and_close_it(caged):
    scene = build_scene(caged.structure, hydrogen_network=caged)
    layer = layer_of(scene, "Cages around La")
    [mesh], [rim] = layer.meshes, layer.sticks
    assert "8 H" in layer.label
    assert len(mesh.triangles) == 6 * 2
    assert len(rim.pairs) == 12
    assert np.allclose(lengths(rim), 2.0)
    corners = mesh.vertices[mesh.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert np.allclose(np.linalg.norm(normals, axis=1).sum() / 2, 6 * 2.0**2)
    # The cube's centre is the middle of the box: each face is one Å away from it.
    away = np.einsum("ij,ij->i", corners[:, 0], normals) / np.linalg.norm(normals, axis=1)
    assert np.allclose(np.abs(away), 1.0)


def test_cages_are_drawn_once_for_each_cell_of_the_box(caged):
    scene = build_scene(caged.structure, hydrogen_network=caged, supercell=(2, 1, 3))
    [mesh] = layer_of(scene, "Cages").meshes
    assert len(np.unique(mesh.shifts, axis=0)) == 6
    middles = (mesh.vertices.mean(axis=0) + mesh.shifts).round(6)
    la = scene.cart_coords[scene.atoms.sites == 0].round(6)
    assert {tuple(position) for position in middles} == {tuple(position) for position in la}


def test_cages_can_be_left_out(caged):
    scene = build_scene(caged.structure, hydrogen_network=caged, cages=False)
    assert not [layer for layer in scene.layers if layer.mark == "patch"]


def test_density_surface_stands_in_every_cell(mgb2):
    density = cell_density(mgb2, "charge")
    scene = build_scene(mgb2, density=density, level=0.9, supercell=(1, 1, 2))
    layer = layer_of(scene, "Charge density")
    [mesh] = layer.meshes
    assert layer.label == "Charge density of 0.9 e/Å³"
    assert np.allclose(np.diff(mesh.shifts, axis=0), mgb2.lattice.matrix[2])


def test_frame_holds_all_that_is_drawn_however_it_spins(any_structure):
    scene = build_scene(any_structure, supercell=(1, 2, 1))
    width, height = scene.half_frame
    seen = turn().apply(scene.positions)
    for angle in (0, 40, 90, 200):
        spun = Rotation.from_euler("y", angle, degrees=True).apply(seen)
        assert (np.abs(spun[:, 0]) < width).all()
        assert (np.abs(spun[:, 1]) < height).all()
    upwards = turn().apply([0, 0, 1])
    assert np.argmax(np.abs(upwards)) == 1
    assert upwards[1] > 0.9


def test_level_that_is_not_reached_is_said_in_words(mgb2):
    scene = build_scene(mgb2, density=cell_density(mgb2, "mass"), level=1e4)
    assert "Mass density of 1e+04 Da/Å³: no surface, it runs from " in scene.text


def test_file_name_holds_subject_supercell_and_cutoff(caged):
    scene = build_scene(
        caged.structure, subject="LaH Pm-3m", hydrogen_network=caged, supercell=(2, 2, 2)
    )
    assert scene.file_stem == "LaH-Pm-3m-2x2x2-2.1A"
    assert build_scene(caged.structure, subject="../<b>/ä").file_stem == "b-ä"


def test_frame_stays_while_the_lattice_moves(mgb2):
    stretched = Structure(mgb2.lattice.scale(40), mgb2.species, mgb2.frac_coords)
    assert build_scene(mgb2).frame == build_scene(stretched).frame
    assert build_scene(mgb2).frame != build_scene(mgb2, supercell=(2, 1, 1)).frame


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"supercell": (0, 1, 1)}, r"supercell is \(0, 1, 1\); expected three numbers from 1 to 4"),
        ({"supercell": (1, 1, 9)}, r"expected three numbers from 1 to 4"),
        ({"hydrogen_network": "other"}, "the hydrogen network is that of La1 H1 in another cell"),
        ({"density": "charge"}, "level is None; expected a value in e/Å³"),
    ],
)
def test_options_that_do_not_fit_are_refused(mgb2, caged, options, message):
    if options.get("hydrogen_network"):
        options = {"hydrogen_network": caged}
    if options.get("density"):
        options = {"density": cell_density(mgb2, "charge")}
    with pytest.raises(ValueError, match=message):
        build_scene(mgb2, **options)


def test_text_and_legend_name_the_species_of_mixed_sites(disordered):
    scene = build_scene(disordered)
    assert "La 92.5 %" in legend_html(scene)
    assert "Sr 7.5 %" in scene.text
    assert "Unit cell of" in scene.text


def test_json_is_the_same_for_the_same_scene_and_holds_all_layers(caged):
    scene = build_scene(caged.structure, hydrogen_network=caged)
    text = scene_json(scene)
    assert text == scene_json(build_scene(caged.structure, hydrogen_network=caged))
    content = json.loads(text)
    assert [layer["label"] for layer in content["layers"]] == [
        layer.label for layer in scene.layers
    ]
    assert len(content["atoms"]) == len(scene.atoms.sites)
    assert content["file"] == "LaH-2.1A.png"


def test_html_stands_alone_and_escapes_names_from_files(caged, monkeypatch, tmp_path):
    scene = build_scene(
        caged.structure, subject="</title><script>alert(1)</script>", hydrogen_network=caged
    )
    html = scene_html(scene)
    assert "alert(1)</script>" not in html
    assert html.count("getModel().addAtoms([") == 6  # two kinds, bonds, contacts, rims, box
    assert html.count('.addCustom({"vertexArr"') == 1
    monkeypatch.setattr("tcexplore.view3d.export.VIEWER_LIBRARY", tmp_path / "none.js")
    assert "Promise.resolve()" not in scene_html(scene)
    assert remote_library() in scene_html(scene)


# --- without WebGL ------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_directions_of_a_drawing_are_right_handed_axes(any_structure, direction):
    axes = view_axes(any_structure.lattice.matrix, direction)
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(axes) == pytest.approx(1)


def test_drawing_along_an_axis_puts_it_into_a_point(triclinic):
    for direction, index in DIRECTIONS.items():
        if index is not None:
            right, up, towards = (
                view_axes(triclinic.lattice.matrix, direction) @ (triclinic.lattice.matrix[index])
            )
            assert np.allclose([right, up], 0)
            assert towards > 0


def test_drawing_holds_atoms_contacts_and_cages_by_name(caged):
    scene = build_scene(caged.structure, hydrogen_network=caged)
    figure = scene_figure(scene, "along a")
    names = {trace.name for trace in figure.data}
    assert names == {layer.label for layer in scene.layers}
    atoms = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(len(trace.x) for trace in atoms) == len(scene.atoms.sites)
    assert "H, site 2" in atoms[-1].text


def test_site_labels_count_from_one_in_the_order_of_the_structure(mgb2):
    assert site_labels(mgb2) == ["Mg, site 1", "B, site 2", "B, site 3"]


def test_cages_are_whole_around_every_drawn_metal():
    structure = catalogue_entry("lah10-fm-3m-150gpa").structure()
    scene = build_scene(structure, hydrogen_network=hydrogen_network(structure))
    cages = layer_of(scene, "Cages around La")
    assert cages.label == "Cages around La: 32 H each, 14 drawn"
    vertices = [mesh.vertices + shift for mesh in cages.meshes for shift in mesh.shifts]
    hydrogen = layer_of(scene, "H, hydrogen").spheres.centres
    assert cKDTree(hydrogen).query(np.concatenate(vertices))[0].max() < 1e-6
    for around, centre in zip(vertices, layer_of(scene, "La").spheres.centres, strict=True):
        assert len(np.unique(around.round(4), axis=0)) == 32
        assert cKDTree(layer_of(scene, "La").spheres.centres).query(around.mean(axis=0))[0] < 0.2
        assert np.linalg.norm(centre) < scene.radius
    without = build_scene(structure, hydrogen_network=hydrogen_network(structure), cages=False)
    assert len(without.atoms.sites) < len(scene.atoms.sites)


def test_counts_in_the_legend_are_those_of_the_picture(any_structure):
    for scene in (
        build_scene(any_structure),
        build_scene(any_structure, supercell=(2, 1, 2)),
    ):
        for layer in scene.layers:
            if layer.spheres is not None:
                assert f"{len(layer.spheres.centres)} drawn" in layer.label
                outside = layer.spheres.is_ghost.sum()
                assert (f"({outside} outside the cell)" in layer.label) == (outside > 0)


def test_counts_of_lah10_are_those_of_the_primitive_cell_too():
    structure = catalogue_entry("lah10-fm-3m-150gpa").structure()
    assert len(structure) == 44
    scene = build_scene(structure)
    assert layer_of(scene, "La").label == "La, lanthanum: 1 in the primitive cell, 14 drawn"
    assert layer_of(scene, "H, ").label == (
        "H, hydrogen: 10 in the primitive cell, 88 drawn (48 outside the cell)"
    )
