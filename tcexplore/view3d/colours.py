"""Colours of elements in a 3D view: Jmol's, as ASE holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ase.data.colors import jmol_colors

from tcexplore.typing import FloatArray

SHADE = 0.86  # Jmol's white hydrogen and yellow sulphur would vanish on a white page
VACANT = "#e4e9ec"
GHOST_GREY = np.array([0x9A, 0xA4, 0xAA])  # ghosts pale to it: half-way between light and dark


@dataclass(frozen=True)
class Share:
    """Part of a site that one species fills, or none."""

    colour: str
    part: float
    """Of the site, 0 to 1."""


def element_colour(atomic_number: int) -> str:
    """Return Jmol's colour of an element, slightly darker, such as ``#dbdbdb`` for hydrogen."""
    known = atomic_number if atomic_number < len(jmol_colors) else 0
    return _hex(255 * SHADE * jmol_colors[known])


def paler(colour: str) -> str:
    """Return the colour of ghosts of a colour."""
    rgb = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    return _hex(0.5 * rgb + 0.5 * GHOST_GREY)


def _hex(rgb: FloatArray) -> str:
    return "#" + "".join(f"{value:02x}" for value in rgb.astype(int))


def css_background(colour: str, shares: Sequence[Share]) -> str:
    """Return a background for a legend's symbol: the colour, or a pie of the shares."""
    if not shares:
        return colour
    ends = 100 * np.cumsum([share.part for share in shares])
    starts = np.concatenate([[0], ends[:-1]])
    stops = (
        f"{share.colour} {start:.1f}% {end:.1f}%"
        for share, start, end in zip(shares, starts, ends, strict=True)
    )
    return f"conic-gradient({', '.join(stops)})"
