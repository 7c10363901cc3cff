"""The 3D view in a real browser: what it draws, what moves its camera, what it says to the page."""

import os
import re
import shutil
import sys

import numpy as np
import pytest
from PIL import Image
from support.browser import (
    CHROMIUM,
    NEEDS_VIEWER,
    ROOT,
    count_like,
    new_page,
    pixels,
    served,
    spot,
    wait_until,
)

from tcexplore.view3d import export
from tcexplore.view3d.colours import element_colour

REMOTE = export.remote_library()
DRAWN = "stage => Number(stage.dataset.drawn ?? 0)"
CAMERA = "stage => stage.viewer.getView()"

pytestmark = NEEDS_VIEWER


def serve(folder):
    """Yield the address of the test's page, run from a folder."""
    shutil.copy(ROOT / "tests" / "support" / "viewer_page.py", folder / "page.py")
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "page.py")]
    yield from served(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "static").mkdir()
    shutil.copy(export.VIEWER_LIBRARY, folder / "static")
    yield from serve(folder)


@pytest.fixture(scope="module")
def address_without_library(tmp_path_factory):
    yield from serve(tmp_path_factory.mktemp("bare"))


def open_view(page, address):
    """Return the stage of the view, once it has drawn."""
    page.goto(address)
    stage = page.locator(".stage")
    page.locator(".stage canvas").first.wait_for()
    wait_until(page, lambda: stage.evaluate(DRAWN) > 0)
    return stage


def legend(page, name):
    return page.locator(".layers button", has_text=name)


def hide_all_but(page, *names):
    for button in page.locator(".layers button").all():
        if not any(name in button.inner_text() for name in names):
            button.click()


def step(page, stage, label, key="ArrowRight"):
    """Move a slider by one step and wait for the view to have drawn the answer."""
    before = stage.evaluate(DRAWN)
    page.get_by_role("slider", name=label).press(key)
    wait_until(page, lambda: stage.evaluate(DRAWN) > before)


def test_atoms_contacts_and_cages_are_drawn_and_can_be_hidden(page, address):
    stage = open_view(page, address)
    assert page.outside == []
    kinds = {"La, lanthanum": element_colour(57), "H–H contacts": "#d55e00"}
    hide_all_but(page, *kinds)
    for name, colour in kinds.items():
        shown = count_like(stage, colour)
        assert shown > 150, name
        legend(page, name).click()
        assert legend(page, name).get_attribute("aria-pressed") == "false"
        assert count_like(stage, colour) < 0.5 * shown, name
    for name in ("Bonds", "H, hydrogen"):
        without = pixels(stage)
        legend(page, name).click()
        assert (np.abs(pixels(stage) - without).max(axis=2) > 25).sum() > 150, name
        legend(page, name).click()
    legend(page, "Cages around La").click()
    assert len(np.unique(pixels(stage).reshape(-1, 3), axis=0)) > 20
    assert page.problems == []
    assert page.outside == []


def test_contacts_leave_the_box_for_ghosts(page, address):
    stage = open_view(page, address)
    models = stage.evaluate("stage => stage.viewer.models.map(m => m.selectedAtoms({}).length)")
    # La; 8 H at the corners and 24 ghosts; ends of the bonds and of all contacts; rims; the box
    assert models[:4] == [1, 32, 9, 32]
    legend(page, "H, hydrogen: 1 in the primitive cell, 32 drawn (24 outside the cell)").wait_for()
    legend(page, "Bonds up to 1.15 × covalent radii: 8 drawn").wait_for()
    radii = stage.evaluate(
        "stage => stage.viewer.models[1].selectedAtoms({}).map(a => a.style.sphere.radius)"
    )
    assert sum(radius < max(radii) for radius in radii) == 24


def test_camera_stays_while_sliders_move_and_hidden_stays_hidden(page, address):
    stage = open_view(page, f"{address}/?density=1")
    legend(page, "La, lanthanum").click()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 80)
    page.mouse.up()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(300)
    turned = stage.evaluate(CAMERA)
    step(page, stage, "c")
    page.get_by_text("c is 2.1").wait_for()
    step(page, stage, "Level")
    legend(page, "density of 7.5 e/Å³").wait_for()
    assert legend(page, "La, lanthanum").get_attribute("aria-pressed") == "false"
    assert stage.evaluate(CAMERA) == turned

    page.get_by_role("button", name="Reset").click()
    assert stage.evaluate(CAMERA) != turned
    assert page.outside == []


def test_bonds_have_the_colours_of_their_atoms(page, address):
    stage = open_view(page, address)
    hide_all_but(page, "Bonds")
    colours = stage.evaluate(
        "stage => stage.viewer.models[0].selectedAtoms({}).map(atom => atom.style.stick.color)"
    )
    assert colours == [element_colour(57)] + 8 * [element_colour(1)]
    assert count_like(stage, element_colour(57)) > 100
    legend(page, "Bonds").click()
    assert count_like(stage, element_colour(57)) == 0


def test_shared_site_is_a_pie_of_its_species(page, address):
    stage = open_view(page, f"{address}/?kind=shared")
    name = "La 60 % + Sr 30 % + vacant 10 %"
    kind = page.locator(".layers button", has=page.locator(".mark.dot"), has_text=name)
    assert "conic-gradient" in kind.locator(".mark").get_attribute("style")
    hide_all_but(page, name)
    legend(page, f"Cages around {name}").click()
    lanthanum, strontium = (count_like(stage, element_colour(z)) for z in (57, 38))
    assert strontium > 100
    assert 0.3 < strontium / lanthanum < 0.7
    kind.click()
    assert count_like(stage, element_colour(38)) == 0


# --- the page's wheel and fingers ----------------------------------------------------------------


def scrolls_or_turns(stage, act):
    """Return whether an act scrolls the page, and whether it moves the camera."""
    top, camera = stage.bounding_box()["y"], stage.evaluate(CAMERA)
    act()
    stage.page.wait_for_timeout(700)
    moved = stage.evaluate(CAMERA) != camera
    return abs(stage.bounding_box()["y"] - top) > 20, moved


def test_wheel_scrolls_the_page_until_the_view_has_focus(chromium, address):
    page = new_page(chromium, height=420)
    stage = open_view(page, address)
    hint = page.locator(".hint")
    hint.get_by_text("The wheel and a finger scroll the page").wait_for()
    box = stage.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + 150

    def turn_wheel(step):
        page.mouse.move(*middle)
        page.mouse.wheel(0, step)

    assert scrolls_or_turns(stage, lambda: turn_wheel(120)) == (True, False)
    assert scrolls_or_turns(stage, lambda: turn_wheel(-120)) == (True, False)
    page.mouse.click(*middle)
    hint.get_by_text("Esc gives it back to the page").wait_for()
    assert scrolls_or_turns(stage, lambda: turn_wheel(120)) == (False, True)
    page.keyboard.press("Escape")
    hint.get_by_text("The wheel and a finger scroll the page").wait_for()
    assert scrolls_or_turns(stage, lambda: turn_wheel(120)) == (True, False)
    legend(page, "La, lanthanum").focus()
    for _ in range(6):  # back over the five tools
        page.keyboard.press("Shift+Tab")
    hint.get_by_text("Esc gives it back to the page").wait_for()
    page.context.close()


def test_one_finger_scrolls_the_page_until_a_tap_and_two_zoom(chromium, address):
    page = new_page(chromium, width=420, height=520, has_touch=True)
    stage = open_view(page, address)
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 200
    devtools = page.context.new_cdp_session(page)

    def touch(kind, *points):
        places = [{"x": x, "y": y} for x, y in points]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    def drag(distance):
        touch("touchStart", (x, y))
        for part in range(1, 11):
            touch("touchMove", (x, y + distance * part / 10))
            page.wait_for_timeout(20)
        touch("touchEnd")

    def spread():
        touch("touchStart", (x - 30, y), (x + 30, y))
        for apart in range(30, 61, 5):
            touch("touchMove", (x - apart, y), (x + apart, y))
        touch("touchEnd")

    assert scrolls_or_turns(stage, lambda: drag(-100)) == (True, False)
    assert scrolls_or_turns(stage, lambda: drag(100)) == (True, False)
    assert scrolls_or_turns(stage, spread) == (False, True)
    page.touchscreen.tap(x, box["y"] + 20)
    page.locator(".hint").get_by_text("Esc gives it back to the page").wait_for()
    assert scrolls_or_turns(stage, lambda: drag(-100)) == (False, True)
    page.context.close()


def test_another_subject_gets_a_camera_of_its_own(page, address):
    stage = open_view(page, address)
    first = stage.evaluate(CAMERA)
    stage.press("ArrowLeft")
    assert stage.evaluate(CAMERA) != first
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="other").click()
    wait_until(page, lambda: stage.evaluate(CAMERA) == first)


def test_click_tells_the_site_and_a_second_one_the_distance(page, address):
    stage = open_view(page, address)
    hide_all_but(page, "La", "H, hydrogen")
    page.get_by_text("no atom").wait_for()
    page.mouse.click(*spot(stage, 0, 0))
    page.get_by_text("La, site 1: x = 0.5000, y = 0.5000, z = 0.5000").wait_for()
    assert page.get_by_role("status").inner_text() == "La, site 1"

    page.mouse.click(*spot(stage, 1, 0))
    distance = f"{np.sqrt(3):.3f} Å"
    page.get_by_text(re.compile(f"H, site 2: .*{distance} from the atom marked before")).wait_for()
    assert page.get_by_role("status").inner_text() == f"La, site 1 – H, site 2: {distance}"

    # The distance follows the lattice; another subject forgets it; so does Escape.
    step(page, stage, "c")
    longer = np.sqrt(0.5 + 0.5 + (2.1 / 2) ** 2 + 1)
    page.get_by_role("status").get_by_text(f"{longer:.3f} Å").wait_for()
    stage.press("Escape")
    page.get_by_text("no atom").wait_for()


def test_picture_has_a_name_and_holds_the_view(page, address):
    stage = open_view(page, address)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="PNG").click()
    download = waiting.value
    assert download.suggested_filename == "small-b-Pm-3m-b-2.15A.png"
    picture = np.asarray(Image.open(download.path()).convert("RGB"))
    assert picture.shape[1] >= stage.bounding_box()["width"] - 2
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100


def test_tools_say_their_state(page, address):
    stage = open_view(page, address)
    is_flat = "stage => stage.viewer.getInternalState && stage.viewer.camera.ortho"
    perspective = page.get_by_role("button", name="Perspective")
    assert stage.evaluate(is_flat) is True
    perspective.click()
    assert perspective.get_attribute("aria-pressed") == "true"
    assert stage.evaluate(is_flat) is False

    spin = page.get_by_role("button", name="Spin")
    still = stage.evaluate(CAMERA)
    spin.click()
    wait_until(page, lambda: stage.evaluate(CAMERA) != still)
    spin.click()
    assert spin.get_attribute("aria-pressed") == "false"
    still = stage.evaluate(CAMERA)
    page.wait_for_timeout(400)
    assert stage.evaluate(CAMERA) == still

    height = stage.bounding_box()["height"]
    page.get_by_role("button", name="Full screen").click()
    wait_until(page, lambda: stage.bounding_box()["height"] > height + 100)
    page.get_by_role("button", name="Full screen").click()
    wait_until(page, lambda: stage.bounding_box()["height"] == height)
    assert stage.get_attribute("aria-label").startswith("Unit cell of LaH in 3D")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_view_has_the_pages_background(chromium, address, scheme):
    page = new_page(chromium, color_scheme=scheme)
    stage = open_view(page, address)
    expected = {"light": (255, 255, 255), "dark": (18, 23, 27)}[scheme]
    assert np.abs(pixels(stage)[5, 5] - expected).max() <= 2
    page.context.close()


def test_large_structure_is_drawn_whole(page, address):
    stage = open_view(page, f"{address}/?kind=large")
    content = stage.evaluate(
        """stage => {
          const {atoms, layers} = stage.scene.content;
          const bonds = layers.flatMap(one => one.models.map(model => model.bonds.length));
          return [atoms.length, bonds.reduce((sum, one) => sum + one, 0)];
        }"""
    )
    drawn = stage.evaluate(
        """stage => stage.viewer.models.map(model => model.selectedAtoms({}))
          .map(atoms => [atoms.length, atoms.reduce((sum, one) => sum + one.bonds.length, 0) / 2])
        """
    )
    assert content[0] > 504
    assert sum(bonds for _, bonds in drawn) == content[1] > 1000
    assert drawn[0][0] + drawn[1][0] == content[0]


# --- where something is missing -----------------------------------------------------------------


def test_without_the_library_it_comes_from_py3dmols_address_and_the_page_says_so(
    page, address_without_library
):
    source = export.VIEWER_LIBRARY.read_text(encoding="utf-8")
    page.route(REMOTE, lambda route: route.fulfill(body=source, content_type="text/javascript"))
    open_view(page, address_without_library)
    page.get_by_text("the view loads it from the network").wait_for()
    assert page.outside == [REMOTE]


def flat_drawing(page):
    page.locator(".js-plotly-plot .scatterlayer path.point").first.wait_for()
    points = page.locator(".js-plotly-plot .scatterlayer path.point")
    assert points.count() == 33
    assert page.locator(".js-plotly-plot").get_by_text("H–H contacts").first.is_visible()


def test_without_any_library_a_flat_drawing_takes_its_place(page, address_without_library):
    page.route(REMOTE, lambda route: route.abort())
    page.goto(address_without_library)
    page.get_by_text("3Dmol.js could not be loaded").wait_for()
    flat_drawing(page)
    places = page.locator(".js-plotly-plot .scatterlayer path.point")
    transforms = "points => points.map(point => point.getAttribute('transform'))"
    before = places.evaluate_all(transforms)
    page.get_by_text("along c", exact=True).click()
    wait_until(page, lambda: places.evaluate_all(transforms) not in ([], before))


def test_without_webgl_a_flat_drawing_takes_its_place(playwright, address):
    flags = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    page = new_page(browser)
    page.goto(address)
    page.get_by_text("No WebGL in this browser").wait_for()
    flat_drawing(page)
    assert page.outside == []
    assert page.locator(".stage canvas").count() == 0
    browser.close()
