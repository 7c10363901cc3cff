"""Outcomes: a row for each structure, whatever goes wrong with others."""

import math

import pytest
from pymatgen.core import Structure

from tcexplore.batch.outcomes import LoadedStructure, loaded_structures, outcomes
from tcexplore.batch.source_file import SourceFile, refused
from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import StructureReader


@pytest.fixture(scope="module")
def reader():
    with StructureReader() as reader:
        yield reader


def test_rows_together_are_those_of_each_alone(predictor, any_structure, mgb2):
    loaded = [LoadedStructure("a", any_structure), LoadedStructure("b", mgb2)]
    together = outcomes(predictor, loaded)
    for one, outcome in zip(loaded, together, strict=True):
        [prediction] = predictor([one.structure])
        assert outcome.file == one.file
        assert outcome.tc == pytest.approx(prediction.tc, abs=1e-3)
        assert outcome.formula == prediction.formula
        assert outcome.error == ""


def test_a_fault_in_one_structure_keeps_back_no_other(mgb2, triclinic, predictor):
    def faulty(structures):
        if any("Y" in structure.composition for structure in structures):
            raise ZeroDivisionError("of a library")
        return predictor(structures)

    loaded = [LoadedStructure("a", structure) for structure in (mgb2, triclinic, mgb2)]
    first, second, third = outcomes(faulty_predictor(predictor, faulty), loaded)
    assert first.tc == pytest.approx(third.tc)
    assert second.error.startswith("could not be predicted (ZeroDivisionError('of a library'))")
    assert (second.formula, math.isnan(second.tc)) == ("YH2S", True)


def faulty_predictor(predictor, call):
    class Faulty:
        known_materials = predictor.known_materials
        __call__ = staticmethod(call)

    return Faulty()


def test_a_refused_element_keeps_formula_notes_and_a_plain_reason(predictor, mgb2):
    xenon = mgb2.copy().replace_species({"Mg": "Xe"})
    xenon.properties["warnings"] = ("Read with a note.",)
    [row] = [o.row() for o in outcomes(predictor, [LoadedStructure("a", xenon, note="Line 3.")])]
    assert row["formula"] == "B2Xe"
    assert row["error"].startswith("Xe is not predicted")
    assert row["warnings"] == "Read with a note. Line 3."
    assert row["tc"] is None


def test_pressure_is_stated_or_estimated_and_hydrogen_apart(predictor, mgb2):
    h3s = catalogue_entry("h3s-im-3m-200gpa").structure()
    loaded = [LoadedStructure("a", h3s), LoadedStructure("b", h3s, pressure=190.0)]
    estimated, stated, other = [
        o.row() for o in outcomes(predictor, [*loaded, LoadedStructure("c", mgb2)])
    ]
    assert (estimated["pressure_source"], stated["pressure_source"]) == ("estimated", "stated")
    assert stated["pressure_gpa"] == 190.0
    assert estimated["pressure_low"] < estimated["pressure_gpa"] < estimated["pressure_high"]
    assert estimated["pressure_low"] == stated["pressure_low"]
    assert stated["h_h"] == pytest.approx(h3s.lattice.a / 2, abs=1e-3)
    assert stated["volume_per_atom"] == pytest.approx(h3s.volume / 8, abs=1e-3)
    assert (other["h_h"], other["pressure_source"]) == (None, "unknown")


def test_each_structure_of_a_file_is_loaded_with_label_and_pressure(reader, frames):
    file = SourceFile("in/two.xyz", lambda: frames(2), pressure=3.0, note="Noted.")
    first, second = loaded_structures(reader, file)
    assert [(s.file, s.label, s.pressure, s.note) for s in (first, second)] == [
        ("in/two.xyz", "frame 1", 3.0, "Noted."),
        ("in/two.xyz", "frame 2", 3.0, "Noted."),
    ]
    assert isinstance(first.structure, Structure)
    [alone] = loaded_structures(reader, file, several=False)
    assert str(alone.structure).startswith("holds 2 structures")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (SourceFile("a\nb/x.cif", lambda: b"data_x\n_cell_length_a what\n"), "no"),
        (refused("a\nb/x.cif", "is nowhere"), "is nowhere"),
    ],
)
def test_a_file_that_fails_is_one_row_whose_reason_leaves_out_the_name(reader, file, reason):
    [loaded] = loaded_structures(reader, file)
    assert loaded.file == "a b/x.cif"
    assert isinstance(loaded.structure, StructureError)
    assert "x.cif" not in str(loaded.structure)
    assert reason in str(loaded.structure)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (150.0, "the file's name")),
        ({"pressure": 180.0}, (180.0, "the user")),
        ({"pressure": 0.0}, (0.0, "the user")),
        ({"note": "Line 2 of the table is not understood."}, (None, "")),
    ],
)
def test_the_pressure_of_a_file_counts_where_the_user_states_none(reader, frames, given, expected):
    file = SourceFile("in/two_150GPa.xyz", lambda: frames(2), **given)
    loaded = loaded_structures(reader, file)
    assert [(s.pressure, s.pressure_origin) for s in loaded] == 2 * [expected]


def test_rows_tell_who_states_a_pressure(reader, predictor):
    h3s = catalogue_entry("h3s-im-3m-200gpa").structure().to(fmt="cif").encode()
    names = ("155GPa_H3S.cif", "H3S.cif")
    loaded = [
        part for name in names for part in loaded_structures(reader, SourceFile(name, lambda: h3s))
    ]
    first, second = [outcome.row() for outcome in outcomes(predictor, loaded)]
    assert [first[n] for n in ("pressure_gpa", "pressure_source", "pressure_origin")] == [
        155, "stated", "the file's name",
    ]  # fmt: skip
    assert (second["pressure_source"], second["pressure_origin"]) == ("estimated", "")
