"""Time of 50 sessions at once, memory of the server, and Predict beside a long map.

    python benchmarks/load.py [--check] [--sessions 50]

Each session opens another page or structure over Streamlit's own websocket, as a browser does, and
is done when the run of its page is. The server is new and has loaded its model. Then Predict is
opened for one structure after the other while another session computes a swap map on 31 lattices.
With --check it exits 1 where a bar is missed. Bars are for two cores; more are not used.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import psutil
from machine_speed import gigaflops
from new_server import new_server
from pymatgen.core import Composition
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tcexplore.catalogue.entries import CatalogueEntry, load_catalogue

WORST, PREDICT, MEMORY = 40.0, 2.0, 1.5  # s, s, GB: the bars
CORES = 2
PAGES = (
    "", "swap", "dome", "map", "network", "search", "design", "batch", "runs", "model",
)  # fmt: skip
WITHOUT_STRUCTURE = ("batch", "runs", "model")
LONG_MAP = {
    "structure": "li2mgh16-fd-3m-250gpa", "x": "Mg1, site 1", "y": "Mg1, site 2",
    "lattices": "31, from 0.7 to 1.9 times; the peak counts",
}  # fmt: skip
N_PREDICTED = 8
TIMEOUT = 300.0  # s


@dataclass(frozen=True)
class Visit:
    """One session: the page that it opened, how long the run took, what went wrong."""

    page: str
    query: dict[str, str]
    seconds: float
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return page and structure."""
        return f"{self.page or 'predict'} {self.query.get('structure', '')}".strip()


class PeakMemory:
    """Peak of the memory of a process and those that it started, looked at ten times a second."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self.bytes = process, 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            with contextlib.suppress(psutil.NoSuchProcess):
                processes = [self._process, *self._process.children(recursive=True)]
                self.bytes = max(self.bytes, sum(each.memory_info().rss for each in processes))


async def visit(address: str, page: str, query: dict[str, str]) -> Visit:
    """Open a page in a session of its own and wait until its run is done."""
    start = time.perf_counter()
    faults: list[str] = []
    stream = f"ws://{address}/_stcore/stream"
    protocols = [Subprotocol("streamlit")]
    async with connect(stream, subprotocols=protocols, max_size=None, open_timeout=60) as websocket:
        request = BackMsg()
        request.rerun_script.query_string = urlencode(query)
        request.rerun_script.page_name = page
        await websocket.send(request.SerializeToString())
        async with asyncio.timeout(TIMEOUT):
            async for data in websocket:
                assert isinstance(data, bytes)
                message = ForwardMsg.FromString(data)
                faults += faults_in(message)
                if message.WhichOneof("type") == "script_finished":
                    break
        elapsed = time.perf_counter() - start
    return Visit(page, query, elapsed, tuple(faults))


def faults_in(message: ForwardMsg) -> list[str]:
    """Return what a message says that went wrong."""
    kind = message.WhichOneof("type")
    if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
        return [message.delta.new_element.exception.message]
    if kind == "page_not_found":
        return ["page not found"]
    finished = ForwardMsg.FINISHED_SUCCESSFULLY
    if kind == "script_finished" and message.script_finished != finished:
        return [f"run ended with {message.script_finished}"]
    return []


def has_hydrogen(entry: CatalogueEntry) -> bool:
    """Return whether all pages have something to show of a structure."""
    return "H" in Composition(entry.formula)


def sessions_of(number: int) -> list[tuple[str, dict[str, str]]]:
    """Return page and query of each session; no two of them are the same."""
    entries = [entry.entry_id for entry in load_catalogue() if has_hydrogen(entry)]
    chosen = []
    for index in range(number):
        page = PAGES[index % len(PAGES)]
        own_structure = {} if page in WITHOUT_STRUCTURE else {"structure": entries[index]}
        chosen.append((page, own_structure))
    return chosen


async def all_at_once(address: str, number: int) -> list[Visit]:
    """Open all sessions at the same time."""
    return await asyncio.gather(*(visit(address, *each) for each in sessions_of(number)))


async def beside_a_map(address: str) -> list[Visit]:
    """Open Predict for one structure after the other while a long map is computed."""
    long_map = asyncio.create_task(visit(address, "swap", LONG_MAP))
    await asyncio.sleep(3)
    predicted = []
    for entry_id in [entry.entry_id for entry in load_catalogue()][:N_PREDICTED]:
        if not long_map.done():
            predicted.append(await visit(address, "", {"structure": entry_id}))
    is_beside = not long_map.done()
    map_visit = await long_map
    note = "" if is_beside else " (it ended before)"
    print(f"the map on 31 lattices took {map_visit.seconds:.1f} s{note}")
    return predicted


def load_measured(number: int) -> tuple[list[Visit], float]:
    """Print the figures of many sessions at once; return them, and the peak of memory (GB)."""
    print(f"{number} sessions at once")
    with new_server() as (address, process), PeakMemory(process) as memory:
        before, start = sum(process.cpu_times()[:2]), time.perf_counter()
        visits = asyncio.run(all_at_once(address, number))
        elapsed = time.perf_counter() - start
        used = sum(process.cpu_times()[:2]) - before
    print_visits(visits)
    share = used / elapsed / CORES
    print(
        f"the server used {used:.1f} s of processor time, {share:.0%} of what {CORES} cores have;"
    )
    print(f"its memory was at most {memory.bytes / 1e9:.2f} GB")
    return visits, memory.bytes / 1e9


def print_visits(visits: list[Visit]) -> None:
    """Print median, worst and the slowest sessions of each page."""
    seconds = [each.seconds for each in visits]
    print(f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s")
    for page in dict.fromkeys(each.page for each in visits):
        of_page = max((each for each in visits if each.page == page), key=lambda each: each.seconds)
        print(f"  {of_page.seconds:6.1f} s  {of_page.name}")
    for each in visits:
        for fault in each.faults:
            print(f"  FAULT in {each.name}: {fault}")


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sessions", type=int, default=50)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    print(f"{CORES} cores, {gigaflops(CORES):.0f} GFLOP/s together in single precision just now")
    visits, peak = load_measured(options.sessions)
    print("Predict beside a swap map on 31 lattices")
    with new_server() as (address, _):
        predicted = asyncio.run(beside_a_map(address))
    print_visits(predicted)
    worst = max(each.seconds for each in visits)
    slowest = max(each.seconds for each in predicted)
    missed = worst > WORST or slowest > PREDICT or peak > MEMORY
    missed |= any(each.faults for each in visits + predicted)
    return int(options.check and missed)


if __name__ == "__main__":
    sys.exit(main())
