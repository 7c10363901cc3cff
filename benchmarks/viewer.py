"""Time of the 3D view: isosurface on the server; 513 atoms with H-H contacts in a real browser.

    python benchmarks/viewer.py [--check]

Best of five: the isosurface of LaH10's charge density at the page's first level; in Debian's
chromium without a graphics card the drawing alone, and a step of a slider up to the drawn answer,
server, two views and figure included. With --check it exits 1 where a bar is missed.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.view3d.density import cell_density, isosurface

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
         "--ignore-gpu-blocklist"]  # fmt: skip
CASE = "structure=li2mgh16-p-3m1-300gpa&cells_a=3&cells_b=3&cells_c=3&at_c=6"
LEAST_ATOMS, REPEATS, PATIENCE = 500, 5, 60_000
REDRAW = """stage => {
  const start = performance.now();
  stage.scene.draw();
  stage.viewer.getCanvas().toDataURL();  // waits until all is drawn
  return (performance.now() - start) / 1000;
}"""
DRAWN = "stage => Number(stage.dataset.drawn ?? 0)"
DENSITY_ENTRY, LEVEL_SHARE = "lah10-fm-3m-150gpa", 0.1  # of the highest density
BARS = {
    "isosurface of LaH10": 0.05,
    "redraw of one view": 1.0,
    "step of a slider, both views": None,
}


@contextmanager
def app() -> Iterator[str]:
    """Run the app; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1",
               "--server.port", address.rpartition(":")[2]]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not is_up(address):
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def is_up(address: str) -> bool:
    """Return whether the app answers."""
    try:
        return urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).status == 200
    except OSError:
        return False


def opened(page: Page, address: str) -> Locator:
    """Return the view of the stretched lattice, drawn."""
    page.set_default_timeout(PATIENCE)
    page.goto(address)  # the first visitor of a server has to come to its first page
    page.get_by_role("link", name="H–H network").wait_for()
    page.goto(f"{address}/network?{CASE}")
    stage = page.locator(".stage").nth(1)
    stage.locator("canvas").first.wait_for()
    while stage.evaluate(DRAWN) == 0:
        page.wait_for_timeout(100)
    page.wait_for_timeout(2000)
    return stage


def step_seconds(page: Page, stage: Locator) -> float:
    """Return the time from a key on a slider to the drawn answer."""
    before, start = stage.evaluate(DRAWN), time.perf_counter()
    page.get_by_role("slider", name="c (Å)").press("ArrowRight")
    while stage.evaluate(DRAWN) == before:
        page.wait_for_timeout(20)
    return time.perf_counter() - start


def isosurface_seconds() -> float:
    """Return the time of one isosurface on the server."""
    density = cell_density(catalogue_entry(DENSITY_ENTRY).structure(), "charge")
    level = LEVEL_SHARE * float(density.values.max())
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        isosurface(density, level)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measured() -> tuple[int, dict[str, float]]:
    """Return how many atoms are drawn, and the time (s) of each work."""
    surface = isosurface_seconds()
    with app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        stage = opened(page, address)
        n_atoms = stage.evaluate("stage => stage.scene.content.atoms.length")
        redraw = min(stage.evaluate(REDRAW) for _ in range(REPEATS))
        step = min(step_seconds(page, stage) for _ in range(REPEATS))
        browser.close()
    return n_atoms, dict(zip(BARS, (surface, redraw, step), strict=True))


def main() -> int:
    """Print the table."""
    n_atoms, seconds = measured()
    print(f"{n_atoms} atoms, those outside the box included")
    print(f"{'work':<32}{'time/s':>9}{'bar/s':>8}")
    for name, bar in BARS.items():
        print(f"{name:<32}{seconds[name]:9.3f}{'' if bar is None else bar:>8}")
    missed = n_atoms < LEAST_ATOMS or any(bar and seconds[name] > bar for name, bar in BARS.items())
    return int("--check" in sys.argv and missed)


if __name__ == "__main__":
    sys.exit(main())
