"""POSCARs as VASP and other programs write them: read rightly, or refused with a reason."""

import gzip

import numpy as np
import pytest
from support.hostile import POSCAR
from support.same_crystal import assert_same_crystal

from tcexplore.crystal.structure import StructureError

HEAD = POSCAR[: POSCAR.index("Mg B")]
VECTORS = "3.086 0.0 0.0\n-1.543 2.67255 0.0\n0.0 0.0 3.524\n"
ROWS = POSCAR[POSCAR.index("0.0 0.0 0.0\n0.33") :]
MG, B1, B2 = ROWS.splitlines()
CART = "0.0 0.0 0.0\n0.0 1.7817 1.762\n1.543 0.89085 1.762\n"
VOLUME = 3.086 * 2.67255 * 3.524
SAME = {
    "exponents of Fortran": POSCAR.replace("3.086", "0.3086D+01").replace("0.5", "5.0d-01"),
    "comments": POSCAR.replace("\n1.0\n", "\n1.0 ! scale\n").replace("1 2\n", "1 2 ! counts\n"),
    "comments behind vectors": POSCAR.replace("0.0 0.0 3.524", "0.0 0.0 3.524 # c"),
    "tabs and blanks": POSCAR.replace(" ", " \t").replace("\n", "  \n"),
    "lines of a Mac": POSCAR.replace("\n", "\r"),
    "no title": POSCAR.replace("MgB2\n", "\n", 1),
    "title in brackets": POSCAR.replace("MgB2\n", "[MgB2] relaxed\n", 1),
    "title that is a number": POSCAR.replace("MgB2\n", "3\n", 1),
    "counts over lines": POSCAR.replace("1 2\n", "1\n2\n"),
    "symbols over lines": POSCAR.replace("Mg B\n", "Mg\nB\n"),
    "count of zero": POSCAR.replace("Mg B\n1 2", "Mg O B\n1 0 2"),
    "symbol twice": POSCAR.replace("Mg B\n1 2", "Mg B B\n1 1 1"),
    "hashes of VASP 6": POSCAR.replace("Mg B\n", "Mg_pv/0a1b2c3d B/9f8e7d6c\n"),
    "names of POTCARs": POSCAR.replace("Mg B\n", "Mg_pv B_h\n"),
    "charges": POSCAR.replace("Mg B\n", "Mg2+ B-\n"),
    "labels behind": HEAD + "1 2\nDirect\n" + f"{MG} Mg\n{B1} B\n{B2} B\n",
    "numbered labels behind": HEAD + "1 2\nDirect\n" + f"{MG} Mg1\n{B1} B1\n{B2} B2\n",
    "three scales": POSCAR.replace("\n1.0\n", "\n2.0 2.0 0.5\n").replace(
        VECTORS, "1.543 0 0\n-0.7715 1.336275 0\n0 0 7.048\n"
    ),
    "volume": POSCAR.replace("\n1.0\n", f"\n-{VOLUME}\n").replace(
        VECTORS, "6.172 0 0\n-3.086 5.3451 0\n0 0 7.048\n"
    ),
    "volume and Cartesian": HEAD.replace("\n1.0\n", f"\n-{VOLUME}\n").replace(
        VECTORS, "6.172 0 0\n-3.086 5.3451 0\n0 0 7.048\n"
    )
    + "Mg B\n1 2\nCartesian\n0 0 0\n0 3.5634 3.524\n3.086 1.7817 3.524\n",
    "Cartesian of old": POSCAR.replace("Direct", "kartesisch").replace(ROWS, CART),
    "velocities behind": POSCAR + "\n0.01 0.02 0.03\n0.0 0.0 0.0\n0.1 0.1 0.1\n",
    "velocities and predictor": POSCAR
    + "\nCartesian\n"
    + "0.1E-1 0.0 0.0\n" * 3
    + "\n1\n0.1E+01\n0.1 0.0 0.0 0.0\n"
    + "0.1 0.2 0.3\n" * 9,
    "lattice velocities": POSCAR + "Lattice velocities and vectors\n1\n" + "0.1 0.2 0.3\n" * 6,
    "selective with flags": HEAD
    + "Mg B\n1 2\nSelective dynamics\nDirect\n"
    + f"{MG} T T F\n{B1} F F F\n{B2} .TRUE. .FALSE. T\n",
    "selective with labels": HEAD
    + "Mg B\n1 2\nselective\ndirect\n"
    + f"{MG} F F F Mg\n{B1} T F T B\n{B2} T T T B\n",
    "density behind": POSCAR
    + "\n2 2 2\n0.1 0.2 0.3 0.4 0.5\n0.1 0.2 0.3\n"
    + "augmentation occupancies 1 3\n0.1 0.2 0.3\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_variants_are_the_same_crystal(reader, text):
    found = reader.load(text, file_name="POSCAR")
    assert_same_crystal(found, reader.load(POSCAR))
    assert found.properties["warnings"] == ()


def test_fluorine_is_no_flag(reader):
    rows = f"{MG} F\n{B1} B\n{B2} B\n"
    found = reader.load(HEAD + "F B\n1 2\nDirect\n" + rows)
    assert found.formula == "B2 F1"
    selective = f"{MG} F F F F\n{B1} F F F B\n{B2} F F F B\n"
    found = reader.load(HEAD + "1 2\nSelective\nDirect\n" + selective)
    assert found.formula == "B2 F1"


NOTED = {
    "VASP 4 with a title of symbols": (
        POSCAR.replace("MgB2\n", "Mg B\n", 1).replace("Mg B\n1 2", "1 2"),
        "The file names no elements in line 6; those of line 1 were used: Mg B.",
        "Mg1 B2",
    ),
    "deuterium": (
        POSCAR.replace("Mg B\n", "D B\n"),
        "Deuterium (D) is read as hydrogen.",
        "B2 H1",
    ),
    "pseudo-hydrogen": (
        POSCAR.replace("Mg B\n", "H.75 B\n"),
        "The pseudo-hydrogen H.75 is read as hydrogen.",
        "B2 H1",
    ),
    "pseudo-hydrogen above 1": (
        POSCAR.replace("Mg B\n", "H1.25 B\n"),
        "The pseudo-hydrogen H1.25 is read as hydrogen.",
        "B2 H1",
    ),
}


@pytest.mark.parametrize(("text", "note", "formula"), NOTED.values(), ids=NOTED)
def test_what_is_not_sure_has_a_note(reader, text, note, formula):
    found = reader.load(text)
    assert found.properties["warnings"] == (note,)
    assert sorted(found.formula.split()) == sorted(formula.split())


REFUSED = {
    "VASP 4": (POSCAR.replace("Mg B\n", ""), "names no elements: it is a file of VASP 4; write"),
    "title against counts": (
        POSCAR.replace("MgB2\n", "Mg B O\n", 1).replace("Mg B\n1 2", "1 2"),
        "names no elements",
    ),
    "labels against line 6": (
        HEAD + "Mg B\n1 2\nDirect\n" + f"{MG} B\n{B1} Mg\n{B2} B\n",
        "names Mg above the numbers of atoms, but 'B' behind the coordinates of atom 1",
    ),
    "elements against counts": (POSCAR.replace("1 2\n", "1 1 1\n"), "names 2 elements but 3"),
    "dummy": (POSCAR.replace("Mg B\n", "X B\n"), "'X' stands for a dummy atom"),
    "vacancy": (POSCAR.replace("Mg B\n", "Va B\n"), "'Va' stands for a vacancy"),
    "two scales": (POSCAR.replace("\n1.0\n", "\n1.0 2.0\n"), "expected one scale factor, or three"),
    "scale of zero": (POSCAR.replace("\n1.0\n", "\n0.0\n"), "has the scale 0; expected one"),
    "mode": (POSCAR.replace("Direct", "Quadratic"), "has 'Quadratic' in line 8; expected 'Direct'"),
    "cut short": (POSCAR.replace(f"{B2}\n", ""), "announces 3 atoms but lists 2"),
    "underscore in a number": (POSCAR.replace("0.5", "0_1.5"), "expected three coordinates"),
    "minus sign of Unicode": (POSCAR.replace("-1.543", "\u22121.543"), "expected a lattice vector"),
    "comma for a point": (POSCAR.replace("3.086", "3,086"), "expected a lattice vector"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_known_is_refused(reader, text, message):
    with pytest.raises(StructureError, match=message.replace("(", r"\(")):
        reader.load(text, file_name="POSCAR")


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
def test_large_chgcar_is_read_without_its_density(reader, tmp_path, zipped):
    grid = "120 120 120\n" + " 0.12345678901E+02" * 5 + "\n"
    content = (POSCAR + "\n" + grid + (" 0.12345678901E+02" * 5 + "\n") * 70_000).encode()
    assert len(content) > 5_000_000
    path = tmp_path / ("CHGCAR.gz" if zipped else "CHGCAR")
    path.write_bytes(gzip.compress(content, 1) if zipped else content)
    assert_same_crystal(reader.load(path), reader.load(POSCAR))


def test_title_names_the_structure(reader):
    assert reader.load(POSCAR).properties["label"] == "MgB2"
    volume = reader.load(SAME["volume and Cartesian"]).volume
    assert np.isclose(volume, VOLUME)
