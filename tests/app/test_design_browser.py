"""The page of inverse designs in a real browser: the film of the path, stop and go on."""

import pytest
from support.browser import NEEDS_BROWSER, NEEDS_VIEWER, new_page, wait_until

pytestmark = NEEDS_BROWSER

LIH6 = "lih6-r-3m-300gpa"
VOLUME = """stage => {
  const cell = stage.getAttribute("aria-label").match(/[abc] = ([0-9.]+)/g);
  return cell.map(length => Number(length.slice(4))).reduce((product, one) => product * one, 1);
}"""


def end_of(page):
    """Return Tc of the end, once the design is there."""
    cell = page.locator("table tr", has_text="(K)").locator("td").nth(1)
    cell.wait_for(timeout=120_000)
    return cell.inner_text()


def open_design(page, address, **query):
    page.goto(address)
    page.get_by_role("link", name="Design").click()
    page.get_by_role("heading", name="Inverse design").wait_for()
    parts = "&".join(f"{key}={value}" for key, value in query.items())
    page.goto(f"{address}/design?{parts}")


@pytest.mark.skipif(NEEDS_VIEWER[-1].args[0], reason="3Dmol.js is not fetched: make viewer")
def test_film_plays_from_the_given_crystal_to_the_end(page, address):
    open_design(page, address, structure=LIH6, starts=1, tried=50)
    end, stage = end_of(page), page.locator(".stage")
    wait_until(page, lambda: stage.evaluate("stage => stage.dataset.drawn > 0"))
    film, given = page.locator(".film"), stage.evaluate(VOLUME)
    assert film.locator("output").inner_text().startswith("0 tried: 166.8 K")
    camera = stage.evaluate("stage => stage.viewer.getView()")

    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    wait_until(page, lambda: film.locator("output").inner_text().endswith(f"tried: {end} K"))
    page.get_by_role("button", name="Play").wait_for()  # it stops there
    last = stage.evaluate(VOLUME)
    assert abs(last / given - 1) > 0.02
    assert stage.evaluate("stage => stage.viewer.getView()") == camera

    film.get_by_role("slider").press("Home")
    wait_until(page, lambda: abs(stage.evaluate(VOLUME) - given) < 1e-6)
    assert film.get_by_role("slider").get_attribute("aria-valuetext").startswith("0 tried")
    film.get_by_role("slider").press("ArrowRight")
    wait_until(page, lambda: film.locator("output").inner_text().startswith("from 0 to"))
    assert page.outside == []


def test_without_webgl_a_drawing_has_the_steps(playwright, address):
    from support.browser import CHROMIUM

    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    )
    page = new_page(browser)
    open_design(page, address, structure=LIH6, starts=1, tried=50)
    end_of(page)
    page.get_by_text("No WebGL in this browser").wait_for()
    page.get_by_role("slider", name="Step").last.press("End")
    page.get_by_text(f"tried: {end_of(page)} K").first.wait_for()
    browser.close()


def test_design_can_be_stopped_and_goes_on(page, address):
    open_design(page, address, structure="lah10-fm-3m-150gpa", starts=2, tried=500)
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("going on may find a better one").wait_for()
    end_of(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Stop").wait_for()
