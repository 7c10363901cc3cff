"""Structures of the Materials Project: with a stand-in for its client, and with the client."""

import sys

import pytest
from support.materials_project import materials_project_client
from support.optimade_server import optimade_server
from support.same_crystal import assert_same_crystal

from tcexplore.databases.download import DatabaseError
from tcexplore.databases.materials_project import is_material_id, material_structure

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("MP_API_KEY", KEY)


def test_a_structure_is_read_as_a_file_is(monkeypatch, mgb2, capsys):
    materials_project_client(monkeypatch, KEY, {"mp-763": mgb2}.get)
    assert_same_crystal(material_structure("mp-763"), mgb2)
    assert capsys.readouterr().out == ""
    with pytest.raises(DatabaseError, match="the Materials Project has no material 'mp-1'"):
        material_structure("mp-1")


def test_without_a_key_it_is_told_where_to_get_one(monkeypatch):
    monkeypatch.setenv("MP_API_KEY", " ")
    with pytest.raises(DatabaseError, match=r"needs a key of your own: get one at .* MP_API_KEY"):
        material_structure("mp-763")


def test_without_the_client_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mp_api", None)
    with pytest.raises(DatabaseError, match="not installed: pip install mp-api"):
        material_structure("mp-763")


def test_what_the_client_says_is_told_without_the_key(monkeypatch):
    def fails(material_id):
        raise RuntimeError(f"key {KEY}\nis invalid")

    materials_project_client(monkeypatch, KEY, fails)
    with pytest.raises(
        DatabaseError, match=r"gave no mp-763: RuntimeError: key … is invalid; check"
    ):
        material_structure("mp-763")


@pytest.mark.parametrize("text", ["763", "mp763", "mp-", "mp-76/3", "MP-763", "mp-763.cif"])
def test_what_is_no_id_is_refused(text):
    assert not is_material_id(text)
    with pytest.raises(DatabaseError, match="is no id of the Materials Project; expected one such"):
        material_structure(text)


@pytest.mark.parametrize("text", ["mp-763", "mvc-12905", "mp-aaaaabc"])
def test_ids_are_told(text):
    assert is_material_id(text)


def test_the_official_client_asks_a_local_server(monkeypatch, mgb2):
    """Runs where mp-api is installed, at an address of this machine."""
    pytest.importorskip("mp_api")

    def heartbeat(handler):
        versions = {"version": "0.86.0", "db_version": "2026.1.1"}
        handler.answer(versions | {"access_controlled_batch_ids": []})

    def materials(handler):
        asked.append((handler.path, handler.headers["x-api-key"]))
        data = [{"structure": mgb2.as_dict(), "material_id": "mp-763"}]
        handler.answer({"data": data, "meta": {"total_doc": 1}, "errors": []})

    asked = []
    replies = {"/heartbeat": heartbeat, "/materials/core/": materials}
    with optimade_server([], replies=replies) as server:
        monkeypatch.setenv("MP_API_ENDPOINT", f"{server.address}/")
        assert_same_crystal(material_structure("mp-763"), mgb2)
    [(path, sent_key)] = asked
    assert "mp-763" in path
    assert sent_key == KEY
