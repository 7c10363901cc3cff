"""Scene of a 3D view as plain data: layers that can be switched off, and the first camera.

Coordinates are Cartesian, in Å, from the middle of the box: the middle stays in place while a
lattice parameter changes, and so does the camera.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pymatgen.core import Structure

from tcexplore.crystal.primitive_sites import primitive_sites
from tcexplore.hydrogen.contacts import hydrogen_indices
from tcexplore.hydrogen.network import HydrogenNetwork
from tcexplore.typing import FloatArray
from tcexplore.view3d.atoms import (
    Box,
    DrawnAtoms,
    DrawnPairs,
    atom_kinds,
    atoms_in_box,
    with_contacts,
)
from tcexplore.view3d.bonds import HYDROGEN_REACH, MOST_BONDS, bonds, with_bonds
from tcexplore.view3d.cage_layers import cage_layers, with_cages
from tcexplore.view3d.density import CellDensity
from tcexplore.view3d.layers import (
    Layer,
    atom_layer,
    bond_layer,
    box_layer,
    contact_layers,
    density_layer,
    turn,
)

LARGEST_SUPERCELL = 4
MARGIN = 0.6  # Å, for the size of atoms


@dataclass(frozen=True)
class Scene:
    """Scene of a 3D view."""

    structure: Structure
    subject: str
    """Name of a picture's contents."""
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
    def positions(self) -> FloatArray:
        """(Å) Atoms, ends of sticks and signs from the middle of the box, shape (n, 3)."""
        return np.concatenate([layer.positions for layer in self.layers])

    @property
    def radius(self) -> float:
        """(Å) Of the sphere around all that is drawn."""
        return float(np.linalg.norm(self.positions, axis=1).max()) + MARGIN

    @property
    def half_frame(self) -> tuple[float, float]:
        """(Å) Half the width and half the height that the scene needs in its first orientation.

        The width is enough for all turns around the vertical.
        """
        right, up, towards = (self.positions @ turn().as_matrix().T).T
        width, height = np.hypot(right, towards).max() + MARGIN, np.abs(up).max() + MARGIN
        return round(float(width), 3), round(float(height), 3)

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
        """Key of the camera, which moves by itself only when this changes."""
        return f"{self.subject} {self.supercell}"


def site_labels(structure: Structure) -> list[str]:
    """Return the name of each site in a view, such as ``H, site 5``."""
    return [f"{site.species_string}, site {number}" for number, site in enumerate(structure, 1)]


def build_scene(
    structure: Structure,
    *,
    subject: str | None = None,
    hydrogen_network: HydrogenNetwork | None = None,
    supercell: tuple[int, int, int] = (1, 1, 1),
    cages: bool = True,
    density: CellDensity | None = None,
    level: float | None = None,
) -> Scene:
    """Return the scene of a cell.

    Parameters
    ----------
    subject
        Name of the contents; the reduced formula where nothing is given.
    hydrogen_network
        Contacts, components and cages of this very structure.
    supercell
        Cells along each lattice vector.
    cages
        Whether the hydrogen network's cages are drawn.
    density
        Of this very structure.
    level
        (the density's unit) Of its isosurface; needed with a density.

    Raises
    ------
    ValueError
        The supercell is not one, the hydrogen network is of another structure, or the level is
        missing.
    """
    _check(structure, hydrogen_network, supercell, density, level)
    box, kinds = Box(structure, supercell), atom_kinds(structure)
    drawn = _drawn(box, hydrogen_network, cages=cages)
    atoms, coords = drawn.atoms, drawn.atoms.cart_coords(structure) - box.middle
    primitive = hydrogen_network.primitive if hydrogen_network else primitive_sites(structure)
    layers = [atom_layer(kind, primitive.site, atoms, coords) for kind in kinds]
    if drawn.bonds is not None:
        is_joined = hydrogen_network is None and len(hydrogen_indices(structure)) > 0
        layers.append(bond_layer(kinds, atoms, drawn.bonds, coords, between_hydrogen=is_joined))
    if hydrogen_network is not None and drawn.contacts is not None:
        layers += contact_layers(hydrogen_network, atoms, drawn.contacts, coords)
        layers += cage_layers(hydrogen_network.cages, kinds, atoms, box) if cages else []
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
        hydrogen_network.cutoff if hydrogen_network is not None else None,
    )


@dataclass(frozen=True)
class _Drawn:
    """Atoms of a scene, and what joins them."""

    atoms: DrawnAtoms
    bonds: DrawnPairs | None
    contacts: DrawnPairs | None


def _drawn(box: Box, hydrogen_network: HydrogenNetwork | None, *, cages: bool) -> _Drawn:
    """Return the atoms of a box, the ghosts around it, bonds and contacts; None for neither."""
    atoms, contacts = atoms_in_box(box), None
    if hydrogen_network is not None:
        atoms, contacts = with_contacts(atoms, hydrogen_network.contacts)
    bonded = bonds(box.structure, hydrogen_reach=_reach(hydrogen_network))
    bonded_atoms, pairs = with_bonds(atoms, bonded, box)
    if len(pairs.atoms) <= MOST_BONDS:  # else a note stands for them
        atoms = bonded_atoms
    if hydrogen_network is not None and cages:
        atoms = with_cages(atoms, hydrogen_network.cages, box)
    return _Drawn(atoms, pairs if len(pairs.atoms) else None, contacts)


def _reach(hydrogen_network: HydrogenNetwork | None) -> float:
    """Return up to where (Å) hydrogen is bonded to hydrogen: nowhere beside its contacts."""
    return HYDROGEN_REACH if hydrogen_network is None else 0.0


def _check(
    structure: Structure,
    hydrogen_network: HydrogenNetwork | None,
    supercell: Sequence[int],
    density: CellDensity | None,
    level: float | None,
) -> None:
    if len(supercell) != 3 or not all(1 <= count <= LARGEST_SUPERCELL for count in supercell):
        raise ValueError(
            f"supercell is {tuple(supercell)}; expected three numbers from 1 to {LARGEST_SUPERCELL}"
        )
    if hydrogen_network is not None and not _is_same(hydrogen_network.structure, structure):
        raise ValueError(
            f"the hydrogen network is that of {hydrogen_network.structure.formula} in another cell;"
            f" expected that of the structure drawn, {structure.formula}"
        )
    if density is not None and level is None:
        raise ValueError(f"level is None; expected a value in {density.unit}")


def _is_same(first: Structure, second: Structure) -> bool:
    return (
        len(first) == len(second)
        and np.allclose(first.lattice.matrix, second.lattice.matrix)
        and np.allclose(first.frac_coords, second.frac_coords)
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
