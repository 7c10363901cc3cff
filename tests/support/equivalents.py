"""Other descriptions of one crystal."""

import numpy as np
from pymatgen.core import Lattice, Structure


def supercell(structure, rng):
    factors = np.array([2, 1, 1]) if len(structure) > 30 else rng.permutation([2, 1, 2])
    return structure.copy().make_supercell(np.diag(factors), in_place=False)


def other_basis(structure, rng):
    """The same lattice with other lattice vectors of the same volume."""
    basis = np.eye(3, dtype=int)
    for _ in range(3):
        row, other = rng.choice(3, 2, replace=False)
        basis[row] += rng.choice([-1, 1]) * basis[other]
    return structure.copy().make_supercell(basis, in_place=False)


def conventional_cell(structure, rng):
    """A body-centred multiple, the usual way in which cells are written larger than they are."""
    return structure.copy().make_supercell([[0, 1, 1], [1, 0, 1], [1, 1, 0]], in_place=False)


def shifted_origin(structure, rng):
    return structure.copy().translate_sites(range(len(structure)), rng.random(3))


def rotated_axes(structure, rng):
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation *= np.sign(np.linalg.det(rotation))
    lattice = Lattice(structure.lattice.matrix @ rotation)
    return Structure(lattice, structure.species_and_occu, structure.frac_coords)


def mirror_image(structure, rng):
    lattice = Lattice(structure.lattice.matrix @ np.diag([1, 1, -1]))
    return Structure(lattice, structure.species_and_occu, structure.frac_coords)


def permuted_sites(structure, rng):
    return Structure.from_sites([structure[i] for i in rng.permutation(len(structure))])


ALL = (
    supercell, other_basis, conventional_cell, shifted_origin, rotated_axes, mirror_image,
    permuted_sites,
)  # fmt: skip
