"""Commands for the studies, run as a user runs them."""

import csv

import pandas as pd
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli import study_files
from tcexplore.cli.main import main
from tcexplore.model.predictor import load_predictor

STUDIES = {
    "dome": ("--scales", "0.9", "1.1", "2"),
    "lattice-map": ("--a", "3", "3.1", "2", "--c", "3.5", "3.5", "1"),
    "element-swap": ("--x", "Mg1"),
    "hydrogen-network": (),
    "hydrogen-network with its figure": ("--c", "3", "4", "2", "--figure", "network.html"),
}


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


def test_a_swap_of_two_sites_after_a_replacement(tmp_path):
    out = tmp_path / "swap.parquet"
    arguments = ["--replace", "Mg", "Al", "--x", "Al1", "--y", "B1", "--out", str(out)]
    assert main(["element-swap", "mgb2", *arguments]) == 0
    rows = pd.read_parquet(out).set_index(["x", "y"])
    assert len(rows) == 86**2
    [mgb2, alb2] = load_predictor()(
        [
            catalogue_entry("mgb2").structure(),
            catalogue_entry("mgb2").structure().copy().replace_species({"Mg": "Al"}),
        ]
    )
    assert rows.loc[("Al", "B"), "tc"] == pytest.approx(alb2.tc, abs=0.01)
    assert rows.loc[("Mg", "B"), "tc"] == pytest.approx(mgb2.tc, abs=0.01)


def test_a_study_names_the_sites_that_there_are(tmp_path, capsys):
    out = str(tmp_path / "x.csv")
    assert main(["element-swap", "mgb2", "--x", "Zr1", "--out", out]) == 2
    assert "no sites 'Zr1'; there are: Mg1; B1;" in capsys.readouterr().err
    assert main(["dome", "nowhere", "--out", out]) == 2
    assert "neither a file nor an id of the catalogue" in capsys.readouterr().err


@pytest.mark.parametrize("study", STUDIES)
def test_notes_on_reading_are_printed(study, tmp_path, capsys, monkeypatch, mgb2):
    monkeypatch.chdir(tmp_path)
    mgb2.to(filename="MgB2.cif")
    mgb2.properties["warnings"] = ("The occupancies were rounded.", "The cell was reduced.")
    monkeypatch.setattr(study_files, "load_structure", lambda path: mgb2)
    arguments = [study.split()[0], "MgB2.cif", *STUDIES[study], "--out", "x.csv"]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        "MgB2.cif: The occupancies were rounded.\nMgB2.cif: The cell was reduced.\n"
    )
    assert err.count("rounded") == 1


def test_a_figure_of_a_map_needs_two_points_each_way(tmp_path, capsys):
    out, figure = tmp_path / "x.csv", tmp_path / "x.html"
    arguments = ["lattice-map", "mgb2", *STUDIES["lattice-map"], "--out", str(out)]
    assert main(arguments) == 0
    assert len(pd.read_csv(out)) == 2
    assert main([*arguments, "--figure", str(figure)]) == 2
    assert capsys.readouterr().err.endswith(
        "tcexplore: a figure of 2 x 1 points; expected 2 or more of a and of c, or no --figure\n"
    )


def test_a_structure_of_the_catalogue_has_no_notes(tmp_path, capsys):
    out = str(tmp_path / "x.csv")
    assert main(["dome", "mgb2", *STUDIES["dome"], "--out", out]) == 0
    assert capsys.readouterr().err.startswith("highest Tc:\n")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("-0.8", "14", "3"), "a range from -0.8 to 14; expected lengths (Å) or factors above 0"),
        (("0.8", "0", "3"), "a range from 0.8 to 0; expected"),
        (("0.8", "nan", "3"), "a range from 0.8 to nan; expected"),
        (("0.8", "inf", "3"), "a range from 0.8 to inf; expected"),
        (("3", "14", "0"), "a range of 0 values; expected FROM TO COUNT"),
        (("3", "14", "-2"), "a range of -2 values; expected FROM TO COUNT"),
    ],
)
def test_a_range_that_no_lattice_has_is_refused(given, message, tmp_path, capsys):
    out = tmp_path / "x.csv"
    assert main(["lattice-map", "mgb2", "--c", *given, "--out", str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"tcexplore: {message}")
    assert not out.exists()


@pytest.mark.parametrize(("option", "expected"), [([], 200), (["--pressure", "180"], 180)])
def test_a_pressure_that_the_user_states_counts_before_the_catalogue(tmp_path, option, expected):
    out, scales = tmp_path / "dome.csv", ["--scales", "1", "1", "1"]
    assert main(["dome", "h3s-im-3m-200gpa", *scales, *option, "--out", str(out)]) == 0
    [row] = csv.DictReader(out.read_text().splitlines())
    assert float(row["pressure_gpa"]) == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("pressure", ["-5", "nan", "1001"])
def test_a_pressure_that_cannot_be_is_refused(tmp_path, capsys, pressure):
    out = tmp_path / "dome.csv"
    assert main(["dome", "h3s-im-3m-200gpa", "--pressure", pressure, "--out", str(out)]) == 2
    message = f"a pressure of {pressure} GPa; expected a number from 0 to 1000"
    assert capsys.readouterr().err.startswith(f"tcexplore: {message}")
    assert not out.exists()


@pytest.mark.parametrize(("option", "expected"), [([], 155), (["--pressure", "180"], 180)])
def test_a_lattice_map_goes_through_the_stated_pressure(tmp_path, option, expected):
    out, file = tmp_path / "map.csv", tmp_path / "H3S_155GPa.cif"
    crystal = catalogue_entry("h3s-im-3m-200gpa").structure()
    crystal.to(str(file))
    a = str(crystal.get_primitive_structure().lattice.a)
    lattice = ["--a", a, a, "1", "--c", a, a, "1", "--out", str(out)]
    assert main(["lattice-map", str(file), *lattice, *option]) == 0
    [row] = csv.DictReader(out.read_text().splitlines())
    assert float(row["pressure_gpa"]) == pytest.approx(expected, abs=0.2)
