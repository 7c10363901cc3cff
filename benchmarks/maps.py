"""Time and memory of the maps against predicting the same structures one by one.

    python benchmarks/maps.py [--check] [--profile]
    python benchmarks/maps.py --against DIR [--busy] [--check]

Best of three, for the first network alone and for the whole model: all its networks and its
Gaussian process. The plain path (canonical input, then the cvnn network on one structure at a time)
is timed on 20 members in the same run, for one network. With --check it exits 1 where a bar is
missed; with --profile it prints where the whole model's time of a swap map goes.

--against times the whole model against the code in DIR, a checkout of an older commit (git worktree
add --detach DIR 637e454), in processes of their own that take turns; medians of three rounds.
--busy runs a process of two threads with matrix products beside.
"""

from __future__ import annotations

import cProfile
import dataclasses
import os
import pstats
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.orbits import site_choices
from tcexplore.model.predictor import TcPredictor, load_predictor, unscaled_inputs
from tcexplore.scans.scan import Scan, member
from tcexplore.studies.element_swap import ElementSwap, element_swap
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.lattice_map import lattice_map
from tcexplore.typing import FloatArray

ONE, WHOLE = "one network", "whole model"
# s for one network, s for the whole model, MB. The whole is all networks and the Gaussian process.
BARS = {
    "swap map": (1.0, 5.0, 600),
    "dome": (0.3, 1.5, None),
    "a/c map": (2.0, 12.0, None),
    "swap map, 31 lattices": (20.0, 120.0, 800),
}
LEAST_RATIO = 500  # of one network to its plain path
LEAST_RATIOS = {"swap map": 2.5, "a/c map": 2.5, "swap map, 31 lattices": 5.0}  # to older code
LEAST_RATIO_BUSY = 5.0  # the same beside a busy process
Work = Callable[[], object]


def first_network(predictor: TcPredictor) -> TcPredictor:
    """Return the predictor with its first network alone."""
    members = predictor.files.members[:1]
    files = dataclasses.replace(
        predictor.files, members=members, gaussian_process=None, composition_model=None
    )
    return TcPredictor(files, predictor.networks[:1])


def best_seconds(work: Work, repeats: int = 3) -> float:
    """Return the shortest of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_seconds(predictor: TcPredictor, scan: Scan, count: int = 20) -> float:
    """Return the time of one structure through the cvnn network, one at a time."""
    from tcexplore.training import cvnn_network as networks

    files = predictor.files
    [first_member] = files.members
    network = networks.load_network(files.config.network, dict(first_member.weights))

    def predict_each() -> None:
        for row in range(count):
            image, values = unscaled_inputs([member(scan, row, 0)], files.config)
            inputs = files.scaling.apply(image, values)
            network.predict([inputs.coefficients, inputs.columns], verbose="0")

    predict_each()
    return best_seconds(predict_each, repeats=1) / count


def swapped(predictor: TcPredictor, scales: FloatArray) -> ElementSwap:
    """Return the map of 86 x 86 elements on two sites of MgH13."""
    parent = predictor.cell(catalogue_entry("mgh13-fm-3m-200gpa").structure())
    choices = site_choices(parent.structure)
    return element_swap(
        predictor,
        parent,
        x_sites=choices["Mg1 (1 site)"],
        y_sites=choices["H2 (1 site)"],
        x=PAPER_ELEMENTS,
        y=PAPER_ELEMENTS,
        scales=scales,
    )


def works(predictor: TcPredictor) -> dict[str, tuple[int, Work]]:
    """Return the timed studies by name: number of members, and the function that computes them."""
    layered = catalogue_entry("li2mgh16-p-3m1-300gpa").structure()
    a, c = np.linspace(1.5, 7, 100), np.linspace(2, 14, 100)
    scales = np.linspace(0.5, 2, 200)
    return {
        "swap map": (86 * 86, lambda: swapped(predictor, np.ones(1))),
        "dome": (200, lambda: lattice_dome(predictor, layered, scales=scales)),
        "a/c map": (10_000, lambda: lattice_map(predictor, layered, a=a, c=c)),
        "swap map, 31 lattices": (
            86 * 86 * 31,
            lambda: swapped(predictor, np.linspace(0.7, 1.9, 31)),
        ),
    }


@dataclasses.dataclass(frozen=True)
class Timing:
    """One line of the table."""

    which: str
    name: str
    count: int
    """Members."""
    seconds: float
    peak: float
    """(MB) Of the process until then."""

    def line(self, plain: float) -> str:
        """Return the line; the plain path takes so long (s) for one structure and network."""
        ratio = f"{self.ratio(plain):.0f}" if self.which == ONE else ""
        return (
            f"{self.which:<13}{self.name:<23}{self.count:9d}{self.seconds:9.2f}{self._bar:7.1f}"
            f"{self.peak:9.0f}{ratio:>16}"
        )

    def ratio(self, plain: float) -> float:
        """Return how many times as long the plain path would take."""
        return self.count * plain / self.seconds

    @property
    def _bar(self) -> float:
        return BARS[self.name][self.which == WHOLE]

    def missed(self, plain: float) -> bool:
        """Return whether a bar was missed."""
        memory = BARS[self.name][2]
        is_slow = self.seconds > self._bar or (memory is not None and self.peak > memory)
        is_swap = self.which == ONE and self.name.startswith("swap")
        return is_slow or (is_swap and self.ratio(plain) < LEAST_RATIO)


def timings(predictor: TcPredictor, which: str) -> list[Timing]:
    """Return the time of each work of one predictor."""
    measured = []
    for name, (count, work) in works(predictor).items():
        seconds = best_seconds(work, repeats=1 if count > 100_000 else 3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        measured.append(Timing(which, name, count, seconds, peak))
    return measured


def seconds_elsewhere(code: Path, name: str) -> float:
    """Return the time of one work of the whole model by the code in a folder."""
    text = (
        f"import time, maps; work = maps.works(maps.load_predictor())[{name!r}][1]\n"
        "start = time.perf_counter(); work(); print(time.perf_counter() - start)"
    )
    paths = os.pathsep.join(map(str, [code, code / "benchmarks"]))
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=code, env={**os.environ, "PYTHONPATH": paths},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def busy_process() -> subprocess.Popen[bytes]:
    """Return a process that keeps two threads busy with matrix products."""
    text = "import numpy as np\nx = np.ones((1500, 1500))\nwhile True: x @ x"
    return subprocess.Popen(
        [sys.executable, "-c", text], env={**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    )


def compare(old: Path, *, is_busy: bool, rounds: int = 3) -> int:
    """Print the times of the older code and of this one; return 1 where a ratio is too small."""
    new, missed = Path(__file__).resolve().parents[1], False
    beside = busy_process() if is_busy else None
    try:
        print(f"{'work':<23}{'old/s':>9}{'new/s':>9}{'ratio':>7}{'bar':>6}")
        for name, least in LEAST_RATIOS.items():
            turns = [[seconds_elsewhere(code, name) for code in (old, new)] for _ in range(rounds)]
            before, now = np.median(turns, axis=0)
            bar = LEAST_RATIO_BUSY if is_busy else least
            missed |= bool(before / now < bar)
            print(f"{name:<23}{before:9.2f}{now:9.2f}{before / now:7.2f}{bar:6.1f}", flush=True)
    finally:
        if beside is not None:
            beside.kill()
    return int(missed)


def profile(work: Work) -> None:
    """Print the functions that take most of the time of a work."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(12)


def main() -> int:
    """Print the table."""
    if "--against" in sys.argv:
        old = Path(sys.argv[sys.argv.index("--against") + 1]).resolve()
        missed = compare(old, is_busy="--busy" in sys.argv)
        return int("--check" in sys.argv and missed)
    whole = load_predictor()
    first = first_network(whole)
    measured = timings(first, ONE) + timings(whole, WHOLE)
    plain = plain_seconds(first, swapped(first, np.ones(1)).scan)  # last: TensorFlow needs RAM
    print(
        f"{'model':<13}{'work':<23}{'members':>9}{'time/s':>9}{'bar/s':>7}{'peak/MB':>9}"
        f"{'ratio to plain':>16}"
    )
    print("\n".join(timing.line(plain) for timing in measured))
    print(f"plain path: {1000 * plain:.1f} ms for one structure and one network")
    if "--profile" in sys.argv:
        profile(works(whole)["swap map"][1])
    return int("--check" in sys.argv and any(timing.missed(plain) for timing in measured))


if __name__ == "__main__":
    sys.exit(main())
