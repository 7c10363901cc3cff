"""docs/api.md: its commands and its Python run against the server of the app."""

import json
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import requests
from support.browser import ROOT, served_app

from tcexplore import __version__
from tcexplore.api import limits
from tcexplore.model.predictor import load_predictor

TEXT = (Path(ROOT) / "docs" / "api.md").read_text(encoding="utf-8")
SHOWN = "http://localhost:8501"


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, flags=re.M | re.S)


@pytest.fixture(scope="module")
def address():
    for address in served_app():
        while requests.get(f"{address}/api/ready").status_code == 503:
            time.sleep(0.2)
        yield address


@pytest.fixture
def in_folder(tmp_path, monkeypatch, mgb2):
    mgb2.to(filename=str(tmp_path / "my.cif"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_folder")
def test_the_python_of_the_document_runs(address, capsys, mgb2):
    [block] = blocks("python")
    exec(compile(block.replace(SHOWN, address), "api.md", "exec"), {})
    formula, tc, *_ = capsys.readouterr().out.split()
    [prediction] = load_predictor()([mgb2])
    assert formula == "MgB2"
    assert float(tc) == pytest.approx(prediction.tc, abs=0.02)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
@pytest.mark.usefixtures("in_folder")
def test_the_commands_of_the_document_run(address):
    commands = "".join(blocks("sh")).replace(SHOWN, address).strip().splitlines()
    first, second, ready = (
        json.loads(subprocess.check_output(shlex.split(line), timeout=60)) for line in commands
    )
    assert first == second
    assert first[0]["formula"] == "MgB2"
    assert first[0]["pressure_gpa"] == 200
    assert ready["version"] == __version__


def test_the_app_and_the_api_share_a_server(address):
    for path in ("", "/swap", "/model", "/_stcore/health"):
        assert requests.get(f"{address}{path}").status_code == 200
    assert "<title>Streamlit</title>" in requests.get(f"{address}/map").text
    assert requests.get(f"{address}/api/ready").status_code == 200


def test_the_limits_that_the_document_states_are_those_of_the_code():
    under_way = limits.AT_ONCE + limits.WAITING
    assert f"more than {limits.REQUESTS_A_MINUTE} requests of one client" in TEXT
    assert f"{under_way} requests are under way already" in TEXT
    assert f"took more than {limits.SECONDS:g} s" in TEXT
    assert f"up to {limits.MAX_BYTES / 1e6:g} MB" in TEXT
