"""Uploaded files: notes on reading, failures, replacement, files with several structures."""

from pathlib import Path

import pytest
from pymatgen.core import Structure
from streamlit.testing.v1 import AppTest

from tcexplore.app.choice import uploads
from tcexplore.io.url_code import reading_notes, structure_code, structure_from_code

APP = Path(__file__).parents[2] / "app.py"
NOTE = "The file names no symmetry operations; those of P6/mmm were used."
PAGES = [
    "pages/predict.py", "pages/element_swap.py", "pages/lattice_dome.py", "pages/lattice_map.py",
    "pages/design.py",
]  # fmt: skip


@pytest.fixture
def app():
    return AppTest.from_file(str(APP), default_timeout=60)


def upload(app, structure, name="mine.cif"):
    content = structure if isinstance(structure, bytes) else structure.to(fmt="cif").encode()
    return app.file_uploader(key="file").set_value((name, content, "text/plain")).run()


def title(app):
    return "\n".join(block.proto.body for block in app.get("html"))


def noted(structure):
    copy = Structure.from_sites(structure)
    copy.properties = {"warnings": (NOTE,)}
    return copy


@pytest.mark.parametrize("page", PAGES)
def test_notes_on_reading_are_on_every_page_and_come_back_by_link(app, page, mgb2):
    app.run().switch_page(page)
    app.query_params["cell"] = structure_code(noted(mgb2))
    app.run()
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning].count(NOTE) == 1
    assert reading_notes(structure_from_code(app.query_params["cell"])) == (NOTE,)


def test_links_to_derived_structures_carry_the_notes(app, mgb2):
    app.run().switch_page("pages/lattice_map.py")
    app.query_params["cell"] = structure_code(noted(mgb2))
    app.query_params["picked"] = ["3.5", "4.0"]
    app.run()
    link = next(link for link in app.get("page_link") if link.proto.label == "Predict")
    [code] = [part[5:] for part in link.proto.query_string.split("&") if part.startswith("cell=")]
    assert reading_notes(structure_from_code(code)) == (NOTE,)


def test_a_file_that_fails_is_said_in_the_main_column_and_changes_nothing(app, mgb2):
    app.run()
    upload(app, mgb2)
    address = dict(app.query_params)
    upload(app, b"no structure at all", "broken.cif")
    [error] = app.main.error
    assert "new file was not read" in error.value
    assert "broken\\.cif" in error.value
    assert "Still shown: MgB₂, mine\\.cif" in error.value
    assert "MgB<sub>2</sub>" in title(app)
    assert dict(app.query_params) == address
    app.selectbox(key="structure").select("h3s-im-3m-200gpa").run()
    assert not app.error


def test_the_first_file_may_fail(app):
    app.run()
    upload(app, b"no structure at all", "broken.cif")
    assert "Nothing is shown yet" in app.main.error[0].value


def test_a_replaced_file_never_shows_the_start_page(app, mgb2, disordered):
    app.run()
    upload(app, mgb2)
    app.file_uploader(key="file").set_value(None).run()  # the browser first takes the old one away
    assert "MgB<sub>2</sub>" in title(app)
    assert "cell" in app.query_params
    upload(app, disordered, "other.cif")
    assert "La<sub>1.85</sub>" in title(app)
    next(button for button in app.button if button.label.startswith("Remove")).click().run()
    assert "At which temperature" in app.header[0].value
    assert "cell" not in app.query_params


def test_one_of_several_structures_is_chosen_by_the_user(app, mgb2, disordered, monkeypatch):
    first, second = Structure.from_sites(mgb2), Structure.from_sites(disordered)
    first.properties, second.properties = {"label": "frame 1"}, {"label": "frame 2"}
    monkeypatch.setattr(uploads, "load_all_structures", lambda *_, **__: [first, second])
    app.run()
    upload(app, b"two", "frames.xyz")
    assert "At which temperature" in app.header[0].value  # none silently
    assert "holds 2 structures" in app.info[0].value
    choice = app.selectbox(key=uploads.PICKED_CANDIDATE)
    assert choice.options == ["1: frame 1, MgB₂", "2: frame 2, Sr₀.₃La₃.₇Cu₂O₈"]
    choice.select_index(1).run()
    assert "La<sub>1.85</sub>" in title(app)
    assert "frame 2" in "".join(app.query_params["name"])
    app.selectbox(key=uploads.PICKED_CANDIDATE).select_index(0).run()
    assert "MgB<sub>2</sub>" in title(app)
