"""From the bytes of a structure file to its structures: unzipped, its format told, read, checked.

The readers of the formats are in modules of their own. The libraries behind some of them trust
their files: they take as many atoms as a file announces and leave out what they do not understand.
All runs in a process of its own (`tcexplore.io.worker`); readers are imported when needed.
"""

from __future__ import annotations

import gzip
import importlib
import io
import re
import warnings
import zlib
from json import JSONDecodeError

from tcexplore.crystal.structure import StructureError, check_structure, neutral
from tcexplore.io.parsed import ParsedStructure
from tcexplore.io.stated_pressure import NAME, pressure_in, settled_pressure
from tcexplore.io.text import shortened

MAX_BYTES = 5_000_000  # of a file, before and after unzipping
FORMATS = (
    "CIF, POSCAR, XDATCAR, CHGCAR, vasprun.xml, extended XYZ, RES, XSF, Quantum ESPRESSO file or"
    " JSON of pymatgen, Materials Project, OPTIMADE, ASE or JARVIS"
)
LONGEST_LINE = 10_000  # characters; CIF 1.1 allows 2,048
HEADER_BYTES = 200_000  # of a CHGCAR: lattice and 500 sites take a quarter of it
NUMBER = r"[ \t]*[-+.\d][-+.\deEdD]*(?!\S)"
COMMENTS = r"(?:[ \t]*(?:#[^\n]*)?\n)*"  # and empty lines, without choices to go back to
CIF_START = re.compile(rf"{COMMENTS}[ \t]*(?:data_|loop_|_[a-z])", re.IGNORECASE)
CONTENT = {
    "vasprun.xml": re.compile(r"\s*(<\?xml[^>]*>\s*)?<modeling>"),
    "Quantum ESPRESSO output": re.compile(r"[\s\S]{0,20000}?Program PWSCF"),
    "Quantum ESPRESSO input": re.compile(
        r"(?=[\s\S]*^\s*ATOMIC_POSITIONS)[\s\S]*?^\s*&system", re.IGNORECASE | re.MULTILINE
    ),
    "XSF": re.compile(
        rf"{COMMENTS}\s*(ANIMSTEPS|CRYSTAL|SLAB|POLYMER|MOLECULE|DIM-GROUP|PRIMVEC)\b"
    ),
    "RES": re.compile(r"(?=[\s\S]*^SFAC)[\s\S]*?^CELL\s", re.MULTILINE),
    "POSCAR": re.compile(
        rf"[^\n]*\n{NUMBER}(?:{NUMBER}{NUMBER})?(?:[ \t]+[^\d\s][^\n]*)?[ \t]*\n"
        rf"(?:{NUMBER}{NUMBER}{NUMBER}[^\n]*\n){{3}}"
    ),
    "XYZ": re.compile(r"[ \t]*\d{1,12}[ \t]*\n[^\n]*\n"),
    "CIF": re.compile(
        r"^[ \t]{0,99}(data_|loop_|_cell[_.]|_atom_site|_symmetry|_space_group)",
        re.MULTILINE | re.IGNORECASE,
    ),
}
NAMES = {
    "CIF": r".*\.m?cif$",
    "POSCAR": r"(poscar|contcar|chgcar|locpot|xdatcar)|.*\.(vasp|poscar|contcar)$",
    "XYZ": r".*\.(ext)?xyz$",
    "vasprun.xml": r"vasprun.*\.xml$",
    "XSF": r".*\.a?xsf$",
    "RES": r".*\.res$",
}
READERS = {
    "CIF": ("cif.read", "cif_structures"),
    "POSCAR": ("poscar", "poscar_structures"),
    "XYZ": ("xyz", "xyz_structures"),
    "JSON": ("json_kinds", "json_structures"),
    "RES": ("res", "res_structures"),
    "XSF": ("calculations", "xsf_structures"),
    "vasprun.xml": ("vasprun", "vasprun_structures"),
    "Quantum ESPRESSO input": ("calculations", "espresso_input_structures"),
    "Quantum ESPRESSO output": ("calculations", "espresso_output_structures"),
}


def parsed_structures(
    content: bytes, *, file_name: str
) -> list[ParsedStructure | tuple[str, StructureError]]:
    """Return the structures in a file's raw bytes, in their order.

    Each holds neutral elements and has passed `check_structure`; in the place of one that has not
    stand its label and the error.

    Parameters
    ----------
    content
        As read from the disk, gzipped or not.
    file_name
        Tells the format where the content alone does not, and is named in errors.

    Raises
    ------
    StructureError
        The file as a whole cannot be read.
    """
    text = file_text(unzipped(content))
    kind = file_format(text, file_name)
    module, function = READERS[kind]
    read = getattr(importlib.import_module(f"tcexplore.io.{module}"), function)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries; the readers say in notes what matters
            structures = [_checked(parsed, file_name) for parsed in read(text)]
    except (StructureError, MemoryError):
        raise
    except JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise StructureError(f"is no sound JSON at {place}; check that it is whole") from None
    except Exception as error:
        words = shortened(" ".join(_words(error).split()), length=200).rstrip(".")
        raise StructureError(f"cannot be read as {kind}: {words}; check the file") from None
    if not structures:
        raise StructureError(f"holds no structure, although it looks like {kind}; check the file")
    return structures


def _words(error: Exception) -> str:
    """Return in the user's words what a library found wrong with a file."""
    if isinstance(error, StopIteration | EOFError) or "StopIteration" in str(error):
        return "the file ends too early"
    if isinstance(error, AssertionError | IndexError | TypeError | AttributeError):
        return "a line or value is missing or misplaced"
    text = str(error)
    wrong_number = re.match(r"(?:could not convert|invalid literal)[^:]*: '(.*)'", text, re.DOTALL)
    if wrong_number:
        return f"{shortened(wrong_number[1])!r} stands where a number was expected"
    if "ingular matrix" in text:
        return "the lattice vectors lie in one plane"
    return f"{error} is missing or unknown" if isinstance(error, KeyError) else text


def _checked(
    parsed: ParsedStructure, file_name: str
) -> ParsedStructure | tuple[str, StructureError]:
    structure = neutral(parsed.structure)
    try:
        check_structure(structure, name=file_name)
    except StructureError as error:
        return parsed.label, error
    pressure, doubts = settled_pressure([parsed.pressure, pressure_in(file_name, NAME)])
    notes = tuple(dict.fromkeys([*parsed.notes, *doubts]))
    return ParsedStructure(structure, parsed.label, notes, pressure)


def unzipped(content: bytes) -> bytes:
    """Return the bytes unzipped, of a large CHGCAR those before its densities.

    Raises
    ------
    StructureError
        The archive is damaged, or the file too large.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            plain = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise StructureError(f"is a damaged gzip file ({error}); zip it again") from None
    return within_size(plain, "unzips to over")


def within_size(content: bytes, too_large: str = "is larger than") -> bytes:
    """Return a file's bytes where they are not too many, of a large CHGCAR its header."""
    if len(content) <= MAX_BYTES:
        return content
    head = content[:HEADER_BYTES].decode("utf-8", errors="replace").replace("\r\n", "\n")
    grid = re.search(r"\n[ \t]*\n[ \t]*\d+[ \t]+\d+[ \t]+\d+[ \t]*\n", head)
    if grid and CONTENT["POSCAR"].match(head):
        return head[: grid.start() + 1].encode()
    raise StructureError(f"{too_large} {MAX_BYTES / 1e6:g} MB; give one structure alone")


def file_text(content: bytes) -> str:
    """Return the text of a file, with lines that end in a newline alone."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")
    if not text.strip():
        raise StructureError(f"is empty; give a {FORMATS}")
    if "\0" in text:
        raise StructureError(f"is binary, no text; give a {FORMATS}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def file_format(text: str, file_name: str) -> str:
    """Return the format that the content shows, else the one that the file's name tells."""
    if text.lstrip()[:1] in ("{", "[") and not CONTENT["POSCAR"].match(text):
        return "JSON"
    longest = max(map(len, text.split("\n")))
    if longest > LONGEST_LINE:
        raise StructureError(f"has a line of {longest} characters, over {LONGEST_LINE}: wrap it")
    if CIF_START.match(text) and not CONTENT["POSCAR"].match(text):
        return "CIF"  # whatever it holds in text blocks, such as a RES file
    name = re.split(r"[\\/]", file_name.lower())[-1].removesuffix(".gz")
    for kind, pattern in CONTENT.items():
        if pattern.match(text) or (kind == "CIF" and pattern.search(text)):
            return kind
    for kind, pattern in NAMES.items():
        if re.match(pattern, name):
            return kind
    raise StructureError(f"is no structure: begins with {shortened(text)!r}; give a {FORMATS}")
