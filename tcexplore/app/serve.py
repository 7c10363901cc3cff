"""Server of the app: ``tcexplore app``, or this module with the options of ``streamlit run``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

from tcexplore.resources import SERVER_SCRIPT


def serve(arguments: Sequence[str] = ()) -> None:
    """Serve the app and the web API until interrupted, with the app's settings, from any folder.

    Streamlit reads ``.streamlit/config.toml`` beside the script, after those of the home folder and
    of the working folder.

    Parameters
    ----------
    arguments
        Options of ``streamlit run``, such as ``--server.port 8501``.
    """
    # Until app.py has run once, Streamlit takes the folder pages/ for pages without navigation, and
    # tells whoever opens a link on a new server that there is no such page.
    PagesManager.uses_pages_directory = False
    main(["run", str(SERVER_SCRIPT), *arguments])


if __name__ == "__main__":
    serve(sys.argv[1:])
