"""The rows that are put aside: no model is trained, chosen or compared on them before the end.

Whole chemical systems, so that no doping of a compound put aside is trained on. Which ones follows
from a hash of their names alone, drawn before anything was tried for issue 5; quotas make sure that
ambient and compressed hydrides, cuprates and iron-based superconductors are among them.
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


def put_aside(rows: pd.DataFrame) -> BoolArray:
    """Return which rows of a data set are put aside, shape (n_rows,).

    Systems are taken in the order of their hashes until the rows with a Tc above 0 fill the quota
    of their class. All rows of a system that is taken are put aside, those without a Tc too.

    Parameters
    ----------
    rows
        Rows of a data set.
    """
    aside = _systems_aside(rows.loc[rows["tc"] > 0])
    return rows["chemical_system"].isin(list(aside)).to_numpy()


def _systems_aside(rows: pd.DataFrame) -> set[str]:
    """Return the chemical systems that are put aside."""
    strata: dict[str, list[str]] = {}
    for system, stratum in zip(rows["chemical_system"], _stratum(rows), strict=True):
        strata.setdefault(system, []).append(stratum)
    taken, filled = set(), dict.fromkeys(QUOTAS, 0)
    for system in sorted(strata, key=_hash):
        stratum, size = _rarest(strata[system]), len(strata[system])
        if size <= LARGEST and filled[stratum] < QUOTAS[stratum]:
            taken.add(system)
            filled[stratum] += size
    return taken


def _stratum(rows: pd.DataFrame) -> NDArray[np.object_]:
    """Return the class of each row: its family, hydrides by whether they are compressed."""
    compressed = np.where(rows["tc_kind"].isin(COMPRESSED_KINDS), "compressed", "ambient")
    family = rows["family"].to_numpy(object)
    return np.where(family == "hydride", compressed + " hydride", family)


def _rarest(strata: list[str]) -> str:
    """Return the first class of `QUOTAS` that a system has rows of."""
    return next(name for name in QUOTAS if name in strata)


def _hash(system: str) -> str:
    return hashlib.sha256(f"aside {system}".encode()).hexdigest()
