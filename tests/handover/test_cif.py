"""CIF with symmetry: what is written is read back as the same crystal, whatever the crystal."""

import gemmi
import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from pymatgen.io.cif import CifParser
from support.same_crystal import assert_same_crystal

from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.handover.asymmetric_unit import asymmetric_unit
from tcexplore.handover.cif import cif_text, p1_cif_text
from tcexplore.io.load import StructureReader
from tcexplore.model.predictor import load_predictor

ENTRIES = [entry.entry_id for entry in load_catalogue()][::9]
KINDS = ("lih6-r-3m-300gpa", "yh9-p63mmc-201gpa", "h3s-im-3m-200gpa", "yba2cu3o7")


@pytest.fixture(scope="module")
def reader():
    with StructureReader() as reader:
        yield reader


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def space_group_of(text):
    return gemmi.cif.read_string(text).sole_block().find_value("_space_group_IT_number")


def assert_reads_back(structure, reader):
    text = cif_text(structure)
    found = reader.load(text)
    assert found.properties["warnings"] == ()
    cell, expected = canonical_cell(found), canonical_cell(structure)
    assert cell.space_group_number == expected.space_group_number
    assert_same_crystal(cell.structure, expected.structure, tolerance=1e-5)
    return text, expected.space_group_number


def test_symmetry_is_written_and_the_crystal_read_back(any_structure, reader):
    text, number = assert_reads_back(any_structure, reader)
    assert space_group_of(text) == str(number)


@pytest.mark.parametrize("entry_id", sorted({*ENTRIES, *KINDS}))
def test_tc_is_the_same_from_the_file(entry_id, reader, predictor):
    given = catalogue_entry(entry_id).structure()
    cells = [given, predictor.cell(given).structure]
    texts = [cif_text(cell) for cell in cells]
    expected, *found = predictor([given, *(reader.load(text) for text in texts)])
    for text, prediction in zip(texts, found, strict=True):
        assert prediction.tc == pytest.approx(expected.tc, abs=0.01)
        assert space_group_of(text) == str(expected.cell.space_group_number)


def test_another_reader_finds_the_same_atoms(any_structure):
    text = cif_text(any_structure)
    [found] = CifParser.from_str(text).parse_structures(primitive=False, on_error="ignore")
    expected = any_structure.composition
    ratio = found.composition.num_atoms / expected.num_atoms
    assert found.composition.almost_equals(expected * ratio)
    assert found.volume / any_structure.volume == pytest.approx(ratio)


def test_a_supercell_becomes_the_conventional_cell(spinel, reader):
    text, _ = assert_reads_back(spinel * (2, 1, 1), reader)
    assert len(reader.load(text)) == len(spinel)


def test_the_second_origin_is_taken_where_there_are_two(spinel):
    block = gemmi.cif.read_string(cif_text(spinel)).sole_block()
    assert gemmi.cif.as_string(block.find_value("_space_group_name_H-M_alt")) == "F d -3 m:2"


def test_rounded_and_noisy_coordinates_are_averaged(reader, rng):
    lah10 = catalogue_entry("lah10-fm-3m-150gpa").structure()
    for coords in (
        lah10.frac_coords.round(3),
        lah10.frac_coords + rng.normal(0, 3e-4, lah10.frac_coords.shape),
    ):
        text, number = assert_reads_back(Structure(lah10.lattice, lah10.species, coords), reader)
        assert (space_group_of(text), number) == ("225", 225)


def test_the_handedness_of_a_crystal_stays():
    quartz = Structure.from_spacegroup(
        "P3_221", Lattice.hexagonal(4.91, 5.4), ["Si", "O"], [[0.47, 0, 2 / 3], [0.41, 0.27, 0.78]]
    )
    mirrored = Structure(quartz.lattice, quartz.species, quartz.frac_coords * [1, 1, -1])
    assert space_group_of(cif_text(quartz)) == "154"
    assert space_group_of(cif_text(mirrored)) == "152"


def test_mixed_hydrogen_keeps_its_shares(reader):
    lattice = Lattice.tetragonal(4.0, 5.0)
    species = ["Y", {"O": 0.5, "H": 0.25}, {"H": 0.5}]
    mixed = Structure(lattice, species, [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0.5]])
    assert_reads_back(mixed, reader)


def test_p1_lists_every_atom_of_the_cell_as_given(disordered, reader):
    text = p1_cif_text(disordered)
    assert space_group_of(text) == "1"
    assert_same_crystal(reader.load(text), disordered)


def test_p1_where_the_symmetric_file_would_not_read_back(reader):
    """Two halves of a hydrogen atom 0.04 Å apart would be read as one."""
    split = Structure(
        Lattice.cubic(4), ["Y", {"H": 0.5}, {"H": 0.5}],
        [[0, 0, 0], [0.5, 0.5, 0.495], [0.5, 0.5, 0.505]],
    )  # fmt: skip
    assert asymmetric_unit(split) is not None
    assert space_group_of(cif_text(split)) == "1"


def test_multiplicities_fill_the_conventional_cell(any_structure):
    unit = asymmetric_unit(any_structure)
    amount = sum(site.multiplicity * site.species.num_atoms for site in unit.sites)
    per_volume = any_structure.composition.num_atoms / any_structure.volume
    assert amount / unit.lattice.volume == pytest.approx(per_volume)
    assert np.all([(site.frac_coords >= 0) & (site.frac_coords < 1) for site in unit.sites])
