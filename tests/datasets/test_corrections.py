"""Corrections of faulty rows: each form of the table, and refusal of any other."""

from pathlib import Path

import pytest

from tcexplore.datasets import DatasetError
from tcexplore.datasets.corrections import apply_corrections
from tcexplore.datasets.records import Candidate, Reading

FOLDERS = ("hydrides", "supercon3d_hydrides")


def candidate(file):
    return Candidate("hydrides", "YH6", Path("cifs") / file, 290.0, "literature", "none", weight=1)


@pytest.fixture
def corrected(tmp_path):
    """Return a function from (folder, cif, do) to the corrected rows of a.cif and b.cif."""
    (tmp_path / "hydrides").mkdir()

    def apply(*lines):
        table = ["folder,cif,fault,do", *(f'{f},{cif},"too, large","{do}"' for f, cif, do in lines)]
        (tmp_path / "corrections.csv").write_text("\n".join(table), encoding="utf-8")
        reading = Reading((candidate("a.cif"), candidate("b.cif")))
        return apply_corrections(reading, tmp_path, folders=FOLDERS)

    return apply


@pytest.mark.parametrize("do", ["drop", "drop; a sound cell is elsewhere", "keep out of training"])
def test_rows_are_left_out_with_the_fault(corrected, do):
    reading, notes = corrected(("hydrides", "a.cif", do))
    assert [row.path.name for row in reading.candidates] == ["b.cif"]
    [lost] = reading.dropped
    assert (lost.source, lost.file, lost.reason) == ("hydrides", "a.cif", "correction")
    assert lost.detail == "too, large"
    assert notes == ("Corrections: 1 rows left out",)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("keep with weight 0.3 (dropping it costs an anchor)", (290, 0.3, "nan", "")),
        ("keep with weight 0.3", (290, 0.3, "nan", "")),
        ("label 224 K (the value nearest to 160 GPa)", (224, 1, "nan", "")),
        ("keep; pressure about 284.5 GPa", (290, 1, "284.5", "volume")),
    ],
)
def test_one_value_of_one_row_is_changed(corrected, do, expected):
    reading, notes = corrected(("hydrides", "a.cif", do))
    row, other = reading.candidates
    assert (row.tc, row.weight, str(row.pressure), row.pressure_source) == expected
    assert (other.tc, other.weight, str(other.pressure)) == (290, 1, "nan")
    assert notes == (f"Corrected: hydrides/a.cif: {do}", "Corrections: 0 rows left out")


@pytest.mark.parametrize(
    "do",
    [
        "", "keep", "dropped", "drop it", "keep with weight", "keep with weight -1", "label 224",
        "label 224 K, 160 GPa", "Drop", "keep; pressure 284 GPa", "keep with weight 0.3; drop",
    ],
)  # fmt: skip
def test_any_other_form_is_refused(corrected, do):
    with pytest.raises(DatasetError, match=f"hydrides/a.cif says '{do}'; expected 'drop', "):
        corrected(("hydrides", "a.cif", do))


def test_a_row_that_is_not_there_is_refused(corrected):
    with pytest.raises(DatasetError, match=r"hydrides holds no row with the file 'c\.cif'"):
        corrected(("hydrides", "c.cif", "drop"))


def test_a_folder_without_a_reader_may_only_be_kept_out_of_training(corrected):
    reading, _ = corrected(("paper_structures", "SeH3", "keep out of training"))
    assert len(reading.candidates) == 2
    with pytest.raises(DatasetError, match="no reader reads 'paper_structures'"):
        corrected(("paper_structures", "SeH3", "drop"))


def test_corrections_of_a_missing_folder_change_nothing(corrected):
    reading, notes = corrected(("supercon3d_hydrides", "a.cif", "drop"))
    assert len(reading.candidates) == 2
    assert notes == ("Corrections: 0 rows left out",)


def test_without_a_table_nothing_changes(tmp_path):
    reading = Reading((candidate("a.cif"),))
    assert apply_corrections(reading, tmp_path, folders=FOLDERS) == (reading, ())
