"""The page of hydrogen networks in a real browser: what is drawn, and what moves its cameras."""

import numpy as np
from scipy.spatial import cKDTree
from support.browser import (
    NEEDS_VIEWER,
    count_like,
    rest,
    spot,
    wait_until,
)

from tcexplore.view3d.colours import element_colour

P3M1 = "li2mgh16-p-3m1-300gpa"

pytestmark = NEEDS_VIEWER


CONTACTS = """stages => stages.map(stage => {
  const layers = stage.scene.content.layers;
  return layers.filter(layer => layer.label.startsWith("H–H contacts"))
    .map(layer => [layer.label, layer.models.reduce((sum, one) => sum + one.bonds.length, 0)]);
})"""
CAMERAS = "stages => stages.map(stage => stage.viewer.getView())"
HUES = {"Mg, magnesium": element_colour(12), "Li, lithium": element_colour(3)}


def views(page, count=2):
    """Return the stages, once they have drawn: of the lattice as given, and of a stretched one."""
    stages = page.locator(".stage")
    is_drawn = f"all => all.length === {count} && all.every(one => one.dataset.drawn > 0)"
    wait_until(page, lambda: stages.evaluate_all(is_drawn))
    return stages


def cell_of_table(page, row, column):
    return page.locator("table tr", has_text=row).locator("td").nth(column)


def network_of_preset(page, label, components):
    """Return the contacts that the last of the lattices shows after a click on a preset."""
    count = 1 if label == "as given" else 2
    preset, menu = (page.get_by_role("button", name=name) for name in (label, "Examples"))
    preset.or_(menu).first.wait_for()
    if not preset.is_visible():  # a structure is chosen: the presets lie in a menu
        menu.click()
    preset.click()
    cell_of_table(page, "Components", count - 1).get_by_text(components, exact=True).wait_for()
    stages = views(page, count)
    wait_until(page, lambda: all(stages.evaluate_all(CONTACTS)))
    contacts = stages.evaluate_all(CONTACTS)
    assert contacts[0][0][1] > 16
    for name, colour in HUES.items():
        assert count_like(stages.last, colour) > 100, (label, name)
    assert page.get_by_role("heading", name="Stretched").count() == count - 1
    return str(contacts[-1])


def test_presets_of_figure_6_show_three_networks_and_a_slider_leaves_the_camera(page, address):
    page.goto(address)
    page.get_by_role("banner").get_by_role("link", name="H–H network").click()
    shown = {"as given": "1", "at c = 8 Å": "6", "at a = b = 6 Å": "8"}
    networks = {name: network_of_preset(page, name, count) for name, count in shown.items()}
    assert len(set(networks.values())) == 3
    assert "2D" in networks["at c = 8 Å"]
    assert "0D" in networks["at a = b = 6 Å"]

    rest(page)
    stages = views(page)
    stages.nth(1).press("ArrowLeft")
    page.wait_for_timeout(500)
    cameras = stages.evaluate_all(CAMERAS)
    assert cameras[0] != cameras[1]
    tc = cell_of_table(page, "(K)", 1).inner_text()
    # One after the other: pressed while the page runs, now and then a view loses its camera.
    for _ in range(5):
        page.get_by_role("slider", name="a = b").press("ArrowRight")
        rest(page)
    page.get_by_text("6.050 Å").first.wait_for()
    wait_until(page, lambda: "a = 6.050" in stages.nth(1).get_attribute("aria-label"))
    assert stages.evaluate_all(CAMERAS) == cameras
    wait_until(page, lambda: cell_of_table(page, "(K)", 1).inner_text() != tc)
    assert "at_a=6.05" in page.url
    assert page.problems == []
    assert page.outside == []


def test_click_on_an_atom_tells_its_site(page, address):
    page.goto(f"{address}/network?structure={P3M1}&at_c=8")
    stages = views(page)
    stages.nth(1).scroll_into_view_if_needed()
    page.mouse.click(*spot(stages.nth(1), 0, 0))
    page.get_by_text("Mg, site").last.wait_for()
    page.get_by_text("in lattice vectors").wait_for()
    assert stages.count() == 2


def test_cages_are_whole_around_every_metal_that_is_drawn(page, address):
    page.goto(f"{address}/network?structure=lah10-fm-3m-150gpa")
    stage = views(page, 1).first
    faces, hydrogen = stage.evaluate(
        """stage => {
          const {layers} = stage.scene.content;
          const of = start => layers.find(layer => layer.name.startsWith(start));
          return [of("Cages").meshes.flatMap(mesh => mesh.shifts.map(
            ([x, y, z]) => mesh.vertices.map((one, i) => one + [x, y, z][i % 3]))),
            of("H, hydrogen").models[0].positions];
        }"""
    )
    assert len(faces) == 14  # at the corners and in the faces of the cube
    corners = np.unique(np.reshape(faces, (-1, 3)), axis=0)
    assert cKDTree(hydrogen).query(corners)[0].max() < 0.01
    page.get_by_role("button", name="H, hydrogen: 10 in the primitive cell, 288 drawn").wait_for()
    page.get_by_role("button", name="Cages around La: 32 H each, 14 drawn").wait_for()
