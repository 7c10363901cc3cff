"""The shipped model: the same Tc for every description of a crystal, the same as cvnn says."""

import json
import shutil

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from support import equivalents

from tcexplore.catalogue.entries import load_catalogue
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.structure import StructureError
from tcexplore.features.scaling import network_columns, scaled_coefficients, scaled_descriptors
from tcexplore.model.files import (
    KNOWN_GEOMETRY,
    TC_HELD_OUT,
    load_model_files,
    read_known,
    write_known,
)
from tcexplore.model.gaussian_process import gaussian_process_tc
from tcexplore.model.hashes import ModelError, write_hashes
from tcexplore.model.predictor import DEFAULT_MODEL, MODELS, load_predictor, unscaled_inputs


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.fixture(scope="module")
def catalogue():
    return {entry.entry_id: entry.structure() for entry in load_catalogue()}


@pytest.mark.parametrize("describe", equivalents.ALL, ids=lambda f: f.__name__)
def test_tc_does_not_depend_on_how_the_cell_is_written(predictor, catalogue, describe):
    """All of the catalogue, within 0.01 K."""
    rng = np.random.default_rng(11)
    expected = np.array([p.tc for p in predictor(catalogue.values())])
    found = np.array([p.tc for p in predictor(describe(s, rng) for s in catalogue.values())])
    worst = int(np.argmax(np.abs(found - expected)))
    assert np.abs(found - expected).max() < 0.01, list(catalogue)[worst]


def test_equals_the_cvnn_network(predictor, catalogue):
    """200 structures, within 1e-3 K: the catalogue, and its cells 7 % wider."""
    networks = pytest.importorskip("tcexplore.training.cvnn_network")
    files = predictor.files
    cells = [predictor.cell(structure) for structure in catalogue.values()]
    cells += [
        CanonicalCell(
            cell.structure.copy().scale_lattice(1.07**3 * cell.structure.volume),
            cell.space_group_number,
            cell.space_group_symbol,
        )
        for cell in cells
    ]
    assert len(cells) >= 200
    coefficients, values = unscaled_inputs(cells, files.config)
    scaled = scaled_descriptors(values, files.scaling)
    inputs = [
        scaled_coefficients(coefficients, files.scaling),
        network_columns(scaled, files.scaling),
    ]
    each = []
    for member in files.members:
        network = networks.load_network(files.config.network, dict(member.weights))
        each.append(np.maximum(network.predict(inputs, verbose=0)[:, 0], 0))
    expected = np.mean(each, axis=0)
    if files.gaussian_process is not None and files.config.gaussian_process is not None:
        share, kernel = (
            files.config.gaussian_process.share,
            gaussian_process_tc(files.gaussian_process, scaled),
        )
        expected = (1 - share) * expected + share * kernel.smooth + kernel.short_range
    assert expected.std() > 10
    np.testing.assert_allclose(predictor.tc(cells).tc, expected, atol=1e-3)


def test_golden_predictions(predictor, catalogue):
    """What the model said when it was saved, it says again."""
    golden = json.loads((MODELS / DEFAULT_MODEL / "golden.json").read_text())
    known = {name: tc for name, tc in golden.items() if name in catalogue}
    assert len(known) >= 45
    found = predictor(catalogue[name] for name in known)
    np.testing.assert_allclose([p.tc for p in found], list(known.values()), atol=0.01)


def test_alone_and_among_others_the_same(predictor, catalogue):
    some = list(catalogue.values())[:7]
    together = [p.tc for p in predictor(some)]
    alone = [predictor([structure])[0].tc for structure in some]
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_no_structures_no_predictions(predictor):
    assert predictor([]) == []


def test_elements_that_the_model_does_not_know_are_named(predictor):
    americium = Structure(Lattice.cubic(3.5), ["Am"], [[0, 0, 0]])
    with pytest.raises(StructureError, match=r"Am is not predicted: the model .* knows H to Pu"):
        predictor([americium])
    xenon = Structure(Lattice.cubic(6), ["Xe"], [[0, 0, 0]])
    with pytest.raises(StructureError, match="Xe is not predicted: it has no atomic radius"):
        predictor([xenon])


def test_warnings_travel_with_the_prediction(predictor, mgb2):
    mgb2.properties["warnings"] = ("Occupancies were rounded.",)
    [prediction] = predictor([mgb2])
    assert prediction.warnings == ("Occupancies were rounded.",)


@pytest.fixture
def model_copy(tmp_path):
    return shutil.copytree(MODELS / DEFAULT_MODEL, tmp_path / "copy")


def test_a_model_loads_from_any_folder(model_copy, mgb2, predictor):
    assert load_predictor(model_copy)([mgb2])[0].tc == predictor([mgb2])[0].tc


@pytest.mark.parametrize(
    "name", ["weights.safetensors", "config.json", "known.csv", "metrics.json"]
)
def test_a_changed_file_is_refused(model_copy, name):
    content = bytearray((model_copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (model_copy / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"{name} is not the file that was saved"):
        load_predictor(model_copy)


def test_a_missing_file_and_a_missing_model_are_named(model_copy):
    (model_copy / "known.csv").unlink()
    with pytest.raises(ModelError, match=r"'copy' lacks known\.csv"):
        load_predictor(model_copy)
    with pytest.raises(ModelError, match=r"no model in .*nowhere: SHA256SUMS is missing"):
        load_predictor("nowhere")


def test_known_materials_have_all_that_the_page_shows():
    known = load_model_files(MODELS / DEFAULT_MODEL).known
    assert list(known)[:5] == ["formula", "tc", "tc_kind", "space_group_number", "source"]
    assert list(known)[5:] == [*KNOWN_GEOMETRY, TC_HELD_OUT]
    assert len(known) > 5000
    assert (known["tc"] > 0).all()
    assert known["formula"].str.len().min() > 0


@pytest.mark.parametrize(("split", "least"), [("formula", 0.87), ("chemical_system", 0.84)])
def test_the_shipped_figures_meet_their_bars(split, least):
    """As `tcexplore evaluate` measured them, on test rows with Tc > 0: above boosted trees too."""
    figures = {
        row["model"]: row
        for row in load_model_files(MODELS / DEFAULT_MODEL).metrics["scores"]
        if (row["split"], row["rows"]) == (split, "all")
    }
    own = figures["tcexplore"]
    assert own["r2"] >= least
    assert own["n"] > 7000
    for rival in set(figures) & {"XGBoost", "XGBoost composition", "SOAP", "nearest", "paper"}:
        assert own["r2"] > figures[rival]["r2"]
        assert own["mae"] < figures[rival]["mae"]


def test_bands_hold_on_chemical_systems_kept_apart():
    coverage = load_model_files(MODELS / DEFAULT_MODEL).metrics["coverage"]
    found = {row["rows"]: row["coverage"] for row in coverage}
    assert found["all"] == pytest.approx(0.9, abs=0.02)
    assert min(found["hydride"], found["cuprate"]) >= 0.8


def test_a_model_without_the_geometry_of_what_it_has_seen_says_how_to_add_it(tmp_path):
    directory = tmp_path / "old"
    shutil.copytree(MODELS / DEFAULT_MODEL, directory)
    known = read_known(directory).drop(columns="contact")
    write_known(directory, known)
    write_hashes(directory)
    with pytest.raises(ModelError, match="lacks the column contact; write it with `python -m"):
        load_model_files(directory)
