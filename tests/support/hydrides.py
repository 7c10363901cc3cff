"""Hydrogen networks that can be told by hand, and what is the same in every cell of a crystal."""

from collections import Counter

import numpy as np
from pymatgen.core import Lattice, Structure

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.display.hydrogen_network import face_symbol
from tcexplore.hydrogen.network import HydrogenNetworkNumbers


def stretched(entry_id, *, a=None, c=None):
    """A hexagonal or tetragonal structure of the catalogue with other lattice parameters."""
    structure = catalogue_entry(entry_id).structure()
    old = structure.lattice
    parameters = (a or old.a, a or old.b, c or old.c, *old.angles)
    return Structure(Lattice.from_parameters(*parameters), structure.species, structure.frac_coords)


LAYERED = "li2mgh16-p-3m1-300gpa"
CRYSTALS = {
    "layered": lambda: stretched(LAYERED),
    "layers": lambda: stretched(LAYERED, c=8.0),
    "molecules": lambda: stretched(LAYERED, a=6.0),
    "LaH10": lambda: catalogue_entry("lah10-fm-3m-150gpa").structure(),
    "CaH6": lambda: catalogue_entry("cah6-im-3m-150gpa").structure(),
    "YH9": lambda: catalogue_entry("yh9-p63mmc-201gpa").structure(),
    "H3S": lambda: catalogue_entry("h3s-im-3m-200gpa").structure(),
    "PdH": lambda: catalogue_entry("pdh").structure(),
    "rhombohedral": lambda: catalogue_entry("lih6-r-3m-300gpa").structure(),
    "oblique": lambda: oblique(),
    "two frameworks": lambda: two_frameworks(),
}


def oblique():
    """Triclinic, with an H2 unit, a lone atom and a chain."""
    lattice = Lattice.from_parameters(2.2, 5.1, 6.3, 75, 82, 97)
    coords = [[0, 0, 0], [0.5, 0.02, 0.03], [0.3, 0.5, 0.5], [0.3, 0.63, 0.5], [0.1, 0.4, 0.75]]
    return Structure(lattice, ["H"] * 5 + ["Y"], [*coords, [0.7, 0.25, 0.6]])


def two_frameworks():
    """Two cubic frameworks with hydrogen along the edges, one at the other's body centre."""
    edge = [np.roll([k / 6, 0, 0], axis) for axis in range(3) for k in range(1, 6)]
    one = np.array([[0, 0, 0], *edge])
    return Structure(Lattice.cubic(6), ["H"] * 32, np.concatenate([one, one + 0.5]))


def assert_same_network(network, other):
    """Assert that two networks are equal in all that does not depend on the cell."""
    for field in HydrogenNetworkNumbers.__dataclass_fields__:
        np.testing.assert_allclose(
            getattr(network, field), getattr(other, field), atol=2e-6, err_msg=field
        )
    assert kinds(network) == kinds(other)
    assert cage_kinds(network) == cage_kinds(other)
    np.testing.assert_allclose(radii(network), radii(other), atol=2e-6)


def kinds(network):
    return Counter(
        (len(one.sites), one.dimensionality, one.copies) for one in network.primitive_components
    )


def cage_kinds(network):
    """Number in one primitive cell of each kind of cage."""
    counts = Counter(
        (network.structure[cage.centre].species_string, len(cage.vertices), face_symbol(cage))
        for cage in network.cages
    )
    n_cells = len(network.structure) / network.primitive.count
    return {kind: count / n_cells for kind, count in counts.items()}


def radii(network):
    """Radii (Å) of the cages of one primitive cell, rising."""
    one_each = {network.primitive.site[cage.centre]: cage.radius for cage in network.cages}
    return sorted(one_each.values())
