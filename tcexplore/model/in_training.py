"""Crystals that a model was trained on: whether a crystal is one, and its Tc without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tcexplore.crystal.canonical import unhanded_number
from tcexplore.typing import FloatArray, IntArray

SAME_FRACTION = 1e-3  # share of the atoms
SAME_VOLUME = 0.05  # of the volume per atom


@dataclass(frozen=True)
class TrainingMatches:
    """Training material that each crystal is; both arrays of shape (n,), nan where it is none."""

    volume_per_atom: FloatArray
    """(Å³) Of the training material."""
    tc_held_out: FloatArray
    """(K) Tc by the model trained without its chemical system; nan too where nobody measured it."""


@dataclass(frozen=True)
class TrainingCrystals:
    """The materials that a model was trained on, to be looked up."""

    rows: Mapping[tuple[int, bytes], IntArray]
    """Rows below by space group number and `system_keys`."""
    fractions: FloatArray
    """Share of the atoms by atomic number, shape (n_known, 94)."""
    volume_per_atom: FloatArray
    """(Å³) Shape (n_known,)."""
    tc_held_out: FloatArray
    """(K) Shape (n_known,)."""

    def matches(
        self, fractions: FloatArray, volume_per_atom: FloatArray, space_group_number: int
    ) -> TrainingMatches:
        """Return the training material that each crystal is.

        It has the same elements, fractions equal to 1e-3, the same space group (of two mirror
        images either) and a volume per atom within 5 %; of several the nearest volume counts.

        Parameters
        ----------
        fractions
            Share of the atoms by atomic number, shape (n, 94).
        volume_per_atom
            (Å³) Shape (n,).
        """
        distinct, which = distinct_compositions(fractions)
        row = np.full(len(fractions), -1)
        number = unhanded_number(space_group_number)
        for index, key in enumerate(system_keys(distinct)):
            if (number, key) in self.rows:
                points = np.flatnonzero(which == index)
                rows = self._same_composition(self.rows[number, key], distinct[index])
                row[points] = self._nearest_volume(rows, volume_per_atom[points])
        is_one = row >= 0
        return TrainingMatches(
            np.where(is_one, self.volume_per_atom[row], np.nan),
            np.where(is_one, self.tc_held_out[row], np.nan),
        )

    def _same_composition(self, rows: IntArray, fractions: FloatArray) -> IntArray:
        apart = np.abs(self.fractions[rows] - fractions).max(axis=1)
        return rows[apart <= SAME_FRACTION]

    def _nearest_volume(self, rows: IntArray, volume_per_atom: FloatArray) -> IntArray:
        """Return the row whose volume is nearest to each, -1 where none is near, shape (n,)."""
        if not rows.size:
            return np.full(len(volume_per_atom), -1)
        apart = np.abs(volume_per_atom[:, None] / self.volume_per_atom[rows] - 1)
        nearest = apart.argmin(axis=1)
        return np.where(apart.min(axis=1) <= SAME_VOLUME, rows[nearest], -1)


def build_training_crystals(known: pd.DataFrame, fractions: FloatArray) -> TrainingCrystals:
    """Return the materials in a model's ``known.csv``, to be looked up.

    Parameters
    ----------
    known
        Columns space_group_number, volume_per_atom (Å³) and tc_held_out (K).
    fractions
        Share of their atoms by atomic number, shape (n_known, 94).
    """
    rows: dict[tuple[int, bytes], list[int]] = {}
    numbers = map(unhanded_number, known["space_group_number"].tolist())
    for row, key in enumerate(zip(numbers, system_keys(fractions), strict=True)):
        rows.setdefault(key, []).append(row)
    return TrainingCrystals(
        {key: np.array(values) for key, values in rows.items()},
        fractions,
        known["volume_per_atom"].to_numpy(float),
        known["tc_held_out"].to_numpy(float),
    )


def distinct_compositions(fractions: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the compositions to look at, one in a scan of lattices, and which each row has."""
    if (fractions == fractions[:1]).all():
        return fractions[:1], np.zeros(len(fractions), dtype=int)
    return fractions, np.arange(len(fractions))


def system_keys(fractions: FloatArray) -> Sequence[bytes]:
    """Return which elements each row holds, as bytes that can be looked up."""
    return [row.tobytes() for row in np.packbits(fractions > 0, axis=1)]
