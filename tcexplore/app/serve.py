"""Start the app: ``python -m tcexplore.app.serve``, with the options of ``streamlit run``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

APP = Path(__file__).parents[2] / "app.py"


def serve(arguments: Sequence[str]) -> None:
    """Serve the app until it is ended, with the options of ``streamlit run``; it exits itself."""
    # Until app.py has run once, Streamlit takes the folder pages/ for pages without navigation, and
    # tells whoever opens a link on a new server that there is no such page.
    PagesManager.uses_pages_directory = False
    main(["run", str(APP), *arguments])


if __name__ == "__main__":
    serve(sys.argv[1:])
