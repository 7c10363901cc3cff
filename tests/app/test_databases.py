"""Structures from a database in the sidebar, run by Streamlit's own test harness."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.optimade_server import catalogue_entries, optimade_server

from tcexplore.app.choice import databases
from tcexplore.databases.optimade import PROVIDERS, Query

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def server(monkeypatch):
    with optimade_server() as server:
        monkeypatch.setenv("TCEXPLORE_OPTIMADE", f"here = {server.address}, gone=http://x.invalid")
        yield server


@pytest.fixture
def app(server):
    return AppTest.from_file(str(APP), default_timeout=60).run()


def search(app, wanted, provider="here"):
    app.selectbox(key="provider").select(provider)
    app.text_input(key="wanted").set_value(wanted)
    next(button for button in app.button if button.label == "Search").click().run()
    assert not app.exception
    return app


def text(app):
    blocks = [block.proto.body for block in app.get("html")]
    shown = [element.value for kind in (app.info, app.error, app.warning) for element in kind]
    return "\n".join([*blocks, *shown]).replace("\\", "")


def test_the_only_structure_of_a_formula_is_predicted(app):
    search(app, "LaH10")
    assert "LaH<sub>10</sub>" in text(app)
    assert "here: LaH10" in text(app)
    assert "K</span>" in text(app)


def test_of_several_one_is_chosen(app):
    search(app, "H, S, ")
    assert "H<sub>3</sub>S" in text(app)
    search(app, "H,")
    assert "here: H holds 4 structures. Choose one of them." in text(app)
    app.selectbox(key="upload_candidate").select_index(2).run()
    assert "YH<sub>9</sub>" in text(app)


def test_a_search_that_finds_nothing_says_so_and_changes_nothing(app):
    search(app, "LaH10")
    search(app, "YH6")
    assert "here has no structure of YH6 that can be used" in text(app)
    assert "LaH<sub>10</sub>" in text(app)
    search(app, "lah10")
    assert "'lah10' is no formula" in text(app)
    search(app, "MgB2", provider="gone")
    assert "x.invalid cannot be reached" in text(app)
    search(app, "MgB2")
    assert "cannot be reached" not in text(app)
    assert "MgB<sub>2</sub>" in text(app)


def test_structures_that_cannot_be_used_are_told(monkeypatch):
    entries = catalogue_entries()[1:3]
    entries[0]["attributes"]["cartesian_site_positions"][1] = [0, 0, 0]
    with optimade_server(entries) as server:
        monkeypatch.setenv("TCEXPLORE_OPTIMADE", f"here={server.address}")
        app = search(AppTest.from_file(str(APP), default_timeout=60).run(), "H,")
        assert "1 of them cannot be used. The first: lah10-fm-3m-150gpa: sites 1" in text(app)
        search(app, "LaH10")
        assert "that can be used: lah10-fm-3m-150gpa: sites 1" in text(app)


def test_of_many_the_first_are_offered(app, monkeypatch):
    monkeypatch.setattr(databases, "COUNT", 3)
    search(app, "H,")
    assert "here: H holds 3 structures" in text(app)
    assert "The first 3 of 4: name more for fewer." in [one.value for one in app.caption]
    search(app, "LaH10")
    assert not [one for one in app.caption if "The first 3" in one.value]


def test_the_owner_of_the_server_says_which_providers_are_asked(monkeypatch):
    monkeypatch.delenv("TCEXPLORE_OPTIMADE", raising=False)
    assert list(databases.providers().values()) == list(PROVIDERS.values())
    monkeypatch.setenv("TCEXPLORE_OPTIMADE", "")
    assert databases.providers() == {}
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not [box for box in app.selectbox if box.key == "provider"]


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        ("LaH10", Query(formula="LaH10")),
        ("La, H", Query(elements=("La", "H"))),
        ("La H", Query(elements=("La", "H"))),
        ("La,", Query(elements=("La",))),
        ("", Query()),
    ],
)
def test_commas_make_a_list_of_elements(wanted, query):
    assert databases.query_of(wanted) == query
