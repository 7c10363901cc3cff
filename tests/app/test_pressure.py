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
