"""A real headless Chromium for tests: the app served, pages opened, pixels and clicks."""

import io
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tcexplore.view3d import export

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist", "--disable-background-networking",
]  # fmt: skip
PATIENCE = 90_000  # ms; two cores may be busy with other work
NEEDS_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here"),
]
NEEDS_VIEWER = [
    *NEEDS_BROWSER,
    pytest.mark.skipif(
        not export.VIEWER_LIBRARY.is_file(), reason="3Dmol.js is not fetched: make viewer"
    ),
]
# Where a point of a figure lies in the window (CSS pixels).
CELL = """([x, y]) => {
  const plot = document.querySelector(".js-plotly-plot");
  const {xaxis, yaxis} = plot._fullLayout;
  const box = plot.getBoundingClientRect();
  const along = xaxis._offset + xaxis.d2p(x), down = yaxis._offset + yaxis.d2p(y);
  return [box.left + along, box.top + down];
}"""

AT_REST = """() => {
  const app = document.querySelector("[data-testid=stApp]");
  const waits = "[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]";
  return app && app.dataset.testScriptState === "notRunning" && !document.querySelector(waits)
    && document.querySelector("h1, h2, h3");
}"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_up(address):
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def served_app(root=ROOT):
    """Yield the address of the app in a folder like this repository."""
    yield from served([sys.executable, "-m", "tcexplore.app.serve"], cwd=root)


def served(command, *, cwd, env=None):
    """Yield the address of a Streamlit server that a command starts, and end it.

    Afterwards its log must be empty: Streamlit's warnings and tracebacks would stand there.
    """
    port = free_port()
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    options += ["--logger.level", "warning"]
    with tempfile.TemporaryFile("w+") as log:
        logged = {"stdout": subprocess.DEVNULL, "stderr": log}
        server = subprocess.Popen([*command, *options], cwd=cwd, env=env, **logged)
        try:
            deadline = time.monotonic() + 60
            while not is_up(f"http://127.0.0.1:{port}"):
                assert time.monotonic() < deadline, "the server did not start"
                assert server.poll() is None, "the server stopped"
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)
        log.seek(0)
        text = log.read()
    assert not text, text


def note_outside(page, url):
    if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:")):
        page.outside.append(url)


def problem(line):
    """Return what a line of the console says, with the address that it is about."""
    return f"{line.text} {line.location.get('url', '')}"


def new_page(browser, *, width=1000, height=900, **options):
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.outside, page.problems = [], []
    page.on("request", lambda request: note_outside(page, request.url))
    page.on("console", lambda line: line.type == "error" and page.problems.append(problem(line)))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def wait_until(page, is_so):
    for _ in range(PATIENCE // 100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited in vain")


def rest(page):
    """Wait until the page has run to its end; it may run again for what it found in its address."""
    page.wait_for_timeout(500)
    page.wait_for_function(AT_REST)
    page.wait_for_timeout(500)


def act_until(page, act, is_done):
    """Act until that had its effect: a page that is being redrawn can lose a click."""
    for _ in range(6):
        act()
        for _ in range(PATIENCE // 600):
            if is_done():
                return
            page.wait_for_timeout(100)
    raise AssertionError("it had no effect")


def click_point(page, x, y, is_done):
    """Click a point of the page's first figure until the click has had its effect."""

    def click():
        page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        page.mouse.click(*page.evaluate(CELL, [x, y]))

    act_until(page, click, is_done)


def pixels(stage):
    return np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB")).astype(int)


def count_like(stage, colour, *, apart=25):
    """Return how many pixels have the hue of a colour, in light or in shade."""
    rgb = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    shown = pixels(stage).reshape(-1, 3)
    bright = shown[shown.max(axis=1) > 60]
    scaled = bright * (rgb.max() / bright.max(axis=1, keepdims=True))
    return int((np.abs(scaled - rgb).max(axis=1) < apart).sum())


def spot(stage, layer, atom):
    """Return where on the page an atom of a layer stands."""
    x, y = stage.evaluate(
        """(stage, [model, atom]) => {
          const {x, y, z} = stage.viewer.getModel(model).selectedAtoms({})[atom];
          const place = stage.viewer.modelToScreen({x, y, z});
          return [place.x - window.scrollX, place.y - window.scrollY];
        }""",
        [layer, atom],
    )
    return x, y
