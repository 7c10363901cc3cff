"""CIF of a structure with its symmetry: conventional cell, operations, asymmetric unit.

Each text is read again by the reader of this package before it is handed out. Where that does not
give the crystal back, all atoms of the cell as given are listed in P1.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import gemmi
import numpy as np
import spglib
from pymatgen.core import Composition, Structure

from tcexplore import __version__
from tcexplore.catalogue.entries import hall_numbers
from tcexplore.crystal.canonical import CanonicalCell, canonical_cell
from tcexplore.crystal.structure import StructureError, neutral
from tcexplore.handover.asymmetric_unit import AsymmetricUnit, UnitSite, asymmetric_unit
from tcexplore.io.cif.read import cif_structures

DIGITS = 9  # behind the point, of lengths (Å), angles (degrees) and fractional coordinates
SAME = 1e-4  # Å
CELL = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
SITE = (
    "label", "type_symbol", "site_symmetry_multiplicity", "Wyckoff_symbol",
    "fract_x", "fract_y", "fract_z", "occupancy",
)  # fmt: skip


def cif_text(structure: Structure, *, source: str = "") -> str:
    """Return a structure as CIF with symmetry, in P1 where that does not read back.

    Parameters
    ----------
    source
        Where the structure comes from, such as an address.
    """
    crystal = neutral(structure)
    unit = asymmetric_unit(crystal)
    if unit is not None:
        text = _unit_text(unit, source)
        if _reads_back(text, crystal):
            return text
    return p1_cif_text(structure, source=source)


def p1_cif_text(structure: Structure, *, source: str = "") -> str:
    """Return all atoms of the cell as given as CIF in P1."""
    crystal = neutral(structure)
    sites = [UnitSite(site.species, 1, "a", site.frac_coords % 1.0) for site in crystal]
    unit = AsymmetricUnit(structure.lattice, 1, "", tuple(sites))
    return _unit_text(unit, source)


def _reads_back(text: str, structure: Structure) -> bool:
    """Tell whether a CIF gives the crystal that it was written from."""
    try:
        [parsed] = cif_structures(text)
    except StructureError:
        return False
    return _same_cell(canonical_cell(parsed.structure), canonical_cell(structure))


def _same_cell(one: CanonicalCell, other: CanonicalCell) -> bool:
    first, second = one.structure, other.structure
    if len(first) != len(second) or one.space_group_number != other.space_group_number:
        return False
    if not np.allclose(first.lattice.matrix, second.lattice.matrix, atol=SAME):
        return False
    distances = first.lattice.get_all_distances(first.frac_coords, second.frac_coords)
    nearest = distances.argmin(axis=1)
    return (
        bool((distances.min(axis=1) < SAME).all())
        and len(set(nearest.tolist())) == len(nearest)
        and all(
            site.species.almost_equals(second[int(other)].species)
            for site, other in zip(first, nearest, strict=True)
        )
    )


# --- the text ------------------------------------------------------------------------------------


def _unit_text(unit: AsymmetricUnit, source: str) -> str:
    document = gemmi.cif.Document()
    composition = _cell_composition(unit)
    block = document.add_new_block(composition.reduced_formula)
    method = f"tcexplore {__version__}{f' from {source}' if source else ''}"
    block.set_pair("_audit_creation_method", gemmi.cif.quote(method))
    _add_formula(block, composition)
    for name, value in zip(CELL, unit.lattice.parameters, strict=True):
        block.set_pair(f"_cell_{name}", _number(value))
    block.set_pair("_cell_volume", _number(unit.lattice.volume))
    _add_symmetry(block, unit)
    loop = block.init_loop("_atom_site_", list(SITE))
    for row in _site_rows(unit.sites):
        loop.add_row(row)
    return document.as_string()


def _cell_composition(unit: AsymmetricUnit) -> Composition:
    amounts: defaultdict[str, float] = defaultdict(float)
    for site in unit.sites:
        for species, occupancy in site.species.items():
            amounts[str(species)] += site.multiplicity * occupancy
    return Composition(amounts)


def _add_formula(block: gemmi.cif.Block, composition: Composition) -> None:
    """Add the formula and how often the cell holds it; once where it has no whole numbers."""
    reduced, units = composition.get_reduced_composition_and_factor()
    if units < 1 or not float(units).is_integer():
        reduced, units = composition, 1
    block.set_pair("_chemical_formula_sum", gemmi.cif.quote(reduced.hill_formula))
    block.set_pair("_cell_formula_units_Z", f"{units:.0f}")


def _add_symmetry(block: gemmi.cif.Block, unit: AsymmetricUnit) -> None:
    group = _space_group(unit.space_group_number, unit.origin_choice)
    block.set_pair("_space_group_name_H-M_alt", gemmi.cif.quote(group.xhm()))
    block.set_pair("_space_group_name_Hall", gemmi.cif.quote(group.hall))
    block.set_pair("_space_group_IT_number", str(group.number))
    loop = block.init_loop("_space_group_symop_", ["id", "operation_xyz"])
    for number, operation in enumerate(group.operations(), start=1):
        loop.add_row([str(number), gemmi.cif.quote(operation.triplet())])


@functools.cache
def _space_group(number: int, choice: str) -> gemmi.SpaceGroup:
    kind = spglib.get_spacegroup_type(hall_numbers()[number, choice])
    assert kind is not None, "spglib lists every Hall number that it knows"
    group = gemmi.find_spacegroup_by_ops(gemmi.symops_from_hall(kind.hall_symbol))
    assert group is not None, "gemmi knows every Hall symbol of spglib"
    return group


def _site_rows(sites: Sequence[UnitSite]) -> Iterator[list[str]]:
    """Yield a row for each species of each site, labels counted by element."""
    counts: Counter[str] = Counter()
    for site in sites:
        coords = [_number(value) for value in site.frac_coords]
        for species, occupancy in site.species.items():
            symbol = str(species)
            counts[symbol] += 1
            place = [str(site.multiplicity), site.wyckoff, *coords]
            yield [f"{symbol}{counts[symbol]}", symbol, *place, f"{occupancy:.{DIGITS}g}"]


def _number(value: float) -> str:
    return f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
