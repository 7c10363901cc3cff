"""The pressure that the user states: kept in the link, used on the pages."""

import pytest
from support.app_page import page, text_of

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.io.url_code import structure_code


@pytest.fixture(scope="module")
def code():
    return structure_code(catalogue_entry("h3s-im-3m-200gpa").structure())


def test_pressure_of_an_upload_is_estimated_until_the_user_states_it(code):
    app = page("predict", cell=code, name="mine.cif")
    assert "Pressure: **about 203\u00a0GPa (181 to 227)**, estimated from the volume." in text_of(
        app
    )
    app.number_input(key="gpa").set_value(150.0).run()
    assert app.query_params["gpa"] == "150"
    assert "Pressure: **150 GPa**, stated; the volume **contradicts it" in text_of(app)


def test_stated_pressure_of_a_link_counts_and_a_wrong_one_is_told(code):
    app = page("predict", cell=code, name="mine.cif", gpa="200")
    assert app.number_input(key="gpa").value == 200
    assert "Pressure: **200 GPa**, stated; the volume says about" in text_of(app)
    app = page("predict", cell=code, name="mine.cif", gpa="plenty")
    assert "a pressure of “plenty”; expected 0 to 1000 GPa" in app.error[0].value
    assert "estimated from the volume" in text_of(app)


def test_unknown_pressure_is_never_called_ambient():
    app = page("predict", structure="bah32n5-f-43m")
    assert "ambient" not in text_of(app)
    assert "Pressure: **about" in text_of(app)


def test_dome_goes_along_pressures_where_there_are_any():
    app = page("lattice_dome", structure="h3s-im-3m-200gpa")
    assert app.selectbox(key="axis").value == "pressure"
    assert app.slider(key="pressures").value == (100, 300)
    app.selectbox(key="structure").set_value("lah10-fm-3m-150gpa").run()
    low, high = app.slider(key="pressures").value
    assert (low, high in (220, 230)) == (80, True)
    app.selectbox(key="structure").set_value("mgb2").run()
    assert app.selectbox(key="axis").value == "lattice parameter"
    assert "No pressures: the equation of state is of hydrides." in text_of(app)
    assert not app.exception


def test_lattice_map_of_a_crystal_without_pressures_says_why():
    app = page("lattice_map", structure="mgb2", points="40")
    assert "No isobars: the equation of state is of hydrides." in text_of(app)


def plain_text(app):
    """Return all texts of a page without the backslashes of Markdown."""
    return text_of(app).replace("\\", "")


def uploaded(name, text=None):
    """Open Predict and give it a file."""
    app = page("predict")
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    content = (text or structure.to(fmt="cif")).encode()
    return app.file_uploader(key="file").set_value((name, content, "text/plain")).run()


def test_pressure_of_a_file_is_offered_with_its_origin_and_the_user_has_the_last_word():
    app = uploaded("155GPa_H3S.cif")
    assert app.number_input(key="gpa").value == 155
    assert app.query_params["gpa"] == "155"
    assert "Pressure from the file's name: 155 GPa." in plain_text(app)
    assert "Pressure: **155 GPa**, stated in the file's name; the volume" in plain_text(app)
    assert "155 GPa (stated)" in app.code[0].value
    app.number_input(key="gpa").set_value(190.0).run()
    assert "Pressure from the file's name: 155 GPa. Yours counts." in plain_text(app)
    assert "Pressure: **190 GPa**, stated; the volume" in plain_text(app)
    app.switch_page("pages/lattice_dome.py").run()
    assert app.number_input(key="gpa").value == 190
    app.number_input(key="gpa").set_value(None).run()
    assert "155 GPa. It counts as unknown." in plain_text(app)
    assert "gpa" not in app.query_params


def test_the_next_file_brings_its_own_pressure_or_none():
    app = uploaded("155GPa_H3S.cif")
    text = catalogue_entry("h3s-im-3m-200gpa").structure().to(fmt="poscar")
    head, rest = text.split("\n", 1)
    give = app.file_uploader(key="file").set_value
    give(("POSCAR", f"{head} at 210 GPa\n{rest}".encode(), "text/plain")).run()
    assert app.number_input(key="gpa").value == 210
    assert "Pressure from the file's title: 210 GPa." in plain_text(app)
    give = app.file_uploader(key="file").set_value
    give(("other.vasp", text.encode(), "text/plain")).run()
    assert app.number_input(key="gpa").value is None
    assert "Pressure from" not in plain_text(app)


def test_an_absurd_pressure_of_a_file_is_told_and_not_used():
    app = uploaded("9000GPa_H3S.cif")
    assert app.number_input(key="gpa").value is None
    assert "9000 GPa stands in the file's name; expected 0 to 1000 GPa" in app.warning[0].value


def test_swap_maps_say_that_no_pair_is_anchored():
    query = {"x": "S1 (1 site)", "elements": "halogens"}
    app = page("element_swap", structure="h3s-im-3m-200gpa", **query)
    assert "stated 200\u00a0GPa is not used: its own volume says about 203" in plain_text(app)
    assert "at 200\u00a0GPa the pair of its own elements has 1.001 times" in plain_text(app)
    code = structure_code(catalogue_entry("h3s-im-3m-200gpa").structure())
    assert "is not used" not in text_of(page("element_swap", cell=code, name="a.cif", **query))


def test_nearest_known_materials_have_pressures():
    app = page("predict", structure="h3s-im-3m-200gpa")
    near = next(table.value for table in app.table if "Atoms exchanged" in table.value)
    assert near["Pressure"].str.fullmatch(r"\d+ GPa|ambient|not known|about \d+\u00a0GPa.*").all()
    assert "200 GPa" in set(near["Pressure"])
