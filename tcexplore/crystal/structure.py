"""Crystal structures: the checks they must pass and the one cell each is brought to.

The convention for the cell, stated once: the rows of ``structure.lattice.matrix`` are the lattice
vectors (Å), and an atom at fractional coordinates x lies at x @ matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import spglib
from numpy.typing import NDArray
from pymatgen.core import DummySpecies, Element, Lattice, Species, Structure

from tcexplore.crystal.frames import best_frame, frame_scores, in_frame, lattice_symmetries

FloatArray = NDArray[np.floating]

MAX_SITES = 500
SHORTEST_DISTANCE = 0.4  # Å; H2 under 500 GPa keeps about 0.7 Å
LONGEST_LATTICE_VECTOR = 200.0  # Å
VOLUME_PER_SITE = (0.5, 1000.0)  # Å³; compressed hydrogen has about 1.5 Å³, a molecule in a box 200
LATTICE_ANGLE = (5.0, 175.0)  # degrees
OCCUPANCY_TOLERANCE = 1e-3
# International Tables A: the 11 pairs of enantiomorphic space groups.
LEFT_OF_RIGHT = {
    78: 76, 95: 91, 96: 92, 145: 144, 153: 151, 154: 152, 170: 169, 172: 171, 179: 178, 181: 180,
    213: 212,
}  # fmt: skip


class StructureError(ValueError):
    """A structure that cannot be used; the message says what was wrong and what to do."""


@dataclass(frozen=True)
class AtomArrays:
    """The atoms of a cell as arrays, one row for each species of each site."""

    atomic_numbers: NDArray[np.int64]
    """Shape (n_atoms,)."""
    occupancies: FloatArray
    """Shape (n_atoms,), each in (0, 1]."""
    frac_coords: FloatArray
    """(fractional) Shape (n_atoms, 3)."""


@dataclass(frozen=True)
class CanonicalCell:
    """The one cell that every description of a crystal is brought to."""

    structure: Structure
    """Standardised primitive cell in the chosen frame."""
    space_group_number: int
    """International number, 1 to 230."""
    space_group_symbol: str
    """Short Hermann-Mauguin symbol, such as ``Fm-3m``."""
    warnings: tuple[str, ...] = ()
    """What the user should know of how the cell came about."""


def with_lattice(structure: Structure, matrix: FloatArray) -> Structure:
    """Return a structure with other lattice vectors and the same fractional coordinates.

    Parameters
    ----------
    matrix
        (Å) Lattice vectors as rows, shape (3, 3).
    """
    return Structure(Lattice(matrix), structure.species_and_occu, structure.frac_coords)


def check_structure(structure: Structure, *, name: str = "structure") -> None:
    """Raise `StructureError` where a structure cannot be a crystal that one would predict.

    Parameters
    ----------
    structure
        The structure as it was read.
    name
        What the message calls it, such as its file name.

    Raises
    ------
    StructureError
        No or too many sites, numbers that are not finite, a flat or absurd cell, an occupancy that
        is not above 0, species that are no element, or atoms that nearly coincide.
    """
    try:
        _check_sites(structure)
        _check_lattice(structure)
        _check_species(structure)
        _check_distances(structure)
    except StructureError as error:
        raise StructureError(f"{name}: {error}") from None


def _check_sites(structure: Structure) -> None:
    if len(structure) == 0:
        raise StructureError("holds no atoms; give a structure with at least one site")
    if len(structure) > MAX_SITES:
        raise StructureError(
            f"has {len(structure)} sites, more than the {MAX_SITES} that can be predicted;"
            " give its primitive cell"
        )
    if not np.isfinite(structure.frac_coords).all():
        site = int(np.flatnonzero(~np.isfinite(structure.frac_coords).all(axis=1))[0])
        raise StructureError(f"site {site + 1} has a coordinate that is no number; correct it")


def _check_lattice(structure: Structure) -> None:
    lengths, angles = np.array(structure.lattice.abc), np.array(structure.lattice.angles)
    if not np.isfinite(structure.lattice.matrix).all() or not np.isfinite(angles).all():
        raise StructureError("has a lattice with a value that is no number; correct the lattice")
    if lengths.max() > LONGEST_LATTICE_VECTOR:
        raise StructureError(
            f"has a lattice vector of {lengths.max():.4g} Å; expected at most"
            f" {LONGEST_LATTICE_VECTOR:g} Å (are the lengths in Å?)"
        )
    if angles.min() < LATTICE_ANGLE[0] or angles.max() > LATTICE_ANGLE[1]:
        wrong = angles.min() if angles.min() < LATTICE_ANGLE[0] else angles.max()
        raise StructureError(
            f"has a lattice angle of {wrong:.4g}°; expected {LATTICE_ANGLE[0]:g}° to"
            f" {LATTICE_ANGLE[1]:g}° (give a less oblique cell)"
        )
    per_site = abs(structure.volume) / len(structure)
    if not VOLUME_PER_SITE[0] <= per_site <= VOLUME_PER_SITE[1]:
        raise StructureError(
            f"has {per_site:.3g} Å³ per site; expected {VOLUME_PER_SITE[0]:g} to"
            f" {VOLUME_PER_SITE[1]:g} Å³ (are the lattice vectors complete and in Å?)"
        )


def _check_species(structure: Structure) -> None:
    for number, site in enumerate(structure, start=1):
        amounts = np.array(list(site.species.values()), dtype=float)
        if not np.isfinite(amounts).all() or amounts.size == 0 or amounts.min() <= 0:
            raise StructureError(
                f"site {number} ({site.species_string}) has an occupancy that is not above 0;"
                " correct it"
            )
        for species in site.species:
            if isinstance(species, DummySpecies):
                raise StructureError(
                    f"site {number} holds {species.symbol!r}, which is no chemical element;"
                    " name the element"
                )


def _check_distances(structure: Structure) -> None:
    """Raise where two atoms nearly coincide, unless they only ever share one place."""
    filled = np.array([site.species.num_atoms for site in structure])
    together = filled[:, None] + filled[None, :] > 1 + OCCUPANCY_TOLERANCE
    distances = np.where(together, structure.distance_matrix, np.inf)
    np.fill_diagonal(distances, np.inf)
    i, j = np.unravel_index(np.argmin(distances), distances.shape)
    shortest, own_image = distances[i, j], _shortest_lattice_vector(structure.lattice)
    if own_image < SHORTEST_DISTANCE:
        raise StructureError(
            f"has a lattice vector of {own_image:.3g} Å; expected at least {SHORTEST_DISTANCE} Å"
        )
    if shortest < SHORTEST_DISTANCE:
        raise StructureError(
            f"sites {i + 1} ({structure[i].species_string}) and {j + 1}"
            f" ({structure[j].species_string}) are {shortest:.3g} Å apart; expected at least"
            f" {SHORTEST_DISTANCE} Å (check lattice and coordinates, or remove the double)"
        )


def _shortest_lattice_vector(lattice: Lattice) -> float:
    return float(min(lattice.get_lll_reduced_lattice().abc))


def atom_arrays(structure: Structure) -> AtomArrays:
    """Return the atoms of a cell as arrays, a row for each species of each site."""
    rows = [
        (_element(species).Z, occupancy, site.frac_coords)
        for site in structure
        for species, occupancy in site.species.items()
    ]
    numbers, occupancies, coords = zip(*rows, strict=True)
    return AtomArrays(np.array(numbers), np.array(occupancies, dtype=float), np.array(coords))


def _element(species: Element | Species | DummySpecies) -> Element:
    return species if isinstance(species, Element) else Element(species.symbol)


def canonical_cell(structure: Structure, *, symprec: float = 0.01) -> CanonicalCell:
    """Return the one cell that stands for every description of a crystal.

    The lattice is that of spglib's standardised primitive cell. What symmetry leaves open, the
    origin and the choice among equivalent axes, is settled by `_canonical_frame`. A mirror image
    counts as the same crystal.

    Parameters
    ----------
    structure
        Any cell of the crystal; sites that hold the same mixture of species count as equal.
    symprec
        (Å) Tolerance of the search for symmetry.
    """
    mixtures = list(dict.fromkeys(site.species for site in structure))
    labels = [mixtures.index(site.species) for site in structure]
    cell = (structure.lattice.matrix, structure.frac_coords, labels)
    standard = _standardised(cell, symprec)
    if standard is None:
        return _reduced_cell(structure)
    matrix, coords, found, number, symbol = standard
    primitive = Structure(Lattice(matrix), [mixtures[label] for label in found], coords)
    return CanonicalCell(_canonical_frame(primitive), number, symbol)


def unhanded_number(space_group_number: int) -> int:
    """Return the lower number of a pair of enantiomorphic space groups, else the number itself.

    A crystal and its mirror image have one Tc, so the model is told of one group for both.
    """
    return LEFT_OF_RIGHT.get(space_group_number, space_group_number)


def _standardised(cell: tuple, symprec: float) -> tuple | None:
    """Return matrix, coordinates, labels and space group from spglib, None where it fails."""
    try:
        dataset = spglib.get_symmetry_dataset(cell, symprec=symprec)
        as_given, idealised = (
            spglib.standardize_cell(cell, to_primitive=True, no_idealize=keep, symprec=symprec)
            for keep in (True, False)
        )
        operations = as_given and spglib.get_symmetry(as_given, symprec=symprec)
    except spglib.SpglibError:
        return None
    if not (dataset and as_given and idealised and operations):
        return None
    matrix, coords, labels = map(np.asarray, as_given)
    coords = _symmetrised_coords(
        matrix, coords, labels, operations["rotations"], operations["translations"]
    )
    return idealised[0], coords, labels, int(dataset.number), str(dataset.international)


def _symmetrised_coords(
    matrix: FloatArray,
    coords: FloatArray,
    labels: NDArray[np.integer],
    rotations: NDArray[np.integer],
    translations: FloatArray,
) -> FloatArray:
    """Return the coordinates averaged over the space group, every atom counting the same.

    spglib's own idealisation starts from one atom of each orbit, and which one depends on how the
    cell was written down.
    """
    unlike = labels[:, None] != labels[None, :]
    total = np.zeros_like(coords)
    for rotation, translation in zip(rotations, translations, strict=True):
        images = coords @ rotation.T + translation
        shifts = images[:, None, :] - coords[None, :, :]  # (image, site, 3)
        shifts -= np.rint(shifts)
        distances = np.where(unlike, np.inf, np.linalg.norm(shifts @ matrix, axis=2))
        nearest = distances.argmin(axis=1)
        moved = shifts[np.arange(len(coords)), nearest]
        np.add.at(total, nearest, moved - moved.mean(axis=0))
    return coords + total / len(rotations)


def _reduced_cell(structure: Structure) -> CanonicalCell:
    primitive = structure.get_primitive_structure().get_reduced_structure()
    warning = (
        "The symmetry of this structure could not be determined: its reduced primitive cell is"
        " used as it is, and the space group counts as P1. Check for atoms that lie too close."
    )
    return CanonicalCell(_canonical_frame(primitive), 1, "P1", (warning,))


def _canonical_frame(structure: Structure) -> Structure:
    """Return the structure in the one of its equivalent frames that scores highest.

    A frame is a symmetry of the bare lattice together with an atom that is put at the origin. The
    score is a linear functional of the low Fourier coefficients of the point charges whose weights
    have no symmetry of their own, so frames with the same score show the same crystal in the same
    way. It depends on species and fractional coordinates alone: scaling a lattice changes nothing.
    """
    atoms = atom_arrays(structure)
    symmetries = lattice_symmetries(structure.lattice.matrix[None])
    charges = atoms.atomic_numbers * atoms.occupancies
    scores = frame_scores(atoms.frac_coords, charges, symmetries, structure.frac_coords)
    symmetry, origin = np.divmod(best_frame(scores.reshape(-1)), len(structure))
    return in_frame(structure, symmetries[symmetry], structure.frac_coords[origin])
