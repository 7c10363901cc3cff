"""From the bytes of a structure file to a `Structure`: pymatgen and ASE, behind checks of our own.

The libraries trust their files: they take as many atoms as a file announces, leave out what they
do not understand, and search long lines in quadratic time. Every check here stands for one of that.
All runs in a process of its own (`tcexplore.io.worker`); parsers are imported when needed.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import warnings
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from pymatgen.core import Element, Structure, SymmOp

from tcexplore.crystal.structure import MAX_SITES, StructureError, check_structure

if TYPE_CHECKING:
    from pymatgen.io.cif import CifBlock, CifParser

MAX_BYTES = 5_000_000  # of a file, before and after unzipping
FORMATS = "CIF, POSCAR, extended XYZ or pymatgen JSON"
LONGEST_LINE = 10_000  # characters; CIF 1.1 allows 2,048
MOST_WORDS = 300_000  # of a CIF; more would take seconds, and hundreds of megabytes
MOST_OPERATIONS = 192  # of a conventional cell
NUMBER = r"[ \t]*[-+.\deE]+(?!\S)"
POSCAR_CELL = re.compile(rf"[^\n]*\n{NUMBER}[ \t]*\n(?:{NUMBER}{NUMBER}{NUMBER}[^\n]*\n){{3}}")
POSCAR_ATOMS = re.compile(
    r"(?P<symbols>(?:[ \t]*[A-Z][^\n]*\n){0,20})"
    r"(?P<counts>(?:(?:[ \t]*\d{1,12}(?!\S))+[ \t]*\n){1,20})"
    r"(?:[ \t]*[sS][^\n]*\n)?[ \t]*[cCkKdD][^\n]*\n"
)
XYZ = re.compile(r"[ \t]*(?P<count>\d{1,12})[ \t]*\n[^\n]*\n")
CIF = re.compile(r"^[ \t]{0,99}(data_|loop_|_cell_|_atom_site)", re.MULTILINE)
NAMES = {
    "CIF": r".*\.m?cif$",
    "POSCAR": r"(poscar|contcar)|.*\.(vasp|poscar|contcar)$",
    "XYZ": r".*\.(ext)?xyz$",
}
CIF_COORDS = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")
CIF_OCCUPANCY = "_atom_site_occupancy"
CIF_BOUNDS = {
    **{f"_cell_length_{x}": (0.1, 1000.0) for x in "abc"},  # Å
    **{f"_cell_angle_{x}": (1.0, 179.0) for x in ("alpha", "beta", "gamma")},  # degrees
    **dict.fromkeys(CIF_COORDS, (-100.0, 100.0)),
    CIF_OCCUPANCY: (0.0, 1.01),  # sums above 1 by rounding are scaled down
}
CIF_GROUP = re.compile(r"[^A-Za-z]|OH|Wat|wat|NO3|$")  # pymatgen guesses or drops these
CIF_OPERATIONS = ("_symmetry_equiv_pos_as_xyz", "_space_group_symop_operation_xyz")
OPERATION = re.compile(r"(?!.*/ ?0)([xyzXYZ0-9+\-*/. ]{1,30},){2}[xyzXYZ0-9+\-*/. ]{1,30}")
UNSAID = ("A 1-line symmetry", "Skipping relative stoichiometry", "Cannot determine chemical")


def parsed_structure(content: bytes, *, file_name: str) -> tuple[Structure, tuple[str, ...]]:
    """Return the structure in a file's raw bytes, and what the user should know of its reading.

    It holds neutral elements and has passed `check_structure`.

    Parameters
    ----------
    content
        As read from the disk, gzipped or not.
    file_name
        Tells the format where the content alone does not, and is named in errors.
    """
    text = _text(_unzipped(content))
    kind = _file_format(text, file_name)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", UserWarning)
            structure = PARSERS[kind](text)
            _warn_of_isotopes(structure)
            structure.remove_oxidation_states()
            check_structure(structure, name=file_name)
        said = dict.fromkeys(_shortened(str(warning.message), length=200) for warning in caught)
        notes = tuple(text for text in said if not text.startswith(UNSAID))
        return structure, notes
    except (StructureError, MemoryError):
        raise
    except Exception as error:
        words = f"{error} is missing or unknown" if isinstance(error, KeyError) else str(error)
        words = " ".join(words.split()).removeprefix("No structure parsed for section 1 in CIF. ")
        words = _shortened(words, length=200).rstrip(".") or type(error).__name__
        raise StructureError(f"cannot be read as {kind}: {words}; check the file") from None


def _unzipped(content: bytes) -> bytes:
    """Return the bytes unzipped, at most one more than allowed."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            plain = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise StructureError(f"is a damaged gzip file ({error}); zip it again") from None
    if len(plain) > MAX_BYTES:
        raise StructureError(f"unzips to over {MAX_BYTES / 1e6:g} MB; give one structure alone")
    return plain


def _text(content: bytes) -> str:
    """Return the text of a file, with lines that end in a newline alone."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")
    if not text.strip():
        raise StructureError(f"is empty; give a {FORMATS}")
    if "\0" in text:
        raise StructureError(f"is binary, no text; give a {FORMATS}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _file_format(text: str, file_name: str) -> str:
    """Return the format that the content shows, else the one that the file's name tells."""
    if text.lstrip()[:1] in ("{", "["):
        return "JSON"
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise StructureError(f"has a line of {longest} characters, over {LONGEST_LINE}: wrap it")
    name = file_name.lower().removesuffix(".gz")
    shown = {"POSCAR": POSCAR_CELL.match, "XYZ": XYZ.match, "CIF": CIF.search}
    for kind, matches in shown.items():
        if matches(text):
            return kind
    for kind, pattern in NAMES.items():
        if re.match(pattern, name):
            return kind
    raise StructureError(f"is no structure: begins with {_shortened(text)!r}; give a {FORMATS}")


def _json_structure(text: str) -> Structure:
    """Read the JSON of `Structure.as_dict`; classes and properties named in it are left aside."""
    try:
        data = json.loads(text)
    except RecursionError:
        raise StructureError("is nested too deeply for a structure") from None
    if not isinstance(data, dict):
        raise StructureError(f"holds a JSON {type(data).__name__}; expected a pymatgen Structure")
    kind = f"{data.get('@module', 'pymatgen')}.{data.get('@class', 'Structure')}"
    if not re.fullmatch(r"pymatgen[\w.]*\.I?Structure", kind):
        raise StructureError(f"holds a {_shortened(kind)!r}; expected a pymatgen Structure")
    _require_site_count(len(data["sites"]))
    lattice = {"matrix": data["lattice"]["matrix"]}
    sites = [{"species": site["species"], "abc": site["abc"]} for site in data["sites"]]
    return Structure.from_dict({"lattice": lattice, "sites": sites})


def _poscar_structure(text: str) -> Structure:
    """Read a POSCAR or CONTCAR, with element symbols in line 6, line 1 or after the sites."""
    from pymatgen.io.vasp.inputs import Poscar

    cell = POSCAR_CELL.match(text)
    atoms = POSCAR_ATOMS.match(text, cell.end()) if cell else None
    lines = text.split("\n")
    if not atoms:
        first, part = (6, "symbols, counts and 'Direct'") if cell else (2, "a scale, three vectors")
        found = _shortened(" / ".join(lines[first - 1 : first + 3]), length=100)
        raise StructureError(f"has {found!r} from line {first} on; expected {part}: correct it")
    counts, symbols = atoms["counts"].split(), atoms["symbols"].split()
    _require_site_count(sum(map(int, counts)), listed=text[atoms.end() :].count("\n") + 1)
    if symbols and len(symbols) != len(counts):
        raise StructureError(
            f"names {len(symbols)} elements but {len(counts)} numbers of atoms; make them agree"
        )
    first = lines[0].split()
    named = not symbols and len(first) == len(counts) and all(map(Element.is_valid_symbol, first))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", "Elements in POSCAR cannot be determined")  # H, He, Li ...
        return Poscar.from_str(text, first if named else None, read_velocities=False).structure


def _xyz_structure(text: str) -> Structure:
    """Read the first frame of an extended XYZ file."""
    from ase.io import read

    header = XYZ.match(text)
    if not header:
        raise StructureError(f"begins with {_shortened(text)!r}; expected the number of atoms")
    lines, count = text.split("\n"), int(header["count"])
    _require_site_count(count, listed=len(lines) - 2)
    if any(line.strip() for line in lines[count + 2 :]):
        warnings.warn("The file holds several frames: the first is used.", stacklevel=1)
    atoms: Any = read(io.StringIO("\n".join(lines[: count + 2])), format="extxyz")
    if not atoms.cell.any():
        raise StructureError(
            "has no lattice: a plain XYZ file describes a molecule;"
            ' write Lattice="ax ay az bx by bz cx cy cz" in line 2, or give a CIF or POSCAR'
        )
    symbols = atoms.get_chemical_symbols()
    return Structure(atoms.cell.array, symbols, atoms.positions, coords_are_cartesian=True)


def _cif_structure(text: str) -> Structure:
    """Read the first data block that lists atoms."""
    from pymatgen.io.cif import CifBlock, CifParser

    block_text = _cif_block_text(text)
    try:
        block = CifBlock.from_str(block_text)
    except (ValueError, IndexError, ZeroDivisionError):
        raise StructureError(
            "is no sound CIF: a loop_ has too few or too many values; check that it is whole"
        ) from None
    _check_cif_numbers(block)
    _check_cif_sites(block)
    _check_cif_operations(block)
    tolerance = CIF_BOUNDS[CIF_OCCUPANCY][1]
    parser = CifParser.from_str(block_text, occupancy_tolerance=tolerance, site_tolerance=1e-3)
    _check_cif_expanded(parser, block)
    structure = parser.parse_structures(primitive=False, on_error="raise")[0]
    for text in parser.warnings:
        warnings.warn(text, stacklevel=1)
    return structure


def _cif_block_text(text: str) -> str:
    """Return the text of the first data block with atoms, without blank lines."""
    filled = "\n".join(line.rstrip() for line in text.split("\n") if line.strip())
    blocks = re.split(r"^[ \t]{0,99}data_", filled, flags=re.MULTILINE)[1:]
    found = ["data_" + block for block in blocks if CIF_COORDS[0] in block]
    if not found:
        raise StructureError(
            f"begins with {_shortened(text)!r} and has no block 'data_...' that lists atoms"
            f" ({CIF_COORDS[0]}); give a CIF with both"
        )
    if found[0].count(" ") + found[0].count("\n") > MOST_WORDS:
        raise StructureError(f"holds more than {MOST_WORDS} words; give the structure alone")
    if len(found) > 1:
        message = f"{len(found)} data blocks list atoms: {_shortened(found[0])!r} is used."
        warnings.warn(message, stacklevel=1)
    return found[0]


def _check_cif_numbers(block: CifBlock) -> None:
    """Raise where the cell, coordinates or occupancies are no numbers or out of bounds."""
    for key, (lowest, highest) in CIF_BOUNDS.items():
        values = block.data.get(key, "1" if key == CIF_OCCUPANCY else "missing")
        texts = [values] if isinstance(values, str) else values
        numbers = [_number("1" if key == CIF_OCCUPANCY and t == "?" else t) for t in texts]
        for text, number in zip(texts, numbers, strict=True):
            if not lowest <= number <= highest:
                raise StructureError(
                    f"{key} is {_shortened(text)!r}; expected {lowest:g} to {highest:g}: correct it"
                )
        if key == CIF_OCCUPANCY and 0 in numbers:
            message = f"Sites left out because their occupancy is 0: {numbers.count(0)}."
            warnings.warn(message, stacklevel=1)


def _check_cif_sites(block: CifBlock) -> None:
    """Raise where the loop of atoms is incomplete, too long, or names what is no element."""
    labels, *coords = (block.data.get(key) for key in ("_atom_site_label", *CIF_COORDS))
    if not all(isinstance(c, list) and len(c) == len(labels or ()) for c in (labels, *coords)):
        raise StructureError("has no loop_ of atoms with label and coordinates in all; complete it")
    _require_site_count(len(set(zip(*coords, strict=True))))
    for symbol in block.data.get("_atom_site_type_symbol", labels or []):
        if CIF_GROUP.match(symbol):
            raise StructureError(
                f"has the site {_shortened(symbol)!r}, which names no element; list its atoms"
            )


def _check_cif_operations(block: CifBlock) -> None:
    listed = next((block.data[key] for key in CIF_OPERATIONS if block.data.get(key)), [])
    operations = [listed] if isinstance(listed, str) else listed
    for count, operation in enumerate(operations, start=1):
        if count > MOST_OPERATIONS or not _is_operation(operation):
            raise StructureError(
                f"has {_shortened(operation)!r} as symmetry operation {count};"
                f" expected at most {MOST_OPERATIONS} such as 'x,-y,z'"
            )


def _is_operation(text: str) -> bool:
    if not OPERATION.fullmatch(text):
        return False
    return abs(abs(np.linalg.det(SymmOp.from_xyz_str(text).rotation_matrix)) - 1) < 1e-6


def _check_cif_expanded(parser: CifParser, block: CifBlock) -> None:
    """Raise where symmetry makes too many sites, long before pymatgen has listed them."""
    coords = np.array([[_number(text) for text in block.data[key]] for key in CIF_COORDS]).T
    images = [operation.operate_multi(coords) for operation in parser.get_symops(block)]
    places = np.unique(np.rint(np.concatenate(images) % 1.0 * 200).astype(int) % 200, axis=0)
    _require_site_count(len(places))  # those closer than 1/200 count once: a lower bound


def _number(text: str) -> float:
    """Return 0.25 for ``'0.25(3)'``, and nan for what is no number."""
    try:
        return float(text[:60].split("(")[0])
    except ValueError:
        return np.nan


def _require_site_count(count: int, *, listed: int | None = None) -> None:
    if count < 1:
        raise StructureError("lists no atoms; give a structure with at least one site")
    if count > MAX_SITES:
        raise StructureError(
            f"has {count:.6g} sites, more than the {MAX_SITES} that can be predicted;"
            " give its primitive cell"
        )
    if listed is not None and listed < count:
        raise StructureError(f"announces {count} atoms but lists {listed}; the file is cut short")


def _warn_of_isotopes(structure: Structure) -> None:
    kinds = {getattr(kind, "element", kind) for kind in structure.types_of_species}
    if {getattr(kind, "name", "") for kind in kinds} & {"D", "T"}:
        warnings.warn("Deuterium and tritium (D, T) are read as hydrogen.", stacklevel=1)


def _shortened(text: str, *, length: int = 40) -> str:
    """Return the first line of a text without control characters, cut at a length."""
    clean = printable(text.strip().split("\n", 1)[0][: 2 * length])
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def printable(text: str) -> str:
    """Return a text with blanks for its control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _cif_by_gemmi(text: str) -> Structure:
    """Read the first data block that lists atoms."""
    from tcexplore.io.cif import cif_structures

    parsed = cif_structures(text)
    for note in parsed[0].notes:
        warnings.warn(note, stacklevel=1)
    if len(parsed) > 1:
        message = f"{len(parsed)} data blocks list atoms: {_shortened(parsed[0].label)!r} is used."
        warnings.warn(message, stacklevel=1)
    return parsed[0].structure


PARSERS = {"CIF": _cif_by_gemmi, "POSCAR": _poscar_structure, "XYZ": _xyz_structure}
PARSERS["JSON"] = _json_structure
