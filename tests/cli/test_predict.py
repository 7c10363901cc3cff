"""Command `predict`, run as a user runs it."""

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tcexplore.cli.main import main
from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import StructureReader
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
    names = [
        "file",
        "formula",
        "Tc",
        "/",
        "K",
        "P",
        "/",
        "GPa",
        "space",
        "group",
        "domain",
        "in",
        "training",
    ]
    assert header.split() == names
    assert line.split()[:5] == ["MgB2.cif", "MgB2", f"{row['tc']:.1f}", "P6/mmm", "inside"]
    assert line.endswith(f"yes; without it {row['tc_held_out']:.0f} K")
    assert (row["in_training"], row["domain"]) == (True, "inside")


def test_the_table_keeps_files_without_a_prediction_and_odd_names(files, capsys, mgb2):
    mgb2.to(filename='1e5 "é".cif', fmt="cif")
    assert main(["predict", "broken.cif", '1e5 "é".cif']) == 1
    header, broken, odd = capsys.readouterr().out.splitlines()
    assert broken.split() == ["broken.cif", "not", "predicted"]
    assert odd.startswith('1e5 "é".cif ')
    tc = odd.split("MgB2")[1].split()[0]
    assert header.index("Tc / K") == broken.index("not predicted") == odd.index(tc)


def test_csv_and_json_hold_the_same(files, capsys, mgb2):
    mgb2.to(filename='a, "b".cif', fmt="cif")
    names = [*files, 'a, "b".cif']
    main(["predict", *names, "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    main(["predict", *names, "--format", "json"])
    texts = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in json.loads(capsys.readouterr().out)
    ]
    assert rows == texts


def test_notes_on_reading_are_in_the_column_and_on_stderr(files, capsys, monkeypatch, mgb2):
    mgb2.properties["warnings"] = ("The occupancies were rounded.",)
    monkeypatch.setattr(StructureReader, "load", lambda *_, **__: mgb2)
    assert main(["predict", "MgB2.cif", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    [row] = csv.DictReader(io.StringIO(out))
    assert row["warnings"] == "The occupancies were rounded."
    assert err == "MgB2.cif: The occupancies were rounded.\n"


@pytest.fixture
def several(files, mgb2, monkeypatch):
    """A file of three structures, of which one holds an element that is not predicted."""

    load_all = StructureReader.load_all

    def labelled(reader, content, *, file_name):
        if file_name == "MgB2.cif":
            return load_all(reader, content, file_name=file_name)
        if file_name == "broken.cif":
            raise StructureError("broken.cif: no lattice; give one")
        crystals = mgb2, mgb2.copy().replace_species({"Mg": "Xe"}), mgb2.copy().scale_lattice(32)
        for number, crystal in enumerate(crystals):
            crystal.properties = {"label": f"frame {number}", "warnings": ("Noted.",)}
        return list(crystals)

    monkeypatch.setattr(StructureReader, "load_all", labelled)
    Path("several.xyz").write_text("whatever")
    return "several.xyz"


def test_all_gives_a_row_for_each_structure_of_a_file(several, capsys, mgb2):
    assert main(["predict", several, "broken.cif", "--all", "--format", "csv"]) == 1
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert out.startswith("file,structure,formula,tc,")
    assert [row["file"] for row in rows] == [several] * 3 + ["broken.cif"]
    assert [row["structure"] for row in rows] == ["frame 0", "frame 1", "frame 2", ""]
    assert [row["formula"] for row in rows] == ["MgB2", "B2Xe", "MgB2", ""]
    assert rows[0]["tc"] != rows[2]["tc"]
    assert float(rows[0]["tc"]) == pytest.approx(load_predictor()([mgb2])[0].tc, abs=0.01)
    assert "Xe is not predicted" in rows[1]["error"]
    assert rows[3]["error"] == "no lattice; give one"
    assert f"{several}, frame 0: Noted.\n" in err
    assert f"{several}, frame 1: " in err


def test_all_shows_the_label_in_every_form_and_only_then(several, capsys):
    main(["predict", several, "--all"])
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["file", "structure", "formula"]
    assert [line.split()[1:3] for line in lines] == [["frame", str(n)] for n in range(3)]
    main(["predict", several, "--all", "--format", "json"])
    rows = json.loads(capsys.readouterr().out)
    assert [row["structure"] for row in rows] == ["frame 0", "frame 1", "frame 2"]
    for form in ("json", "csv", "table"):
        main(["predict", "MgB2.cif", "--format", form])
        assert "structure" not in capsys.readouterr().out


def test_a_file_of_two_frames_is_refused_without_all_and_read_with_it(tmp_path, capsys):
    frame = '1\nLattice="3.35 0 0 0 3.35 0 0 0 3.35" pbc="T T T"\nPo 0 0 0\n'
    path = tmp_path / "two.xyz"
    path.write_text(frame + frame.replace("3.35", "3.3"))
    assert main(["predict", str(path), "--format", "csv"]) == 1
    assert "holds 2 structures (frame 1, frame 2)" in (out := capsys.readouterr().out)
    assert "--all" in out
    assert main(["predict", str(path), "--all", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["structure"] for row in rows] == ["frame 1", "frame 2"]


def test_a_missing_model_is_told_on_stderr(files, capsys):
    assert main(["predict", "MgB2.cif", "--model", "nowhere"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tcexplore: no model in")


def test_prediction_imports_no_tensorflow(files):
    code = (
        "import sys; from tcexplore.cli.main import main; main(['predict', 'MgB2.cif']);"
        "print([m for m in ('tensorflow', 'tf_keras', 'cvnn', 'streamlit') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


# --- runs, archives and tables of paths ---------------------------------------------------------


@pytest.fixture
def table(files):
    Path("paths.csv").write_text("file,pressure\nMgB2.cif,3\nnowhere.cif,\nbroken.cif,4\n")
    return "paths.csv"


def printed(capsys):
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_table_of_paths_gives_its_files_with_their_pressures(table, capsys):
    assert main(["predict", table, "--format", "csv"]) == 1
    rows = printed(capsys)
    assert [row["file"] for row in rows] == ["MgB2.cif", "nowhere.cif", "broken.cif"]
    assert (rows[0]["pressure_gpa"], rows[0]["pressure_source"]) == ("3.0", "stated")
    assert rows[1]["error"] == "does not exist; check the path"


def test_a_run_is_kept_and_resumed_without_its_files(several, table, capsys):
    given = ["predict", several, table, "--format", "csv", "--run"]
    assert main([*given, "runs/mine"]) == 1
    out, err = capsys.readouterr()
    assert "3 structures predicted, 3 refused" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["structure"] for row in rows[:3]] == ["frame 0", "frame 1", "frame 2"]
    for file in (several, table, "MgB2.cif"):
        Path(file).unlink()
    assert main(["predict", "--run", "runs/mine", "--resume", "--format", "csv"]) == 1
    assert capsys.readouterr().out == out
    assert main([*given, "runs/mine"]) == 2
    assert "is there already and not empty; resume it" in capsys.readouterr().err


def test_the_rows_of_a_run_are_those_of_plain_prediction(files, capsys):
    main(["predict", *files, "--all", "--format", "json"])
    plain = json.loads(capsys.readouterr().out)
    main(["predict", *files, "--run", "run", "--format", "json"])
    assert json.loads(capsys.readouterr().out) == plain


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json"])
def test_out_holds_what_would_be_printed(files, suffix, capsys):
    main(["predict", *files, "--format", "json"])
    rows = json.loads(capsys.readouterr().out)
    assert main(["predict", *files, "--out", f"table.{suffix}"]) == 1
    assert capsys.readouterr().out == ""
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "json": pd.read_json}[suffix]
    found = read(f"table.{suffix}")
    assert list(found) == list(rows[0])
    assert found["tc"].fillna(-1).tolist() == [-1 if r["tc"] is None else r["tc"] for r in rows]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--resume"], "--resume without --run; name the folder of the run: --run DIR"),
        (["MgB2.cif", "--run", "r", "--resume"], "1 files with --resume; give files, or a run"),
        (["--run", "nowhere"], "0 files; give files, or a run to go on with"),
        (
            ["--run", "nowhere", "--resume"],
            "no batch in nowhere: manifest.json or the last part",
        ),
    ],
)
def test_wrong_uses_of_run_and_resume_say_what_to_do(files, arguments, message, capsys):
    assert main(["predict", *arguments]) == 2
    assert message in capsys.readouterr().err
