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


def test_relax_begins_at_the_volume_of_the_pressure(tmp_path, capsys):
    """A calculator at rest leaves the cell as the equation of state gives it."""
    out = tmp_path / "relaxed.cif"
    arguments = ["--calculator", "support.calculators:AtRest", "--option", "pressure=200"]
    assert main(["relax", LAH10, *arguments, "--pressure", "200", "--out", str(out)]) == 0
    printed, told = capsys.readouterr()
    assert "converged after 0 steps" in printed
    assert "Fm-3m to Fm-3m" in printed
    assert f"{LAH10}: The lattice was scaled by 0.9677" in told
    given = catalogue_entry(LAH10).structure()
    assert load_structure(out).volume == pytest.approx(given.volume * 0.96766**3, rel=1e-3)


def test_a_relaxation_that_does_not_converge_is_written_and_ends_with_1(tmp_path, capsys):
    source, out = tmp_path / "cu.vasp", tmp_path / "cu.cif"
    assert main(["export", "mgb2", "--format", "poscar", "--out", str(source)]) == 0
    source.write_text(source.read_text().replace("Mg", "Cu").replace("B", "Al"))
    emt = ["--calculator", "ase.calculators.emt:EMT", "--pressure", "10", "--steps", "1"]
    assert main(["relax", str(source), *emt, "--out", str(out)]) == 1
    assert "NOT converged after 1 steps" in capsys.readouterr().out
    assert load_structure(out).composition.reduced_formula == "Al2Cu"


def test_relax_says_before_it_begins_that_it_cannot_write(tmp_path, capsys):
    out = tmp_path / "nowhere" / "cu.cif"
    emt = ["--calculator", "ase.calculators.emt:EMT", "--pressure", "10"]
    assert main(["relax", "mgb2", *emt, "--out", str(out)]) == 2
    assert "nowhere' for cu.cif; make it first" in capsys.readouterr().err
