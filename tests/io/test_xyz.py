"""Extended XYZ files: columns, lattice and periodicity as other programs write them."""

import pytest
from support.hostile import XYZ
from support.same_crystal import assert_same_crystal

from tcexplore.crystal.structure import StructureError

COMMENT = XYZ.split("\n")[1]
LATTICE = COMMENT.split(" Properties")[0]
COORDS = ["0.0 0.0 0.0", "0.0 1.7817 1.762", "1.543 0.89085 1.762"]


def frame(columns: str, rows: list[str], more: str = "") -> str:
    return f"3\n{LATTICE} Properties={columns} {more}\n" + "\n".join(rows) + "\n"


MG, B1, B2 = COORDS
SAME = {
    "no Properties": XYZ.replace(COMMENT, LATTICE),
    "pbc": XYZ.replace(COMMENT, COMMENT + ' pbc="T T T"'),
    "pbc in words": XYZ.replace(COMMENT, COMMENT + " pbc=[true, true, true]"),
    "lower case": XYZ.replace("Lattice", "lattice").replace("Properties", "properties"),
    "quotes": XYZ.replace('"', "'"),
    "commas": XYZ.replace("3.086 0.0 0.0 -1.543", "3.086, 0.0, 0.0, -1.543"),
    "braces": XYZ.replace('Lattice="', "Lattice={").replace('3.524"', "3.524}"),
    "species behind": frame("pos:R:3:species:S:1", [f"{MG} Mg", f"{B1} B", f"{B2} B"]),
    "species in the middle": frame(
        "id:I:1:pos:R:3:species:S:1:forces:R:3",
        [f"1 {MG} Mg 0 0 0", f"2 {B1} B 1 2 3", f"3 {B2} B 1 2 3"],
    ),
    "atomic numbers": frame("Z:I:1:pos:R:3", [f"12 {MG}", f"5 {B1}", f"5 {B2}"]),
    "species and numbers": frame(
        "species:S:1:pos:R:3:Z:I:1", [f"Mg {MG} 12", f"B {B1} 5", f"B {B2} 5"]
    ),
    "labels": XYZ.replace("Mg 0", "Mg1 0").replace("B 0", "B1 0").replace("B 1", "B2 1"),
    "exponents of Fortran": XYZ.replace("1.762", "0.1762D+01"),
    "tabs and blanks": "\n".join(
        line if "=" in line else line.replace(" ", "\t ") + " " for line in XYZ.split("\n")
    ),
    "lines of a Mac": XYZ.replace("\n", "\r"),
    "blank lines behind": XYZ + "\n \n\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_variants_are_the_same_crystal(reader, text):
    found = reader.load(text, file_name="MgB2.xyz")
    assert_same_crystal(found, reader.load(XYZ))
    assert found.properties["warnings"] == ()


@pytest.mark.parametrize(
    ("flags", "kind"), [("T T F", "slab"), ("F T T", "slab"), ("F F T", "chain")]
)
def test_slabs_and_chains_have_a_note(reader, flags, kind):
    found = reader.load(XYZ.replace(COMMENT, f'{COMMENT} pbc="{flags}"'))
    assert found.properties["warnings"] == (
        f'The file says pbc="{flags}": a {kind}, not periodic in all directions. It is taken as a'
        " crystal that repeats along all three vectors, its vacuum included.",
    )


def test_isotopes_have_a_note(reader):
    found = reader.load(XYZ.replace("Mg 0.0", "2H 0.0").replace("B ", "11B "))
    assert found.composition.reduced_formula == "BH" or found.formula == "B2 H1"
    assert found.properties["warnings"] == (
        "The isotope 2H is read as H.",
        "The isotope 11B is read as B.",
    )


REFUSED = {
    "molecule": (XYZ.replace(COMMENT, COMMENT + ' pbc="F F F"'), "is a molecule or cluster"),
    "molecule in a word": (XYZ.replace(COMMENT, COMMENT + " pbc=F"), "is a molecule or cluster"),
    "no lattice": (XYZ.replace(COMMENT, "MgB2"), "has no lattice: a plain XYZ file"),
    "lattice of a length": (XYZ.replace(LATTICE, 'Lattice="3.086"'), "has no lattice"),
    "dummy": (XYZ.replace("Mg 0", "X 0"), "'X' stands for a dummy atom"),
    "Du": (XYZ.replace("Mg 0", "Du 0"), "'Du' stands for a dummy atom"),
    "vacancy": (XYZ.replace("Mg 0", "Va 0"), "'Va' stands for a vacancy"),
    "number of no element": (frame("Z:I:1:pos:R:3", [f"0 {MG}", f"5 {B1}", f"5 {B2}"]), "'0'"),
    "occupancies": (
        XYZ.replace(COMMENT, COMMENT + ' occupancy="{0: {Mg: 0.5}}"'),
        "has partial occupancies",
    ),
    "width": (XYZ.replace("species:S:1", "species:S:one"), "expected a width such as 1 or 3"),
    "no species": (frame("pos:R:3", COORDS), "has no columns for species and pos"),
    "count too small": (XYZ.replace("3\n", "2\n", 1), "expected the number of atoms"),
    "count too large": (XYZ.replace("3\n", "9\n", 1), "announces 9 atoms but lists"),
    "coordinate": (XYZ.replace("Mg 0.0 0.0", "Mg 0.0 zero"), "expected an element and three"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_known_is_refused(reader, text, message):
    with pytest.raises(StructureError, match=message):
        reader.load(text, file_name="MgB2.xyz")
