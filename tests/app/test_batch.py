"""The Batch page in Streamlit's test harness: uploads, runs, the table, the picked row."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tcexplore.app.kept_runs import batch as page
from tcexplore.app.kept_runs.background_runs import background_runs
from tcexplore.batch import run as run_module
from tcexplore.batch import runs as runs_module
from tcexplore.batch.run import batch_steps, batch_to_end, start_batch
from tcexplore.batch.runs import RUNS, list_batches, read_batch
from tcexplore.batch.sources import upload_sources
from tcexplore.model.applicability_domain import DOMAIN_PHRASES
from tcexplore.model.predictor import load_predictor

APP = Path(__file__).parents[2] / "app.py"
TABLE = b"file,pressure\nmgb2.cif,5\nnowhere.cif,7\n"
BROKEN = b"data_x\n_cell_length_a what\n"


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run_module, "LEAST", 1)
    page.rows_of.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.run()
    return app.switch_page("pages/batch.py").run()


@pytest.fixture
def uploads(mgb2, triclinic):
    return [
        ("mgb2.cif", mgb2.to(fmt="cif").encode()),
        ("broken.cif", BROKEN),
        ("yh2s.cif", triclinic.to(fmt="cif").encode()),
    ]


@pytest.fixture
def batch(app, uploads, predictor):
    """Three rows and one of a table's that is missing, of which the first is computed."""
    sources = upload_sources([*uploads, ("t.csv", TABLE)])
    batch = start_batch(RUNS / "mine", predictor, sources, name="mine")
    steps = batch_steps(predictor, batch)
    next(steps)
    next(steps)
    steps.close()
    return batch


def text(app):
    kinds = (app.markdown, app.caption, app.error, app.info, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def button(app, label):
    [found] = [button for button in app.button if button.label == label]
    return found


def wait_for(app, folder):
    """Wait for a run in the background; show its end."""
    deadline = time.monotonic() + 60
    while background_runs().is_under_way(folder):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return app.run()


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def test_uploads_become_a_run_that_the_address_names(app, uploads):
    files = [(name, content, "text/plain") for name, content in [*uploads, ("t.csv", TABLE)]]
    app.file_uploader[0].set_value(files).run()
    button(app, "Predict 4 files").click().run()
    assert not app.exception
    [batch] = list_batches()
    assert app.query_params["run"] == batch.folder.name
    assert batch.name == "mgb2.cif and 3 more"
    assert app.file_uploader[0].value == []
    wait_for(app, batch.folder)
    assert "2 structures predicted**, 2 not: see the table" in text(app)
    shown = app.dataframe[0].value
    assert shown["formula"].tolist() == ["", "YH₂S", "MgB₂", ""]
    assert shown["pressure_gpa"].dropna().tolist() == [5.0]
    assert "was not given" in shown["error"].iloc[3]
    assert "structure" not in shown
    assert "warnings" not in shown


def test_the_address_opens_a_run_that_was_ended_and_go_on_finishes_it(app, batch):
    opened(app, run="mine")
    assert not app.exception
    assert len(app.dataframe[0].value) == 1
    assert "1 of 4 files" in text(app)
    button(app, "Go on").click().run()
    wait_for(app, batch.folder)
    assert read_batch(batch.folder).is_finished
    assert len(app.dataframe[0].value) == 4
    assert not [b for b in app.button if b.label in ("Go on", "Stop")]


def test_a_picked_row_shows_its_structure_or_its_reason(app, batch, predictor):
    batch_to_end(predictor, batch)
    opened(app, run="mine", picked="2")
    assert "YH₂S" in text(app)
    assert DOMAIN_PHRASES[app.dataframe[0].value["domain"].iloc[1]] in text(app)
    assert app.session_state["batch_table"]["selection"]["rows"] == [1]
    opened(app, picked="1")
    assert "Not predicted" in app.error[0].value
    opened(app, picked="3")
    assert "Pressure: **5 GPa**, stated" in text(app)
    for wrong in ("99", "0", "x"):
        opened(app, picked=wrong)
        assert not app.exception
        assert "Click a row of the table or a point" in text(app)


def test_any_two_columns_can_stand_on_the_axes(app, batch, predictor):
    batch_to_end(predictor, batch)
    opened(app, run="mine")
    across, up = app.selectbox
    assert (across.value, up.value) == ("volume_per_atom", "tc")
    assert "H–H (Å)" in across.options
    assert "2 of 4 rows have both values" in text(app)
    across.select("h_h").run()
    up.select("h_h").run()
    assert not app.exception
    assert "1 of 4 rows have both values" in text(app)


def test_a_batch_without_predictions_shows_its_reasons_and_no_plot(app, predictor):
    batch_to_end(predictor, start_batch(RUNS / "bad", predictor, upload_sources([("x", BROKEN)])))
    opened(app, run="bad")
    assert not app.exception
    assert "No structure was predicted" in text(app)
    assert len(app.dataframe[0].value) == 1


@pytest.mark.parametrize("name", ["nowhere", "../../etc", "a/b", ".hidden", "", "<b>"])
def test_an_address_that_names_no_run_says_so_and_offers_the_latest(app, batch, name):
    opened(app, run=name)
    assert not app.exception
    assert "no batch" in app.error[0].value
    assert [expander.label for expander in app.expander] == ["Latest batches"]


def test_an_address_leads_to_no_folder_elsewhere(app, batch):
    batch.folder.rename("elsewhere")
    opened(app, run="../../elsewhere")
    assert "no batch is called" in app.error[0].value
    assert not app.dataframe


def test_the_latest_batches_are_linked_from_another(app, batch, predictor, uploads):
    start_batch(RUNS / "other", predictor, upload_sources(uploads), name="yesterday.zip")
    opened(app, run="mine")
    [link] = app.expander[0].get("page_link")
    assert "yesterday" in link.proto.label
    assert "0\u202f% done" in link.proto.label.replace("\\", "")
    assert link.proto.query_string == "run=other"


def test_too_many_files_are_said_and_start_nothing(app, uploads, monkeypatch):
    monkeypatch.setattr(runs_module, "MAX_FILES", 2)
    files = [(name, content, "text/plain") for name, content in uploads]
    app.file_uploader[0].set_value(files).run()
    button(app, "Predict 3 files").click().run()
    assert not app.exception
    assert "expected a smaller batch" in app.error[0].value
    assert list_batches() == []


def test_a_run_of_another_model_says_why_it_cannot_go_on(app, batch):
    path = batch.folder / "manifest.json"
    path.write_text(path.read_text().replace(batch.manifest["model_hash"], 64 * "0"))
    opened(app, run="mine")
    button(app, "Go on").click().run()
    wait_for(app, batch.folder)
    assert "was made with model" in app.error[0].value.replace("\\", "")
    assert len(app.dataframe[0].value) == 1
