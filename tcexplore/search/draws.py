"""Draws without replacement: a seeded permutation of the numbers below n that is never listed.

A Feistel network over pairs (left, right) with sides of the root of n; numbers that fall at n or
above are permuted again until they lie below (Black and Rogaway, CT-RSA 2002, cycle walking).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tcexplore.typing import IntArray

ROUNDS = 8


def permuted(positions: IntArray, n: int, seed: int) -> IntArray:
    """Return where a seeded permutation of 0 to n - 1 takes some positions, shape (n_positions,).

    Parameters
    ----------
    positions
        0 to n - 1, shape (n_positions,).
    n
        Up to 2⁶².
    """
    side = np.uint64(math.isqrt(n - 1) + 1)
    numbers = _permuted_once(np.asarray(positions).astype(np.uint64), side, seed)
    beyond = np.flatnonzero(numbers >= np.uint64(n))
    while beyond.size:
        numbers[beyond] = _permuted_once(numbers[beyond], side, seed)
        beyond = beyond[numbers[beyond] >= np.uint64(n)]
    return numbers.astype(np.int64)


def _permuted_once(numbers: NDArray[np.uint64], side: np.uint64, seed: int) -> NDArray[np.uint64]:
    left, right = numbers // side, numbers % side
    for number in range(ROUNDS):
        key = np.uint64((seed * ROUNDS + number) % 2**64)
        left, right = right, (left + _mixed(right, key) % side) % side
    return left * side + right


def _mixed(x: NDArray[np.uint64], key: np.uint64) -> NDArray[np.uint64]:
    """Return the finaliser of SplitMix64 (Steele et al., OOPSLA 2014) of numbers and a key."""
    with np.errstate(over="ignore"):
        x = x * np.uint64(0x9E3779B97F4A7C15) + key * np.uint64(0xD1B54A32D192ED03)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
