"""Start the app: ``python -m tcexplore.app.serve``, with the options of ``streamlit run``."""

from __future__ import annotations

import sys
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

APP = Path(__file__).parents[2] / "app.py"

if __name__ == "__main__":
    # Until app.py has run once, Streamlit takes the folder pages/ for pages without navigation, and
    # tells whoever opens a link on a new server that there is no such page.
    PagesManager.uses_pages_directory = False
    main(["run", str(APP), *sys.argv[1:]])
