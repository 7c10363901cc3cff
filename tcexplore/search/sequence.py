"""Sequence of the variants of a search, in chunks: exhaustive, or random without replacement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tcexplore.search.draws import permuted
from tcexplore.search.equivalents import group_permutations, is_canonical
from tcexplore.search.runs import Settings
from tcexplore.search.space import SearchSpace
from tcexplore.typing import IntArray

BLOCK = 65536  # positions that are looked at at once


@dataclass(frozen=True)
class Chunk:
    """Variants that one part holds."""

    number: int
    next_position: int
    """Place in the sequence behind the last of them."""
    indices: IntArray
    """Their assignments, shape (n,)."""


def chunks(
    space: SearchSpace, settings: Settings, *, number: int = 0, position: int = 0
) -> Iterator[Chunk]:
    """Yield the chunks of a sequence, of symmetry-equivalent assignments one alone.

    Parameters
    ----------
    number, position
        Of the chunk to begin with: its number and its place in the sequence.
    """
    left = number_of_variants(settings, space) - number * settings.chunk_size
    places, indices = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for new_places, new in _canonical(space, settings, position):
        places, indices = np.append(places, new_places), np.append(indices, new)
        while len(indices) >= (size := min(settings.chunk_size, left)) > 0:
            yield Chunk(number, int(places[size - 1]) + 1, indices[:size])
            places, indices = places[size:], indices[size:]
            number, left = number + 1, left - size
        if left <= 0:
            return
    if len(indices):
        yield Chunk(number, space.n_assignments, indices)


def _canonical(
    space: SearchSpace, settings: Settings, position: int
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield places in the sequence and assignments, those that stand for their equivalents."""
    permutations = group_permutations(space)
    for start in range(position, space.n_assignments, BLOCK):
        places = np.arange(start, min(start + BLOCK, space.n_assignments))
        indices = places
        if settings.mode != "exhaustive":
            indices = permuted(places, space.n_assignments, settings.seed)
        kept = is_canonical(space, permutations, indices)
        yield places[kept], indices[kept]


def number_of_variants(settings: Settings, space: SearchSpace) -> int:
    """Return how many variants are looked at at most."""
    return min(settings.number or space.n_assignments, space.n_assignments)
