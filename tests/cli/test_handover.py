"""Commands that hand structures and results over, run as a user runs them."""

import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli.main import main
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import load_predictor

LAH10 = "lah10-fm-3m-150gpa"


def test_export_writes_a_cif_with_symmetry(tmp_path, capsys):
    out = tmp_path / "lah10.cif"
    assert main(["export", LAH10, "--out", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    assert "F m -3 m" in out.read_text()
    given, found = load_predictor()([catalogue_entry(LAH10).structure(), load_structure(out)])
    assert found.tc == pytest.approx(given.tc, abs=0.01)


def test_export_prints_without_a_file(capsys):
    assert main(["export", "mgb2", "--format", "poscar"]) == 0
    assert capsys.readouterr().out.splitlines()[5] == "Mg B"


def test_export_at_a_pressure_scales_the_cell_and_says_so(capsys):
    arguments = ["--format", "espresso", "--pressure", "200", "--cell", "canonical"]
    assert main(["export", LAH10, *arguments]) == 0
    out, err = capsys.readouterr()
    assert "press            = 2000.0" in out
    assert len(load_structure(out)) == 11
    assert err.startswith(f"{LAH10}: The lattice was scaled by 0.9")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mgb2", "--format", "espresso"], "no pressure for the relaxation"),
        (["nowhere.cif"], "neither a file nor an id of the catalogue"),
        (["mgb2", "--pressure", "-3"], "a pressure of -3 GPa; expected a number from 0 on"),
        (["la1p85sr0p15cuo4", "--format", "poscar"], "no POSCAR: site"),
    ],
)
def test_export_says_what_is_wrong(arguments, message, capsys):
    assert main(["export", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_report_writes_one_page(tmp_path, capsys):
    out = tmp_path / "mgb2.html"
    assert main(["report", "mgb2", "--out", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: MgB2, Tc ")
    assert "mgb2, of the catalogue of tcexplore" in out.read_text(encoding="utf-8")


def test_report_of_a_file_takes_its_pressure(tmp_path):
    source, out = tmp_path / "mine.vasp", tmp_path / "mine.html"
    assert main(["export", LAH10, "--format", "poscar", "--out", str(source)]) == 0
    assert main(["report", str(source), "--stated-pressure", "150", "--out", str(out)]) == 0
    assert "mine.vasp, a structure of the user; 150 GPa" in out.read_text(encoding="utf-8")
