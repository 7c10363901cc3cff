"""Documents: the commands that they show and the files that they name are there."""

import re
import shlex
from pathlib import Path

import pytest

from tcexplore.cli.main import main

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
PATH = r"(?:tcexplore|pages|tests|benchmarks|docs|models|\.ci)/[\w./-]*\w/?|app\.py|pyproject\.toml"
NOT_SHIPPED = ("my-model", "NAME", "paper/")  # stand for a name that the reader chooses


def fenced_lines(text):
    """Return the lines of all code blocks of the shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.M | re.S)
    return [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]


def tcexplore_commands():
    """Return the arguments of each use of the command line, in code blocks and in sentences."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        inline = re.findall(r"`((?:python -m )?tcexplore [^`\n]+)`", text)
        fenced = [part for line in fenced_lines(text) for part in line.split("&&")]
        for command in fenced + inline:
            words = shlex.split(command)
            if "tcexplore" in words:
                yield document.name, words[words.index("tcexplore") + 1 :]


COMMANDS = list(tcexplore_commands())


def test_the_documents_show_every_study_and_training_command():
    shown = {words[0] for _, words in COMMANDS}
    assert shown >= {
        "app", "predict", "element-swap", "dome", "lattice-map", "hydrogen-network", "paper",
        "dataset", "train", "evaluate", "known", "tables", "tune", "search", "runs",
        "equation-of-state", "pressure-slopes", "design", "export", "relax", "report", "fetch",
    }  # fmt: skip


@pytest.mark.parametrize(("document", "words"), COMMANDS, ids=lambda value: str(value)[:40])
def test_commands_and_their_options_exist(document, words, capsys):
    command = words[:2] if words[0] in ("runs", "fetch") else words[:1]
    assert main([*command, "--help"]) == 0
    offered = capsys.readouterr().out
    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"{option}\b", offered), f"{document}: {words[0]} has no {option}"


def test_targets_of_make_exist():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.M)
    shown = [
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:^|`)make (\w+)", document.read_text(encoding="utf-8"), re.M)
    ]
    assert {"app", "test", "setup", "lint", "wheel", "model"} <= set(shown)
    assert set(shown) <= set(targets)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_names_are_there(document):
    text = document.read_text(encoding="utf-8")
    names = re.findall(rf"(?<![\w/.-])(?:{PATH})", text)
    names = [name for name in names if not any(word in name for word in NOT_SHIPPED)]
    missing = [name for name in names if not (ROOT / name).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#\s]+)\)", document.read_text(encoding="utf-8"))
    files = [target for target in targets if "://" not in target]
    assert [file for file in files if not (document.parent / file).exists()] == []
