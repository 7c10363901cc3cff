"""SHA-256 check of a model folder: every changed, missing or added file is refused."""

import shutil

import pytest

from tcexplore.model.files import load_model_files
from tcexplore.model.hashes import SUMS, ModelError, verify_hashes, write_hashes
from tcexplore.model.predictor import DEFAULT_MODEL, MODELS

NAMES = sorted(path.name for path in (MODELS / DEFAULT_MODEL).iterdir() if path.name != SUMS)


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(MODELS / DEFAULT_MODEL, tmp_path / "copy")


def test_the_shipped_model_is_as_it_was_saved(directory):
    verify_hashes(directory)
    assert {"card.md", "weights.safetensors", "predictions.csv"} < set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("position", [0, -1])
def test_a_changed_byte_is_refused_in_every_file(directory, name, position):
    content = bytearray((directory / name).read_bytes())
    content[position] ^= 1
    (directory / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"'copy': {name} is not the file that was saved"):
        verify_hashes(directory)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(directory, name):
    (directory / name).unlink()
    with pytest.raises(ModelError, match=rf"'copy' lacks {name}; restore "):
        verify_hashes(directory)


def test_an_added_file_is_refused(directory):
    (directory / "extra.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"'copy' holds extra\.json, which is not in SHA256SUMS"):
        load_model_files(directory)
    write_hashes(directory)  # a file that is listed belongs to the model
    load_model_files(directory)


def test_hidden_files_of_a_file_manager_are_no_part_of_a_model(directory):
    (directory / ".DS_Store").write_bytes(b"\0")
    verify_hashes(directory)
    write_hashes(directory)
    assert ".DS_Store" not in (directory / SUMS).read_text(encoding="utf-8")


def test_hashes_written_again_are_the_same(directory):
    before = (directory / SUMS).read_bytes()
    write_hashes(directory)
    assert (directory / SUMS).read_bytes() == before
