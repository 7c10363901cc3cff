"""First page: purpose, accuracy, a picture of each page, the catalogue."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tcexplore.app.first_page import CARDS
from tcexplore.model.predictor import load_predictor
from tcexplore.resources import APP_FOLDER

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def app():
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run()
    assert not app.exception
    return app


def text_of(app):
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info))


def test_accuracy_is_that_of_the_evaluation(app):
    scores = load_predictor().files.metrics["scores"]
    [hydrides] = [
        row
        for row in scores
        if (row["split"], row["rows"], row["model"]) == ("chemical_system", "hydride", "tcexplore")
    ]
    assert f"**{hydrides['mae']:.0f} K** for hydrides ({hydrides['n']:,})" in text_of(app)
    assert "for the rest" in text_of(app)


def test_each_card_has_a_page_and_a_small_picture():
    for card in CARDS:
        assert (APP_FOLDER / "pages" / f"{card.page}.py").is_file()
        assert 1000 < (APP_FOLDER / "static" / "pages" / f"{card.page}.png").stat().st_size < 60_000


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.page)
def test_links_of_the_cards_open_what_they_promise(card):
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.run().switch_page(f"pages/{card.page}.py")
    for name, value in card.query:
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error


def test_catalogue_is_searched_and_a_row_opens_its_structure(app):
    app.text_input(key="find").set_value("hydride La").run()
    [table] = app.dataframe
    assert set(table.value["Class"]) <= {"hydride", "morphism"}
    assert all("La" in formula for formula in table.value["Formula"])
    app.text_input(key="find").set_value("nothing like it").run()
    assert "take one word or limit away" in text_of(app)
    assert json.dumps(app.query_params) == "{}"
