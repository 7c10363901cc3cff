"""Commands that fetch structures, run as a user runs them, against servers of this machine."""

import pytest
from support.materials_project import materials_project_client
from support.optimade_server import catalogue_entries, optimade_server

from tcexplore.cli.main import main
from tcexplore.io.load import load_structure

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def address():
    with optimade_server() as server:
        yield server.address


def test_structures_are_written_with_their_source(tmp_path, address, capsys):
    out = tmp_path / "found"
    assert main(["fetch", "optimade", address, "--elements", "La, H", "--out", str(out)]) == 0
    printed, told = capsys.readouterr()
    path = out / "lah10-fm-3m-150gpa.cif"
    assert printed == f"{path}: LaH10, 44 sites\n"
    assert told == "1 structures of 1 found\n"
    assert f"from {address}/v1/structures/lah10-fm-3m-150gpa'" in path.read_text()
    assert load_structure(path).properties["warnings"] == ()


def test_a_file_that_is_there_stays(tmp_path, address, capsys):
    path = tmp_path / "mgb2.cif"
    path.write_text("mine")
    assert main(["fetch", "optimade", address, "--id", "mgb2", "--out", str(tmp_path)]) == 0
    assert path.read_text() == "mine"
    assert "is there already and stays as it is" in capsys.readouterr().err


def test_an_id_is_no_path(tmp_path, capsys):
    [entry] = catalogue_entries()[:1]
    with optimade_server([entry | {"id": "../../e vil/x"}]) as server:
        out = tmp_path / "a" / "b" / "c"
        assert (
            main(["fetch", "optimade", server.address, "--elements", "B", "--out", str(out)]) == 0
        )
    assert [path.parent for path in tmp_path.rglob("*.cif")] == [out]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--formula", "YH6"], 1, "0 structures of 0 found"),
        ([], 2, "nothing to look for"),
        (["--formula", "what?"], 2, "is no formula with whole numbers"),
        (["--elements", "La, hydrogen"], 2, "'hydrogen' is no element"),
    ],
)
def test_queries_without_structures_say_so(arguments, code, message, tmp_path, address, capsys):
    assert main(["fetch", "optimade", address, *arguments, "--out", str(tmp_path)]) == code
    assert message in capsys.readouterr().err


def test_without_network_it_is_told(tmp_path, capsys):
    arguments = ["--formula", "MgB2", "--out", str(tmp_path)]
    assert main(["fetch", "optimade", "http://nowhere.invalid", *arguments]) == 2
    assert "nowhere.invalid cannot be reached" in capsys.readouterr().err


def test_an_id_of_the_materials_project_stands_for_its_structure(
    tmp_path, monkeypatch, mgb2, capsys
):
    monkeypatch.setenv("MP_API_KEY", KEY)
    materials_project_client(monkeypatch, KEY, {"mp-763": mgb2}.get)
    assert main(["export", "mp-763"]) == 0
    assert "P 6/m m m" in capsys.readouterr().out
    fetch = ["fetch", "materials-project", "mp-1", "mp-763", "--out", str(tmp_path)]
    assert main(fetch) == 1
    printed, told = capsys.readouterr()
    assert printed == f"{tmp_path / 'mp-763.cif'}: MgB2, 3 sites\n"
    assert told == "tcexplore: the Materials Project has no material 'mp-1'\n"


def test_a_command_without_the_key_says_what_to_do(monkeypatch, capsys):
    monkeypatch.delenv("MP_API_KEY", raising=False)
    assert main(["export", "mp-763"]) == 2
    assert "needs a key of your own" in capsys.readouterr().err
