"""Limits of the web API: requests a minute, requests at once, seconds, bytes."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from tcexplore.io.parsers import MAX_BYTES

T = TypeVar("T")
REQUESTS_A_MINUTE = 60
"""Of one client."""
AT_ONCE, WAITING = 2, 16
"""Requests that are computed, and that wait for their turn."""
SECONDS = 30.0
"""(s) From the head of a request to its answer."""
BODY_BYTES = MAX_BYTES + 100_000
"""Of a body: a file of the largest size, and the fields around it."""
WINDOW = 60.0  # s
MOST_CLIENTS = 10_000  # remembered


class RateLimit:
    """Requests of each client within the last minute."""

    def __init__(
        self, most: int = REQUESTS_A_MINUTE, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._clock = most, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, client: str) -> None:
        """Count a request.

        Raises
        ------
        HTTPException
            The client has made all the requests of this minute: 429.
        """
        now = self._clock()
        times = self._times.setdefault(client, deque())
        self._times.move_to_end(client)
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(times) >= self._most:
            wait = math.ceil(times[0] + WINDOW - now)
            raise HTTPException(
                429,
                f"more than {self._most} requests a minute; wait {wait} s, or run"
                " `tcexplore predict` on your own machine for many files",
                {"Retry-After": f"{wait}"},
            )
        times.append(now)
        if len(self._times) > MOST_CLIENTS:
            self._times.popitem(last=False)


class BoundedWorkers:
    """A few threads and a short queue before them; a task that is given up keeps its thread."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="api")
        self._free = threading.BoundedSemaphore(at_once + waiting)

    async def run(self, task: Callable[[], T]) -> T:
        """Return what a task returns.

        Raises
        ------
        HTTPException
            Too many wait already: 503.
        """
        if not self._free.acquire(blocking=False):
            raise HTTPException(
                503, "too many requests at once; try again in 5 s", {"Retry-After": "5"}
            )
        future = self._pool.submit(task)
        future.add_done_callback(lambda _: self._free.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Give up the tasks that wait."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def bounded(receive: Receive, most: int = BODY_BYTES) -> Receive:
    """Return what receives a body, and raises 413 where that is too large."""
    size = 0

    async def received() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise too_large()
        return message

    return received


def too_large() -> HTTPException:
    """Return the error of a file that is too large."""
    return HTTPException(
        413, f"the file is larger than {MAX_BYTES / 1e6:g} MB; give one structure alone"
    )
