"""What a link asks for that cannot be shown is said in a sentence, for each kind of value."""

import pytest
from streamlit.runtime.pages_manager import PagesManager
from support.app_page import page
from support.browser import ROOT

LAH10, H3S, P3M1 = "lah10-fm-3m-150gpa", "h3s-im-3m-200gpa", "li2mgh16-p-3m1-300gpa"
# Page, its structure, query as it stands in the address, the sentence.
BAD = [
    ("element_swap", LAH10, {"x": "Foo1"},
     "sets “X on” to “Foo1”, which LaH₁₀ does not have; shown: La1 (1 site)."),
    ("element_swap", H3S, {"elements": "air"},
     "sets “Elements” to “air”, which is not among its choices; shown: all."),
    ("element_swap", H3S, {"elements": "halogens", "best": "many"},
     "sets “Materials” to “many”, which is no number; shown: 20."),
    ("element_swap", H3S, {"elements": "halogens", "best": "900"},
     "sets “Materials” to “900”, which is not within 1 to 200; shown: 20."),
    ("element_swap", H3S, {"elements": "halogens", "picked": "Qq-Zz"},
     "asks for “Qq-Zz”, a pair that this map does not have; shown: no material."),
    ("lattice_map", H3S, {"a": ["0.8", "99"]},
     "sets “a (Å)” to “0.8 to 99”, which is not within 0.8 to 20; shown: 0.8 to 7."),
    ("lattice_map", H3S, {"c": ["7", "3"]},
     "sets “c (Å)” to “7 to 3”, which runs from high to low; shown: 3 to 7."),
    ("lattice_map", H3S, {"c": "7"},
     "sets “c (Å)” to “7”, which are not two numbers; shown: 0.8 to 7."),
    ("lattice_map", H3S, {"points": "55"},
     "sets “Points of each” to “55”, which is not among its choices; shown: 40."),
    ("lattice_map", H3S, {"picked": ["x", "y"]},
     "asks for “x, y”, a point that this map does not have; shown: the maximum."),
    ("lattice_dome", H3S, {"with": ["nosuch", "mgb2"]},
     "sets “Compare with” to “nosuch”, which is not among its choices; shown: mgb2."),
    ("hydrogen_network", P3M1, {"at_c": "99"},
     "sets “c (Å)” to “99”, which is not within 3.2 to 13.8; shown: 5.31."),
    ("hydrogen_network", P3M1, {"cages": "maybe"},
     "sets “Cages” to “maybe”, which is neither true nor false; shown: on."),
    ("search", H3S, {"elements1": "Xx-La"},
     "asks for “Xx-La”, in which not all are elements or a group of them; shown: La."),
    ("search", H3S, {"hh": "-3"},
     "sets “Shortest H–H distance (Å)” to “-3”, which is less than 0; shown: none."),
    ("design", H3S, {"tried": "51"},
     "sets “Crystals tried from each start” to “51”, which is not among its choices; shown: 50."),
    ("design", H3S, {"starts": "2.5"},
     "sets “Starting points” to “2.5”, which is none of its values; shown: 2."),
    ("model", None, {"split": "nosuch"},
     "sets “Evaluation split” to “nosuch”, which is not among its choices;"
     " shown: By chemical system."),
]  # fmt: skip


@pytest.fixture(autouse=True)
def pages_inside_the_app(monkeypatch):
    """Run each page inside app.py, as the server does; the harness would run its file alone."""
    made = PagesManager.__init__

    def make(self, *args, **settings):
        made(self, *args, **settings)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", make)


def open_link(page_name, entry_id, query):
    return page(page_name, **({"structure": entry_id} if entry_id else {}), **query)


def notes(app):
    return [note.value.replace("\\", "") for note in app.warning]


@pytest.mark.parametrize(("page_name", "entry_id", "query", "sentence"), BAD)
def test_bad_value_is_said(page_name, entry_id, query, sentence):
    app = open_link(page_name, entry_id, query)
    assert notes(app) == [f"The link {sentence}"]


def test_several_bad_values_stand_in_one_note():
    app = open_link("element_swap", LAH10, {"x": "Foo1", "elements": "air", "order": "size"})
    [note] = notes(app)
    assert note.count("The link sets") == 3


def test_range_that_runs_from_high_to_low_is_turned_round():
    app = open_link("lattice_map", H3S, {"a": ["6", "2"], "c": ["7", "3"]})
    assert [slider.value for slider in app.slider] == [(2.0, 6.0), (3.0, 7.0)]


def test_good_and_unknown_values_are_not_mentioned():
    query = {"x": "S1 (1 site)", "elements": "s block", "seen": "TRUE", "best": "20.0", "zz": "1"}
    app = open_link("element_swap", H3S, query)
    assert notes(app) == []
    assert app.query_params["zz"] == "1"


def test_note_goes_once_the_user_changes_something():
    app = open_link("element_swap", LAH10, {"x": "Foo1", "elements": "halogens"})
    app.run()
    assert len(notes(app)) == 1  # a page may run again by itself
    app.selectbox(key="order").select("Mendeleev number").run()
    assert notes(app) == []


def test_another_structure_chosen_by_hand_is_no_bad_link():
    app = open_link("element_swap", H3S, {"x": "H1 (3 sites)", "elements": "halogens"})
    app.selectbox(key="structure").select("mgb2").run()
    assert notes(app) == []
    assert app.multiselect(key="x").value == ["Mg1 (1 site)"]


def test_text_of_a_link_is_no_markup():
    app = open_link("element_swap", H3S, {"elements": "<b>[x](http://x)", "best": "5"})
    assert "\\[x\\]" in app.warning[0].value
    assert "\\<b\\>" in app.warning[0].value


def test_no_widget_is_bound_to_the_address_by_another_way():
    files = [*ROOT.glob("pages/*.py"), *ROOT.glob("tcexplore/app/**/*.py")]
    bound = [file.name for file in files if 'bind="query-params"' in file.read_text("utf-8")]
    assert bound == ["link.py"]
