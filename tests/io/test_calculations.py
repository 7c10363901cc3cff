"""Files of AIRSS, XCrySDen, VASP and Quantum ESPRESSO."""

import pytest
from support.calculation_files import (
    CALCULATIONS,
    ESPRESSO_INPUT,
    ESPRESSO_OUTPUT,
    RELAXED,
    RES,
    XSF,
    vasprun_text,
)
from support.hostile import JSON
from support.same_crystal import assert_same_crystal

from tcexplore.crystal.structure import StructureError

STEPS_NOTE = "The file holds 2 steps of one calculation; the last structure was used."
BOHR = 0.52917720859  # Å, of CODATA 2006
VECTORS = ESPRESSO_INPUT[ESPRESSO_INPUT.index("3.086 0.0") : ESPRESSO_INPUT.index("ATOMIC_POS")]
CRYSTAL = ESPRESSO_INPUT[ESPRESSO_INPUT.index("ATOMIC_POS") : ESPRESSO_INPUT.index("K_POINTS")]


def scaled(text: str, factor: float) -> str:
    """Return a text whose coordinates are divided by a factor."""
    rows = [line.split() for line in text.splitlines()]
    return "".join(
        " ".join(word if word.isalpha() else f"{float(word) / factor:.10f}" for word in row) + "\n"
        for row in rows
    )


POSITIONS = "Mg 0.0 0.0 0.0\nB 0.0 1.7817 1.762\nB 1.543 0.89085 1.762\n"
IN_ALAT = ESPRESSO_INPUT.replace("ibrav = 0,", f"ibrav = 0, celldm(1) = {3.086 / BOHR:.9f},")
SAME = {
    **{
        name: text
        for name, text in CALCULATIONS.items()
        if name not in ("relaxed.out", "vasprun.xml")
    },
    "RES with comments": RES.replace("LATT -1", "LATT -1 ! no centring"),
    "RES with spins": RES.replace(" 1.0\n", " 1.0 0.25\n"),
    "RES of SHELX": RES.replace("LATT -1", "ZERR 1 0 0 0 0 0 0\nLATT -1")
    .replace("Mg 1", "UNIT 1 2\nL.S. 4\nFVAR 0.5\nWGHT 0.1\nMg1 1")
    .replace("0.5 1.0\nB", "0.5 11.0 0.02 0.02 =\n 0.02 0 0 0\nB")
    .replace("END\n", "HKLF 4\nEND\n"),
    "RES without energies": RES.replace(RES.split("\n")[0], "TITL MgB2"),
    "XSF with symbols": XSF.replace("\n12 ", "\nMg ").replace("\n5 ", "\nB "),
    "XSF with conventional cell": XSF.replace(
        "PRIMCOORD", "CONVVEC\n1 0 0\n0 1 0\n0 0 1\nPRIMCOORD"
    ),
    "XSF with forces": XSF.replace("1.762\n", "1.762 0.1 0.2 0.3\n").replace(
        "12 0.0 0.0 0.0\n", "12 0.0 0.0 0.0 0.1 0.1 0.1\n"
    ),
    "XSF with density": XSF + "BEGIN_BLOCK_DATAGRID_3D\n x\n BEGIN_DATAGRID_3D_a\n 2 2 2\n 0 0 0\n",
    "pw.x bohr": ESPRESSO_INPUT.replace("angstrom", "(bohr)").replace(
        VECTORS, scaled(VECTORS, BOHR)
    ),
    "pw.x alat": IN_ALAT.replace("angstrom", "{alat}").replace(VECTORS, scaled(VECTORS, 3.086)),
    "pw.x positions in angstrom": ESPRESSO_INPUT.replace(
        CRYSTAL, "ATOMIC_POSITIONS (angstrom)\n" + POSITIONS
    ),
    "pw.x positions in bohr": ESPRESSO_INPUT.replace(
        CRYSTAL, "ATOMIC_POSITIONS bohr\n" + scaled(POSITIONS, BOHR)
    ),
    "pw.x positions in alat": IN_ALAT.replace("angstrom", "alat")
    .replace(VECTORS, scaled(VECTORS, 3.086))
    .replace(CRYSTAL, "ATOMIC_POSITIONS alat\n" + scaled(POSITIONS, 3.086)),
    "pw.x flags and labels": ESPRESSO_INPUT.replace("\nMg ", "\nMg1 ").replace(
        "0.5\n", "0.5 0 0 1\n"
    ),
    "pw.x comments": ESPRESSO_INPUT.replace("crystal\n", "crystal ! not bohr\n# a comment\n"),
    "pw.x alat by a": ESPRESSO_INPUT.replace("ibrav = 0,", "ibrav = 0, a = 3.086,")
    .replace("angstrom", "alat")
    .replace(VECTORS, scaled(VECTORS, 3.086)),
    "pw.x capitals": ESPRESSO_INPUT.replace("&system", "&SYSTEM").replace("ibrav", "IBRAV"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_variants_are_the_same_crystal(reader, text):
    found = reader.load(text, file_name="calculation")
    assert_same_crystal(found, reader.load(JSON), tolerance=1e-4)
    assert found.properties["warnings"] == ()


def test_last_step_of_a_calculation_is_used_with_a_note(reader):
    last = reader.load(vasprun_text(3.1, 3.086))
    assert_same_crystal(last, reader.load(JSON), tolerance=1e-4)
    assert last.properties["warnings"] == (STEPS_NOTE,)
    assert reader.load(vasprun_text(3.086)).properties["warnings"] == ()
    relaxed = reader.load(ESPRESSO_OUTPUT + RELAXED)
    assert abs(relaxed.lattice.a - 1.02 * 3.086) < 1e-4
    assert relaxed.properties["warnings"] == (STEPS_NOTE,)


def test_positions_alone_are_relaxed_in_the_first_cell(reader):
    fixed_cell = RELAXED[RELAXED.index("ATOMIC_POSITIONS") :].replace(
        "0.3333333333", "0.3300000000"
    )
    relaxed = reader.load(ESPRESSO_OUTPUT + fixed_cell)
    assert abs(relaxed.lattice.a - 3.086) < 1e-4
    assert abs(relaxed.frac_coords[1, 0] - 0.33) < 1e-9


def test_vasprun_that_is_cut_short_says_so(reader):
    text = vasprun_text(3.1, 3.086)
    found = reader.load(text[: text.rindex("<calculation>") + 90], file_name="vasprun.xml")
    assert abs(found.lattice.a - 3.1) < 1e-9
    [note] = found.properties["warnings"]
    assert note == "The file is cut short; its last whole structure was used."


def test_slab_of_xsf_has_a_note(reader):
    [note] = reader.load(XSF.replace("CRYSTAL", "SLAB")).properties["warnings"]
    assert note.startswith('The file says pbc="T T F": a slab')


IBRAV = ESPRESSO_INPUT.replace("ibrav = 0", "ibrav = 4")
REFUSED = {
    "SHELX centring": (RES.replace("LATT -1", "LATT 1"), "is a SHELX file with symmetry"),
    "SHELX operations": (RES.replace("SFAC", "SYMM -X, -Y, -Z\nSFAC"), "is a SHELX file with"),
    "RES without LATT": (RES.replace("LATT -1\n", ""), "has no line 'LATT -1'"),
    "RES name against number": (RES.replace("\nMg 1", "\nMg 2"), "calls an atom Mg whose number"),
    "RES number": (RES.replace("\nMg 1", "\nMg 3"), "has the species number 3"),
    "RES dummy": (RES.replace("SFAC Mg", "SFAC X"), "stands for a dummy atom"),
    "RES occupancy": (RES.replace("0.5 1.0\nB", "0.5 21.0\nB"), "has the occupancy 21"),
    "RES unknown line": (
        RES.replace("\nMg 1", "\nWHAT now\nMg 1"),
        "has 'WHAT now' as a line; expected an atom",
    ),
    "XSF molecule": ("MOLECULE\nATOMS\n1 0 0 0\n1 0 0 0.74\n", "is a molecule"),
    "XSF dummy": (XSF.replace("\n12 ", "\n0 "), "holds a dummy atom"),
    "XSF more atoms": (XSF.replace("3 1\n", "2 1\n"), "announces 2 atoms behind PRIMCOORD but"),
    "XSF fewer atoms": (XSF.replace("3 1\n", "4 1\n"), "announces 4 atoms behind PRIMCOORD but"),
    "entities": (
        vasprun_text(3.0).replace("<modeling>", '<!DOCTYPE a [<!ENTITY b "c">]><modeling>'),
        "defines XML entities|is no structure",
    ),
    "vasprun dummy": (vasprun_text(3.086).replace(">Mg<", ">X <"), "stands for a dummy atom"),
    "vasprun row": (
        vasprun_text(3.086).replace("<v> 0.66666667 0.33333333 0.5 </v>", ""),
        "2 rows",
    ),
    "ibrav": (IBRAV, "gives its lattice by ibrav = 4"),
    "no ibrav": (ESPRESSO_INPUT.replace("ibrav = 0,", ""), "'?ibrav"),
    "no cell": (ESPRESSO_INPUT.replace("CELL_PARAMETERS angstrom\n" + VECTORS, ""), "."),
    "cell and celldm": (IN_ALAT, "Lattice parameters given in"),
    "space group": (
        ESPRESSO_INPUT.replace("crystal\n", "crystal_sg\n"),
        "lists the atoms of a space",
    ),
    "nat": (ESPRESSO_INPUT.replace("nat = 3", "nat = 2"), "announces 2 atoms"),
    "label OH": (
        ESPRESSO_INPUT.replace("\nB 1", "\nO 1").replace("\nB 0", "\nOH 0"),
        "'OH' stands for a group",
    ),
    "dummy in pw.x": (ESPRESSO_INPUT.replace("\nMg 0", "\nX 0").replace("Mg 24", "X 24"), "dummy"),
    "cell without positions": (
        ESPRESSO_OUTPUT + RELAXED.replace("\n\nATOMIC", "\n\n\nATOMIC"),
        "has CELL_PARAMETERS in line",
    ),
    "cut pw.x output": ((ESPRESSO_OUTPUT + RELAXED).partition("B             0.66")[0], "."),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_known_is_refused(reader, text, message):
    with pytest.raises(StructureError, match=message) as caught:
        reader.load(text, file_name="calculation")
    assert "StopIteration" not in str(caught.value)
