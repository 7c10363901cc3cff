"""Rate, memory and exactness of the substitution search.

    python benchmarks/search.py [--number N] [--kills N] [--seeds N] [--check]

Li4Mg2H32 (catalogue: li2mgh16-fd-3m-250gpa) with six free sites in four groups: two pairs of Li and
two Mg, 80 elements each, one lattice, random variants with their applicability domain, written as a
run. Rates on one core and on two are those of processes of their own. The time for 10^6 variants is
worked out from --number of them where that is less. With --check it exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

LEAST_RATE, MOST_MEMORY, MOST_SECONDS = 4000, 1000, 300  # variants/s, MB, s for 10^6
SHARE_OF_MAP, LEAST_SEEDS = 0.1, 0.9
PARENT = "li2mgh16-fd-3m-250gpa"
GROUPS = ((32, 33), (34, 35), (36,), (37,))
KILLED = ("li2mgh16-fd-3m-250gpa", "--group", "Mg1, site 1", "--group", "Mg1, site 2",
          "--mode", "random", "--seed", "1", "--chunk", "64")  # fmt: skip


def measured(number: int, is_one_network: bool) -> dict[str, float]:
    """Return rate, peak memory and GFLOP/s of this process; runs in one of its own."""
    import resource

    from maps import first_network

    from tcexplore.catalogue.entries import catalogue_entry
    from tcexplore.model.predictor import load_predictor
    from tcexplore.search.evaluate import Search, evaluate
    from tcexplore.search.run import run_to_end, start_run
    from tcexplore.search.runs import Settings
    from tcexplore.search.space import allowed_elements, search_space

    predictor = load_predictor()
    if is_one_network:
        predictor = first_network(predictor)
    cell = predictor.cell(catalogue_entry(PARENT).structure())
    elements = allowed_elements(predictor, ["all"], radioactive=True, noble=True)[:80]
    search = Search(search_space(cell, GROUPS, [elements] * 4))
    evaluate(predictor, search, np.arange(100))  # what is computed once
    with tempfile.TemporaryDirectory() as folder:
        run = start_run(Path(folder) / "run", predictor, search, Settings("random", number, 1))
        start = time.perf_counter()
        run_to_end(predictor, run)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in run.parts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": number / seconds, "peak": peak, "bytes": size / number, "gflops": _gflops()}


def _gflops() -> float:
    """Return the single-precision matrix product of one thread, best of five."""
    x = np.ones((1500, 1500), np.float32)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        np.matmul(x, x)
        times.append(time.perf_counter() - start)
    return 2 * 1500**3 / min(times) / 1e9


def elsewhere(number: int, *, cores: int, is_one_network: bool = False) -> dict[str, float]:
    """Return `measured` of a process that may use so many cores."""
    text = (
        f"import os, json; os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])\n"
        f"import search; print(json.dumps(search.measured({number}, {is_one_network})))"
    )
    here = Path(__file__).resolve().parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here.parent), str(here)])}
    done = subprocess.run(
        [sys.executable, "-c", text], check=True, capture_output=True, text=True, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


def guided_evaluations(n_seeds: int) -> list[int | None]:
    """Return after how many evaluations each seed found the best of the MgH13 map, None if not."""
    from tcexplore.catalogue.entries import catalogue_entry
    from tcexplore.crystal.elements import PAPER_ELEMENTS
    from tcexplore.model.predictor import load_predictor
    from tcexplore.search.evaluate import Search
    from tcexplore.search.query import run_rows
    from tcexplore.search.run import run_to_end, start_run
    from tcexplore.search.runs import GUIDED_BATCH, Settings, read_note
    from tcexplore.search.space import allowed_elements, search_space

    predictor = load_predictor()
    cell = predictor.cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    elements = allowed_elements(predictor, PAPER_ELEMENTS, radioactive=True, noble=True)
    search = Search(search_space(cell, ((13,), (6,)), [elements] * 2))
    number = int(SHARE_OF_MAP * search.space.n_assignments)
    found: list[int | None] = []
    with tempfile.TemporaryDirectory() as folder:
        whole = start_run(Path(folder) / "map", predictor, search, Settings("exhaustive"))
        run_to_end(predictor, whole)
        best = run_rows(whole, count=1)["assignment"].tolist()[0]
        for seed in range(n_seeds):
            settings = Settings("guided", number, seed, GUIDED_BATCH)
            run = start_run(Path(folder) / f"{seed}", predictor, search, settings)
            run_to_end(predictor, run)
            drawn = [index for path in run.parts for index in read_note(path).drawn]
            found.append(drawn.index(best) + 1 if best in drawn else None)
    return found


def is_the_same_after_kills(kills: int, number: int = 12_000) -> bool:
    """Return whether a run killed at random moments has the parts of an undisturbed one.

    Each kill comes after the run has written another part.
    """
    command = [sys.executable, "-m", "tcexplore", "search"]
    begin, resume = [*command, *KILLED, "--number", str(number)], [*command, "--resume"]
    with tempfile.TemporaryDirectory() as folder:
        whole, disturbed = Path(folder) / "whole", Path(folder) / "disturbed"
        subprocess.run([*begin, "--run", str(whole)], check=True, stdout=-3, stderr=-3)
        for kill in range(kills):
            more, n_parts = resume if kill else begin, len(list(disturbed.glob("part-*")))
            process = subprocess.Popen([*more, "--run", str(disturbed)], stdout=-3, stderr=-3)
            while process.poll() is None and len(list(disturbed.glob("part-*"))) == n_parts:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.3))
            if process.poll() is not None:
                return False  # done or failed before it could be killed: nothing is shown
            process.send_signal(signal.SIGKILL)
            process.wait()
        subprocess.run([*resume, "--run", str(disturbed)], check=True, stdout=-3, stderr=-3)
        parts = [{p.name: p.read_bytes() for p in f.glob("part-*")} for f in (whole, disturbed)]
    return bool(parts[0]) and parts[0] == parts[1]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    few = max(given.number // 4, 1)
    two = elsewhere(given.number, cores=2)
    one = elsewhere(few, cores=1)
    network = elsewhere(few, cores=2, is_one_network=True)
    print(f"one core, single precision: {two['gflops']:.0f} GFLOP/s")
    print(f"whole model, two cores: {two['rate']:.0f} variants/s (bar {LEAST_RATE})")
    print(f"whole model, one core:  {one['rate']:.0f} variants/s")
    print(f"one network, two cores: {network['rate']:.0f} variants/s")
    million = 1e6 / two["rate"]
    print(f"10^6 variants: {million:.0f} s, from {given.number:,} (bar {MOST_SECONDS} s)")
    print(f"peak memory: {two['peak']:.0f} MB (bar {MOST_MEMORY}); {two['bytes']:.1f} bytes a row")
    for power in (9, 12):
        hours = 10**power / two["rate"] / 3600
        print(f"10^{power} variants: {hours:,.0f} h here, {hours / 500:,.1f} h on 1,000 such cores,"
              f" {10**power * two['bytes'] / 1e9:,.0f} GB")  # fmt: skip
    found = guided_evaluations(given.seeds)
    n_found = sum(number is not None for number in found)
    print(
        f"guided, best of the MgH13 map within 10 %: {n_found} of {len(found)} seeds, after {found}"
    )
    is_same = is_the_same_after_kills(given.kills)
    print(f"killed {given.kills} times: {'the same' if is_same else 'NOT the same'} parts")
    missed = (
        two["rate"] < LEAST_RATE
        or two["peak"] > MOST_MEMORY
        or million > MOST_SECONDS
        or n_found < LEAST_SEEDS * len(found)
        or not is_same
    )
    return int(given.check and missed)


if __name__ == "__main__":
    sys.exit(main())
