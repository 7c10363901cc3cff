"""Colours of elements, and the sectors of shared sites."""

import numpy as np
import pytest
from ase.data.colors import jmol_colors
from pymatgen.core import Lattice, Structure

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.view3d.atoms import atom_kinds
from tcexplore.view3d.colours import VACANT, Share, css_background, element_colour, paler
from tcexplore.view3d.flat_figure import scene_figure
from tcexplore.view3d.layers import EDGE, turn
from tcexplore.view3d.scene import build_scene
from tcexplore.view3d.sectors import sector_angles, sector_surface

GROUNDS = {"light": "#ffffff", "dark": "#12171b"}
SHARES = (Share("#aaaaaa", 0.6), Share("#bbbbbb", 0.3), Share(VACANT, 0.1))


def rgb(colour):
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def luminance(colour):
    """Relative luminance of WCAG 2."""
    value = rgb(colour)
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def shared():
    sites = [{"La": 0.6, "Sr": 0.3}, "H"]
    return Structure(Lattice.cubic(2.6), sites, [[0.5, 0.5, 0.5], [0, 0, 0]])


def test_colours_are_jmols_hue_for_hue():
    for z in range(1, 97):
        assert np.allclose(rgb(element_colour(z)), 0.86 * jmol_colors[z], atol=1 / 255)
    colours = {element_colour(z) for z in (57, 56, 12, 16)}  # La, Ba, Mg, S
    assert len(colours) == 4
    assert element_colour(200) == element_colour(0)


@pytest.mark.parametrize("ground", GROUNDS)
def test_elements_of_the_catalogue_stand_out_from_the_page(ground):
    symbols = {e for entry in load_catalogue() for e in entry.structure().composition.elements}
    for element in symbols:
        low, high = sorted([luminance(element_colour(element.Z)), luminance(GROUNDS[ground])])
        assert (high + 0.05) / (low + 0.05) > 1.3, element


def test_species_of_the_catalogue_have_a_colour_each_but_for_alkaline_earths_side_by_side():
    alike = set()
    for entry in load_catalogue():
        kinds = [kind for kind in atom_kinds(entry.structure()) if not kind.shares]
        for number, kind in enumerate(kinds):
            for other in kinds[:number]:
                if np.abs(rgb(kind.colour) - rgb(other.colour)).max() < 0.06:
                    alike.add(frozenset((kind.label[:2], other.label[:2])))
    assert alike <= {frozenset(("Ca", "Sr"))}


def test_ghosts_pale_towards_grey():
    assert paler("#000000") == "#4d5255"
    assert paler("#9aa4aa") == "#9aa4aa"


def test_legend_shows_a_pie_of_the_shares():
    assert css_background("#aaaaaa", ()) == "#aaaaaa"
    assert css_background("#aaaaaa", SHARES) == (
        "conic-gradient(#aaaaaa 0.0% 60.0%, #bbbbbb 60.0% 90.0%, #e4e9ec 90.0% 100.0%)"
    )


def test_shares_hold_species_and_vacancies_the_largest_first():
    [mixed, hydrogen] = atom_kinds(shared())
    assert [share.part for share in mixed.shares] == pytest.approx([0.6, 0.3, 0.1])
    assert mixed.colour == mixed.shares[0].colour == element_colour(57)
    assert mixed.shares[2].colour == VACANT
    assert hydrogen.shares == ()
    lone = Structure(Lattice.cubic(4), [{"O": 0.5}], [[0, 0, 0]])
    assert [share.part for share in atom_kinds(lone)[0].shares] == [0.5, 0.5]


def test_sectors_follow_each_other_around_the_clock():
    assert sector_angles(SHARES) == [
        ("#bbbbbb", pytest.approx(216), pytest.approx(324)),
        (VACANT, pytest.approx(324), pytest.approx(360)),
    ]
    assert sector_angles(()) == []


@pytest.mark.parametrize(("start", "end"), [(0, 90), (216, 324), (10, 17)])
def test_sector_has_its_part_of_the_sphere_facing_outwards_and_the_viewer(start, end):
    vertices, triangles = sector_surface(start, end, turn())
    corners = vertices[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normals, axis=1).sum() / 2
    assert area == pytest.approx(4 * np.pi * (end - start) / 360, rel=0.03)
    assert (np.einsum("ij,ij->i", normals, corners.mean(axis=1)) > -1e-12).all()
    seen = turn().apply(vertices)
    hours = np.degrees(np.arctan2(seen[:, 0], seen[:, 1])) % 360
    off_axis = np.hypot(seen[:, 0], seen[:, 1]) > 1e-6
    assert (hours[off_axis] > start - 1e-6).all() or start == 0
    assert (hours[off_axis] < end + 1e-6).all() or start == 0


def test_sectors_are_drawn_over_their_atoms_in_both_views():
    scene = build_scene(shared())
    layer = scene.layers[0]
    assert [mesh.colour for mesh in layer.meshes] == [element_colour(38), VACANT]
    [strontium, _] = layer.meshes
    away = np.linalg.norm(strontium.vertices, axis=1)
    assert np.allclose(away, 1.02 * layer.spheres.radius)
    assert np.allclose(strontium.shifts, layer.spheres.centres)

    traces = scene_figure(scene).data
    filled = [trace for trace in traces if trace.fill == "toself" and trace.name == layer.label]
    assert [trace.fillcolor for trace in filled] == [element_colour(38), VACANT]
    named = [trace for trace in traces if trace.showlegend]
    assert [trace.name for trace in named].count(layer.label) == 1
    assert next(trace for trace in named if trace.name == layer.label).mode == "markers"
    bonds = next(trace for trace in named if trace.name.startswith("Bonds"))
    assert bonds.line.color == EDGE
