"""Files for other programs: structures written, read again, and predicted again.

    .venv/bin/python benchmarks/handover.py [CIF ...] [--check]

takes the structures of the catalogue, or of files, and prints for each format how many it holds,
the largest change of Tc, and the mean time to write one; --check ends with 1 where a change is
above 0.01 K, or a CIF has not the space group that the prediction sees.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
from pymatgen.core import Structure

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.structure import StructureError
from tcexplore.handover.formats import ESPRESSO_INPUT, FORMATS, structure_text
from tcexplore.io.load import StructureReader, load_structures
from tcexplore.model.predictor import TcPrediction, TcPredictor, load_predictor

BAR = 0.01  # K


def main() -> int:
    """Print the table; return 1 where a bar is missed and --check is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="structure files instead of the catalogue")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    predictor, is_met = load_predictor(), True
    given = list(_predicted(arguments.files, predictor))
    print(f"{len(given)} structures")
    with StructureReader() as reader:
        for name in (*FORMATS, ESPRESSO_INPUT):
            held, change, groups, seconds = _round_trips(name, given, predictor, reader)
            print(
                f"{name}: holds {held}, Tc changes by {change:.1e} K at most, {groups} of another"
                f" space group, {1000 * seconds:.0f} ms each"
            )
            is_met &= change <= BAR and not groups
    return int(arguments.check and not is_met)


def _predicted(
    files: Sequence[str], predictor: TcPredictor
) -> Iterator[tuple[Structure, TcPrediction]]:
    """Yield the structures that can be predicted, with their predictions."""
    loaded = load_structures(files) if files else (one.structure() for one in load_catalogue())
    for structure in loaded:
        if isinstance(structure, Structure):
            try:
                yield structure, predictor([structure])[0]
            except StructureError:
                continue


def _round_trips(
    name: str,
    given: Sequence[tuple[Structure, TcPrediction]],
    predictor: TcPredictor,
    reader: StructureReader,
) -> tuple[int, float, int, float]:
    """Return how many a format holds, change of Tc (K), other space groups, and time (s)."""
    changes, groups, started, spent = [0.0], 0, 0.0, 0.0
    for structure, expected in given:
        started = time.perf_counter()
        try:
            text = structure_text(structure, name, pressure=0.0)
        except StructureError:
            continue
        spent += time.perf_counter() - started
        [found] = predictor([reader.load(text)])
        changes.append(abs(found.tc - expected.tc))
        is_same = found.cell.space_group_number == expected.cell.space_group_number
        if name == "cif":
            is_same &= f"IT_number {expected.cell.space_group_number}\n" in text
        groups += not is_same
    held = len(changes) - 1
    return held, float(np.max(changes)), groups, spent / max(held, 1)


if __name__ == "__main__":
    sys.exit(main())
