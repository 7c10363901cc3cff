"""CIF, read by pymatgen after checks that it does not make itself."""

from __future__ import annotations

import math
import re
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tcexplore.parsing.cell import (
    OCCUPANCY_TOLERANCE,
    ParsedCell,
    ParseError,
    determinant,
    number,
    require_site_count,
    shortened,
)

if TYPE_CHECKING:
    from pymatgen.core import Structure
    from pymatgen.io.cif import CifBlock, CifParser

LONGEST_LINE = 10_000  # characters; CIF 1.1 allows 2,048, and pymatgen's search is quadratic in it
MOST_WORDS = 300_000  # more would take seconds, and hundreds of megabytes
MAX_OPERATIONS = 1_000  # a conventional cell has at most 192
SITE_TOLERANCE = 1e-3  # (fractional) within which rows share a site
GROUPS = re.compile(r"OH|Wat|wat|NO3")  # pymatgen guesses or drops these
OPERATION = re.compile(r"(?!.*/ ?0)[xyzXYZ0-9+\-*/., ]{5,100}")
OPERATION_KEYS = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz")
FRACTS = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")


def looks_like_cif(text: str) -> bool:
    """Tell whether a line begins as only the lines of a CIF do."""
    return re.search(r"^[ \t]{0,99}(data_|loop_|_cell_|_atom_site)", text, re.MULTILINE) is not None


def parse_cif(text: str, *, max_sites: int) -> ParsedCell:
    """Return the cell of the first data block that lists atoms."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        block_text, note = _structure_block(text)
        block = _tokens(block_text, caught)
        _check_cell(block)
        _check_sites(block, max_sites)
        structure, said = _parsed(block_text, block, max_sites)
        said = [*(str(warning.message) for warning in caught), *said]
    return ParsedCell(
        structure.lattice.matrix.tolist(),
        [_occupancies(site.species) for site in structure],
        structure.frac_coords.tolist(),
        tuple(dict.fromkeys(filter(None, (note, _unfilled(block), *map(_plain, said))))),
    )


def _structure_block(text: str) -> tuple[str, str]:
    """Return the text of the first data block with atoms, and what to tell of the others."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    longest = max(map(len, lines), default=0)
    if longest > LONGEST_LINE:
        raise ParseError(
            f"has a line of {longest} characters; expected at most {LONGEST_LINE}: wrap it"
        )
    blocks = re.split(r"^[ \t]{0,99}data_", "\n".join(lines), flags=re.MULTILINE)
    found = [block for block in blocks[1:] if FRACTS[0] in block]
    if len(blocks) < 2:
        raise ParseError(
            f"begins with {shortened(text)!r} and has no line 'data_...';"
            " is it a CIF, and a whole one?"
        )
    if not found:
        raise ParseError(f"lists no atoms (no {FRACTS[0]}); give a CIF with atomic positions")
    chosen = "data_" + found[0]
    if chosen.count(" ") + chosen.count("\n") > MOST_WORDS:
        raise ParseError(
            f"holds more than {MOST_WORDS} words, far more than a cell needs;"
            " give the structure alone"
        )
    name = shortened(chosen.split("\n")[0])
    if len(found) > 1:
        return chosen, f"{len(found)} data blocks list atoms: the first, {name!r}, is used."
    return chosen, ""


def _tokens(block_text: str, caught: list[Any]) -> CifBlock:
    """Return keys and values of a block; loops hold lists."""
    from pymatgen.io.cif import CifBlock

    try:
        return CifBlock.from_str(block_text)
    except (ValueError, IndexError, ZeroDivisionError):
        words = str(caught[0].message) if caught else "a loop_ has too few or too many values"
        raise ParseError(
            f"is no sound CIF: {shortened(words, length=160)}; check that it is whole"
        ) from None


def _check_cell(block: CifBlock) -> None:
    """Raise where lengths or angles are missing or close no cell."""
    names = [f"_cell_length_{x}" for x in "abc"] + [
        f"_cell_angle_{x}" for x in ("alpha", "beta", "gamma")
    ]
    missing = [name for name in names if name not in block.data]
    if missing:
        raise ParseError(f"has no lattice: {missing[0]} is not given; give all lengths and angles")
    values = [number(block.data[name], what=name) for name in names]
    if min(values) <= 0:
        name = names[values.index(min(values))]
        raise ParseError(f"has {name} = {min(values):g}; expected a number above 0")
    x, y, z = (math.cos(math.radians(angle)) for angle in values[3:])
    if max(values[3:]) >= 180 or 1 - x * x - y * y - z * z + 2 * x * y * z <= 1e-9:
        angles = "°, ".join(f"{angle:g}" for angle in values[3:])
        raise ParseError(f"has the angles {angles}°, which close no cell; correct them")


def _check_sites(block: CifBlock, max_sites: int) -> None:
    """Raise where a row of the atom loop lacks a position, an element or a sound occupancy."""
    labels = _column(block, "_atom_site_label") or _column(block, "_atom_site_type_symbol")
    columns = [_column(block, key) for key in FRACTS]
    if not labels or not all(len(column) == len(labels) for column in columns):
        raise ParseError("has an atom loop whose rows lack a label or coordinates; complete it")
    require_site_count(len(set(zip(*columns, strict=True))), max_sites=max_sites)
    for key, column in zip(FRACTS, columns, strict=True):
        for label, value in zip(labels, column, strict=True):
            number(value, what=f"{key} of site {shortened(label)!r}")
    for symbol in _column(block, "_atom_site_type_symbol") or labels:
        if not symbol[:1].isalpha() or GROUPS.match(symbol):
            raise ParseError(
                f"has the site {shortened(symbol)!r}, which names no element; list its atoms"
            )
    _check_occupancies(block, labels, list(zip(*columns, strict=True)))


def _column(block: CifBlock, key: str) -> list[str]:
    values = block.data.get(key, [])
    if isinstance(values, str):
        raise ParseError(f"has {key} outside a loop_; write the atoms as rows of a loop_")
    return values


def _check_occupancies(block: CifBlock, labels: list[str], places: list[tuple]) -> None:
    occupancies = _column(block, "_atom_site_occupancy")
    totals: dict[tuple, float] = defaultdict(float)
    for label, place, text in zip(labels, places, occupancies, strict=False):
        if text == "?":  # not determined: counts as 1
            continue
        value = number(text, what=f"the occupancy of site {shortened(label)!r}")
        totals[place] += value
        if not 0 <= value <= OCCUPANCY_TOLERANCE or totals[place] > OCCUPANCY_TOLERANCE:
            wrong = totals[place] if value >= 0 else value
            raise ParseError(
                f"has the occupancy {wrong:.4g} at site {shortened(label)!r};"
                " expected 0 to 1 in all: correct it"
            )


def _unfilled(block: CifBlock) -> str:
    """Return what to tell of sites that pymatgen leaves out."""
    occupancies = [text for text in _column(block, "_atom_site_occupancy") if text != "?"]
    empty = sum(number(text, what="an occupancy") == 0 for text in occupancies)
    return f"Sites left out because their occupancy is 0: {empty}." if empty else ""


def _parsed(block_text: str, block: CifBlock, max_sites: int) -> tuple[Structure, list[str]]:
    """Return the structure that pymatgen makes of the block, and its warnings."""
    from pymatgen.io.cif import CifParser

    if "_atom_site_label" not in block.data:
        block_text = block_text.replace("_atom_site_type_symbol", "_atom_site_label")
    parser = CifParser.from_str(
        block_text, occupancy_tolerance=OCCUPANCY_TOLERANCE, site_tolerance=SITE_TOLERANCE
    )
    _check_operations(block)
    _check_expanded(parser, block, max_sites)
    try:
        return parser.parse_structures(primitive=False, on_error="raise")[0], parser.warnings
    except ValueError as error:
        words = str(error).split("\n", 1)[-1].strip()
        found = re.search(r"Occupancy ([0-9.e+]{1,30}) exceeded", words)
        if found:
            raise ParseError(
                f"has a total occupancy of {float(found[1]):.4g} on equivalent sites;"
                " expected at most 1: correct it"
            ) from None
        raise ParseError(
            f"is no structure: {shortened(words, length=160)}; check the CIF"
        ) from None


def _check_operations(block: CifBlock) -> None:
    """Raise on symmetry operations that pymatgen would silently leave aside."""
    from pymatgen.core.operations import SymmOp

    listed = next((block.data[key] for key in OPERATION_KEYS if block.data.get(key)), [])
    operations = [listed] if isinstance(listed, str) else listed
    if len(operations) > MAX_OPERATIONS:
        raise ParseError(
            f"lists {len(operations)} symmetry operations; expected at most {MAX_OPERATIONS}"
        )
    for operation in operations:
        try:
            sound = OPERATION.fullmatch(operation) is not None
            rotation = SymmOp.from_xyz_str(operation).rotation_matrix.tolist() if sound else None
        except (ValueError, ZeroDivisionError, IndexError):
            rotation = None
        if rotation is None or abs(abs(determinant(rotation)) - 1) > 1e-6:
            raise ParseError(
                f"has the symmetry operation {shortened(operation)!r}; expected such as 'x,-y,z'"
            )


def _check_expanded(parser: CifParser, block: CifBlock, max_sites: int) -> None:
    """Raise where symmetry makes too many sites, long before pymatgen has listed them."""
    import numpy as np

    columns = [[number(x, what=key) for x in block.data[key]] for key in FRACTS]
    coords = np.unique(np.round(np.array(columns).T, 3), axis=0)
    images = [coords @ op.rotation_matrix.T + op.translation_vector
              for op in parser.get_symops(block)]  # fmt: skip
    rounded = np.round(np.concatenate(images) % 1.0 * 200).astype(int) % 200
    count = len(np.unique(rounded, axis=0))  # places closer than 1/200 count once: a lower bound
    if count > max_sites:
        require_site_count(count, max_sites=max_sites)


def _occupancies(species: Any) -> dict[str, float]:  # noqa: ANN401
    """Return the occupancy of each symbol; pymatgen's symbol of D and T is H."""
    found: dict[str, float] = defaultdict(float)
    for kind, occupancy in species.items():
        isotope = getattr(getattr(kind, "element", kind), "name", "")
        found[isotope if isotope in ("D", "T") else kind.symbol] += float(occupancy)
    return dict(found)


def _plain(message: str) -> str:
    """Return a warning of pymatgen's in plain language, or nothing where it says nothing."""
    silent = ("Issues encountered", "A 1-line symmetry op", "Skipping relative stoichiometry")
    if message.startswith(silent):
        return ""
    if "Defaulting to P1" in message:
        return "The file gives no symmetry: its atoms were taken for the whole cell (P1)."
    if "Spacegroup from" in message:
        return "The file lists no symmetry operations: those of its space-group name were used."
    if "sum to > 1" in message:
        return "Occupancies that add up to slightly more than 1 were scaled down to 1."
    if found := re.match(r"(.{1,40}) parsed as (\w{1,10})$", message):
        return f"The site symbol {found[1]!r} was read as {found[2]}."
    if found := re.match(r"(\d+) fractional coordinates rounded", message):
        return f"{found[1]} fractional coordinates were rounded to 1/3 or 2/3."
    return shortened(message, length=200)
