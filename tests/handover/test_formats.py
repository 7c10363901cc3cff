"""Files for other programs: read back as the same crystal, refused where they cannot hold it."""

import re

import pytest
from pymatgen.core import Lattice, Structure
from support.same_crystal import assert_same_crystal

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.structure import StructureError
from tcexplore.handover.formats import ESPRESSO_INPUT, FORMATS, file_name, structure_text
from tcexplore.io.load import StructureReader

ORDERED = ("mgb2", "triclinic", "polar", "spinel")
NAMES = [*FORMATS, ESPRESSO_INPUT]


@pytest.fixture(scope="module")
def reader():
    with StructureReader() as reader:
        yield reader


@pytest.mark.parametrize("name", [name for name in NAMES if name != "cif"])
@pytest.mark.parametrize("fixture", ORDERED)
def test_the_cell_as_given_is_read_back(name, fixture, request, reader):
    structure = request.getfixturevalue(fixture)
    found = reader.load(structure_text(structure, name, pressure=200.0))
    assert found.properties["warnings"] == ()
    assert_same_crystal(found, structure, tolerance=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_ions_are_written_as_elements(name, reader):
    ions = Structure(Lattice.cubic(3), ["Na+", "Cl-"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    text = structure_text(ions, name, pressure=0.0)
    assert "Na+" not in text.replace('"label": "Na+"', "")  # pymatgen's name of the site
    assert "oxidation_state" not in text
    assert reader.load(text).composition.reduced_formula == "NaCl"
    assert ions[0].species_string == "Na+"


def test_an_element_stands_once_in_a_poscar():
    lattice = Lattice.cubic(4)
    mixed_order = Structure(lattice, ["H", "S", "H"], [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0, 0]])
    assert sorted(structure_text(mixed_order, "poscar").splitlines()[5].split()) == ["H", "S"]


@pytest.mark.parametrize("name", ["poscar", "extxyz", ESPRESSO_INPUT])
def test_partial_occupancies_are_refused_where_a_format_has_none(name, disordered):
    with pytest.raises(
        StructureError, match=r"site \d+ \(.*\) is partly occupied.*take an ordered cell"
    ):
        structure_text(disordered, name, pressure=0.0)


@pytest.mark.parametrize("name", ["cif", "cif-p1", "json"])
def test_partial_occupancies_are_kept_where_a_format_has_them(name, disordered, reader):
    found = reader.load(structure_text(disordered, name))
    assert found.composition.almost_equals(disordered.composition)


def test_a_relaxation_has_pressure_functional_and_open_pseudopotentials():
    text = structure_text(catalogue_entry("h3s-im-3m-200gpa").structure(), "espresso", pressure=155)
    values = dict(re.findall(r"(\w+)\s+=\s+'?([^'\n]+)'?", text))
    assert float(values["press"]) == 1550.0  # kbar
    assert values["calculation"] == "vc-relax"
    assert values["input_dft"] == "vdw-df2"
    assert {"H.UPF", "S.UPF"} <= set(text.split())
    points = re.search(r"K_POINTS automatic\n(\d+) (\d+) (\d+)", text)
    assert [int(n) for n in points.groups()] == [12, 12, 12]  # 1 / (2.984 Å × 0.03 / Å), rounded up
    assert "&FCP" not in text


def test_a_relaxation_needs_a_pressure(mgb2):
    with pytest.raises(ValueError, match="no pressure for the relaxation; give one in GPa"):
        structure_text(mgb2, ESPRESSO_INPUT)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("LaH10 at 200 GPa", "LaH10-at-200-GPa.cif"),
        ("../../etc/x", "-..-etc-x.cif"),
        (".hidden", "hidden.cif"),
        ("a: b?*.cif, 3", "a-b-.cif-3.cif"),
        ("", "cif"),
    ],
)
def test_names_of_files_are_no_paths_and_not_hidden(stem, name):
    assert file_name(stem, "cif") == name
