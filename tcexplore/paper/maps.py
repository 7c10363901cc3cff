"""The numbers of figures 4 to 6: morphism maps, domes and lattice maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pymatgen.core import Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.elements import PAPER_ELEMENTS
from tcexplore.crystal.orbits import site_choices
from tcexplore.crystal.structure import replaced
from tcexplore.display.element_swap import best_pairs, swap_table
from tcexplore.model.predictor import TcPredictor
from tcexplore.paper.reported import read_table_3
from tcexplore.studies.element_swap import ElementSwap, element_swap
from tcexplore.studies.lattice_dome import LatticeDome, lattice_dome
from tcexplore.studies.lattice_map import LatticeMap, lattice_map
from tcexplore.typing import FloatArray

FD3M, P3M1 = "li2mgh16-fd-3m-250gpa", "li2mgh16-p-3m1-300gpa"
SWAP_SCALES = np.linspace(0.7, 1.9, 31)
A_RANGE = (0.8, 7.0)  # Å
C_RANGE = {FD3M: (0.8, 7.0), P3M1: (0.8, 14.0)}  # Å
LATTICES = {"as given": {}, "c = 8 Å": {"c": 8.0}, "a = 6 Å": {"a": 6.0}}
"""The three lattices of figure 6's lower row, by the lengths that differ from the parent's (Å)."""


@dataclass(frozen=True)
class Morphism:
    """One map of figure 4: which crystal, and where X and Y stand."""

    title: str
    catalogue_id: str
    x_sites: str
    """A label of `site_choices`."""
    y_sites: str
    replace: tuple[str, str] | None = None
    """An element made another one before the swap."""

    def parent(self) -> Structure:
        """Return the structure whose sites are swapped."""
        structure = catalogue_entry(self.catalogue_id).structure()
        return replaced(structure, *self.replace) if self.replace else structure


MORPHISMS = {
    "XYH12": Morphism(
        "Fm-3m MgH13: X on Mg, Y on the centre H",
        "mgh13-fm-3m-200gpa",
        "Mg1 (1 site)",
        "H2 (1 site)",
    ),
    "XYH36": Morphism(
        "Fd-3m Li2MgH16, Li made H: X and Y on Mg", FD3M, "Mg1, site 1", "Mg1, site 2", ("Li", "H")
    ),
}


def morphism_map(
    predictor: TcPredictor,
    morphism: Morphism,
    *,
    symbols: Sequence[str] = PAPER_ELEMENTS,
    scales: FloatArray = SWAP_SCALES,
) -> ElementSwap:
    """Return the maximum of every pair's dome.

    Parameters
    ----------
    symbols
        The elements X and Y.
    scales
        Factors on the parent's lattice vectors.
    """
    cell = predictor.cell(morphism.parent())
    places = site_choices(cell.structure)
    return element_swap(
        predictor,
        cell,
        x_sites=places[morphism.x_sites],
        y_sites=places[morphism.y_sites],
        x=symbols,
        y=symbols,
        scales=scales,
    )


def named_pairs(name: str, swap: ElementSwap) -> pd.DataFrame:
    """Return the pairs of a map that table III names, with their place among ours.

    Returns
    -------
    :
        Columns map, x, y, formula, tc_paper (K), tc (K, at the maximum), scale, a (Å), rank (1
        is the highest Tc of the map) and materials (how many there are).
    """
    table = swap_table(swap)
    ranked = best_pairs(table, len(table))["tc"].to_numpy()
    reported = read_table_3().query("map == @name").filter(["x", "y", "tc_paper_high"])
    pairs = reported.rename(columns={"tc_paper_high": "tc_paper"}).merge(table, on=["x", "y"])
    higher = (ranked[None, :] > pairs["tc"].to_numpy()[:, None] + 0.005).sum(axis=1)
    pairs = pairs.assign(map=name, rank=higher + 1, materials=len(ranked))
    first = ["map", "x", "y", "formula", "tc_paper"]
    return pairs.filter([*first, "tc", "scale", "a", "rank", "materials"])


def domes(predictor: TcPredictor, *, n_points: int = 311) -> dict[str, LatticeDome]:
    """Return figure 5, by catalogue id.

    Parameters
    ----------
    n_points
        Values of a, over figure 6's range.
    """
    by_entry = {}
    for entry_id in (FD3M, P3M1):
        structure = catalogue_entry(entry_id).structure()
        given_a = predictor.cell(structure).structure.lattice.a
        scales = np.linspace(*A_RANGE, n_points) / given_a
        by_entry[entry_id] = lattice_dome(predictor, structure, scales=scales)
    return by_entry


def lattice_maps(predictor: TcPredictor, *, n_points: int = 100) -> dict[str, LatticeMap]:
    """Return the upper row of figure 6, by catalogue id.

    Parameters
    ----------
    n_points
        Values of a, and of c.
    """
    return {
        entry_id: lattice_map(
            predictor,
            catalogue_entry(entry_id).structure(),
            a=np.linspace(*A_RANGE, n_points),
            c=np.linspace(*c_range, n_points),
        )
        for entry_id, c_range in C_RANGE.items()
    }


def stretched_tc(predictor: TcPredictor) -> pd.DataFrame:
    """Return Tc of the three lattices in figure 6's lower row: lattice, a (Å), c (Å), tc (K)."""
    structure = catalogue_entry(P3M1).structure()
    lattice = predictor.cell(structure).structure.lattice
    rows = []
    for name, changed in LATTICES.items():
        lengths = {"a": lattice.a, "c": lattice.c} | changed
        a, c = (np.array([lengths[axis]]) for axis in "ac")
        tc = lattice_map(predictor, structure, a=a, c=c).tc[0, 0]
        rows.append({"lattice": name, **lengths, "tc": float(tc)})
    return pd.DataFrame(rows)
