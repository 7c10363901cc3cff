"""The JSON of ``pymatgen.Structure.as_dict``, read as data: no class is ever looked up."""

from __future__ import annotations

import json
import math
from typing import Any

from tcexplore.parsing.cell import (
    ParsedCell,
    ParseError,
    fractional,
    number,
    numbers,
    require_site_count,
    shortened,
)


def parse_json(text: str, *, max_sites: int) -> ParsedCell:
    """Return the cell of a structure that pymatgen wrote as JSON."""
    data = _decoded(text)
    lattice, sites = data.get("lattice"), data.get("sites")
    if not isinstance(lattice, dict):
        raise ParseError("has no lattice; expected the JSON of a pymatgen Structure")
    if not isinstance(sites, list):
        raise ParseError("has no list of sites; expected the JSON of a pymatgen Structure")
    require_site_count(len(sites), max_sites=max_sites)
    matrix = _matrix(lattice)
    return ParsedCell(
        matrix,
        [_species(site, i) for i, site in enumerate(sites, start=1)],
        [_frac_coords(site, matrix, i) for i, site in enumerate(sites, start=1)],
    )


def _decoded(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except RecursionError:
        raise ParseError("is nested too deeply for a structure") from None
    except ValueError as error:
        raise ParseError(
            f"is no valid JSON: {shortened(str(error).split(';')[0], length=120)}; write it anew"
        ) from None
    if not isinstance(data, dict):
        raise ParseError(f"holds a JSON {type(data).__name__}; expected a pymatgen Structure")
    kind = data.get("@class", "Structure")
    if kind not in ("Structure", "IStructure"):
        raise ParseError(f"holds a {shortened(kind)!r}; expected a pymatgen Structure")
    return data


def _matrix(lattice: dict[str, Any]) -> list[list[float]]:
    rows = lattice.get("matrix")
    if not isinstance(rows, list) or len(rows) != 3 or not all(isinstance(r, list) for r in rows):
        raise ParseError("has a lattice without 'matrix'; expected three vectors of three numbers")
    return [numbers(row, what="a lattice vector") for row in rows]


def _species(site: object, index: int) -> dict[str, float]:
    """Return the occupancy of each element; oxidation states and spins are left aside."""
    entries = site.get("species") if isinstance(site, dict) else None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise ParseError(f"has no 'species' at site {index}; expected element and occupancy")
    species: dict[str, float] = {}
    for entry in entries:
        symbol = shortened(entry.get("element"))
        occupancy = number(entry.get("occu", 1), what=f"the occupancy of site {index}")
        species[symbol] = math.fsum((species.get(symbol, 0.0), occupancy))
    return species


def _frac_coords(site: dict[str, Any], matrix: list[list[float]], index: int) -> list[float]:
    if isinstance(site.get("abc"), list):
        return numbers(site["abc"], what=f"site {index}")
    if isinstance(site.get("xyz"), list):
        return fractional(matrix, [numbers(site["xyz"], what=f"site {index}")])[0]
    raise ParseError(f"has no coordinates at site {index}; expected 'abc' or 'xyz'")
