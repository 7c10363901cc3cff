"""Time from a click on a preset to the drawn figure, and of pages that nobody opened before.

    python benchmarks/pages.py [--check]

In a real browser, best of three; each time a new server that has loaded its model, so that nothing
else is cached. All networks of the shipped model take part. With --check it exits 1 where a bar is
missed. The bars are for two cores that do 250 GFLOP/s together in single precision; the first line
says what this machine does.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Iterator

from machine_speed import gigaflops
from new_server import new_server
from playwright.sync_api import Browser, sync_playwright

from tcexplore.model.worker_threads import n_workers

FLAGS = ["--no-sandbox", "--disable-background-networking"]
REPEATS = 3
# Page, preset, what the finished figure holds, and the bar in seconds.
CASES = (
    ("Element swap", "MgH₁₃: X on Mg", ".gl-canvas", 2.5),
    ("Dome", "Li₂MgH₁₆: Fd-3m and P-3m1", ".scatterlayer .trace", 1.5),
    ("Lattice map", "Li₂MgH₁₆ P-3m1, c to 14", ".heatmaplayer image", 1.5),
)
# Address, the last heading of the page, and the bar in seconds.
COLD = (("", "Catalogue", 3.0), ("model", "Comparison with the paper", 3.0))
CLICK_BAR = 1.0  # s, from a click on the map of the first case to the material
# Of the last of them alone: a figure that is still filling in has no pair of axis and marks below.
DRAWN = """([mark]) => {
  const plots = [...document.querySelectorAll(".js-plotly-plot")];
  const busy = document.querySelector("[data-testid=stProgress]");
  return plots.length > 0 && !busy && plots.some((plot) => plot.querySelector(mark));
}"""
FINISHED = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  return app && app.dataset.testScriptState === "notRunning";
}"""
CELL = """() => {
  const plot = [...document.querySelectorAll(".js-plotly-plot")].find(
    (each) => each.querySelector(".gl-canvas")
  );
  plot.scrollIntoView({block: "center"});
  const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
  return [
    box.left + xaxis._offset + xaxis._length * 0.61, box.top + yaxis._offset + yaxis._length * 0.62
  ];
}"""


def seconds(browser: Browser, name: str, preset: str, mark: str) -> float:
    """Return the time from the click to the drawn figure."""
    with new_server() as (server, _):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{server}")
        page.get_by_role("heading", name="At which temperature").wait_for()
        page.get_by_role("link", name=name).first.click()
        button = page.get_by_role("button", name=preset)
        button.wait_for()
        page.wait_for_timeout(1500)
        start = time.perf_counter()
        button.click()
        page.wait_for_function(DRAWN, arg=[mark], polling=20, timeout=60_000)
        elapsed = time.perf_counter() - start
        page.close()
    return elapsed


def cold_seconds(browser: Browser, path: str, heading: str) -> float:
    """Return the time from opening a page to its end, the first one of a server and a browser."""
    with new_server() as (server, _):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        start = time.perf_counter()
        page.goto(f"http://{server}/{path}")
        page.get_by_role("heading", name=heading).wait_for()
        page.wait_for_function(FINISHED, polling=20, timeout=60_000)
        elapsed = time.perf_counter() - start
        page.close()
    return elapsed


def click_seconds(browser: Browser, name: str, preset: str, mark: str) -> float:
    """Return the time from a click on a cell of a drawn map to its material."""
    with new_server() as (server, _):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://{server}")
        page.get_by_role("link", name=name).first.click()
        page.get_by_role("button", name=preset).click()
        page.wait_for_function(DRAWN, arg=[mark], polling=20, timeout=60_000)
        page.wait_for_function(FINISHED, timeout=60_000)
        place = page.evaluate(CELL)
        page.wait_for_timeout(2000)  # the page has come to rest, as it has for whoever reads a map
        start = time.perf_counter()
        page.mouse.click(*place)
        page.get_by_text("Applicability domain:").wait_for(timeout=60_000)
        elapsed = time.perf_counter() - start
        page.close()
    return elapsed


def best_of(measure: Callable[[], float]) -> float:
    """Return the shortest of a few times."""
    return min(measure() for _ in range(REPEATS))


def measurements(browser: Browser) -> Iterator[tuple[str, str, float, float]]:
    """Yield page, what was done, the time and the bar (s)."""
    for path, heading, bar in COLD:
        time_cold = best_of(lambda: cold_seconds(browser, path, heading))  # noqa: B023
        yield path or "first page", "opened, nothing cached", time_cold, bar
    for case in CASES:
        yield *case[:2], best_of(lambda: seconds(browser, *case[:3])), case[3]  # noqa: B023
    case = CASES[0][:3]
    yield case[0], "click to material", best_of(lambda: click_seconds(browser, *case)), CLICK_BAR


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    missed = False
    print(f"{n_workers()} cores, {gigaflops(n_workers()):.0f} GFLOP/s together in single precision")
    print(f"{'page':<16}{'preset':<28}{'time/s':>8}{'bar/s':>7}")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, action, best, bar in measurements(browser):
            missed |= best > bar
            print(f"{name:<16}{action:<28}{best:8.2f}{bar:7.1f}", flush=True)
        browser.close()
    return int(check and missed)


if __name__ == "__main__":
    sys.exit(main())
