"""Worker threads that compute the blocks of a scan, one BLAS thread each.

BLAS's own threads bring a map nothing (its matrices are small), and those of two processes wait for
each other. All scans of a process share the workers, so ten sessions of the app are no more threads
than one.
"""

from __future__ import annotations

import functools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")


def n_workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def limit_blas_threads() -> None:
    """Give BLAS one thread, in the whole process and for good."""
    threadpool_limits(1, user_api="blas")


@functools.cache
def _workers(count: int) -> ThreadPoolExecutor:
    limit_blas_threads()
    return ThreadPoolExecutor(count, thread_name_prefix="scan")


def in_order(tasks: Iterable[Callable[[], T]], *, count: int | None = None) -> Iterator[T]:
    """Yield the results of tasks in their order; a few tasks are computed ahead.

    Tasks that wait for their turn are given up where the caller stops. A task must not itself call
    this: it would wait for a worker while it holds one.

    Parameters
    ----------
    count
        Worker threads; without it as many as there are cores.
    """
    count = count or n_workers()
    pending: deque[Future[T]] = deque()
    try:
        for task in tasks:
            pending.append(_workers(count).submit(task))
            if len(pending) > 2 * count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
