"""The app in a real browser: one journey, both themes, nothing fetched from elsewhere."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.browser import (
    NEEDS_BROWSER,
    act_until,
    click_point,
    new_page,
    wait_until,
)

from tcexplore.view3d import export

pytestmark = NEEDS_BROWSER


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def page(chromium, scheme):
    page = new_page(chromium, width=1280, color_scheme=scheme)
    yield page
    page.context.close()


def colours_of_the_view(page):
    """Return how many different colours the 3D view holds, once it has drawn."""
    canvas = page.locator(".stage canvas").first
    canvas.wait_for(state="visible")
    for _ in range(40):
        pixels = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB"))
        count = len(np.unique(pixels.reshape(-1, 3), axis=0))
        if count > 50:
            return count
        page.wait_for_timeout(500)
    return count


IS_ASIDE = "sidebar => sidebar.getBoundingClientRect().right <= 0"


def open_page(page, address, name):
    page.goto(address)
    page.get_by_role("heading", name="At which temperature").wait_for()
    page.get_by_role("banner").get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name).first.wait_for()


def show(page, name):
    """Wait until the page's title is a formula."""
    page.locator("h1", has_text=name).wait_for()


@pytest.mark.skipif(
    not export.VIEWER_LIBRARY.is_file(), reason="3Dmol.js is not fetched: make viewer"
)
def test_link_shows_tc_and_cell_in_both_themes(page, address):
    page.goto(f"{address}/?structure=mgb2")
    show(page, "MgB2")
    page.get_by_text("predicted", exact=True).wait_for()
    assert colours_of_the_view(page) > 50
    assert "Unit cell of MgB2" in page.locator(".stage").get_attribute("aria-label")
    assert page.problems == []
    assert page.outside == []


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_choose_upload_and_move_between_pages(page, address, triclinic):
    page.goto(address)
    chooser = page.get_by_role("combobox").first
    chooser.click()
    chooser.fill("H3S")
    page.get_by_role("option", name="H3S · Im-3m").first.click()
    show(page, "H3S")
    assert "structure=h3s-im-3m-200gpa" in page.url

    content = triclinic.to(fmt="cif").encode()
    file = {"name": "mine.cif", "mimeType": "text/plain", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    show(page, "YH2S")
    assert "structure=" not in page.url

    page.get_by_role("link", name="Model", exact=True).click()
    page.get_by_role("heading", name="How to cite").wait_for()
    page.get_by_role("link", name="Predict").click()
    show(page, "YH2S")
    page.get_by_text("Shown: mine.cif").wait_for()
    if (
        export.VIEWER_LIBRARY.is_file()
    ):  # else the view asks for it outside, where there may be no network
        assert page.problems == []
        assert page.outside == []


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_click_on_the_swap_map_opens_a_material_and_its_link_does_too(page, address):
    open_page(page, address, "Element swap")
    page.get_by_role("button", name="MgH₁₃: X on Mg").click()
    page.get_by_role("button", name="CIFs of the best").wait_for()  # below the finished map
    material = page.get_by_role("heading", name="LaLuH₁₂")
    click_point(page, "La", "Lu", material.count)
    assert "picked=La-Lu" in page.url
    assert "x=Mg1" in page.url
    assert "y=H2" in page.url
    assert page.outside == [] or not export.VIEWER_LIBRARY.is_file()

    link = page.url
    page.get_by_role("link", name="Model", exact=True).click()
    page.get_by_role("heading", name="How to cite").wait_for()
    page.goto(link)
    material.wait_for()

    page.get_by_role("main").get_by_role("link", name="Predict").click()
    show(page, "LaLuH12")
    assert "cell=" in page.url


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_long_work_fills_in_stops_and_goes_on(page, address):
    open_page(page, address, "Element swap")
    page.get_by_role("button", name="The same at the maximum").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped when").wait_for()
    page.locator(".js-plotly-plot .heatmaplayer image").first.wait_for()
    go_on, stopped = page.get_by_role("button", name="Go on"), page.get_by_text("Stopped when")
    act_until(page, lambda: go_on.count() and go_on.click(), lambda: not stopped.count())
    page.get_by_role("progressbar").wait_for()
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["dark"], indirect=True)
def test_dome_of_a_preset_and_its_link(page, address):
    open_page(page, address, "Dome")
    page.get_by_role("button", name="Li₂MgH₁₆: Fd-3m").click()
    lines = page.locator(".js-plotly-plot .scatterlayer .trace")
    lines.nth(3).wait_for()
    page.wait_for_url("**with=li2mgh16-p-3m1-300gpa**")
    page.get_by_text("That lattice lies inside the applicability domain").first.wait_for()
    link, count = page.url, lines.count()
    assert page.problems == []
    page.goto("about:blank")
    page.goto(link)
    lines.nth(count - 1).wait_for(state="attached")
    page.get_by_role("combobox", name="Along the axis").click()
    page.get_by_role("option", name="volume per atom").click()
    page.locator(".js-plotly-plot .xtitle", has_text="Volume per atom").wait_for()
    assert page.outside == []


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_lattice_map_of_a_preset_and_its_link(page, address):
    open_page(page, address, "Lattice map")
    page.get_by_role("button", name="c to 14").click()
    image = page.locator(".js-plotly-plot .heatmaplayer image").first
    image.wait_for()
    page.get_by_text("Maximum of the map").wait_for()
    page.wait_for_url("**c=14**")
    apex, link = page.get_by_text("Maximum of the map").inner_text(), page.url
    assert page.problems == []
    page.goto("about:blank")
    page.goto(link)
    image.wait_for()
    assert page.get_by_text("Maximum of the map").inner_text() == apex
    click_point(page, 4.0, 8.0, page.get_by_role("heading", name="= 7.908 Å").count)
    assert "picked=" in page.url
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 1 + 40 * 40
    page.get_by_role("main").get_by_role("link", name="H–H network").click()
    page.get_by_role("heading", name="As given").wait_for()
    assert page.outside == []


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_map_and_material_fit_a_laptop_side_by_side(page, address):
    open_page(page, address, "Element swap")
    page.get_by_role("button", name="MgH₁₃: X on Mg").click()
    page.get_by_role("button", name="CIFs of the best").wait_for()
    page.get_by_role("combobox", name="X", exact=True).fill("La")
    page.get_by_role("option", name="La", exact=True).click()
    heading = page.get_by_role("heading", name="La", exact=False).last
    heading.wait_for()
    image = page.locator(".js-plotly-plot .heatmaplayer image").first.bounding_box()
    material = heading.bounding_box()
    assert image["y"] + image["height"] <= 900  # no scrolling
    assert image["x"] + image["width"] < material["x"]
    assert material["y"] < image["y"] + image["height"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Figure", exact=True).click()
        page.get_by_role("button", name="SVG").click()
    assert download.value.suggested_filename == "mgh13-swap-85mm.svg"
    assert Path(download.value.path()).read_text().startswith("<?xml")


@pytest.mark.parametrize("scheme", ["dark"], indirect=True)
def test_phone_opens_the_page_not_the_sidebar_and_has_a_list(page, address):
    page.set_viewport_size({"width": 400, "height": 850})
    open_link = f"{address}/swap?structure=mgh13-fm-3m-200gpa&x=Mg1+%281+site%29&elements=halogens"
    page.goto(open_link)
    page.get_by_text("The map needs a wider screen").wait_for()
    sidebar = page.get_by_test_id("stSidebar")
    wait_until(page, lambda: not sidebar.count() or sidebar.evaluate(IS_ASIDE))
    page.locator(".st-key-wide-map").wait_for(state="hidden")
    page.get_by_role("heading", name="Highest").wait_for()
    page.locator("[data-testid=stDataFrame]").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
