"""Structures of known and predicted superconductors, built in from published facts.

Each entry states a cell, the atoms of its asymmetric unit, a pressure and a reported Tc, with one
reference for the structure and one for the Tc. The facts live in the TOML files beside this module.
"""

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import spglib
from pymatgen.core import Composition, Lattice, Structure

from tcexplore.typing import FloatArray

DATA_FILES = (
    "elements.toml",
    "compounds.toml",
    "cuprates.toml",
    "iron_based.toml",
    "hydrides.toml",
    "morphisms.toml",
)
"""Files that hold the entries, in the order in which they are offered."""

TC_KINDS = ("experiment", "eliashberg", "allen_dynes", "literature", "ml_prediction")
"""Methods behind a reported Tc.

`literature` is a value that a publication quotes without its method, `ml_prediction` the output of
the network of arXiv:2301.10474: never a measurement, nor a calculation from first principles.
"""

UNKNOWN = "unknown"
"""Pressure in the data files where nobody states it."""


@dataclass(frozen=True)
class CatalogueSite:
    """One site of the asymmetric unit."""

    species: str
    """Element or occupancies as a formula, e.g. `Cu` or `La0.925Sr0.075`; the rest is vacant."""

    wyckoff: str
    """Multiplicity in the conventional cell and Wyckoff letter, e.g. `4e`."""

    frac_coords: tuple[float, float, float]
    """(fractional) Position in the conventional cell."""


@dataclass(frozen=True)
class CatalogueEntry:
    """One published structure with its reported Tc."""

    entry_id: str
    """Lower-case name for links, unique in the catalogue, e.g. `h3s-im-3m-200gpa`."""

    name: str
    """Name for the screen."""

    formula: str
    """Composition of the cell as listed, e.g. `La1.85Sr0.15CuO4`."""

    sc_class: str
    """Class of superconductors, e.g. `cuprate`; `family` in the data files."""

    space_group_number: int
    """Number in the International Tables, 1 to 230."""

    space_group_symbol: str
    """Hermann-Mauguin symbol, e.g. `Im-3m`."""

    setting: str
    """Symbol with the choice of origin or axes in which the sites are given, e.g. `P4/nmm:2`."""

    cell: tuple[float, float, float, float, float, float]
    """(Å, Å, Å, degree, degree, degree) Conventional cell a, b, c, alpha, beta, gamma."""

    sites: tuple[CatalogueSite, ...]
    """Asymmetric unit."""

    pressure: float | None
    """(GPa) Pressure of the structure; 0 is ambient, None where nobody states it."""

    tc: float
    """(K) Reported critical temperature; 0 where none was found."""

    tc_low: float | None
    """(K) Lower end of the reported range, where one is given."""

    tc_high: float | None
    """(K) Upper end of the reported range, where one is given."""

    tc_kind: str
    """Method behind the Tc, one of `TC_KINDS`."""

    structure_doi: str
    """DOI of the source of cell and positions."""

    tc_doi: str
    """DOI of the source of the Tc."""

    note: str
    """Remarks on idealised, averaged or borrowed values; empty where there are none."""

    @property
    def axes_choice(self) -> str:
        """Choice of origin or axes in the setting, e.g. `2` or `H`, empty where there is none."""
        return self.setting.partition(":")[2]

    def structure(self) -> Structure:
        """Return the structure in its conventional cell."""
        return build_structure(self)


def build_structure(entry: CatalogueEntry) -> Structure:
    """Return the structure of an entry in its conventional cell.

    Parameters
    ----------
    entry
        Entry of the catalogue.
    """
    rotations, translations = symmetry_operations(entry.space_group_number, entry.axes_choice)
    species: list[Composition] = []
    coords: list[FloatArray] = []
    for site in entry.sites:
        orbit = distinct_positions(rotations @ np.array(site.frac_coords) + translations)
        species += [Composition(site.species)] * len(orbit)
        coords += list(orbit)
    return Structure(Lattice.from_parameters(*entry.cell), species, coords)


@cache
def symmetry_operations(number: int, choice: str) -> tuple[FloatArray, FloatArray]:
    """Return rotations (n, 3, 3) and translations (n, 3) of a space group.

    Parameters
    ----------
    number
        Number in the International Tables, 1 to 230.
    choice
        Choice of origin or axes, `1`, `2`, `H` or `R`; empty where the tables offer none.
    """
    operations = spglib.get_symmetry_from_database(hall_numbers()[number, choice])
    assert operations is not None, "spglib lists every Hall number that it knows"
    return operations["rotations"].astype(float), operations["translations"]


@cache
def hall_numbers() -> dict[tuple[int, str], int]:
    """Return the Hall number by space group number and choice of origin or axes."""
    numbers = {}
    for hall_number in range(1, 531):
        kind = spglib.get_spacegroup_type(hall_number)
        if kind is not None:
            numbers.setdefault((kind.number, kind.choice), hall_number)
    return numbers


def distinct_positions(coords: FloatArray, *, tolerance: float = 1e-3) -> FloatArray:
    """Return the positions that no lattice vector joins to an earlier one.

    Parameters
    ----------
    coords
        (fractional, (n, 3)) Images of one position.
    tolerance
        (fractional) Positions nearer than this along each axis are one.
    """
    offsets = coords[:, None] - coords[None]
    same = (np.abs(offsets - np.round(offsets)) < tolerance).all(axis=-1)
    first = same.argmax(axis=1) == np.arange(len(coords))
    return (coords[first] + tolerance) % 1.0 - tolerance


@cache
def load_catalogue() -> tuple[CatalogueEntry, ...]:
    """Return all entries, read from the data files on the first call."""
    return tuple(entry for name in DATA_FILES for entry in read_entries(name))


def catalogue_entry(entry_id: str) -> CatalogueEntry:
    """Return the entry of that id.

    Raises
    ------
    KeyError
        No entry has this id; the message names the nearest ones.
    """
    entries = {entry.entry_id: entry for entry in load_catalogue()}
    if entry_id not in entries:
        raise KeyError(unknown_entry_message(entry_id, tuple(entries)))
    return entries[entry_id]


def unknown_entry_message(entry_id: str, entry_ids: tuple[str, ...]) -> str:
    """Return the message on an id that is not in the catalogue."""
    near = get_close_matches(entry_id, entry_ids, n=3, cutoff=0.3) or entry_ids[:3]
    return (
        f"no catalogue entry {entry_id!r}; expected one of {len(entry_ids)} ids, "
        f"the nearest are {', '.join(near)}; load_catalogue() lists them all"
    )


def read_entries(file_name: str) -> tuple[CatalogueEntry, ...]:
    """Return the entries of one data file of this package."""
    text = (files("tcexplore.catalogue") / file_name).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    shared = {"pressure": data["pressure"]} if "pressure" in data else {}
    return tuple(entry_from_record(shared | record) for record in data["entry"])


def entry_from_record(record: dict[str, Any]) -> CatalogueEntry:
    """Return the entry that one table of a data file describes.

    Raises
    ------
    KeyError
        No pressure: it is a number (GPa) or "unknown", never left out.
    """
    optional = {"tc_low": None, "tc_high": None, "note": ""}
    fields = optional | {"setting": record["space_group_symbol"]} | record
    return CatalogueEntry(
        sc_class=fields.pop("family"),
        **fields
        | {
            "cell": tuple(record["cell"]),
            "pressure": None if record["pressure"] == UNKNOWN else record["pressure"],
            "sites": tuple(site_from_row(row) for row in record["sites"]),
        },
    )


def site_from_row(row: list[Any]) -> CatalogueSite:
    """Return the site that a row `[species, wyckoff, x, y, z]` describes."""
    species, wyckoff, x, y, z = row
    return CatalogueSite(species, wyckoff, (x, y, z))
