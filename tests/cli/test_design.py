"""Command `design`, run as a user runs it."""

import pandas as pd
import pytest

from tcexplore.cli.main import main
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import load_predictor

LIH6 = "lih6-r-3m-300gpa"
FEW = ("--starts", "2", "--evaluations", "16")


def test_best_crystal_paths_and_figure_are_written(tmp_path, capsys):
    out, path, figure = (tmp_path / name for name in ("best.cif", "path.csv", "path.html"))
    files = ["--out", str(out), "--path", str(path), "--figure", str(figure)]
    assert main(["design", LIH6, *FEW, *files]) == 0
    shown = capsys.readouterr()
    rows = pd.read_csv(path)
    best = rows.sort_values("tc").iloc[-1]
    [prediction] = load_predictor()([load_structure(out)])
    assert prediction.tc == pytest.approx(best["tc"], abs=0.1)
    assert best["tc"] > rows["tc"][0]
    assert set(rows["start"]) == {1, 2}
    assert set(rows["domain"]) == {"inside"}
    assert rows["pressure_gpa"][0] == 300
    assert (rows["distance_over_limit"] >= 1).all()
    assert "plotly" in figure.read_text(encoding="utf-8")
    [line] = [line for line in shown.out.splitlines() if line.startswith("Tc (K)")]
    assert line.split()[2:] == [f"{rows['tc'][0]:.1f}", f"{best['tc']:.1f}"]
    assert f"{out}: Tc = {best['tc']:.1f} K, read again from the file" in shown.err
    assert "statistical model" in shown.err
    assert "Tried: 32 crystals from 2 starts, 4 parameters" in shown.err


def test_choices_reach_the_design(tmp_path, capsys):
    path = tmp_path / "path.parquet"
    chosen = ["--lattice-only", "--pressure-range", "200", "250", "--target", "190", "--seed", "3"]
    assert main(["design", LIH6, *FEW, *chosen, "--path", str(path)]) == 0
    rows = pd.read_parquet(path)
    assert rows.groupby("start")["pressure_gpa"].last().between(199.5, 250.5).all()
    shown = capsys.readouterr()
    assert "the target is 190 K, missed by" in shown.err
    assert "2 parameters" in shown.err
    [shift] = [line for line in shown.out.splitlines() if line.startswith("Largest shift")]
    assert shift.split()[-2:] == ["0.000", "0.000"]


def test_p1_and_a_crystal_without_pressures(tmp_path, capsys):
    assert main(["design", "mgb2", *FEW, "--p1", "--outside", "--lower"]) == 0
    shown = capsys.readouterr()
    assert "12 parameters" in shown.err
    assert "refused for their distance." in shown.err
    assert "Pressure" not in shown.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["h3s-im-3m-200gpa", "--fixed-lattice"], "nothing of H3S may move"),
        (["mgb2", "--pressure-range", "100", "200"], "no volume at a pressure"),
        (["mgb2", "--volume-range", "1.1", "0.9"], "a volume from 1.1 to 0.9"),
        (["mgb2", "--starts", "0"], "0 starts; expected 1 to 20"),
        (["mgb2", "--out", "best.vasp"], "best.vasp; expected the name of a CIF"),
        (["no-such"], "neither a file nor an id"),
    ],
)
def test_faults_are_told(arguments, message, capsys):
    assert main(["design", *arguments]) == 2
    assert message in capsys.readouterr().err
