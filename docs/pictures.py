"""Pictures of the pages, for the first page: static/pages/*.png.

    python docs/pictures.py ADDRESS

ADDRESS is that of a running app, such as http://localhost:8501.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import sync_playwright

from tcexplore.app.first_page import CARDS

FOLDER = Path(__file__).parents[1] / "static" / "pages"
SIZE, COLOURS = (336, 252), 128
ADDRESSES = {
    "element_swap": "swap", "lattice_dome": "dome", "lattice_map": "map",
    "hydrogen_network": "network", "search": "search", "design": "design", "batch": "batch",
    "model": "model",
}  # fmt: skip
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WHAT = {
    "hydrogen_network": ".stage canvas",
    "search": "[data-testid=stPopoverBody]",
    "batch": "[data-testid=stMain]",
}


def main(address: str) -> None:
    """Write one picture for each card."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
        for card in CARDS:
            page.goto(f"{address}/{ADDRESSES[card.page]}?{urlencode(card.query)}")
            if card.page == "search":
                page.get_by_role("button", name="Periodic table").first.click()
            if card.page == "design":
                page.get_by_role("button", name="Play").wait_for(timeout=180_000)
            drawn = page.locator(WHAT.get(card.page, ".js-plotly-plot")).first
            drawn.wait_for(timeout=60_000)
            page.wait_for_timeout(6000)
            write(card.page, drawn.screenshot())


def write(name: str, content: bytes) -> None:
    """Write the middle of a picture, small."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    scale = min(image.width / SIZE[0], image.height / SIZE[1])
    width, height = round(scale * SIZE[0]), round(scale * SIZE[1])
    left, top = (image.width - width) // 2, (image.height - height) // 2
    small = image.crop((left, top, left + width, top + height)).resize(SIZE)
    small.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
