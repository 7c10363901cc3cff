"""The package as it is built and installed: what a wheel carries, and where its parts are found."""

import importlib.util
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import tcexplore
from tcexplore import resources
from tcexplore.model.predictor import DEFAULT_MODEL, model_directory

ROOT = Path(__file__).parents[1]
PUBLIC = (
    "element_swap", "hydrogen_network", "inverse_design", "lattice_dome", "lattice_map",
    "load_predictor", "load_structure",
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without network."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("no hatchling here: make setup")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    [path] = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder that has the wheel's files as site-packages has them."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(code, folder, cwd):
    """Run code with the installed package, its working folder elsewhere."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    run = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


def files_below(*folders):
    """Return the files of folders of this checkout, those of caches aside."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# --- the wheel ----------------------------------------------------------------------------------


def test_wheel_carries_the_package_the_app_and_the_shipped_model(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    app = {f"tcexplore/_app/{name}" for name in files_below("pages", "static")}
    app |= {"tcexplore/_app/app.py", "tcexplore/_app/server.py"}
    app |= {"tcexplore/_app/.streamlit/config.toml"}
    model = {f"tcexplore/_{name}" for name in files_below(f"models/{DEFAULT_MODEL}")}
    assert names == files_below("tcexplore") | app | model
    for name in (
        "crystal/elements.csv",
        "catalogue/hydrides.toml",
        "app/parts/viewer.js",
        "py.typed",
    ):
        assert f"tcexplore/{name}" in names


def test_wheel_has_licences_a_command_and_no_tensorflow(wheel):
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: name for name in archive.namelist() if ".dist-info/" in name}
        assert {"LICENSE", "3Dmol-LICENSE.txt"} <= set(texts)
        metadata = archive.read(texts["METADATA"]).decode()
        commands = archive.read(texts["entry_points.txt"]).decode()
    assert "tcexplore = tcexplore.cli.main:main" in commands
    assert f"Version: {tcexplore.__version__}\n" in metadata
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    plain = [line for line in needed if "extra ==" not in line]
    assert any("streamlit" in line for line in plain)
    for name in ("tensorflow", "cvnn", "keras", "xgboost"):
        assert not any(name in line for line in plain)
        assert any(name in line for line in needed)


def test_installed_package_finds_its_files_from_any_folder(installed, tmp_path):
    code = (
        "from tcexplore import resources as r\n"
        "print(r.IS_INSTALLED, r.APP_SCRIPT.is_file(), (r.APP_FOLDER / 'pages').is_dir(),"
        " (r.APP_FOLDER / '.streamlit' / 'config.toml').is_file(), r.VIEWER_LIBRARY.is_file(),"
        f" (r.MODELS / '{DEFAULT_MODEL}').is_dir(), r.NEW_MODELS)"
    )
    has_viewer = (ROOT / "static" / "3Dmol-min.js").is_file()
    expected = f"True True True True {has_viewer} True models\n"
    assert python(code, installed, tmp_path) == expected


def test_installed_package_reads_and_predicts(installed, tmp_path, mgb2):
    mgb2.to(filename=str(tmp_path / "x.cif"))
    code = (
        "import sys, tcexplore\n"
        "from tcexplore import load_predictor, load_structure\n"
        "[prediction] = load_predictor()([load_structure('x.cif')])\n"
        "print(tcexplore.__file__, prediction.formula, f'{prediction.tc:.4f}',"
        " 'tensorflow' in sys.modules, sep='|')"
    )
    [expected] = tcexplore.load_predictor()([mgb2])
    file, formula, tc, has_tensorflow = python(code, installed, tmp_path).strip().split("|")
    assert Path(file).is_relative_to(installed)
    assert formula == "MgB2"
    assert float(tc) == pytest.approx(expected.tc, abs=1e-3)
    assert has_tensorflow == "False"


# --- this checkout ------------------------------------------------------------------------------


def test_checkout_finds_its_files():
    assert not resources.IS_INSTALLED
    assert resources.APP_SCRIPT.samefile(ROOT / "app.py")
    assert resources.MODELS.samefile(ROOT / "models")
    assert resources.NEW_MODELS == resources.MODELS
    assert model_directory(DEFAULT_MODEL).samefile(ROOT / "models" / DEFAULT_MODEL)


def test_a_model_is_a_folder_a_shipped_one_or_one_trained_here(tmp_path, monkeypatch):
    monkeypatch.setattr("tcexplore.model.predictor.NEW_MODELS", tmp_path)
    (tmp_path / "mine").mkdir()
    assert model_directory("mine") == tmp_path / "mine"
    assert model_directory(tmp_path / "mine") == tmp_path / "mine"
    assert model_directory(DEFAULT_MODEL) == resources.MODELS / DEFAULT_MODEL
    assert model_directory("none") == tmp_path / "none"


def test_only_resources_climbs_out_of_the_package():
    """No module beside it works a path out from its own, but to files beside itself."""
    climbs = ("parents[", ".parent.parent", '/ "models"', '/ "static"', '/ "pages"')
    for path in (ROOT / "tcexplore").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "resources.py" and "__file__" in text:
            assert not any(climb in text for climb in climbs), path


# --- names and metadata -------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_come_from_the_package(name):
    assert getattr(tcexplore, name).__name__ == name
    assert name in tcexplore.__all__
    assert name in dir(tcexplore)


def test_all_names_exist_and_others_do_not():
    assert set(tcexplore.__all__) == {*PUBLIC, "__version__"}
    with pytest.raises(AttributeError, match="has no attribute 'load_crystal'"):
        _ = tcexplore.load_crystal


def test_a_public_function_imports_no_more_than_it_needs():
    code = (
        "import sys, tcexplore; tcexplore.load_structure; print('tcexplore.studies' in sys.modules)"
    )
    assert python(code, ROOT, ROOT) == "False\n"


def test_pins_cover_all_that_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins += (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower() for line in pins.splitlines() if "==" in line}
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["train"], *extras["scale"], *extras["dev"]]
    assert {line.split(">=")[0].lower() for line in needed} == pinned
