"""Result of one prediction to copy, and the works that it rests on."""

import io
import json
import re

import pandas as pd
import pytest

import tcexplore
from tcexplore.batch.outcomes import LoadedStructure
from tcexplore.catalogue.entries import catalogue_entry, load_catalogue
from tcexplore.cli.main import main
from tcexplore.display.crystal.citation import bibtex
from tcexplore.display.crystal.result import result_csv, result_json, result_line, result_record
from tcexplore.model.predictor import load_predictor
from tcexplore.run_folder.model_check import model_hash


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def record_of(predictor, entry_id, pressure=None):
    structure = catalogue_entry(entry_id).structure()
    return result_record(predictor, LoadedStructure(entry_id, structure, pressure=pressure))


def test_record_is_the_row_of_the_command(predictor, tmp_path, capsys):
    path = tmp_path / "h3s.cif"
    catalogue_entry("h3s-im-3m-200gpa").structure().to(str(path))
    assert main(["predict", str(path), "--format", "json"]) == 0
    [printed] = json.loads(capsys.readouterr().out)
    record = record_of(predictor, "h3s-im-3m-200gpa")
    same = [name for name in printed if name not in ("file", "warnings")]
    assert {name: record[name] for name in same} == {name: printed[name] for name in same}
    assert record["model_hash"] == model_hash(predictor.files)
    assert record["version"] == tcexplore.__version__
    assert json.loads(result_json(record)) == record
    [row] = pd.read_csv(io.StringIO(result_csv(record))).to_dict("records")
    assert row["tc"] == record["tc"]


def test_line_says_all_that_a_reader_needs(predictor):
    record = record_of(predictor, "h3s-im-3m-200gpa", 200.0)
    line = result_line(record)
    assert line.startswith(f"H3S (Im-3m); Tc = {record['tc']:.0f} K (90 % interval ")
    assert "; inside the applicability domain; in training, without it" in line
    assert "; 200 GPa (stated); tcexplore 0.1.0, cvcnn-3 " in line
    assert line.endswith(record["model_hash"][:12])
    assert "GPa" not in result_line(record_of(predictor, "mgb2"))


@pytest.mark.parametrize("entry", [None, *load_catalogue()[::20]])
def test_bibtex_has_unique_keys_and_closed_braces(entry):
    text = bibtex("cvcnn-3", "abc", entry)
    keys = re.findall(r"^@\w+\{([^,]+),$", text, flags=re.M)
    assert keys[:2] == ["tcexplore", "novakovic2023"]
    assert len(set(keys)) == len(keys) == len(re.findall("^@", text, flags=re.M))
    assert text.count("{") == text.count("}")
    if entry is not None:
        assert entry.tc_doi in text
        assert entry.structure_doi in text
