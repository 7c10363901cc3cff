"""Wrong atoms told from right ones: wrong variants of hydrides, real hydrides, squeezed crystals.

    python benchmarks/positions.py --data data.parquet [--model MODEL] [--check]

Wrong variants of each training hydride above 20 K (`training/wrong_variants.py`, seed fixed) count
as told where the applicability domain says 'outside' or, with --model, where the model gives them
at most 0.6 of the right crystal's Tc. Each real hydride is looked at by the known materials without
its chemical system. With --check the script exits 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
from pymatgen.core import Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.datasets import Dataset, load_dataset
from tcexplore.model.applicability_domain import (
    OUTSIDE,
    WORDS,
    ApplicabilityDomain,
    KnownMaterials,
    build_known_materials,
    known_fractions,
)
from tcexplore.model.pair_limits import LEAST_HYDROGEN, PAIR_CODE, distances_from_text
from tcexplore.model.predictor import TcPredictor, load_predictor
from tcexplore.scans.scan_domain import cell_distances, cell_domain
from tcexplore.training.known_materials import known_materials, trained_rows
from tcexplore.training.presets import PRESETS
from tcexplore.training.wrong_variants import wrong_variants

SEED, LEAST_TC, FALLEN = 12, 20.0, 0.6
BARS = {"told": 0.80, "real outside": 0.05}
SHORTEST_H_H = 0.63  # Å; P-3m1 Li2MgH16 is squeezed to it


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    dataset, config = load_dataset(options.data), PRESETS["shipped"]
    known = known_materials(dataset, config)
    hydrides = hydride_rows(dataset, trained_rows(dataset, config))
    predictor = load_predictor(options.model) if options.model else None
    variants = variant_table(dataset, hydrides, build_known_materials(known), predictor)
    real = real_table(dataset, hydrides, known)
    print(told_table(variants).to_string(index=False))
    print(real["word"].value_counts(normalize=True).reindex(WORDS, fill_value=0).round(3))
    print(real.loc[real["word"] == OUTSIDE].to_string(index=False))
    squeezed(build_known_materials(known))
    outside = np.mean(real["word"] == OUTSIDE)
    is_missed = np.mean(variants["told"]) < BARS["told"] or outside > BARS["real outside"]
    return 1 if options.check and is_missed else 0


def hydride_rows(dataset: Dataset, trained: list[int]) -> list[int]:
    """Return the training rows with more than a tenth of hydrogen."""
    fractions = known_fractions(dataset.rows.iloc[trained])
    is_hydride = fractions[:, 0] > LEAST_HYDROGEN
    return [row for row, chosen in zip(trained, is_hydride, strict=True) if chosen]


def domain_of(known: KnownMaterials, structure: Structure) -> ApplicabilityDomain:
    """Return the applicability domain of one crystal among some known materials."""
    predictor = cast(TcPredictor, cast(Any, SimpleNamespace(known_materials=known)))
    return cell_domain(predictor, canonical_cell(structure))


def variant_table(
    dataset: Dataset, rows: list[int], known: KnownMaterials, predictor: TcPredictor | None
) -> pd.DataFrame:
    """Return kind, whether it is outside, and whether it is told, of each wrong variant."""
    rng, lines = np.random.default_rng(SEED), []
    for row in rows:
        if dataset.rows["tc"].iloc[row] < LEAST_TC:
            continue
        right = dataset.structure(row)
        variants = list(wrong_variants(right, rng, count=1))
        outside = [bool(domain_of(known, variant).is_outside[0]) for _, variant in variants]
        fallen = [False] * len(variants)
        if predictor is not None and variants:
            tc = [one.tc for one in predictor([right, *(variant for _, variant in variants)])]
            fallen = [value <= FALLEN * tc[0] for value in tc[1:]]
        lines += zip([kind for kind, _ in variants], outside, fallen, strict=True)
    table = pd.DataFrame(lines, columns=["kind", "outside", "fallen"])
    return table.assign(told=table["outside"] | table["fallen"])


def told_table(variants: pd.DataFrame) -> pd.DataFrame:
    """Return the shares by kind, and over all."""
    columns = ["outside", "fallen", "told"]
    parts = {str(kind): part for kind, part in variants.groupby("kind")} | {"all": variants}
    lines = [
        {"kind": kind, "variants": len(part)}
        | {name: round(float(np.mean(part[name])), 3) for name in columns}
        for kind, part in parts.items()
    ]
    return pd.DataFrame(lines)


def real_table(dataset: Dataset, rows: list[int], known: pd.DataFrame) -> pd.DataFrame:
    """Return the word and the reason of each real hydride, its chemical system left out."""
    lines = []
    chosen = dataset.rows.iloc[rows].assign(row=rows)
    elements = [frozenset(np.flatnonzero(share)) for share in known_fractions(known)]
    for _, theirs in chosen.groupby("chemical_system"):
        system = frozenset(np.flatnonzero(known_fractions(theirs.iloc[:1])[0]))
        is_other = np.array([one != system for one in elements])
        others = known.loc[is_other].reset_index(drop=True)
        space = build_known_materials(others)
        for row in theirs["row"]:
            domain = domain_of(space, dataset.structure(row))
            name = dataset.rows[["formula", "pressure_gpa"]].iloc[row]
            lines.append(
                (*name, str(domain.words[0]), float(domain.percentile[0]), domain.reason(0))
            )
    return pd.DataFrame(lines, columns=["formula", "pressure/GPa", "word", "percentile", "reason"])


def squeezed(known: KnownMaterials) -> None:
    """Print the word for two crystals of the catalogue that are far too small."""
    layered = catalogue_entry("li2mgh16-p-3m1-300gpa").structure()
    h_h = distances_from_text(cell_distances(layered))[PAIR_CODE + 1]
    yttrium = catalogue_entry("yh6-im-3m-166gpa").structure()
    for structure, factor in ((layered, (SHORTEST_H_H / h_h) ** 3), (yttrium, 2 / 3)):
        structure.scale_lattice(structure.volume * factor)
        domain = domain_of(known, structure)
        name = structure.composition.reduced_formula
        print(f"{name}, volume x {factor:.2f}: {domain.words[0]}: {domain.reason(0)}")


if __name__ == "__main__":
    sys.exit(main())
