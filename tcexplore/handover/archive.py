"""ZIP archive with the CIFs of an element swap's best materials."""

from __future__ import annotations

import io
import zipfile

import pandas as pd

from tcexplore.handover.cif import cif_text
from tcexplore.studies.element_swap import ElementSwap


def best_cifs(swap: ElementSwap, best: pd.DataFrame) -> bytes:
    """Return a ZIP archive with the CIF of each row of a table of pairs."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        rows = zip(best["formula"], best["x"], best["y"], strict=True)
        for rank, (formula, x, y) in enumerate(rows, 1):
            file.writestr(f"{rank:03d}-{formula}-{x}-{y}.cif", cif_text(swap.structure(x, y)))
    return archive.getvalue()
