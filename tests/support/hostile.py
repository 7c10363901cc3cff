"""Files that no reader of structures should trust, made anew for each test run.

`write_hostile_files` puts them into a folder and returns their paths; each must end in a
`StructureError`. None is a valid structure by accident: files are cut where that breaks them.
"""

import gzip
import io
import json
import os
import random
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

CIF = """data_MgB2
_cell_length_a 3.086
_cell_length_b 3.086
_cell_length_c 3.524
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 120
_symmetry_space_group_name_H-M 'P 1'
loop_
_symmetry_equiv_pos_as_xyz
'x,y,z'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
Mg1 Mg 0.0 0.0 0.0 1.0
B1 B 0.33333333 0.66666667 0.5 1.0
B2 B 0.66666667 0.33333333 0.5 1.0
"""
POSCAR = """MgB2
1.0
3.086 0.0 0.0
-1.543 2.67255 0.0
0.0 0.0 3.524
Mg B
1 2
Direct
0.0 0.0 0.0
0.33333333 0.66666667 0.5
0.66666667 0.33333333 0.5
"""
XYZ = """3
Lattice="3.086 0.0 0.0 -1.543 2.67255 0.0 0.0 0.0 3.524" Properties=species:S:1:pos:R:3
Mg 0.0 0.0 0.0
B 0.0 1.7817 1.762
B 1.543 0.89085 1.762
"""
JSON = json.dumps(
    {
        "@module": "pymatgen.core.structure",
        "@class": "Structure",
        "charge": 0,
        "lattice": {"matrix": [[3.086, 0.0, 0.0], [-1.543, 2.67255, 0.0], [0.0, 0.0, 3.524]]},
        "sites": [
            {"species": [{"element": "Mg", "occu": 1}], "abc": [0.0, 0.0, 0.0]},
            {"species": [{"element": "B", "occu": 1}], "abc": [0.33333333, 0.66666667, 0.5]},
            {"species": [{"element": "B", "occu": 1}], "abc": [0.66666667, 0.33333333, 0.5]},
        ],
    }
)
VALID = {"MgB2.cif": CIF, "MgB2.vasp": POSCAR, "MgB2.xyz": XYZ, "MgB2.json": JSON}

# What is replaced in a valid file, and by what: each replacement must break it.
CIF_CHANGES = [
    ("length_a 3.086", f"length_a {value}")
    for value in ("nan", "inf", "0", "-3.086", "1e9", "?", ".", "1e400", "'3 .0'", "0.001", "a")
]
CIF_CHANGES += [
    ("angle_gamma 120", f"angle_gamma {value}") for value in ("0", "180", "-120", "nan", "1", "400")
]
CIF_CHANGES += [
    ("alpha 90\n_cell_angle_beta 90", "alpha 20\n_cell_angle_beta 20"),
    ("_cell_length_c 3.524\n", ""),
    ("_cell_angle_beta 90\n", ""),
    ("_cell_length_a 3.086", "_cell_length_a 3.086 3.086 _cell_length_a 0"),
    ("Mg1 Mg 0.0", "Mg1 Mg nan"),
    ("Mg1 Mg 0.0", "Mg1 Mg inf"),
    ("Mg1 Mg 0.0", "Mg1 Mg ?"),
    ("Mg1 Mg 0.0", "Mg1 Mg ."),
    ("Mg1 Mg 0.0", "Mg1 Mg zero"),
    ("Mg1 Mg 0.0", "Mg1 Mg"),
    ("Mg1 Mg 0.0", "Mg1 Mg 0.0 0.0"),
    ("Mg1 Mg 0.0", "'Mg1 Mg 0.0'"),
    ("Mg1 Mg 0.0", "'Mg1 Mg\" 0.0' 0.0"),
    ("Mg1 Mg", "Xx1 Xx"),
    ("Mg1 Mg", "X X"),
    ("Mg1 Mg", "?? ??"),
    ("Mg1 Mg", "OH1 OH"),
    ("Mg1 Mg", "Wat Wat"),
    ("Mg1 Mg", "Zz Zz"),
    ("0.5 1.0\nB2", "0.5 -1.0\nB2"),
    ("0.5 1.0\nB2", "0.5 nan\nB2"),
    ("0.5 1.0\nB2", "0.5 1.5\nB2"),
    ("0.5 1.0\nB2", "0.5 1e300\nB2"),
    ("0.5 1.0\nB2", "0.5 -0.0001\nB2"),
    ("0.5 1.0\nB2", "0.5 full\nB2"),
    ("B2 B 0.66666667 0.33333333", "B2 B 0.33333333 0.66666667"),
    ("B2 B 0.66666667 0.33333333", "B2 B 0.3334 0.71"),
    ("'x,y,z'", "'x,y'"),
    ("'x,y,z'", "'x,y,z/0'"),
    ("'x,y,z'", "'0,0,0'"),
    ("'x,y,z'", '\'__import__("os").system("true"),y,z\''),
    ("'x,y,z'", "'x,y,z'\n" * 5000),
    ("'x,y,z'", "'" + "x+" * 4000 + "x,y,z'"),
    ("_atom_site_fract_z\n", ""),
    ("_atom_site_fract_x\n", ""),
    ("_atom_site_label\n_atom_site_type_symbol\n", ""),
    ("data_MgB2\n", ""),
    ("data_MgB2\n", "data_MgB2\n;\n"),
    ("loop_\n_atom_site_label", "_atom_site_label"),
    (CIF[CIF.index("Mg1 Mg") :], ""),
    (CIF[CIF.index("loop_\n_atom") :], ""),
    (CIF[CIF.index("_cell") : CIF.index("_symm")], ""),
]
POSCAR_CHANGES = [
    ("\n1.0\n", f"\n{scale}\n") for scale in ("0", "nan", "inf", "1e9", "1 0 1", "-1e12", "0.01")
]
POSCAR_CHANGES += [
    ("\n1 2\n", f"\n{counts}\n")
    for counts in ("1000000000", "1 1000000000", "1 -2", "0 0", "1 x", "1", "1 2 3", "9" * 5000)
]
POSCAR_CHANGES += [
    ("\n1 2\n", "\n1 1e9\n"),
    ("Mg B\n", "Xx B\n"),
    ("Mg B\n", ""),
    ("MgB2\n1.0", "magnesium boride of our own\n1.0\n1.0"),
    ("3.086 0.0 0.0", "nan 0.0 0.0"),
    ("3.086 0.0 0.0", "inf 0.0 0.0"),
    ("3.086 0.0 0.0", "0.0 0.0 0.0"),
    ("3.086 0.0 0.0", "-1.543 2.67255 0.0"),
    ("3.086 0.0 0.0", "-1.543 2.67255 0.0000001"),
    ("3.086 0.0 0.0", "3.086 0.0"),
    ("3.086 0.0 0.0", "1e9 0.0 0.0"),
    ("3.086 0.0 0.0", "1e200 0.0 0.0"),
    ("3.086 0.0 0.0", "1e-200 0.0 0.0"),
    ("0.33333333 0.66666667 0.5", "nan 0.66666667 0.5"),
    ("0.33333333 0.66666667 0.5", "inf 0.66666667 0.5"),
    ("0.33333333 0.66666667 0.5", "0.33333333 0.66666667"),
    ("0.33333333 0.66666667 0.5", "a b c"),
    ("0.33333333 0.66666667 0.5", "0.66666667 0.33333333 0.5"),
    ("0.33333333 0.66666667 0.5", "0.66666667 0.33333333 0.51"),
    ("Direct\n", ""),
    ("Direct\n", "Quadratic\n"),
]
XYZ_CHANGES = [
    ("3\nL", f"{count}\nL") for count in ("4", "0", "1000000000", "-3", "three", "9" * 5000)
]
XYZ_CHANGES += [
    ("3.086 0.0 0.0 -1", "nan 0.0 0.0 -1"),
    ("3.086 0.0 0.0 -1", "inf 0.0 0.0 -1"),
    ("3.086 0.0 0.0 -1", "0.0 0.0 0.0 -1"),
    ("3.086 0.0 0.0 -1", "0.0 0.0 -1"),
    ("3.086 0.0 0.0 -1", "1e9 0.0 0.0 -1"),
    ("3.086 0.0 0.0 -1.543 2.67255 0.0", "-1.543 2.67255 0.0 -1.543 2.67255 0.0"),
    (XYZ.split("\n")[1], "a molecule"),
    (XYZ.split("\n")[1], 'Lattice=""'),
    (XYZ.split("\n")[1], 'Lattice="'),
    (XYZ.split("\n")[1], "Lattice=" * 100_000),
    ("species:S:1:pos:R:3", "mass:R:1"),
    ("species:S:1:pos:R:3", "species:S:one:pos:R:3"),
    ("species:S:1:pos:R:3", "pos:R:3:species:S:1000000000"),
    ("species:S:1:pos:R:3", "pos:R:3:species:S:1"),
    ("Mg 0.0 0.0 0.0", "Mg nan 0.0 0.0"),
    ("Mg 0.0 0.0 0.0", "Mg 0.0 0.0"),
    ("Mg 0.0 0.0 0.0", "Xx 0.0 0.0 0.0"),
    ("Mg 0.0 0.0 0.0", "B 0.0 1.7817 1.7"),
]
JSON_CHANGES = [
    ('"Structure"', '"Molecule"'),
    ('"Structure"', '"system"'),
    ('"pymatgen.core.structure", "@class": "Structure"', '"os", "@class": "system"'),
    ('"pymatgen.core.structure", "@class": "Structure"', '"subprocess", "@class": "Popen"'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": [[NaN, 0.0, 0.0]'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": [[Infinity, 0.0, 0.0]'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": [[1e9, 0.0, 0.0]'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": [[0, 0.0, 0.0]'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": [[0.0, 0.0]'),
    ('"matrix": [[3.086, 0.0, 0.0]', '"matrix": ["abc"'),
    ('"matrix": [[3.086, 0.0, 0.0], ', '"matrix": ['),
    ('"matrix"', '"metric"'),
    ('"lattice"', '"grid"'),
    ('"sites"', '"places"'),
    ('"sites": [', '"sites": {}, "others": ['),
    ('"sites": [', '"sites": [], "others": ['),
    ('"sites": [', '"sites": [null, '),
    ('"abc": [0.0, 0.0, 0.0]', '"abc": [NaN, 0.0, 0.0]'),
    ('"abc": [0.0, 0.0, 0.0]', '"abc": [0.0, 0.0]'),
    ('"abc": [0.0, 0.0, 0.0]', '"abc": [[], {}, null]'),
    ('"abc": [0.0, 0.0, 0.0]', '"abc": "0 0 0"'),
    ('"Mg", "occu": 1', '"Xx", "occu": 1'),
    ('"Mg", "occu": 1', '["Mg"], "occu": 1'),
    ('"Mg", "occu": 1', '"Mg", "occu": -1'),
    ('"Mg", "occu": 1', '"Mg", "occu": NaN'),
    ('"Mg", "occu": 1', '"Mg", "occu": 1.5'),
    ('"Mg", "occu": 1', '"Mg", "occu": 0'),
    ('"Mg", "occu": 1', '"Mg", "occu": "all"'),
    ('[{"element": "Mg", "occu": 1}]', "[]"),
    ('[{"element": "Mg", "occu": 1}]', '"Mg"'),
    ('"abc": [0.0, 0.0, 0.0]', '"abc": [1' + "0" * 5000 + ", 0, 0]"),
    ('"charge": 0', '"charge": 0' + "0" * 5000),
]
CHANGES = {
    "MgB2.cif": CIF_CHANGES,
    "MgB2.vasp": POSCAR_CHANGES,
    "MgB2.xyz": XYZ_CHANGES,
    "MgB2.json": JSON_CHANGES,
}
# Where the last number that a valid file cannot do without begins.
LAST_NEED = {
    "MgB2.cif": CIF.index(" 1.0\nB1"),
    "MgB2.vasp": POSCAR.rindex(" 0.5"),
    "MgB2.xyz": XYZ.rindex(" 1.762"),
    "MgB2.json": len(JSON) - 1,
}


def write_hostile_files(folder: Path) -> list[Path]:
    """Write all of them into an empty folder and return their paths."""
    paths = []
    for makers in (changed_files, cut_files, foreign_files, heavy_files, zipped_files):
        for name, content in makers():
            path = folder / f"{len(paths):03d}-{name}"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
    return paths + special_files(folder)


def changed_files() -> Iterator[tuple[str, str]]:
    """Yield valid files with one value broken."""
    for name, changes in CHANGES.items():
        for old, new in changes:
            assert old in VALID[name], old
            yield name, VALID[name].replace(old, new, 1)


def cut_files() -> Iterator[tuple[str, str]]:
    """Yield valid files cut short at ten places each."""
    for name, text in VALID.items():
        for tenth in range(1, 11):
            yield f"cut-{name}", text[: LAST_NEED[name] * tenth // 10]


def foreign_files() -> Iterator[tuple[str, bytes | str]]:
    """Yield what is no structure at all, under the names of structures."""
    noise = random.Random(2)
    for i, name in enumerate([*VALID, "POSCAR", "CONTCAR", "noise.txt", "noise"] * 2):
        yield f"noise-{name}", noise.randbytes(50 * 4**i if i < 7 else 3000 + i)
    for name in (*VALID, "POSCAR"):
        yield f"letters-{name}", "".join(noise.choices("ab1 .\n\t-_'\"#;", k=20_000))
        yield f"empty-{name}", b""
        yield f"blank-{name}", b" \r\n\t \n" * 1000
    yield "image.cif", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise.randbytes(500)
    yield "text.pdf.cif", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"
    yield "page.cif", "<!DOCTYPE html><html><body>404 not found</body></html>"
    yield "pickle.json", b"cos\nsystem\n(S'true'\ntR."
    yield "pickle4.json", b"\x80\x04\x95\x1b\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93."
    yield "program.vasp", b"\x7fELF\x02\x01\x01" + b"\0" * 200
    yield "script.cif", "#!/bin/sh\nrm -rf something\n"
    yield "table.cif", "formula,tc\nMgB2,39\nNb,9.2\n"
    yield "molecule.xyz", "2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n"
    yield "utf16.cif", "data_x no structure".encode("utf-16")
    yield "escape.cif", "\x1b[31mdata_\x07\x1b]0;title\x07"
    yield "list.json", "[1, 2, 3]"
    yield "number.json", "42"
    yield "null.json", "null"
    yield "word.json", '"MgB2"'
    yield "ümlaut und Leerzeichen.cif", "kein Kristall"
    yield "long-" + "n" * 200 + ".cif", "no crystal"


def heavy_files() -> Iterator[tuple[str, bytes | str]]:
    """Yield what would take a trusting reader long, or much memory."""
    head = CIF[: CIF.index("Mg1 Mg")]
    rows = "".join(f"H{i} H {i / 60000:.6f} 0.5 0.5 1.0\n" for i in range(60_000))
    yield "6000-atoms.cif", head + rows[: rows.index("H6000 ")]
    yield "60000-atoms.cif", head + rows
    few = "".join(f"H{i} H {i / 700:.6f} 0.51 0.23 1.0\n" for i in range(60))
    cubic = head.replace("'P 1'", "'F m -3 m'").replace(
        "loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n", ""
    )
    yield "60-sites-by-192.cif", cubic + few
    yield "60-sites-on-one-place.cif", head + "H1 H 0.1 0.2 0.3 0.9\n" * 60
    yield "quotes.cif", head + ("' " * 4000 + "\n") * 500
    yield "quadratic.cif", head + ("'" * 9000 + "x\n") * 500
    yield "hashes.cif", head + (" #" * 4000 + "\n") * 300
    yield "semicolons.cif", head + ";\n" * 1_000_000
    yield "one-line.cif", head + "'a" * 1_500_000
    yield "blanks.cif", head + "\n" * 3_000_000 + "x"
    yield "spaces.cif", head + " " * 3_000_000 + "x"
    yield "tokens.cif", head + "1 " * 4000 + ("\n" + "1 " * 4000) * 500
    yield "loops.cif", "data_x\n" + "loop_\n" * 500_000
    yield "blocks.cif", "data_\n" * 500_000
    yield "keys.cif", "data_x\n" + "_a\n" * 1_000_000
    yield "uncertain.cif", CIF.replace("3.086", "(" * 8000)
    yield "too-large.cif", CIF + "# comment\n" * 500_001
    yield "too-large.vasp", POSCAR + "\n" * 5_000_000
    listed = POSCAR.replace("\n1 2\n", "\n1 60000\n") + "0.1 0.2 0.3\n" * 60_000
    yield "60000-atoms.vasp", listed
    yield "60000-atoms.xyz", XYZ.replace("3\nL", "60000\nL", 1) + "H 0.1 0.2 0.3\n" * 60_000
    yield "blanks.vasp", " " * 4_000_000 + POSCAR.replace("Direct", "")
    yield "first-line.xyz", " " * 4_000_000 + "3"
    yield "numbers.xyz", XYZ.replace("3.524", "1" * 4_000_000)
    yield "depth.json", "[" * 2_000_000
    yield "depth2.json", '{"lattice":' * 400_000
    yield "depth3.json", '{"lattice": ' + "[" * 900 + "]" * 900 + ', "sites": []}'
    yield "lists.json", "[" + "[]," * 1_500_000 + "[]]"
    yield "sites.json", '{"lattice": {}, "sites": [' + "{}," * 1_500_000 + "{}]}"
    yield "digits.json", '{"a": ' + "9" * 4_000_000 + "}"
    yield "string.json", '{"a": "' + "\\u0041" * 800_000


def zipped_files() -> Iterator[tuple[str, bytes]]:
    """Yield gzip files that are damaged, cut short, nested, or grow without bounds."""
    whole = gzip.compress(CIF.encode(), mtime=0)
    for part in (1, 2, 3, 9, 10, 40, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        yield "cut.cif.gz", whole[:part]
    for place in range(30, len(whole) - 8, len(whole) // 8):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        yield "damaged.cif.gz", bytes(damaged)
    bomb = _bomb()
    yield "bomb.cif.gz", bomb
    yield "bomb-named-plain.cif", bomb
    yield "bomb-in-bomb.cif.gz", gzip.compress(bomb, mtime=0)
    yield "twice.cif.gz", gzip.compress(whole, mtime=0)
    yield "fifty-times.cif.gz", _nested(whole, 50)
    yield "pieces.cif.gz", gzip.compress(b"", mtime=0) * 100_000
    yield "half-bombs.json.gz", gzip.compress(b"[" * 4_900_000, mtime=0) * 2
    yield "hostile.vasp.gz", gzip.compress(POSCAR.replace("1 2", "1000000000").encode(), mtime=0)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("MgB2.cif", CIF)
    yield "archive.cif", archive.getvalue()
    yield "archive.cif.gz", archive.getvalue()


def _bomb() -> bytes:
    """Return 0.6 GB of blank lines, zipped."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0) as file:
        for _ in range(60):
            file.write(b"\n" * 10_000_000)
    return target.getvalue()


def _nested(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = gzip.compress(content, mtime=0)
    return content


def special_files(folder: Path) -> list[Path]:
    """Return paths to what is no ordinary file."""
    (folder / "folder.cif").mkdir()
    os.mkfifo(folder / "pipe.cif")
    links = {"zero.cif": "/dev/zero", "random.vasp": "/dev/urandom", "terminal.xyz": "/dev/tty"}
    links |= {
        "nowhere.cif": "does-not-exist",
        "self.cif": "self.cif",
        "memory.cif": "/proc/self/mem",
    }
    for name, target in links.items():
        (folder / name).symlink_to(target)
    names = ["folder.cif", "pipe.cif", *links, "missing.cif", "missing/of/all.json"]
    if os.geteuid() != 0:
        (folder / "forbidden.cif").write_text(CIF)
        (folder / "forbidden.cif").chmod(0)
        names.append("forbidden.cif")
    return [folder / name for name in names]


def mutated_files(valid: Mapping[str, str], *, count: int = 200) -> Iterator[tuple[str, bytes]]:
    """Yield damaged copies of valid files, by turns; some are still structures, none need be."""
    noise = random.Random(11)
    names = list(valid)
    for number in range(count):
        name = names[number % len(names)]
        damage = DAMAGES[number // len(names) % len(DAMAGES)]
        yield f"mutated-{damage.__name__.strip('_')}-{name}", damage(valid[name].encode(), noise)


def _flipped(content: bytes, noise: random.Random) -> bytes:
    damaged = bytearray(content)
    for place in noise.sample(range(len(content)), 8):
        damaged[place] = noise.randrange(256)
    return bytes(damaged)


def _line_cut(content: bytes, noise: random.Random) -> bytes:
    lines = content.split(b"\n")
    del lines[noise.randrange(len(lines))]
    return b"\n".join(lines)


def _line_doubled(content: bytes, noise: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = noise.randrange(len(lines))
    return b"\n".join(
        lines[:place] + [lines[place]] * noise.choice((2, 3, 100_000)) + lines[place:]
    )


def _number_replaced(content: bytes, noise: random.Random) -> bytes:
    numbers = list(re.finditer(rb"\d[\d.]*", content))
    number = noise.choice(numbers)
    value = noise.choice((b"1e300", b"nan", b"-inf", b"9" * 5000, b"1000000000", b"-1", b"1e-300"))
    return content[: number.start()] + value + content[number.end() :]


def _cut_short(content: bytes, noise: random.Random) -> bytes:
    return content[: noise.randrange(len(content))]


def _long_line(content: bytes, noise: random.Random) -> bytes:
    place = noise.randrange(len(content))
    filling = noise.choice((b" ", b"1 ", b"(", b"<a>", b"[", b'{"a":', b"A", b"\0"))
    return (
        content[:place]
        + filling * (noise.choice((9_000, 3_000_000)) // len(filling))
        + content[place:]
    )


def _many_lines(content: bytes, noise: random.Random) -> bytes:
    place = content.index(b"\n", noise.randrange(len(content) - 1)) if b"\n" in content else 9
    filling = noise.choice((b"\n", b" \n", b"B 2 0.1 0.2 0.3 1.0\n", b"0.1 0.2 0.3\n", b"CELL\n"))
    return content[:place] + filling * (3_000_000 // len(filling)) + content[place:]


DAMAGES = (
    _flipped, _line_cut, _line_doubled, _number_replaced, _cut_short, _long_line, _many_lines,
)  # fmt: skip


def entity_files(vasprun: str) -> Iterator[tuple[str, str]]:
    """Yield vasprun.xml files whose XML grows, nests or reaches for other files."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for entities in (f'<!ENTITY a0 "Mg">{levels}', '<!ENTITY a11 SYSTEM "file:///etc/passwd">'):
        document = f"<!DOCTYPE modeling [{entities}]>"
        yield "vasprun.xml", vasprun.replace("<modeling>", f"{document}<modeling>&a11;")
        yield "vasprun.xml", vasprun.replace("<modeling>", f"<modeling>{document}&a11;")
    yield "vasprun.xml", vasprun.replace("<modeling>", "<modeling>" + "<structure>" * 300_000)
    yield "vasprun.xml", vasprun.replace("<modeling>", "<modeling " + 'a="" ' * 1_000 + ">")
