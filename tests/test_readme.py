"""The README: its Python runs, and its figures are those of the shipped model."""

import json
import re
from pathlib import Path

import pytest

from tcexplore.model.predictor import DEFAULT_MODEL, load_predictor, model_directory

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
USAGE = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")


def python_block(text):
    [block] = re.findall(r"^```python\n(.*?)^```", text, flags=re.M | re.S)
    return block


@pytest.fixture
def in_folder(tmp_path, monkeypatch, mgb2):
    """A working folder that has my.cif."""
    mgb2.to(filename=str(tmp_path / "my.cif"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_folder")
def test_python_of_the_readme_runs(capsys, mgb2):
    block = python_block(README)
    assert len([line for line in block.splitlines() if line]) <= 5
    exec(compile(block, "README.md", "exec"), {})
    [prediction] = load_predictor()([mgb2])
    formula, tc, *_ = capsys.readouterr().out.split()
    assert formula == "MgB2"
    assert float(tc) == pytest.approx(prediction.tc, abs=1e-3)


@pytest.mark.usefixtures("in_folder")
def test_python_of_the_usage_page_runs(capsys):
    exec(compile(python_block(USAGE), "docs/usage.md", "exec"), {})
    assert capsys.readouterr().out


def test_figures_are_those_of_the_shipped_model():
    text = " ".join(README.split())
    metrics = json.loads((model_directory(DEFAULT_MODEL) / "metrics.json").read_text())
    scores = {(row["split"], row["rows"], row["model"]): row for row in metrics["scores"]}
    of_all = scores["chemical_system", "all", "tcexplore"]
    of_hydrides = scores["chemical_system", "hydride", "tcexplore"]
    of_trees = scores["chemical_system", "all", "XGBoost"]
    held = {row["rows"]: row["coverage"] for row in metrics["coverage"]}
    assert f"Of {of_all['n']:,} materials" in text
    assert f"error is {of_all['mae']:.2f} K (r² = {of_all['r2']:.3f})" in text
    assert f"of the {of_hydrides['n']} hydrides among them {of_hydrides['mae']:.1f} K" in text
    assert f"comes to {of_trees['mae']:.2f} K (r² = {of_trees['r2']:.3f})" in text
    assert f"T<sub>c</sub> of {held['all']:.1%}".replace("%", " %") in text
    assert f"of {held['hydride']:.1%} of the hydrides".replace("%", " %") in text
    assert scores["class", "all", "tcexplore"]["r2"] < 0
    assert f"models/{DEFAULT_MODEL}/metrics.json" in text
    [high] = [
        row
        for row in metrics["errors_by_class"]
        if (row["family"], row["low"]) == ("hydride", 150.0)
    ]
    assert f"predicted above 150 K are off by {high['mae']:.0f} K" in text
