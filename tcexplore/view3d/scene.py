"""What a 3D view shows, as plain data: calls of 3Dmol.js in layers that can be switched off.

Coordinates are Cartesian, in Å, from the middle of the box: the middle stays in place while a
lattice parameter changes, and so does the camera.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymatgen.core import Structure

from tcexplore.hydrogen.network import HydrogenNetwork
from tcexplore.view3d.atoms import Box, DrawnAtoms, atom_kinds, atoms_in_box, with_contacts
from tcexplore.view3d.density import CellDensity
from tcexplore.view3d.layers import (
    Layer,
    atom_layer,
    box_layer,
    cage_layers,
    contact_layers,
    density_layer,
)

FloatArray = NDArray[np.floating]

LARGEST_SUPERCELL = 4
MARGIN = 0.6  # Å, for the size of atoms


@dataclass(frozen=True)
class Scene:
    """All that a view shows."""

    structure: Structure
    subject: str
    """What is shown, for the name of a picture."""
    supercell: tuple[int, int, int]
    atoms: DrawnAtoms
    cart_coords: FloatArray
    """(Å) Of the drawn atoms from the middle of the box, shape (n_atoms, 3)."""
    layers: tuple[Layer, ...]
    text: str
    """The scene in words."""
    cutoff: float | None = None
    """(Å) Of the contacts, where there are any to draw."""

    @property
    def places(self) -> FloatArray:
        """(Å) All that is drawn, from the middle of the box, shape (n, 3)."""
        return np.concatenate([layer.places for layer in self.layers])

    @property
    def radius(self) -> float:
        """(Å) Of the sphere around all that is drawn."""
        return float(np.linalg.norm(self.places, axis=1).max()) + MARGIN

    @property
    def file_stem(self) -> str:
        """Name for files, such as ``Li2MgH16-P-3m1-1.4A``."""
        parts = [self.subject]
        if self.supercell != (1, 1, 1):
            parts.append("x".join(map(str, self.supercell)))
        if self.cutoff is not None:
            parts.append(f"{self.cutoff:g}A")
        plain = (re.sub(r"[^\w.+-]+", "-", part).strip("-.") for part in parts)
        return "-".join(part for part in plain if part) or "cell"

    @property
    def frame(self) -> str:
        """What the camera is set for; it moves by itself only when this changes."""
        return f"{self.subject} {self.supercell}"


def build_scene(
    structure: Structure,
    *,
    subject: str | None = None,
    network: HydrogenNetwork | None = None,
    supercell: tuple[int, int, int] = (1, 1, 1),
    cages: bool = True,
    density: CellDensity | None = None,
    level: float | None = None,
) -> Scene:
    """Return the scene of a cell.

    Parameters
    ----------
    subject
        What is shown; the reduced formula where nothing is given.
    network
        Contacts, components and cages of this very structure.
    supercell
        Cells along each lattice vector.
    cages
        Whether the network's cages are drawn.
    density
        Of this very structure.
    level
        (the density's unit) Where its surface is drawn; needed with a density.

    Raises
    ------
    ValueError
        The supercell is not one, the network is of another structure, or the level is missing.
    """
    _check(structure, network, supercell, density, level)
    box = Box(structure, supercell)
    atoms, pairs = atoms_in_box(box), None
    if network is not None:
        atoms, pairs = with_contacts(atoms, network.contacts)
    coords = atoms.cart_coords(structure) - box.middle
    kinds = atom_kinds(structure)
    layers = [atom_layer(kind, atoms, coords) for kind in kinds]
    if network is not None and pairs is not None:
        layers += contact_layers(network, atoms, pairs, coords)
        layers += cage_layers(network, kinds, box) if cages else []
    if density is not None and level is not None:
        layers.append(density_layer(box, density, level))
    layers.append(box_layer(box))
    return Scene(
        structure,
        subject or structure.composition.reduced_formula,
        supercell,
        atoms,
        coords,
        tuple(layers),
        _text(structure, supercell, layers),
        network.cutoff if network is not None else None,
    )


def _check(
    structure: Structure,
    network: HydrogenNetwork | None,
    supercell: Sequence[int],
    density: CellDensity | None,
    level: float | None,
) -> None:
    if len(supercell) != 3 or not all(1 <= count <= LARGEST_SUPERCELL for count in supercell):
        raise ValueError(
            f"supercell is {tuple(supercell)}; expected three numbers from 1 to {LARGEST_SUPERCELL}"
        )
    if network is not None and not _is_same(network.structure, structure):
        raise ValueError(
            f"the network is that of {network.structure.formula} in another cell; expected one of"
            f" the structure drawn, {structure.formula}"
        )
    if density is not None and level is None:
        raise ValueError(f"level is None; expected a value in {density.unit}")


def _is_same(one: Structure, other: Structure) -> bool:
    return (
        len(one) == len(other)
        and np.allclose(one.lattice.matrix, other.lattice.matrix)
        and np.allclose(one.frac_coords, other.frac_coords)
    )


def _text(structure: Structure, supercell: Sequence[int], layers: Iterable[Layer]) -> str:
    a, b, c = structure.lattice.abc
    cell = "Unit cell" if tuple(supercell) == (1, 1, 1) else f"{_times(supercell)} cells"
    shown = "; ".join(layer.label for layer in layers if layer.mark != "box")
    return (
        f"{cell} of {structure.composition.reduced_formula} in 3D, a = {a:.3f} Å,"
        f" b = {b:.3f} Å, c = {c:.3f} Å. Shown: {shown}."
    )


def _times(supercell: Sequence[int]) -> str:
    return " × ".join(map(str, supercell))
