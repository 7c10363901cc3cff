"""What every format is parsed to: a cell as plain numbers that JSON can carry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

OCCUPANCY_TOLERANCE = 1.01  # sums above 1 by rounding are scaled down


class ParseError(ValueError):
    """Text that is no usable structure; the message says what was wrong and what to do."""


@dataclass(frozen=True)
class ParsedCell:
    """A crystal as a file states it, before any judgement of its chemistry."""

    matrix: list[list[float]]
    """(Å) Rows are the lattice vectors, shape (3, 3)."""
    species: list[dict[str, float]]
    """Occupancy of each element symbol on each site, length n_sites."""
    frac_coords: list[list[float]]
    """(fractional) Shape (n_sites, 3)."""
    warnings: tuple[str, ...] = ()
    """What the user should know of how the file was read."""


def number(text: object, *, what: str) -> float:
    """Return a finite float, or raise an error that says what was to be read.

    Parameters
    ----------
    text
        Such as ``0.25``, ``'0.25'`` or ``'0.25(3)'``, whose uncertainty is dropped.
    what
        Names the number in the message.
    """
    try:
        value = float(str(text)[:60].split("(")[0])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ParseError(f"{what} is {shortened(text)!r}; expected a finite number: correct it")
    return value


def numbers(words: Sequence[object], *, what: str, count: int = 3) -> list[float]:
    """Return the first ``count`` words as floats."""
    if len(words) < count:
        raise ParseError(f"{what} has {len(words)} numbers; expected {count}: complete it")
    return [number(word, what=what) for word in words[:count]]


def shortened(text: object, *, length: int = 40) -> str:
    """Return the first line of a text without control characters, cut at a length."""
    words = str(text)[: 20 * length].strip().split("\n")[0]
    clean = "".join(letter if letter.isprintable() else " " for letter in words)
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def require_site_count(count: int, *, max_sites: int) -> None:
    """Raise where a file announces no atom or more than can be predicted."""
    if count < 1:
        raise ParseError("lists no atoms; give a structure with at least one site")
    if count > max_sites:
        raise ParseError(
            f"has {count:.6g} sites, more than the {max_sites} that can be predicted;"
            " give its primitive cell"
        )


def determinant(matrix: list[list[float]]) -> float:
    """Return the signed volume of the cell (Å³)."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def fractional(matrix: list[list[float]], cart_coords: list[list[float]]) -> list[list[float]]:
    """Return fractional coordinates of points given in Å, shape (n_sites, 3)."""
    a, b, c = matrix
    volume = determinant(matrix)
    if volume == 0 or not math.isfinite(volume):
        raise ParseError(
            f"has lattice vectors that span a volume of {volume:g} Å³;"
            " expected three that are independent: correct the lattice"
        )
    return [
        [
            determinant([r, b, c]) / volume,
            determinant([a, r, c]) / volume,
            determinant([a, b, r]) / volume,
        ]
        for r in cart_coords
    ]
