"""Command line as a whole: help, version, exit codes, usage errors, and what it imports."""

import subprocess
import sys

import pytest

import tcexplore
from tcexplore.app import serve
from tcexplore.cli.main import main

COMMANDS = (
    "app", "predict", "element-swap", "dome", "lattice-map", "hydrogen-network", "paper",
    "dataset", "train", "evaluate", "known", "tune",
    "equation-of-state", "pressure-slopes", "search", "runs", "design", "export", "relax",
    "report", "fetch", "tables",
)  # fmt: skip


def output_of(code):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1]


@pytest.mark.parametrize("arguments", [(), *[(name,) for name in COMMANDS]])
def test_help_fits_80_columns_and_cuts_no_sentence(arguments, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*arguments, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: {' '.join(('tcexplore', *arguments))} ")
    assert "--help" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "...\n" not in out.partition("\n")[2]


def test_help_lists_each_command_once(capsys):
    main(["-h"])
    listed = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert sorted(line.split()[0] for line in listed) == sorted(COMMANDS)


def test_help_lists_choices_and_defaults(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for command, shown in {
        "predict": ("<table|json|csv>", "[default: table]"),
        "dataset": ("<average|exclude|best>", "[default: average]"),
        "train": ("<shipped|paper>", "[default: shipped]"),
        "paper": ("figure-3|figure-4|figure-5|figure-6|table-2|table-3",),
        "dome": ("--scales FROM TO COUNT", "[default: 0.7, 1.6, 181]", "--out FILE"),
    }.items():
        main([command, "--help"])
        out = capsys.readouterr().out
        assert [text for text in shown if text not in out] == []


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tcexplore {tcexplore.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command; see `tcexplore --help`"),
        (("nonsense",), "No such command 'nonsense'; see `tcexplore --help`"),
        (("predict",), "0 files; give files, or a run to go on with: --run DIR"),
        (("dome", "mgb2"), "Missing option '--out'; see `tcexplore dome --help`"),
        (("dome", "mgb2", "--ot", "x"), "No such option: --ot"),
        (("predict", "x.cif", "--format", "xml"), "'xml' is not one of 'table', 'json', 'csv'"),
        (("train", "--data", "x", "--name", "y", "--seed", "1.5"), "integer (given: '1.5')"),
        (("paper", "--out", "x", "--only", "table-2", "figure-9"), "'figure-9' is not one of"),
        (("dome", "--scales", "1", "2", "--out", "x.csv", "mgb2"), "(given: '--out')"),
        (("app", "--port", "0"), "greater than or equal to 1 (given: '0')"),
    ],
)
def test_a_usage_error_is_one_line_with_the_wrong_value(arguments, message, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tcexplore: ")
    assert message in err
    assert err.count("\n") == 1


def test_the_exit_code_reaches_the_shell(tmp_path):
    command = [sys.executable, "-m", "tcexplore", "predict", str(tmp_path / "none.cif")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert run.stderr.endswith("none.cif: does not exist; check the path\n")
    run = subprocess.run([*command[:3], "nonsense"], capture_output=True, text=True)
    assert run.returncode == 2


def test_app_serves_the_app_on_the_port(monkeypatch):
    calls = []
    monkeypatch.setattr(serve, "main", calls.append)
    monkeypatch.setattr(serve.PagesManager, "uses_pages_directory", True)
    assert main(["app", "--port", "8765"]) == 0
    assert calls == [["run", str(serve.SERVER_SCRIPT), "--server.port", "8765"]]
    assert serve.SERVER_SCRIPT.is_file()


def test_help_needs_no_heavy_module():
    heavy = ("numpy", "pymatgen", "pandas", "plotly", "streamlit", "tensorflow", "rich")
    code = (
        "import sys; from tcexplore.cli.main import main; main(['predict', '--help']);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert output_of(code) == "[]"


def test_importing_the_package_reads_no_files():
    code = "import sys, tcexplore; print('numpy' in sys.modules, 'pymatgen' in sys.modules)"
    assert output_of(code) == "False False"
