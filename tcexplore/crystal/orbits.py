"""Sites of a cell by symmetry, elements by group: what one can choose for an element swap."""

from __future__ import annotations

from collections import Counter

from pymatgen.core import Structure

from tcexplore.crystal.symmetry import symmetry_dataset


def site_choices(structure: Structure, *, symprec: float = 0.01) -> dict[str, tuple[int, ...]]:
    """Return the sites that one can swap: each orbit whole, then each of its sites by itself.

    Parameters
    ----------
    symprec
        (Å) Tolerance of the search for symmetry.

    Returns
    -------
    :
        Places in the structure by label, such as ``Mg1 (2 sites)`` and ``Mg1, site 2``; heaviest
        species first.
    """
    choices: dict[str, tuple[int, ...]] = {}
    for name, sites in _orbits(structure, symprec).items():
        choices[f"{name} ({len(sites)} site{'s' * (len(sites) > 1)})"] = sites
        if len(sites) > 1:
            choices |= {f"{name}, site {n}": (site,) for n, site in enumerate(sites, 1)}
    return choices


def _orbits(structure: Structure, symprec: float) -> dict[str, tuple[int, ...]]:
    """Return the places of symmetry-equivalent sites by name, such as ``H2``."""
    sets: dict[int, list[int]] = {}
    for site, first in enumerate(_equivalent_sites(structure, symprec)):
        sets.setdefault(first, []).append(site)
    count: Counter[str] = Counter()
    orbits = {}
    for first in sorted(sets, key=lambda first: (-_heaviest(structure, first), first)):
        symbols = "".join(element.symbol for element in structure[first].species.elements)
        count[symbols] += 1
        orbits[f"{symbols}{count[symbols]}"] = tuple(sets[first])
    return orbits


def _equivalent_sites(structure: Structure, symprec: float) -> list[int]:
    """Return for each site the first of its orbit; itself where there is no symmetry."""
    dataset = symmetry_dataset(structure, symprec=symprec)
    return list(range(len(structure)) if dataset is None else dataset.equivalent_atoms)


def _heaviest(structure: Structure, site: int) -> int:
    return max(element.Z for element in structure[site].species.elements)
