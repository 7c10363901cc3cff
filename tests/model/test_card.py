"""Model card: its tables are those of the shipped card, its sections follow the model's parts."""

from dataclasses import replace

import jinja2
import pytest

from tcexplore.model.card import model_card
from tcexplore.model.files import load_model_files
from tcexplore.model.predictor import DEFAULT_MODEL, MODELS


@pytest.fixture(scope="module")
def files():
    return load_model_files(MODELS / DEFAULT_MODEL)


def table_lines(card):
    return [line for line in card.splitlines() if line.startswith("|")]


def test_the_tables_are_those_of_the_shipped_card(files):
    shipped = (MODELS / DEFAULT_MODEL / "card.md").read_text(encoding="utf-8")
    assert len(table_lines(shipped)) > 200
    assert table_lines(model_card(files)) == table_lines(shipped)


def test_a_model_that_was_not_evaluated_has_no_tables(files):
    card = model_card(replace(files, metrics={}, conformal=None))
    assert table_lines(card) == []
    assert "## Figures\nNone yet: `python -m tcexplore evaluate` measures them.\n\n## L" in card
    assert "Prediction intervals" not in card
    assert "`unknown`" in card


def test_a_figure_that_is_missing_is_an_error_and_no_empty_cell(files):
    [first, *_] = files.metrics["scores"]
    scores = [{name: value for name, value in first.items() if name != "model"}]
    with pytest.raises(jinja2.UndefinedError, match="model"):
        model_card(replace(files, metrics={**files.metrics, "scores": scores}))
