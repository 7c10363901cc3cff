"""The command line, run as a user runs it."""

import csv
import gzip
import io
import json
import subprocess
import sys

import pandas as pd
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli.main import main
from tcexplore.model.predictor import load_predictor


@pytest.fixture
def files(tmp_path, mgb2, disordered, monkeypatch):
    """Three good files and two bad ones, in the working directory."""
    monkeypatch.chdir(tmp_path)
    mgb2.to(filename="MgB2.cif")
    mgb2.to(filename="POSCAR")
    (tmp_path / "lsco.json.gz").write_bytes(gzip.compress(disordered.to_json().encode()))
    (tmp_path / "broken.cif").write_text("data_x\n_cell_length_a what\n")
    mgb2.copy().replace_species({"Mg": "Xe"}).to(filename="XeB2.cif")
    return ["MgB2.cif", "broken.cif", "lsco.json.gz", "POSCAR", "XeB2.cif"]


def test_one_bad_file_does_not_keep_back_the_others(files, capsys, mgb2):
    assert main(["predict", *files, "--format", "csv"]) == 1
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert out.startswith("file,formula,tc,")
    assert [row["file"] for row in rows] == files
    assert [bool(row["tc"]) for row in rows] == [True, False, True, True, False]
    assert [bool(row["error"]) for row in rows] == [False, True, False, False, True]
    assert "Xe is not predicted" in rows[4]["error"]
    assert err.count("broken.cif: ") == 1
    assert "XeB2.cif" in err
    assert rows[0]["tc"] == rows[3]["tc"]
    assert float(rows[0]["tc"]) == pytest.approx(load_predictor()([mgb2])[0].tc, abs=0.01)


def test_json_and_table_say_the_same(files, capsys):
    assert main(["predict", "MgB2.cif", "--format", "json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert main(["predict", "MgB2.cif"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.split() == ["file", "formula", "Tc", "/", "K", "space", "group"]
    assert line.split() == ["MgB2.cif", "MgB2", f"{row['tc']:.1f}", "P6/mmm"]


def test_a_missing_model_is_told_on_stderr(files, capsys):
    assert main(["predict", "MgB2.cif", "--model", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tcexplore: no model in")


def test_a_wrong_data_directory_is_told(tmp_path, capsys):
    out = tmp_path / "out.parquet"
    assert main(["dataset", "--data", str(tmp_path / "none"), "--out", str(out)]) == 2
    assert "tcexplore: " in capsys.readouterr().err
    assert not out.exists()


def test_prediction_imports_no_tensorflow(files):
    code = (
        "import sys; from tcexplore.cli.main import main; main(['predict', 'MgB2.cif']);"
        "print([m for m in ('tensorflow', 'tf_keras', 'cvnn', 'streamlit') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_importing_the_package_reads_no_files():
    code = "import sys, tcexplore; print('numpy' in sys.modules, 'pymatgen' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False False"


def test_studies_write_a_table_and_a_figure(tmp_path, capsys):
    out, figure = tmp_path / "dome.csv", tmp_path / "dome.html"
    arguments = ["--scales", "0.9", "1.1", "5", "--out", str(out), "--figure", str(figure)]
    assert main(["dome", "mgb2", "h3s-im-3m-200gpa", *arguments]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 10
    assert "plotly" in figure.read_text(encoding="utf-8")
    [prediction] = load_predictor()([catalogue_entry("mgb2").structure()])
    middle = next(row for row in rows if row["structure"] == "mgb2" and float(row["scale"]) == 1)
    assert float(middle["tc"]) == pytest.approx(prediction.tc, abs=0.01)
    parquet = tmp_path / "map.parquet"
    lattice = ["--a", "2.8", "3.2", "3", "--c", "3", "4", "2", "--out", str(parquet)]
    assert main(["lattice-map", "mgb2", *lattice]) == 0
    assert len(pd.read_parquet(parquet)) == 6
    assert main(["element-swap", "h3s-im-3m-200gpa", "--x", "S1", "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 86
    assert {row["x"] for row in rows if not row["tc"]} == {"He", "Ne", "Kr", "Xe", "At", "Rn"}


def test_a_study_names_the_sites_that_there_are(tmp_path, capsys):
    out = str(tmp_path / "x.csv")
    assert main(["element-swap", "mgb2", "--x", "Zr1", "--out", out]) == 2
    assert "no sites 'Zr1'; there are: Mg1; B1;" in capsys.readouterr().err
    assert main(["dome", "nowhere", "--out", out]) == 2
    assert "neither a file nor an id of the catalogue" in capsys.readouterr().err
