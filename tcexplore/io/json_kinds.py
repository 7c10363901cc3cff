"""Structures from JSON: pymatgen, Materials Project, OPTIMADE, ASE and JARVIS documents.

Classes that a document names are never built: its numbers and symbols alone are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.species import element_from_label
from tcexplore.io.text import require_site_count, require_structure_count, shortened
from tcexplore.io.xyz import periodicity_notes

EXPECTED = (
    "a pymatgen Structure or entry, or a document of Materials Project, OPTIMADE, ASE or JARVIS"
)
PYMATGEN_CLASSES = (
    None, "Structure", "IStructure", "StructureNL", "Slab", "Interface", "GrainBoundary",
)  # fmt: skip
CONTAINERS = ("data", "structure", "attributes", "atoms", "structures", "docs", "entries")
NAMES = ("label", "material_id", "entry_id", "task_id", "jid", "id", "_id", "unique_id")

MAX_DEPTH = 6  # of lists and dictionaries around a structure


def json_structures(text: str) -> list[ParsedStructure]:
    """Return all structures of a JSON document, whatever of the known kinds they are.

    Raises
    ------
    StructureError
        It holds no structure, or one whose species are no elements.
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise StructureError("is nested too deeply for a structure") from None
    documents = []
    for document in _documents(data):
        documents.append(document)
        require_structure_count(len(documents))
    if not documents:
        raise StructureError(f"holds {_described(data)}; expected {EXPECTED}")
    return [_structure(name, document) for name, document in documents]


def _documents(data: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, Mapping]]:
    """Yield the dictionaries that are structures, with what the document calls each."""
    if depth > MAX_DEPTH:
        raise StructureError("is nested too deeply for a structure")
    if isinstance(data, list):
        yield from _list_documents(data, name, depth)
    if not isinstance(data, dict):
        return
    name = next((str(data[key]) for key in NAMES if isinstance(data.get(key), str)), name)
    if any(is_kind(data) for is_kind in READERS):
        yield name, data
        return
    ids = [str(key) for key in data.get("ids") or ()] if isinstance(data.get("ids"), list) else []
    keys = {*CONTAINERS, *ids}
    for key in (key for key in data if key in keys):
        if isinstance(data.get(key), dict | list):
            yield from _documents(data[key], name or (key if key in ids else ""), depth + 1)
    if all(isinstance(value, dict) for value in data.values()) and not keys & set(data):
        for key, value in data.items():  # structures by their names
            yield from _documents(value, name or key, depth + 1)


def _list_documents(data: list, name: str, depth: int) -> Iterator[tuple[str, Mapping]]:
    """Yield the structures of a list, each item of which must hold one."""
    for number, item in enumerate(data, start=1):
        documents = list(_documents(item, name, depth + 1))
        if not documents:
            raise StructureError(
                f"holds no structure as item {number} of a list of {len(data)}; remove it"
            )
        yield from documents


def _structure(name: str, document: Mapping[str, Any]) -> ParsedStructure:
    read = next(read for is_kind, read in READERS.items() if is_kind(document))
    parsed = read(document)
    return ParsedStructure(parsed.structure, shortened(name), parsed.notes)


# --- the kinds -----------------------------------------------------------------------------------


def _is_pymatgen(data: Mapping[str, Any]) -> bool:
    return "lattice" in data and isinstance(data.get("sites"), list)


def _pymatgen(data: Mapping[str, Any]) -> ParsedStructure:
    if data.get("@class") not in PYMATGEN_CLASSES:
        raise StructureError(f"holds {_described(data)}; expected {EXPECTED}")
    sites, lattice = data["sites"], data["lattice"]
    require_site_count(len(sites))
    notes = [*periodicity_notes([bool(flag) for flag in lattice.get("pbc") or (True,) * 3])]
    species = []
    for site in sites:
        amounts: dict[str, float] = {}
        for entry in site["species"]:
            symbol = _symbol(str(entry["element"]), notes)
            amounts[symbol] = amounts.get(symbol, 0.0) + float(entry["occu"])
        species.append(amounts)
    matrix = lattice["matrix"] if "matrix" in lattice else _parameters_matrix(lattice)
    return _parsed(matrix, species, [site["abc"] for site in sites], notes)


def _parameters_matrix(lattice: Mapping[str, Any]) -> ArrayLike:
    names = ("a", "b", "c", "alpha", "beta", "gamma")
    return Lattice.from_parameters(*(float(lattice[name]) for name in names)).matrix


def _is_optimade(data: Mapping[str, Any]) -> bool:
    return "lattice_vectors" in data and "cartesian_site_positions" in data


def _optimade(data: Mapping[str, Any]) -> ParsedStructure:
    require_site_count(len(data["cartesian_site_positions"]))
    dimensions = data.get("dimension_types") or (1, 1, 1)
    notes = [*periodicity_notes([bool(flag) for flag in dimensions])]
    mixtures = {
        entry["name"]: _optimade_mixture(entry, notes) for entry in data.get("species") or ()
    }
    if data.get("assemblies"):
        raise StructureError(
            "has sites that exclude one another (assemblies), whose shares are not read; give a CIF"
        )
    names = data["species_at_sites"]
    positions = data["cartesian_site_positions"]
    if "implicit_atoms" in (data.get("structure_features") or ()) or len(names) != len(positions):
        raise StructureError("leaves out atoms whose places are not given; give all its atoms")
    species = [
        mixtures[name] if name in mixtures else {_symbol(str(name), notes): 1.0} for name in names
    ]
    filled = [site for site, amounts in enumerate(species) if amounts]
    return _parsed(
        data["lattice_vectors"], [species[site] for site in filled],
        [positions[site] for site in filled], notes, cartesian=True,
    )  # fmt: skip


def _optimade_mixture(entry: Mapping[str, Any], notes: list[str]) -> dict[str, float]:
    """Return the occupancies of a site; a share that is a vacancy leaves it partly empty."""
    if entry.get("attached"):
        raise StructureError(
            f"has the species {shortened(str(entry['name']))!r} with attached atoms that have no"
            " places; give a structure with all atoms"
        )
    amounts: dict[str, float] = {}
    shares = [float(share) for share in entry.get("concentration") or [1.0]]
    if abs(sum(shares) - 1) > 0.01:
        raise StructureError(
            f"has concentrations that sum to {sum(shares):g} in the species"
            f" {shortened(str(entry['name']))!r}; expected 1, vacancies included: correct it"
        )
    for text, share in zip(entry["chemical_symbols"], shares, strict=True):
        if text == "vacancy":
            continue
        symbol = _symbol(str(text), notes)
        amounts[symbol] = amounts.get(symbol, 0.0) + share
    return amounts


def _is_ase(data: Mapping[str, Any]) -> bool:
    return "numbers" in data and "positions" in data and "cell" in data


def _ase(data: Mapping[str, Any]) -> ParsedStructure:
    cell = data["cell"]
    matrix = _array(cell["array"] if isinstance(cell, dict) and "array" in cell else cell)
    numbers = _array(data["numbers"]).astype(int)
    require_site_count(len(numbers))
    if "occupancy" in json.dumps([data.get("info"), data.get("data")], default=str):
        raise StructureError("has partial occupancies, which ASE's JSON does not tell; give a CIF")
    if not ((numbers >= 1) & (numbers <= len(ELEMENTS))).all():
        raise StructureError("has an atomic number that is no element's; name the element")
    notes = [*periodicity_notes([bool(flag) for flag in _array(data.get("pbc", [1, 1, 1]))])]
    species = [{ELEMENTS[number - 1]: 1.0} for number in numbers]
    return _parsed(matrix, species, _array(data["positions"]), notes, cartesian=True)


def _array(data: object) -> np.ndarray:
    """Return an array that ASE wrote with its shape, or a plain list."""
    if isinstance(data, dict) and "__ndarray__" in data:
        shape, _, values = data["__ndarray__"]
        return np.array(values, dtype=float).reshape(shape)
    return np.array(data, dtype=float)


def _is_jarvis(data: Mapping[str, Any]) -> bool:
    return "lattice_mat" in data and "coords" in data and "elements" in data


def _jarvis(data: Mapping[str, Any]) -> ParsedStructure:
    require_site_count(len(data["elements"]))
    notes: list[str] = []
    species = [{_symbol(str(text), notes): 1.0} for text in data["elements"]]
    cartesian = data.get("cartesian") in (True, "true", "True")
    return _parsed(data["lattice_mat"], species, data["coords"], notes, cartesian=cartesian)


READERS = {_is_pymatgen: _pymatgen, _is_optimade: _optimade, _is_ase: _ase, _is_jarvis: _jarvis}


def _symbol(text: str, notes: list[str]) -> str:
    symbol, note = element_from_label(text)
    if note and note not in notes:
        notes.append(note)
    return symbol


def _parsed(
    matrix: ArrayLike, species: list[dict[str, float]], coords: ArrayLike, notes: list[str],
    *, cartesian: bool = False,
) -> ParsedStructure:  # fmt: skip
    lattice, places = np.array(matrix, dtype=float), np.array(coords, dtype=float)
    if lattice.shape != (3, 3) or places.shape != (len(species), 3):
        raise StructureError(
            f"has a lattice of shape {lattice.shape} and coordinates of shape {places.shape} for"
            f" {len(species)} sites; expected (3, 3) and ({len(species)}, 3): correct it"
        )
    structure = Structure(lattice, species, places, coords_are_cartesian=cartesian)
    return ParsedStructure(structure, notes=tuple(notes))


def _described(data: object) -> str:
    if isinstance(data, dict):
        kind = data.get("@class")
        if isinstance(kind, str):
            return f"a {shortened(kind)}"
        return f"a dictionary with {shortened(', '.join(map(str, data)), length=60) or 'nothing'}"
    return f"a JSON {type(data).__name__}"
