"""Hydrogen networks as tables, for the screen and for files."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from pymatgen.core import Structure

from tcexplore.hydrogen.cages import Cage
from tcexplore.hydrogen.contacts import Component
from tcexplore.hydrogen.network import HydrogenNetwork, NetworkScan
from tcexplore.studies.hydrogen_scan import HydrogenScan

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NUMBERS = (
    "n_hydrogen",
    "dimensionality",
    "n_components",
    "n_largest",
    "n_h2",
    "n_lone",
    "shortest",
    "mean_distance",
    "mean_degree",
)


def scan_table(scan: NetworkScan) -> pd.DataFrame:
    """Return one row for each lattice: a, b, c (Å), the network's numbers and its cages.

    Counts are those of the primitive cell. A cage has two columns, named after the atom in it and
    its place in the structure, counted from 1.
    """
    lengths = np.linalg.norm(scan.lattices, axis=2)
    columns: dict[str, np.ndarray] = dict(zip("abc", lengths.T, strict=True))
    columns |= {name: scan.values(name) for name in NUMBERS}
    for dimension, cutoffs in enumerate(scan.values("percolation").T, 1):
        columns[f"percolation_{dimension}d"] = cutoffs
    for centre, sizes, radii in zip(
        scan.cage_centres, scan.cage_sizes.T, scan.cage_radii.T, strict=True
    ):
        label = _label(scan.parent, centre)
        columns |= {f"cage_{label}": sizes, f"radius_{label}": radii}
    return pd.DataFrame(columns)


def _label(structure: Structure, place: int) -> str:
    return f"{structure[int(place)].species_string}_{place + 1}"


def component_table(network: HydrogenNetwork) -> pd.DataFrame:
    """Return what the network of the primitive cell consists of, equal components in one row."""
    kinds = Counter(
        (component_words(one), len(one.sites), one.dimensionality, one.copies)
        for one in network.primitive_components
    )
    return pd.DataFrame(
        [
            (words, size, f"{d}D", copies * count)
            for (words, size, d, copies), count in kinds.items()
        ],
        columns=["Component", "Hydrogen atoms", "Periodic in", "Number"],
    )


def component_words(component: Component) -> str:
    """Return what a component is, in words."""
    if component.dimensionality:
        return ("chain", "layer", "framework")[component.dimensionality - 1]
    return {1: "lone atom", 2: "H2 unit"}.get(len(component.sites), "molecule")


def cage_table(network: HydrogenNetwork) -> pd.DataFrame:
    """Return the cages of the primitive cell, equal ones in one row."""
    one_each = {network.primitive.site[cage.centre]: cage for cage in network.cages}
    kinds = Counter(
        (
            network.structure[cage.centre].species_string,
            len(cage.vertices),
            face_symbol(cage),
            round(round(cage.radius, 6), 3),  # equal radii do not part over their last digit
        )
        for cage in one_each.values()
    )
    return pd.DataFrame(
        [(*kind, count) for kind, count in sorted(kinds.items())],
        columns=["Around", "Hydrogen atoms", "Faces", "Mean radius (Å)", "Number"],
    )


def face_symbol(cage: Cage) -> str:
    """Return the faces of a cage in the usual notation: ``4⁶ 6¹²`` is 6 squares, 12 hexagons."""
    corners = Counter(map(len, cage.faces))
    return " ".join(
        f"{corner}{str(count).translate(SUPERSCRIPTS)}" for corner, count in sorted(corners.items())
    )


def network_tc_table(result: HydrogenScan) -> pd.DataFrame:
    """Return one row for each lattice: as `scan_table`, with scale, Tc, its band (K) and domain."""
    table = scan_table(result.network)
    if result.along == "scale":
        table.insert(0, "scale", result.values)
    places = {
        "tc": result.tc,
        "tc_low": result.tc_low,
        "tc_high": result.tc_high,
        "percentile": result.domain.percentile,
        "domain": result.domain.words,
    }
    for place, (name, column) in enumerate(places.items(), list(table).index("c") + 1):
        table.insert(place, name, column)
    return table


def components_text(network: HydrogenNetwork) -> str:
    """Return what the network of the primitive cell consists of, such as ``8 H2 units``."""
    parts = [
        _counted(words, size, number)
        for words, size, _, number in component_table(network).itertuples(index=False)
    ]
    return ", ".join(parts) or "no hydrogen"


def _counted(words: str, size: int, number: int) -> str:
    counted = f"{number} {words}{'s' * (number > 1)}"
    return counted if words in ("lone atom", "H2 unit") else f"{counted} of {size} H"


def cages_text(network: HydrogenNetwork) -> str:
    """Return the cages of the primitive cell, such as ``1 × La: 32 H, 2.05 Å``."""
    rows = cage_table(network).itertuples(index=False)
    kinds = [
        f"{number} × {element}: {size} H, {radius:.2f} Å"
        for element, size, _, radius, number in rows
    ]
    return "; ".join(kinds) or "none"
