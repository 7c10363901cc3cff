"""Time of a batch of 1,000 CIFs.

    python benchmarks/batch.py [--number N] [--check]

The CIFs are made from the catalogue: its structures over and over, from the second time on with
their lattices scaled and some of their elements exchanged for others, by a seed. They are zipped
and go the way of the Batch page: copied into a run, read, predicted, written. With --check it exits
1 where the bar is missed.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from pymatgen.core import Structure

from tcexplore.batch.query import batch_table
from tcexplore.batch.run import batch_steps, start_batch
from tcexplore.batch.sources import upload_sources
from tcexplore.catalogue.entries import load_catalogue
from tcexplore.model.predictor import load_predictor

BAR = 240.0  # s
ELEMENTS = ("H", "Li", "B", "N", "O", "Mg", "Al", "Si", "S", "Ca", "Sc", "Ti", "Y", "Nb", "La")


def archive_of_cifs(number: int, seed: int = 0) -> bytes:
    """Return a zip archive of so many CIFs."""
    rng, file = np.random.default_rng(seed), io.BytesIO()
    parents = [entry.structure() for entry in load_catalogue()]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for index in range(number):
            structure = parents[index % len(parents)]
            if index >= len(parents):
                structure = changed(structure, rng)
            archive.writestr(f"{index:04d}.cif", structure.to(fmt="cif"))
    return file.getvalue()


def changed(structure: Structure, rng: np.random.Generator) -> Structure:
    """Return a structure on another lattice, one of its elements exchanged for another."""
    other = structure.copy()
    other.scale_lattice(structure.volume * rng.uniform(0.85, 1.15))
    old = rng.choice([element.symbol for element in structure.composition.elements])
    new = rng.choice([symbol for symbol in ELEMENTS if symbol not in structure.composition])
    return other.replace_species({old: new})


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    archive, predictor = archive_of_cifs(given.number), load_predictor()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        sources = upload_sources([("cifs.zip", archive)])
        batch = start_batch(Path(folder) / "run", predictor, sources)
        copied = time.perf_counter() - start
        for progress in batch_steps(predictor, batch):
            if progress.n_done and progress.n_predicted + progress.n_refused <= given.number / 50:
                print(f"first rows after {time.perf_counter() - start:.1f} s")
        seconds = time.perf_counter() - start
        table = batch_table(batch).to_pandas()
        size = sum(path.stat().st_size for path in batch.parts)
    print(f"{len(table)} rows: {progress.n_predicted} predicted, {progress.n_refused} refused")
    print(f"copied in {copied:.1f} s, all in {seconds:.1f} s (bar {BAR:.0f} s)")
    print(f"{len(table) / seconds:.0f} structures/s, {size / len(table):.0f} bytes a row")
    return int(given.check and (seconds > BAR or len(table) != given.number))


if __name__ == "__main__":
    sys.exit(main())
