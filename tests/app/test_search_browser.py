"""Search and its runs in a real browser: reload and a second tab in mid-run, periodic table."""

from pathlib import Path

import pytest
from support.browser import NEEDS_BROWSER, new_page, served_app

pytestmark = NEEDS_BROWSER
# Of the errors that a page logs the 404s do not count: Streamlit asks in two wrong places first for
# its own settings where a link leads to another page than the first.

SPACE = (
    "structure=mgh13-fm-3m-200gpa&groups=2&sites1=Mg1+%281+site%29&sites2=H2+%281+site%29"
    "&inside=false"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The server's working folder, below which the runs are kept."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(folder):
    yield from served_app(folder)


@pytest.fixture
def second_tab(chromium):
    page = new_page(chromium)
    yield page
    page.context.close()


def test_a_run_lives_on_through_stop_reload_and_a_second_tab(page, second_tab, address, folder):
    lattices = "own+volume%2C+best+of+50+to+300+GPa"
    page.goto(f"{address}/search?{SPACE}&lattices={lattices}")
    page.get_by_role("button", name="Start the search").click()
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    page.wait_for_url("**run=mgh13**")
    link = page.url
    page.reload()  # in mid-run
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    second_tab.goto(link)
    second_tab.get_by_role("button", name="Stop", exact=True).click()
    second_tab.get_by_text("Stopped at").wait_for()
    page.get_by_text("Stopped at").wait_for()  # the first tab sees it too
    second_tab.get_by_role("button", name="Go on", exact=True).click()
    second_tab.get_by_role("button", name="Stop", exact=True).wait_for()
    page.reload()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("Stopped at").wait_for()
    assert len(list(folder.glob("runs/search/*/manifest.json"))) == 1
    assert [text for text in page.problems + second_tab.problems if "404" not in text] == []


def test_periodic_table_by_mouse_and_keys_reaches_the_run(page, address):
    page.goto(f"{address}/search?{SPACE}&lattices=the+structure%27s+own")
    page.get_by_role("button", name="Periodic table").first.click()
    page.get_by_role("button", name="all", exact=True).last.click()
    page.get_by_role("button", name="alkali metals").click()
    page.get_by_role("button", name="Lithium", exact=True).focus()
    page.keyboard.press("ArrowRight")  # beryllium
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")  # magnesium
    page.get_by_text("6 elements: Li, Na, Mg, K, Rb, Cs").wait_for()
    page.wait_for_url("**elements1=Li-Na-Mg-K-Rb-Cs**")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Start the search").click()
    page.get_by_text("456 of 456 variants pass the limits.").wait_for()
    page.get_by_role("button", name="Stop", exact=True).wait_for(state="detached")
    best = page.locator("h3").first
    best.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="All rows (CSV)").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 457
    assert lines[0].startswith("assignment,x1,x2,tc,tc_low,tc_high")
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_text("Select a run to see its results").wait_for()
    page.locator("[data-testid=stDataFrame]").first.wait_for()
    assert [text for text in page.problems if "404" not in text] == []
    assert page.outside == []
