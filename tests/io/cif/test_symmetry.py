"""Symmetry of CIFs: every group by its symbol, names of old, choices, contradictions, refusals."""

import gemmi
import numpy as np
import pytest
from pymatgen.analysis.structure_matcher import StructureMatcher
from pymatgen.core import Lattice
from support.cif_text import cif_of, symbol_line

from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif.operations import Operations, fits_cell, is_group, operations_of
from tcexplore.io.cif.read import cif_structures
from tcexplore.io.cif.sites import AtomRow, site_images
from tcexplore.io.cif.space_group_names import named_settings, numbered_settings

SETTINGS = {group.hall: group for group in gemmi.spacegroup_table()}
CUBIC = (4.21, 4.21, 4.21, 90, 90, 90)
TETRAGONAL = (3.9, 3.9, 6.3, 90, 90, 90)
ORTHORHOMBIC = (5.31, 5.57, 7.72, 90, 90, 90)


def cell_for(group):
    """Cell that the symmetry of a setting allows, with no accidental equalities."""
    cells = {
        "triclinic": (5.1, 6.2, 7.3, 81.0, 97.0, 104.0),
        "orthorhombic": (5.1, 6.2, 7.3, 90.0, 90.0, 90.0),
        "tetragonal": (5.1, 5.1, 7.3, 90.0, 90.0, 90.0),
        "hexagonal": (5.1, 5.1, 7.3, 90.0, 90.0, 120.0),
        "cubic": (6.2, 6.2, 6.2, 90.0, 90.0, 90.0),
    }
    system = group.crystal_system_str()
    if system == "monoclinic":
        axis = group.monoclinic_unique_axis()
        angles = {"a": (103.0, 90.0, 90.0), "b": (90.0, 103.0, 90.0), "c": (90.0, 90.0, 103.0)}
        return (5.1, 6.2, 7.3, *angles[axis])
    if system == "trigonal":
        return (5.1, 5.1, 5.1, 77.0, 77.0, 77.0) if group.ext == "R" else cells["hexagonal"]
    return cells[system]


@pytest.mark.parametrize("hall", SETTINGS)
def test_every_setting_is_read_by_its_symbol_as_by_its_operations(hall):
    group = SETTINGS[hall]
    rows = ["Fe1 Fe 0.117 0.213 0.349 1"]
    cell = cell_for(group)
    by_name = cif_of(cell, rows, lines=symbol_line(group.xhm()))
    by_hall = cif_of(cell, rows, lines=f"_space_group_name_Hall\n;{hall}\n;")
    by_operations = cif_of(cell, rows, operations=[op.triplet() for op in group.operations()])
    expected = sites_of(by_operations)
    assert len(expected) == len(list(group.operations()))
    assert sites_of(by_name) == expected
    assert sites_of(by_hall) == expected


def sites_of(text):
    structure = cif_structures(text)[0].structure
    return sorted(tuple(np.round(site.frac_coords % 1, 4) % 1) for site in structure)


def test_every_standard_symbol_stands_for_its_number():
    for number in range(1, 231):
        standard = gemmi.get_spacegroup_reference_setting(number)
        for name in (standard.hm, standard.hm.replace(" ", ""), standard.hm.replace(" ", "_")):
            assert {group.number for group in named_settings(name)} == {number}
        assert standard.hall in {group.hall for group in numbered_settings(number)}


SAME_NAMES = {
    "I m 3 m": "I m -3 m", "P a 3": "P a -3", "I a 3 d": "I a -3 d", "F d 3 c:2": "F d -3 c:2",
    "I 4/m -3 2/m": "I m -3 m", "P 4/m -3 2/m": "P m -3 m", "P 42/m -3 2/n": "P m -3 n",
    "I 4/m 2/m 2/m": "I 4/m m m", "P 63/m 2/m 2/c": "P 63/m m c", "P 6/m 2/m 2/m": "P 6/m m m",
    "P 21/b 21/n 21/m": "P b n m", "C 2/m 2/c 21/m": "C m c m", "P 4/n 21/m 2/m:2": "P 4/n m m:2",
    "C m c e": "C m c a", "B m e b": "B m a b", "A e m 2": "A b m 2", "C m m e": "C m m a",
    "P 21/n": "P 1 21/n 1", "I 2/m": "I 1 2/m 1", "P6_3/mmc": "P 63/m m c",
    "P 6_3/m m c": "P 63/m m c", "p 21 21 21": "P 21 21 21", "F D -3 M Z": "F d -3 m:2",
    "I 41/a m d S": "I 41/a m d:1", "F d -3 m (origin choice 1)": "F d -3 m:1",
    "Fd-3m O2": "F d -3 m:2", "R -3 c R": "R -3 c:R", "R 3 m h": "R 3 m:H", "H 3 2": "R 3 2:H",
    "H -3 m": "R -3 m:H", "F m -3 m S": "F m -3 m", "R -3 2/m:R": "R -3 m:R",
}  # fmt: skip


@pytest.mark.parametrize(("name", "symbol"), SAME_NAMES.items())
def test_names_of_old_full_and_compact_names_stand_for_the_same_setting(name, symbol):
    assert symbol in [group.xhm() for group in named_settings(name)][:1]


@pytest.mark.parametrize("name", ["", "P", "X m -3 m", "F m -3 q", "P 4/n m m :3", "cubic", "225"])
def test_unknown_names_stand_for_nothing(name):
    assert named_settings(name) == []


def test_names_without_operations_on_cells_of_many_kinds():
    cases = {
        ("P 21/n", (5.0, 6.1, 7.2, 90, 98, 90)): "P 1 21/n 1",
        ("P 21/n", (5.0, 6.1, 7.2, 90, 90, 98)): "P 1 1 21/n",
        ("P 21/n", (5.0, 6.1, 7.2, 90, 90, 90)): "P 1 21/n 1",
        ("C 2/m", (5.0, 6.1, 7.2, 98, 90, 90)): "C 2/m 1 1",
        ("R -3 c", (5.0, 5.0, 5.0, 55, 55, 55)): "R -3 c on rhombohedral axes",
        ("R -3 c", (5.0, 5.0, 13.1, 90, 90, 120)): "R -3 c on hexagonal axes",
        ("R 3 m", (4.0, 4.0, 4.0, 90, 90, 90)): "R 3 m on rhombohedral axes",
    }
    for (name, cell), setting in cases.items():
        parsed = cif_structures(cif_of(cell, ["V1 V 0.1 0.2 0.3 1"], lines=symbol_line(name)))[0]
        assert f"those of {setting}" in parsed.notes[0]


def test_a_symbol_for_hexagonal_axes_on_a_rhombohedral_cell_is_read_on_its_axes():
    text = cif_of((4.1, 4.1, 4.1, 64, 64, 64), ["As1 As 0.22 0.22 0.22 1"],
                  lines=symbol_line("R -3 m :H"))  # fmt: skip
    parsed = cif_structures(text)[0]
    assert len(parsed.structure) == 2
    assert "rhombohedral axes" in parsed.notes[0]


SPINELS = {
    "spinel 2": (227, "F d -3 m", 8.24, ["Zn1 Zn 0.125 0.125 0.125 1", "Cr1 Cr 0.5 0.5 0.5 1",
                                        "O1 O 0.2615 0.2615 0.2615 1"], "origin choice 2"),
    "spinel 1": (227, "F d -3 m", 8.24, ["Zn1 Zn 0 0 0 1", "Cr1 Cr 0.625 0.625 0.625 1",
                                        "O1 O 0.3865 0.3865 0.3865 1"], "origin choice 1"),
}  # fmt: skip


@pytest.mark.parametrize("spinel", SPINELS)
def test_the_origin_is_the_one_that_the_atoms_allow(spinel):
    _, name, a, rows, choice = SPINELS[spinel]
    cell = (a, a, a, 90, 90, 90)
    lines = symbol_line(name) + "\n_chemical_formula_sum 'Zn Cr2 O4'\n_cell_formula_units_Z 8"
    parsed = cif_structures(cif_of(cell, rows, lines=lines))[0]
    assert parsed.structure.composition.reduced_formula == "ZnCr2O4"
    assert len(parsed.structure) == 56
    assert choice in " ".join(parsed.notes)


def test_an_origin_that_multiplicities_tell_is_used():
    rows = ["Si1 Si 0 0 0 1 8"]
    columns = ("label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy",
               "symmetry_multiplicity")  # fmt: skip
    cell = (5.43, 5.43, 5.43, 90, 90, 90)
    text = cif_of(cell, rows, lines=symbol_line("F d -3 m"), columns=columns)
    assert len(cif_structures(text)[0].structure) == 8
    sixteen = text.replace("0 1 8", "0 1 16")
    assert len(cif_structures(sixteen)[0].structure) == 16


UNKNOWN = {
    "origin": (
        cif_of((5.43, 5.43, 5.43, 90, 90, 90), ["Si1 Si 0 0 0 1"], lines=symbol_line("F d -3 m")),
        "leaves open which setting.*_space_group_name_H-M_alt 'F d -3 m:1' or 'F d -3 m:2'",
    ),
    "number of six settings": (
        cif_of(ORTHORHOMBIC, ["Pb1 Pb 0.1 0.2 0.3 0.5"], lines="_space_group_IT_number 62"),
        "leaves open which setting",
    ),
    "nothing": (cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"]), "names no symmetry and lists no .*; add the"),
    "unknown name": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], lines=symbol_line("F m -3 q")),
        "'F m -3 q', which is unknown",
    ),
    "cell": (
        cif_of(TETRAGONAL, ["Nb1 Nb 0 0 0 1"], lines=symbol_line("F m -3 m")),
        "cell that does not fit the symmetry of F m -3 m",
    ),
    "cell beside operations": (
        cif_of(ORTHORHOMBIC, ["Nb1 Nb 0 0 0 1"], operations=["x,y,z", "y,x,z"]),
        "its symmetry operations do not keep",
    ),
    "name and number": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"],
               lines=symbol_line("F m -3 m") + "\n_space_group_IT_number 227"),
        "'F m -3 m' but number 227",
    ),
    "hall and name": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"],
               lines=symbol_line("F m -3 m") + "\n_space_group_name_Hall '-P 4 2 3'"),
        "contradicts its space group 'F m -3 m'",
    ),
    "hall": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], lines="_space_group_name_Hall '-Q 4 2 3'"),
        "'-Q 4 2 3' as its Hall symbol",
    ),
    "no group": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], operations=["x,y,z", "-y,x,z"]), "that are no group"
    ),
    "no group for its translation": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], operations=["x,y,z", "-x,-y,z+1/3"]), "that are no group"
    ),
    "no identity": (
        cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], operations=["-x,-y,z", "-x,-y,-z"]), "that are no group"
    ),
    "identity alone": (
        cif_of(CUBIC, ["Mg1 Mg 0 0 0 1", "O1 O 0.5 0.5 0.5 1"], operations=["x,y,z"],
               lines=symbol_line("F m -3 m")),
        "names the space group 'F m -3 m' but lists the operation x,y,z alone",
    ),
    "identity alone, with formula": (
        cif_of(CUBIC, ["Mg1 Mg 0 0 0 1", "O1 O 0.5 0.5 0.5 1"], operations=["x,y,z"],
               lines=symbol_line("F m -3 m")
               + "\n_chemical_formula_sum 'Mg O'\n_cell_formula_units_Z 4"),
        "names the space group 'F m -3 m' but lists the operation x,y,z alone",
    ),
    "centring left out": (
        cif_of(TETRAGONAL, ["Nb1 Nb 0 0 0 1", "N1 N 0.5 0.5 0.1 1"],
               lines=symbol_line("I 4"), operations=["x,y,z", "-y,x,z", "-x,-y,z", "y,-x,z"]),
        "names the space group 'I 4' but lists 4 symmetry operations",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), UNKNOWN.values(), ids=UNKNOWN)
def test_symmetry_that_cannot_be_known_is_refused(text, message):
    with pytest.raises(StructureError, match=message):
        cif_structures(text)


def test_contradictions_that_do_no_harm_are_told():
    rows = ["Nb1 Nb 0 0 0 1", "Nb2 Nb 0.5 0.5 0 1", "Nb3 Nb 0.5 0 0.5 1", "Nb4 Nb 0 0.5 0.5 1"]
    full = cif_of(CUBIC, rows, operations=["x,y,z"], lines=symbol_line("F m -3 m"))
    parsed = cif_structures(full)[0]
    assert len(parsed.structure) == 4
    assert "lists the operation x,y,z alone; its atoms fill the cell" in parsed.notes[0]
    group = gemmi.SpaceGroup("P b n m")
    operations = [op.triplet() for op in group.operations()]
    other = cif_of(ORTHORHOMBIC, ["Ti1 Ti 0.1 0.2 0.3 1"], operations=operations,
                   lines=symbol_line("P n m a"))  # fmt: skip
    assert "lists the operations of its setting P b n m" in cif_structures(other)[0].notes[0]
    wrong = other.replace("P n m a", "P b c a")
    assert "of number 62; the operations were used" in cif_structures(wrong)[0].notes[0]
    same = other.replace("P n m a", "P b n m")
    assert cif_structures(same)[0].notes == ()


def test_the_name_may_stand_under_any_of_its_names():
    names = ("_symmetry_space_group_name_H-M", "_space_group_name_H-M_ref",
             "_space_group.name_H-M_alt",
             "_SPACE_GROUP_NAME_H-M_ALT", "_space_group_name_H-M_full")  # fmt: skip
    for name in names:
        text = cif_of(CUBIC, ["Nb1 Nb 0 0 0 1"], lines=f"{name} 'F m -3 m'")
        assert len(cif_structures(text)[0].structure) == 4


@pytest.mark.parametrize("setting", [g.hm for g in numbered_settings(62)])
def test_one_crystal_in_all_settings_of_its_group_is_one_crystal(setting):
    """A perovskite of Pnma is carried to each setting, written with the symbol alone and read."""
    rows = {"Ca": [0.04, 0.25, 0.99], "Ru": [0.0, 0.0, 0.5], "O1": [0.48, 0.25, 0.09],
            "O2": [0.29, 0.04, 0.71]}  # fmt: skip
    lattice = Lattice.orthorhombic(5.53, 7.64, 5.38)
    group = next(g for g in numbered_settings(62) if g.hm == setting)
    change = group.basisop  # axes of this setting from those of the standard one
    seitz = np.array(change.rot) / gemmi.Op.DEN
    matrix = np.linalg.inv(seitz).T @ lattice.matrix
    cell = Lattice(matrix).parameters
    moved = [
        f"{k} {k.rstrip('12')} " + " ".join(map(str, seitz @ v)) + " 1" for k, v in rows.items()
    ]
    found = cif_structures(cif_of(cell, moved, lines=symbol_line(setting)))[0].structure
    standard = [f"{k} {k.rstrip('12')} " + " ".join(map(str, v)) + " 1" for k, v in rows.items()]
    expected = cif_structures(cif_of(lattice.parameters, standard, lines=symbol_line("P n m a")))[
        0
    ].structure
    assert len(found) == len(expected) == 20
    assert StructureMatcher(primitive_cell=False).fit(found, expected)


def test_groups_are_told_from_lists_that_are_none():
    whole = operations_of(gemmi.SpaceGroup("P 63/m m c").operations())
    assert is_group(whole)
    assert not is_group(Operations(whole.rotations[:-1], whole.translations[:-1]))
    assert fits_cell(whole, Lattice.hexagonal(3, 5).matrix)
    assert not fits_cell(whole, Lattice.tetragonal(3, 5).matrix)
    assert not fits_cell(whole, Lattice.from_parameters(3, 3.03, 5, 90, 90, 120).matrix)


def test_operations_are_read_however_they_are_written():
    forms = [
        "-x+1/2,y,z",
        "1/2-x,y,z",
        "- X + 0.5 , +Y , Z",
        ".5-x,y,z",
        "-x-1/2,y,z",
        "-x+3/2,y,z",
    ]
    rows = ["Nb1 Nb 0.1 0.2 0.3 1"]
    expected = [(0.1, 0.2, 0.3), (0.4, 0.2, 0.3)]
    for form in forms:
        assert sites_of(cif_of(ORTHORHOMBIC, rows, operations=["x,y,z", form])) == expected
    odd = cif_of(ORTHORHOMBIC, rows, operations=["x,y,z", "-x+16/431,-y,z"])
    assert sites_of(odd)[1] == pytest.approx((1 + 16 / 431 - 0.1, 0.8, 0.3), abs=1e-4)
    bare = cif_of(ORTHORHOMBIC, rows, operations=["x, y, z", "-x + 1/2, y, z"]).replace("'", "")
    assert sites_of(bare) == expected
    for wrong in ("2x,y,z", "x,y", "x,y,x", "x+1/0,y,z", "x*2,y,z"):
        with pytest.raises(StructureError, match="as symmetry operation 2"):
            cif_structures(cif_of(ORTHORHOMBIC, rows, operations=["x,y,z", wrong]))


def test_rough_coordinates_fall_on_the_special_position():
    whole = operations_of(gemmi.SpaceGroup("P 6/m m m").operations())
    matrix = Lattice.hexagonal(4.0, 5.0).matrix
    row = AtomRow("B1", "B", "B", np.array([0.333, 0.667, 0.5]), 1.0)
    images = site_images(row, whole, matrix)
    assert np.allclose(sorted(images[:, 0]), [1 / 3, 2 / 3], atol=1e-12)


def test_magnetic_operations_are_read_with_their_centrings_and_a_note():
    text = cif_of((4.4, 4.4, 4.4, 90, 90, 90), ["Mn1 Mn 0 0 0 1", "O1 O 0.5 0 0 1"])
    text += (
        "loop_\n_space_group_symop_magn_operation.id\n_space_group_symop_magn_operation.xyz\n"
        "1 x,y,z,+1\n2 -x,-y,-z,-1\n"
        "loop_\n_space_group_symop_magn_centering.id\n_space_group_symop_magn_centering.xyz\n"
        "1 x,y,z,+1\n2 x+1/2,y+1/2,z,-1\n3 x+1/2,y,z+1/2,+1\n4 x,y+1/2,z+1/2,-1\n"
    )
    parsed = cif_structures(text)[0]
    assert parsed.structure.composition.formula == "Mn4 O4"
    assert "moments" in parsed.notes[0]


@pytest.mark.parametrize("code", ["1", "2"])
def test_the_coordinate_system_code_tells_the_origin(code):
    group = gemmi.find_spacegroup_by_name(f"I 41/a m d:{code}")
    rows = ["Fe1 Fe 0.117 0.213 0.349 1"]
    cell = cell_for(group)
    lines = f"{symbol_line(group.hm)}\n_space_group_IT_coordinate_system_code {code}"
    by_operations = cif_of(cell, rows, operations=[op.triplet() for op in group.operations()])
    assert sites_of(cif_of(cell, rows, lines=lines)) == sites_of(by_operations)
