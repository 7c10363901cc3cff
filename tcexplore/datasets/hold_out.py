"""Held-out rows: no model is trained, chosen or compared on them before the last test.

They are whole chemical systems, so that no doping of a held-out compound is trained on. A hash of
the names alone chooses the systems; it was drawn before the first model was compared. Quotas make
sure that ambient and compressed hydrides, cuprates and iron-based superconductors are among them.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tcexplore.typing import BoolArray

QUOTAS = {
    "compressed hydride": 14,
    "ambient hydride": 5,
    "cuprate": 20,
    "iron-based": 12,
    "other": 90,
}
LARGEST = 12  # structures; a system of more would fill its class alone
COMPRESSED_KINDS = ("eliashberg", "literature")  # all but a few were computed under pressure


def is_held_out(rows: pd.DataFrame) -> BoolArray:
    """Return the mask of the held-out rows of a data set, shape (n_rows,).

    Systems are drawn in the order of their hashes until the rows with a Tc above 0 fill the quota
    of their class. All rows of a drawn system are held out, those without a Tc too.

    Parameters
    ----------
    rows
        Rows of a data set.
    """
    systems = _drawn_systems(rows.loc[rows["tc"] > 0])
    return rows["chemical_system"].isin(list(systems)).to_numpy()


def _drawn_systems(rows: pd.DataFrame) -> set[str]:
    """Return the chemical systems that are held out."""
    strata: dict[str, list[str]] = {}
    for system, stratum in zip(rows["chemical_system"], _stratum(rows), strict=True):
        strata.setdefault(system, []).append(stratum)
    drawn, n_drawn = set(), dict.fromkeys(QUOTAS, 0)
    for system in sorted(strata, key=_hash):
        stratum, size = _rarest(strata[system]), len(strata[system])
        if size <= LARGEST and n_drawn[stratum] < QUOTAS[stratum]:
            drawn.add(system)
            n_drawn[stratum] += size
    return drawn


def _stratum(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Return the class of each row: its family, hydrides by whether they are compressed."""
    compressed = np.where(rows["tc_kind"].isin(COMPRESSED_KINDS), "compressed", "ambient")
    family = rows["family"].to_numpy(object)
    return np.where(family == "hydride", compressed + " hydride", family)


def _rarest(strata: list[str]) -> str:
    """Return the first class of `QUOTAS` that a system has rows of."""
    return next(name for name in QUOTAS if name in strata)


def _hash(system: str) -> str:
    """Return the hash of a name; its text is part of the draw and stays as it is."""
    return hashlib.sha256(f"aside {system}".encode()).hexdigest()
