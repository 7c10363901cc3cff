"""Speed of the machine that a benchmark runs on: a product of matrices in single precision."""

from __future__ import annotations

import time

import numpy as np
from threadpoolctl import threadpool_limits

N_ROWS = 2048


def gigaflops(cores: int) -> float:
    """Return how many 10^9 operations a second the cores do together at their best."""
    matrix = np.ones((N_ROWS, N_ROWS), np.float32)
    best = np.inf
    with threadpool_limits(cores, user_api="blas"):
        for _ in range(5):
            start = time.perf_counter()
            np.matmul(matrix, matrix)
            best = min(best, time.perf_counter() - start)
    return 2 * N_ROWS**3 / best / 1e9
