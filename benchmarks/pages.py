"""Time from a click on a preset to the drawn figure, in a real browser.

    python benchmarks/pages.py [--check]

Best of three; each time a new server, so that nothing is cached but the model, which the page loads
when it opens. All networks of the shipped model take part. With --check it exits 1 where a bar is
missed.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-background-networking"]
REPEATS = 3
# Page, preset, what the finished figure holds, and the bar in seconds.
CASES = (
    ("Element swap", "MgH₁₃: X on Mg", ".gl-canvas", 3.0),
    ("Dome", "Li₂MgH₁₆: Fd-3m and P-3m1", ".scatterlayer .trace", 1.5),
    ("Lattice map", "Li₂MgH₁₆ P-3m1, c to 14", ".heatmaplayer image", 1.5),
)
# Of the last of them alone: a figure that is still filling in has no pair of axis and marks below.
DRAWN = """([mark]) => {
  const plots = [...document.querySelectorAll(".js-plotly-plot")];
  const busy = document.querySelector("[data-testid=stProgress]");
  return plots.length > 0 && !busy && plots.some((plot) => plot.querySelector(mark));
}"""


@contextmanager
def served() -> Iterator[str]:
    """Give the address of a new server of the app."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tcexplore.app.serve", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while not is_up(address):
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()


def is_up(address: str) -> bool:
    """Return whether a server answers."""
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def seconds(browser: Browser, name: str, preset: str, mark: str) -> float:
    """Return the time from the click to the drawn figure."""
    with served() as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.get_by_role("heading", name="At which temperature").wait_for()
        page.get_by_role("link", name=name).click()
        button = page.get_by_role("button", name=preset)
        button.wait_for()
        page.wait_for_timeout(1500)
        start = time.perf_counter()
        button.click()
        page.wait_for_function(DRAWN, arg=[mark], polling=20, timeout=60_000)
        elapsed = time.perf_counter() - start
        page.close()
    return elapsed


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    missed = False
    print(f"{'page':<16}{'preset':<28}{'time/s':>8}{'bar/s':>7}")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, preset, mark, bar in CASES:
            best = min(seconds(browser, name, preset, mark) for _ in range(REPEATS))
            missed |= best > bar
            print(f"{name:<16}{preset:<28}{best:8.2f}{bar:7.1f}", flush=True)
        browser.close()
    return int(check and missed)


if __name__ == "__main__":
    sys.exit(main())
