"""The web API over HTTP: forms of a request, errors, limits, readiness."""

import json
import threading
import time
from contextlib import contextmanager

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from support.browser import free_port

from tcexplore.api import service
from tcexplore.api.limits import BoundedWorkers, RateLimit
from tcexplore.api.routes import api_mount
from tcexplore.api.service import PredictionService
from tcexplore.cli.main import main
from tcexplore.io.parsers import MAX_BYTES
from tcexplore.model import DEFAULT_MODEL
from tcexplore.model.hashes import ModelError
from tcexplore.model.predictor import load_predictor
from tcexplore.run_folder.model_check import model_hash


@contextmanager
def serving(service, *, base=""):
    """Serve the API alone, and end it."""
    port = free_port()
    app = Starlette(routes=[api_mount(service, base)])
    config = uvicorn.Config(app, port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        service.close()


@contextmanager
def serving_loaded(load=load_predictor, **limits):
    loading = PredictionService(load, **limits)
    loading.start().join()
    with serving(loading) as address:
        yield address


@pytest.fixture(scope="module")
def address():
    with serving_loaded(rate=RateLimit(10_000)) as address:
        yield address


@pytest.fixture
def cif(mgb2):
    return mgb2.to(fmt="cif")


@pytest.fixture
def two(mgb2, triclinic, tmp_path):
    """Two structures in one file."""
    return mgb2.to(fmt="cif") + "\n" + triclinic.to(fmt="cif")


def error_of(answer):
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["error"]


# --- what comes back ----------------------------------------------------------------------------


def test_the_answer_is_what_predict_prints(address, cif, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.cif").write_text(cif)
    assert main(["predict", "x.cif", "--format", "json"]) == 0
    answer = requests.post(f"{address}/api/predict?name=x.cif", data=cif.encode())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == capsys.readouterr().out


def test_raw_form_and_json_get_one_answer(address, cif):
    url, settings = f"{address}/api/predict", {"name": "x.cif", "pressure": "20"}
    raw = requests.post(url, params=settings, data=cif.encode())
    form = requests.post(url, files={"file": ("x.cif", cif)}, data={"pressure": "20"})
    field = requests.post(url, files={"file": (None, cif)}, data=settings)
    whole = requests.post(url, json={"structure": cif, "name": "x.cif", "pressure": 20})
    assert raw.status_code == 200
    assert raw.text == form.text == field.text == whole.text
    [row] = raw.json()
    assert row["pressure_gpa"] == 20
    assert row["pressure_source"] == "stated"


def test_a_structure_that_is_json_itself_is_no_envelope(address, mgb2):
    answer = requests.post(f"{address}/api/predict", data=mgb2.to_json().encode())
    assert [row["formula"] for row in answer.json()] == ["MgB2"]


def test_each_structure_of_a_file_where_all_are_asked_for(address, two):
    answer = requests.post(f"{address}/api/predict?all=true&name=two.cif", data=two.encode())
    rows = answer.json()
    assert [row["formula"] for row in rows] == ["MgB2", "YH2S"]
    assert all(row["structure"] for row in rows)
    refused = requests.post(f"{address}/api/predict?name=two.cif", data=two.encode())
    assert refused.status_code == 422
    assert "holds 2 structures" in error_of(refused)
    assert "all=true" in error_of(refused)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        ({}, 400, "no file in the body"),
        ({"data": b"hello"}, 422, "is no structure"),
        ({"data": b"{"}, 422, "structure:"),
        ({"data": b"x" * (MAX_BYTES + 1)}, 413, "larger than 5 MB"),
        ({"data": b"x" * (2 * MAX_BYTES)}, 413, "larger than 5 MB"),
        ({"json": {"structure": "x", "pressure": -1}}, 400, "expected 0 to 1000 GPa"),
        ({"json": {"structure": "x", "pressure": True}}, 400, "pressure is 'True'"),
        ({"json": {"structure": "x", "pressure": "nan"}}, 400, "pressure is 'nan'"),
        ({"json": {"structure": "x", "all": "perhaps"}}, 400, "all is 'perhaps'"),
        ({"json": {"structure": "x", "model": "y"}}, 400, "unknown setting 'model'"),
        ({"files": {"other": ("x.cif", "x")}}, 400, "no field 'file'"),
        (
            {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
            400,
            "boundary",
        ),
    ],
)
def test_a_request_that_cannot_be_answered_says_why(address, options, status, told):
    answer = requests.post(f"{address}/api/predict", **options)
    assert answer.status_code == status
    assert told in error_of(answer)


def test_an_element_without_prediction_is_named(address, mgb2):
    mgb2.replace_species({"Mg": "No"})
    answer = requests.post(f"{address}/api/predict?name=x.cif", data=mgb2.to_json().encode())
    assert answer.status_code == 422
    assert "No is not predicted" in error_of(answer)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/predict"])
def test_other_addresses_are_told_those_that_there_are(address, path):
    answer = requests.get(f"{address}{path}")
    assert answer.status_code == (405 if path == "/api/predict" else 404)
    assert "POST /api/predict" in error_of(answer)


def test_a_fault_of_the_program_is_500_without_its_words(cif, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("secret")

    with serving(PredictionService(load_predictor)) as address:
        answer = requests.post(f"{address}/api/predict", data=cif.encode())
        assert answer.status_code == 503  # nobody has loaded the model
    monkeypatch.setattr(service, "predicted_rows", broken)
    with serving_loaded() as address:
        answer = requests.post(f"{address}/api/predict", data=cif.encode())
    assert answer.status_code == 500
    assert "secret" not in error_of(answer)


# --- limits -------------------------------------------------------------------------------------


def test_too_many_requests_a_minute_are_told_when_to_come_back(cif):
    with serving_loaded(rate=RateLimit(2)) as address:
        codes = [requests.post(f"{address}/api/predict", data=b"x").status_code for _ in "12"]
        refused = requests.post(f"{address}/api/predict", data=cif.encode())
        assert requests.get(f"{address}/api/ready").status_code == 200
    assert codes == [422, 422]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert "more than 2 requests a minute" in error_of(refused)


def test_the_rate_is_of_each_client_and_of_the_last_minute():
    now = [0.0]
    rate = RateLimit(1, clock=lambda: now[0])
    rate.count("first")
    rate.count("second")
    with pytest.raises(HTTPException) as refused:
        rate.count("first")
    assert refused.value.headers == {"Retry-After": "60"}
    now[0] = 60.5
    rate.count("first")


def test_requests_beyond_the_queue_and_the_time_are_refused(cif):
    release = threading.Event()

    class Slow:
        files = load_predictor().files

        def __call__(self, structures):
            release.wait(20)
            return load_predictor()(structures)

    limits = {"workers": BoundedWorkers(at_once=1, waiting=1), "seconds": 1.5}
    with serving_loaded(Slow, **limits) as address:

        def ask(answers):
            answers.append(requests.post(f"{address}/api/predict", data=cif.encode()))

        late, answers = [], []
        threads = [threading.Thread(target=ask, args=(late,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        ask(answers)
        for thread in threads:
            thread.join()
        release.set()
    assert [answer.status_code for answer in (*answers, *late)] == [503] * 3
    assert "too many requests at once" in error_of(answers[0])
    assert all("took more than 1.5 s" in error_of(answer) for answer in late)
    assert all(answer.headers["retry-after"] for answer in (*answers, *late))


# --- readiness ----------------------------------------------------------------------------------


def test_ready_once_the_model_is_loaded():
    loading = threading.Event()

    def load():
        loading.wait(20)
        return load_predictor()

    service = PredictionService(load)
    thread = service.start()
    with serving(service, base="/below/") as address:
        before = requests.get(f"{address}/below/api/ready")
        loading.set()
        thread.join()
        after = requests.get(f"{address}/below/api/ready")
    assert before.status_code == 503
    assert before.headers["retry-after"] == "2"
    assert "is being loaded" in error_of(before)
    assert after.status_code == 200
    told = after.json()
    assert told["ready"] is True
    assert told["model"] == DEFAULT_MODEL
    assert told["model_hash"] == model_hash(load_predictor().files)


def test_never_ready_without_a_model():
    def load():
        raise ModelError("no model in /nowhere")

    with serving_loaded(load) as address:
        answer = requests.get(f"{address}/api/ready")
    assert answer.status_code == 503
    assert "no model in /nowhere" in error_of(answer)
    assert json.loads(answer.text).keys() == {"error"}
