"""Worker threads that compute the blocks of a scan, one BLAS thread each.

BLAS's own threads bring a map nothing (its matrices are small), and those of two processes wait for
each other. All scans of a process share the workers, so ten sessions of the app are no more threads
than one.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, NoReturn, TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")
_THREAD = threading.local()  # .caller: whose tasks are being made in this thread


def n_workers() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def limit_blas_threads() -> None:
    """Give BLAS one thread, in the whole process and for good."""
    threadpool_limits(1, user_api="blas")


class _Caller:
    """Caller of `in_order`, with those that it calls in turn."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self.seconds = 0.0
        """Time of the workers that it has had."""


class _Workers:
    """Threads that always serve the caller who has had the least of their time.

    So a dome of a second does not wait for the maps of a minute that began before it.
    """

    def __init__(self, count: int) -> None:
        limit_blas_threads()
        self._callers: list[_Caller] = []  # those with tasks that wait
        self._changed = threading.Condition()
        for number in range(count):
            threading.Thread(target=self._serve, name=f"scan_{number}", daemon=True).start()

    def submit(self, caller: _Caller, task: Callable[[], T]) -> Future[T]:
        """Return the future of a task."""
        future: Future[T] = Future()
        with self._changed:
            caller.waiting.append((future, task))
            if caller not in self._callers:
                self._callers.append(caller)
            self._changed.notify()
        return future

    def _serve(self) -> NoReturn:
        while True:
            caller, future, task = self._next()
            start = time.thread_time()
            if future.set_running_or_notify_cancel():
                _run(future, task)
            del future, task  # or they are kept until there is another one
            with self._changed:
                caller.seconds += time.thread_time() - start

    def _next(self) -> tuple[_Caller, Future[Any], Callable[[], Any]]:
        with self._changed:
            while not self._callers:
                self._changed.wait()
            caller = min(self._callers, key=lambda each: each.seconds)
            future, task = caller.waiting.popleft()
            if not caller.waiting:
                self._callers.remove(caller)
            return caller, future, task


def _run(future: Future[T], task: Callable[[], T]) -> None:
    try:
        result = task()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)


@functools.cache
def _workers(count: int) -> _Workers:
    return _Workers(count)


def in_order(tasks: Iterable[Callable[[], T]], *, count: int | None = None) -> Iterator[T]:
    """Yield the results of tasks in their order; a few tasks are computed ahead.

    Tasks that wait for their turn are given up where the caller stops. A task must not itself call
    this: it would wait for a worker while it holds one. What makes the tasks may.

    Parameters
    ----------
    count
        Worker threads; without it as many as there are cores.
    """
    count = count or n_workers()
    caller = getattr(_THREAD, "caller", None) or _Caller()
    pending: deque[Future[T]] = deque()
    try:
        for task in _made_by(caller, tasks):
            pending.append(_workers(count).submit(caller, task))
            if len(pending) > 2 * count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()


class OneByOne:
    """Caller whose tasks follow from each other: each takes its turn and is waited for.

    A task must not itself use the workers.
    """

    def __init__(self) -> None:
        self._caller = _Caller()

    def __call__(self, task: Callable[[], T]) -> T:
        """Return the result of a task."""
        return _workers(n_workers()).submit(self._caller, task).result()


def _made_by(caller: _Caller, tasks: Iterable[T]) -> Iterator[T]:
    """Yield tasks; what is computed to make them counts for their caller."""
    remaining = iter(tasks)
    while True:
        before, _THREAD.caller = getattr(_THREAD, "caller", None), caller
        try:
            task = next(remaining)
        except StopIteration:
            return
        finally:
            _THREAD.caller = before
        yield task
