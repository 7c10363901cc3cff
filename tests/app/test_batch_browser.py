"""The Batch page in a real browser: a run under way in two tabs, after a reload, a new server."""

import io
import os
import re
import sys
import zipfile

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from support.browser import (
    NEEDS_BROWSER,
    ROOT,
    act_until,
    click_point,
    new_page,
    served,
    wait_until,
)

from tcexplore.catalogue.entries import catalogue_entry

pytestmark = NEEDS_BROWSER

COUNT = 600
# Where the point of a row's number lies.
POINT = """(number) => {
  const plot = document.querySelector(".js-plotly-plot");
  for (const trace of plot._fullData) {
    const index = (trace.customdata ?? []).findIndex((data) => data[0] === `${number}`);
    if (index >= 0) return [trace.x[index], trace.y[index]];
  }
}"""
LINKED = ("mgb2", "h3s-im-3m-200gpa", "yba2cu3o7")


def served_in(folder):
    """Serve the app so that its runs lie below a folder of the test."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return served([sys.executable, "-m", "tcexplore.app.serve"], cwd=folder, env=environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def address(folder):
    yield from served_in(folder)


@pytest.fixture(scope="module")
def archive():
    """Cells of 48 atoms without symmetry: the run takes a while on any machine."""
    rng, file = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(COUNT):
            cell = Structure(
                Lattice.cubic(2.2), ["Y", "H", "H"], [[0, 0, 0], [0.5] * 3, [0.5, 0, 0]]
            )
            cell.make_supercell([4, 2, 2])
            cell.perturb(0.05 + 0.1 * rng.random())
            archive.writestr(f"{number:03d}.cif", cell.to(fmt="cif"))
    return file.getvalue()


def open_batch(page, address):
    page.goto(f"{address}/batch")
    page.get_by_role("heading", name="Batch", exact=True).wait_for()


def start(page, *files):
    """Upload files, start the run and return its address."""
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "", "buffer": content} for name, content in files]
    )
    page.get_by_role("button", name=re.compile("Predict .* file")).click()
    page.wait_for_url("**run=**")
    return page.url


def n_done(page):
    """Return how many files are done, as the page says."""
    found = page.get_by_text(re.compile(r"\d+ of [\d,]+ files?:")).first.inner_text()
    return int(found.split(" of ")[0].replace(",", ""))


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_run_goes_on_through_reload_second_tab_stop_and_a_new_server(
    chromium, page, folder, archive
):
    servers = served_in(folder)
    address = next(servers)
    try:
        open_batch(page, address)
        run = start(page, ("cells.zip", archive))
        button(page, "Stop").wait_for()
        wait_until(page, lambda: n_done(page) > 0)
        page.reload()
        button(page, "Stop").wait_for()
        before = n_done(page)
        second = new_page(chromium)
        second.goto(run)
        button(second, "Stop").wait_for()
        wait_until(second, lambda: n_done(second) > before)
        stop = button(second, "Stop")
        act_until(second, lambda: stop.count() and stop.click(), button(second, "Go on").count)
        button(page, "Go on").wait_for()  # the first tab sees it by itself
        stopped = n_done(second)
        assert before < stopped < COUNT
        assert n_done(page) == stopped
        button(page, "Go on").click()
        button(page, "Stop").wait_for()
        wait_until(page, lambda: n_done(page) > stopped)
    finally:
        servers.close()  # ends the server in mid-run
    for address in served_in(folder):
        page.goto(address + run[run.index("/batch") :])
        button(page, "Go on").wait_for()
        assert stopped < n_done(page) < COUNT
        button(page, "Go on").click()
        page.get_by_text(f"{COUNT} of {COUNT} files: {COUNT} structures predicted").wait_for(
            timeout=240_000
        )
        page.get_by_test_id("stProgress").wait_for(state="detached")
        with page.expect_download() as download:
            button(page, "Table (CSV)").click()
        lines = download.value.path().read_text().splitlines()
        numbers = [int(line.split(",")[0]) for line in lines[1:]]
        assert numbers == [*range(1, COUNT + 1)]
    second.context.close()


def test_row_point_and_cell_show_the_same_structure(page, address):
    open_batch(page, address)
    entries = [catalogue_entry(name).structure().to(fmt="cif").encode() for name in LINKED]
    start(page, *zip([f"{name}.cif" for name in LINKED], entries, strict=True))
    page.get_by_text("3 of 3 files").wait_for()
    page.get_by_test_id("stProgress").wait_for(state="detached")
    page.set_viewport_size({"width": 1280, "height": 1500})
    page.locator(".js-plotly-plot").wait_for()
    table = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(table["x"] + 15, table["y"] + 88)  # the box of the second row
    page.wait_for_url("**picked=2**")
    picked = page.locator("strong", has_text="H₃S")
    picked.wait_for()
    page.get_by_role("button", name="S, sulfur").wait_for()  # of the 3D view
    page.locator(".js-plotly-plot .legend", has_text="H₃S").wait_for()
    x, y = page.evaluate(POINT, 3)
    click_point(page, x, y, lambda: "picked=3" in page.url)
    page.locator("strong", has_text="Ba₂").wait_for()
    page.get_by_role("button", name="Cu, copper").wait_for()
    page.get_by_role("link", name="Dome").last.click()
    page.wait_for_url("**/dome?**cell=**")
    page.get_by_role("button", name="Examples").wait_for()
