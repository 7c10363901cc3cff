"""The CIF reader: grammar, elements, occupancies, sites listed twice, cells, several blocks."""

import numpy as np
import pytest
from pymatgen.core import Composition
from support.cif_text import ALB2, COLUMNS, HEXAGONAL, cif_of, symbol_line

from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif.read import cif_structures
from tcexplore.io.cif.text import number

P6MMM = symbol_line("P 6/m m m")
PLAIN = cif_of(HEXAGONAL, ALB2, lines=P6MMM)
CUBIC = (4.05, 4.05, 4.05, 90, 90, 90)


def formula_of(text):
    (parsed,) = cif_structures(text)
    return parsed.structure.composition.reduced_formula


def notes_of(text):
    return " ".join(cif_structures(text)[0].notes)


ONE_CRYSTAL = {
    "plain": PLAIN,
    "names in any case": PLAIN.replace("_cell_length_a", "_CELL_Length_A")
    .replace("_atom_site_fract_x", "_Atom_Site_Fract_X"),
    "keywords in any case": PLAIN.replace("data_", "DATA_").replace("loop_", "Loop_"),
    "dotted names": PLAIN.replace("_atom_site_", "_atom_site.").replace("_cell_", "_cell."),
    "no occupancy": PLAIN.replace("_atom_site_occupancy\n", "").replace(" 1\n", "\n"),
    "occupancy .": PLAIN.replace(" 1\n", " .\n"),
    "occupancy ?": PLAIN.replace(" 1\n", " ?\n"),
    "type ?": PLAIN.replace("1 Al ", "1 ? ").replace("1 B ", "1 ? "),
    "uncertainties": PLAIN.replace("3.01", "3.0100(12)").replace("0.333333", "0.33333(4)"),
    "three digits": PLAIN.replace("0.333333 0.666667", ".333 .667"),
    "fractions": PLAIN.replace("0.333333 0.666667", "1/3 2/3"),
    "Ctrl-Z": PLAIN + "\x1a",
    "no-break spaces": PLAIN.replace("0.333333 ", "0.333333\u00a0"),
    "byte order mark": "\ufeff" + PLAIN,
    "quotes of a word processor": PLAIN.replace("'P 6/m m m'", "\u2018P 6/m m m\u2019"),
    "letters of other languages": PLAIN + "_publ_author_name 'M\u00fcller, \u00c5'\n",
    "comment": "# \u2265 1\n" + PLAIN.replace("loop_", "loop_ # of atoms"),
    "template first": "data_template\n_atom_site_label ?\n_atom_site_fract_x ?\n" + PLAIN,
    "template with a loop": "data_t\nloop_\n_atom_site_label\n_atom_site_fract_x\n? ?\n" + PLAIN,
    "text block": PLAIN + "_publ_section_comment\n;\ndata_old\n_cell_length_a 9\nloop_\n_a\n;\n",
    "empty loop": PLAIN.replace("loop_", "loop_\n_citation_id\n_citation_year\nloop_", 1),
    "empty loop before a pair": PLAIN.replace("_cell_length_a", "loop_\n_a_b\n_cell_length_a"),
    "empty loop at the end": PLAIN + "loop_\n_geom_bond_distance\n",
    "tag without value": PLAIN + "_cell_measurement_temperature\n",
    "hydrogen of no use": PLAIN.replace("B1 B", "H9 H 0.5 0.5 0.5 0\nB1 B"),
    "dummy by its flag": PLAIN.replace("_occupancy", "_occupancy\n_atom_site_calc_flag")
    .replace(" 1\n", " 1 d\n") + "C1 C ? ? ? 1 dum\n",
    "symbol without quotation marks": PLAIN.replace("'P 6/m m m'", "P 6/m m m"),
    "identical name twice": PLAIN.replace("data_test", "data_test\n_cell_length_a 3.01"),
}  # fmt: skip


@pytest.mark.parametrize("text", ONE_CRYSTAL.values(), ids=ONE_CRYSTAL)
def test_one_crystal_however_it_is_written(text):
    (parsed,) = cif_structures(text)
    assert parsed.structure.composition.formula == "Al1 B2"
    coords = sorted(parsed.structure.frac_coords[:, 0])
    assert np.allclose(coords, [0, 1 / 3, 2 / 3], atol=2e-5)


def test_minus_signs_of_papers_are_read_and_told():
    cell = (5.1, 6.2, 7.3, 90, 99, 90)
    text = cif_of(cell, ["Zr1 Zr -0.21 0.04 -0.07 1"], lines=symbol_line("P 1"))
    expected = cif_structures(text)[0].structure
    for minus in "\u2212\u2013\u2010":
        parsed = cif_structures(text.replace(" -0", f" {minus}0"))[0]
        assert np.allclose(parsed.structure.frac_coords, expected.frac_coords)
        assert "Minus signs" in parsed.notes[0]
    with pytest.raises(StructureError, match=r"_atom_site_fract_x is '~0\.21'"):
        cif_structures(text.replace(" -0.21", " \ufffd0.21"))


def test_one_atom_without_a_loop():
    text = "data_po\n_cell_length_a 3.3\n_cell_length_b 3.3\n_cell_length_c 3.3\n"
    text += symbol_line("P m -3 m") + "\n_atom_site_label Po1\n"
    text += "_atom_site_fract_x 0\n_atom_site_fract_y 0\n_atom_site_fract_z 0\n"
    assert formula_of(text) == "Po"
    assert "taken as 90°" in notes_of(text)


def test_hydrogen_that_shares_a_site_stays():
    rows = ["Sm1 Sm 0.25 0.25 0.14 1", "Fe1 Fe 0.75 0.25 0.5 1", "As1 As 0.25 0.25 0.66 1",
            "O1 O 0.75 0.25 0 0.78", "H1 {} 0.75 0.25 0 0.22"]  # fmt: skip
    lines = symbol_line("P 4/n m m:2")
    for kind in ("H", "H-", "D", "2H", "T"):
        text = cif_of((3.9, 3.9, 8.4, 90, 90, 90), [r.format(kind) for r in rows], lines=lines)
        composition = cif_structures(text)[0].structure.composition
        assert composition.almost_equals(Composition("Sm2Fe2As2O1.56H0.44"))


def test_isotopes_and_charges_that_share_a_place_add_up_with_a_note():
    rows = ["Pd1 Pd 0 0 0 1", "D1 D 0.5 0.5 0.5 0.4", "H1 H 0.5 0.5 0.5 0.35"]
    text = cif_of(CUBIC, rows, lines=symbol_line("F m -3 m"))
    (parsed,) = cif_structures(text)
    assert parsed.structure.composition.almost_equals(Composition("Pd4H3"))
    assert "D, H share one place and were added up as H." in parsed.notes
    mixed = cif_of(CUBIC, ["Fe1 Fe2+ 0 0 0 0.3", "Fe2 Fe3+ 0 0 0 0.6"], lines=symbol_line("P 1"))
    (parsed,) = cif_structures(mixed)
    assert parsed.structure.composition.almost_equals(Composition("Fe0.9"))
    assert "Fe2+, Fe3+ share one place and were added up as Fe." in parsed.notes


def test_a_full_cell_beside_operations_is_merged_with_a_note():
    rows = ["Cu1 Cu 0 0 0 1", "Cu2 Cu 0.5 0.5 0 1", "Cu3 Cu 0 0.5 0.5 1", "Cu4 Cu 0.5 0 0.5 1"]
    for lines in (symbol_line("F m -3 m"), symbol_line("F 2 3")):
        (parsed,) = cif_structures(cif_of(CUBIC, rows, lines=lines))
        assert len(parsed.structure) == 4
        assert any("lists all atoms of the cell" in note for note in parsed.notes)


REFUSED = {
    "the same place twice": (
        cif_of(CUBIC, ["O1 O 0 0.5 0.5 0.3", "O2 O 1 0.5 0.5 0.3"], lines=symbol_line("P 1")),
        "lists the same place twice or more: sites O1, O2 coincide",
    ),
    "twice by symmetry": (
        cif_of(CUBIC, ["O1 O 0 0.5 0.5 0.3", "O2 O 0.5 0 0.5 0.3"], lines=symbol_line("P m -3 m")),
        "lists the same place twice or more: sites O1, O2 coincide",
    ),
    "twice with other occupancies": (
        cif_of(CUBIC, ["O1 O 0 0 0 0.3", "O2 O 0 0 0 0.4"], lines=symbol_line("P 1")),
        "lists the same place twice or more with O: sites O1, O2",
    ),
    "some of an orbit": (
        cif_of(CUBIC, ["Cu1 Cu 0 0 0 1", "Cu2 Cu 0.5 0.5 0 1"], lines=symbol_line("F m -3 m")),
        "sites Cu1, Cu2 coincide",
    ),
    "too full": (
        cif_of(CUBIC, ["Y1 Y 0 0 0 0.7", "Ca1 Ca 0 0 0 0.4"], lines=symbol_line("P 1")),
        "fills one place 1.1 times with the sites Y1, Ca1",
    ),
    "full O and H": (
        cif_of(CUBIC, ["O1 O 0 0 0 1", "H1 H 0 0 0 1"], lines=symbol_line("P 1")),
        "fills one place 2 times with the sites O1, H1",
    ),
    "split or rough": (
        cif_of((9.1, 9.1, 9.1, 90, 90, 90), ["O1 O 0.004 0 0 0.5"], lines=symbol_line("P m -3 m")),
        "partly filled site 'O1'.*own image",
    ),
    "dummy": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1", "Du1 Du 0.5 0.5 0.5 1"], lines=symbol_line("P 1")),
        "has the site 'Du1': 'Du' stands for a dummy atom",
    ),
    "vacancy": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1", "Va1 Va 0 0 0 0.1"], lines=symbol_line("P 1")),
        "stands for a vacancy",
    ),
    "dummy by label": (
        cif_of(CUBIC, ["X1 ? 0 0 0 1"], lines=symbol_line("P 1")), "stands for a dummy atom"
    ),
    "water": (cif_of(CUBIC, ["Wat1 . 0 0 0 1"], lines=symbol_line("P 1")), "group of atoms"),
    "mixed type": (cif_of(CUBIC, ["M1 Fe,Co 0 0 0 1"], lines=symbol_line("P 1")), "no single"),
    "label of two readings": (
        cif_of(CUBIC, ["CO1 ? 0 0 0 1", "Fe1 ? 0.5 0.5 0.5 1"], lines=symbol_line("P 1")),
        "'CO1', whose label allows more than one element; add _atom_site_type_symbol",
    ),
    "no length": (
        PLAIN.replace("_cell_length_c 4.77\n", ""), "_cell_length_c is 'missing'; expected"
    ),
    "no angle that symmetry tells not": (
        cif_of((4, 5, 6, 90, 90), ["Nb1 Nb 0 0 0 1"], lines=symbol_line("P 1")),
        "_cell_angle_gamma is '.'",
    ),
    "angles of no cell": (
        cif_of((4, 5, 6, 20, 20, 90), ["Nb1 Nb 0 0 0 1"], lines=symbol_line("P 1")),
        "which no cell has",
    ),
    "lengths twice": (
        PLAIN.replace("data_test", "data_test\n_cell_length_a 3.3"), "_cell_length_a twice"
    ),
    "a coordinate left open": (PLAIN.replace("0.333333", "?"), "_atom_site_fract_x is '[?]'"),
    "Cartesian alone": (PLAIN.replace("_fract_", "_Cartn_"), "lists Cartesian coordinates alone"),
    "mmCIF": (
        PLAIN.replace("_fract_", ".Cartn_").replace("_atom_site_label", "_atom_site.label_comp_id"),
        "mmCIF file of a molecule",
    ),
    "a loop cut short": (PLAIN[:-3], "too few or too many values"),
    "a text block without end": (PLAIN + "_a\n;\nno end\n", "no sound CIF"),
    "a decimal comma": (PLAIN.replace("0.333333", "0,333333"), "is '0,333333'"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_known_is_refused(text, message):
    with pytest.raises(StructureError, match=message):
        cif_structures(text)


NOTED = {
    "label and type": (PLAIN.replace("Al1 Al", "Ga1 Al"), "its type; its label names Ga"),
    "label of a dummy": (PLAIN.replace("Al1 Al", "Du1 Al"), "its label says otherwise"),
    "multiplicity": (
        cif_of(HEXAGONAL, ["Al1 Al 0 0 0 1 4"], lines=P6MMM,
               columns=[*COLUMNS, "symmetry_multiplicity"]),
        "the multiplicity 4, but its symmetry operations make 1",
    ),
    "isotope": (PLAIN.replace("B1 B", "B1 11B"), "The isotope 11B is read as B."),
    "capitals": (
        cif_of(CUBIC, ["NB1 . 0 0 0 1", "N1 . 0.5 0.5 0.5 1"], lines=symbol_line("F m -3 m")),
        "The label 'NB1' is read as Nb.",
    ),
    "hydrogen that no site holds": (
        PLAIN + "_chemical_formula_sum 'Al B2 H3'\n", "formula names H, but no site holds it"
    ),
    "another formula": (PLAIN + "_chemical_formula_sum 'Al B3'\n", "but its sites give AlB2"),
    "a little too full": (
        PLAIN.replace("0 0 0 1", "0 0 0 0.504\nGa1 Ga 0 0 0 0.5"), "sum to 1.004 and were scaled"
    ),
    "angles": (
        cif_of(CUBIC[:3], ["Nb1 Nb 0 0 0 1"], lines=symbol_line("P m -3 m")), "taken as 90°"
    ),
    "two angles that symmetry tells": (
        cif_of(HEXAGONAL[:3], ALB2, lines="_cell_angle_gamma 120\n" + P6MMM), "taken as 90°"
    ),
    "a cell that is not quite cubic": (
        cif_of((4.05, 4.065, 4.05, 90, 90, 90), ["Nb1 Nb 0 0 0 1"], lines=symbol_line("P m -3 m")),
        "keeps its symmetry only to",
    ),
    "empty sites": (PLAIN + "H1 H 0.5 0.5 0 0\n", "their occupancy is 0: 1."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "note"), NOTED.values(), ids=NOTED)
def test_what_the_user_should_know_is_told(text, note):
    assert note in notes_of(text)


def test_plain_files_have_no_notes():
    text = cif_of(HEXAGONAL, ALB2, operations=["x,y,z", "-x,-y,-z"])
    text += "_chemical_formula_sum 'Al B2'\n_cell_formula_units_Z 1\n"
    assert cif_structures(text)[0].notes == ()


def test_every_block_with_atoms_is_a_structure_of_its_own():
    second = PLAIN.replace("data_test", "data_other").replace("Al1 Al", "Mg1 Mg")
    parsed = cif_structures("data_global\n_audit_creation_date 2020\n" + PLAIN + second)
    assert [item.label for item in parsed] == ["data_test", "data_other"]
    formulas = [item.structure.composition.reduced_formula for item in parsed]
    assert formulas == ["AlB2", "MgB2"]
    broken = second.replace("0.333333", "?")
    with pytest.raises(StructureError, match="in 'data_other' of several data blocks"):
        cif_structures(PLAIN + broken)


def test_split_sites_and_shared_sites_stay_apart():
    rows = ["O1 O 0.03 0 0 0.5", "Cu1 Cu 0.5 0.5 0.5 1"]
    split = cif_of((4.0, 4.0, 4.0, 90, 90, 90), rows, operations=["x,y,z", "-x,-y,-z"])
    assert cif_structures(split)[0].structure.composition.almost_equals(Composition("OCu"))
    near = cif_of(CUBIC, ["La1 La 0 0 0.36 0.9", "Sr1 Sr 0 0 0.368 0.1"], lines=symbol_line("P 1"))
    assert len(cif_structures(near)[0].structure) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.25", 0.25), ("-.5", -0.5), ("120.", 120), ("3.0860(2)", 3.086), ("1E-1", 0.1),
     ("0.5D+00", 0.5), ("2/3", 2 / 3), ("+1", 1)],
)  # fmt: skip
def test_numbers(text, value):
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "?", "nan", "inf", "1,5", "0x10", "1 2", "1/0", "~0.2", "a"])
def test_what_is_no_number(text):
    assert np.isnan(number(text))


def test_columns_may_come_in_any_order():
    order = [1, 5, 2, 3, 4, 0]
    rows = [" ".join(np.array(row.split())[order]) for row in ALB2]
    assert formula_of(
        cif_of(HEXAGONAL, rows, lines=P6MMM, columns=[COLUMNS[i] for i in order])
    ) == ("AlB2")


@pytest.mark.parametrize(("c", "is_read"), [(4.05, True), (4.2, False)])
def test_a_relaxed_cell_beside_listed_operations_is_read_with_a_note(c, is_read):
    text = (
        f"data_x\n_cell_length_a 4.0\n_cell_length_b 4.0\n_cell_length_c {c}\n"
        "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n"
        "loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n'y,z,x'\n'z,x,y'\n"
        "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
        "Po 0 0 0\n"
    )
    if not is_read:
        with pytest.raises(StructureError, match="that its symmetry operations do not keep"):
            cif_structures(text)
        return
    [parsed] = cif_structures(text)
    assert len(parsed.structure) == 1
    assert any("keeps its symmetry only to" in note for note in parsed.notes)
