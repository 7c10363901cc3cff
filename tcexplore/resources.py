"""Paths of the files that travel with the package, in a checkout and in an installed wheel.

In a checkout ``app.py``, ``server.py``, ``pages/``, ``models/``, ``static/`` and ``.streamlit/``
lie beside this package; a wheel carries them inside it, in ``_app/`` and ``_models/``
(``pyproject.toml`` says which goes where). Data files of one module, such as
``crystal/elements.csv``, the catalogue and ``app/parts/viewer.js``, lie beside that module in both
and are read by it.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).absolute().parent
"""Folder of the package; a symbolic link to it is not followed."""

IS_INSTALLED = (PACKAGE / "_app").is_dir()
"""True in an installed wheel, False in a checkout."""

APP_FOLDER = PACKAGE / "_app" if IS_INSTALLED else PACKAGE.parent
"""Folder of ``app.py``, ``server.py``, ``pages/``, ``static/`` and ``.streamlit/``, which Streamlit
looks for beside the script that it runs."""

APP_SCRIPT = APP_FOLDER / "app.py"
"""Script of the app's pages."""

SERVER_SCRIPT = APP_FOLDER / "server.py"
"""Script that starts the server of the app and of the web API."""

VIEWER_LIBRARY = APP_FOLDER / "static" / "3Dmol-min.js"
"""3Dmol.js; absent where npm was missing when the checkout was set up or the wheel was built."""

MODELS = PACKAGE / "_models" if IS_INSTALLED else PACKAGE.parent / "models"
"""Folder of the shipped models."""

NEW_MODELS = Path("models") if IS_INSTALLED else MODELS
"""Folder for models that are trained here: a wheel's own files are never written to."""
