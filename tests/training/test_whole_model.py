"""A tiny model of networks and Gaussian processes, the whole way: trained, saved, loaded, used."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support import equivalents
from support.stand_in_model import CONFIG

from tcexplore.batch.outcomes import predicted_files
from tcexplore.batch.sources import path_sources
from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.datasets import Dataset
from tcexplore.datasets.dataset import structure_arrays
from tcexplore.display.crystal.prediction_table import formatted
from tcexplore.model.config import TrainingConfig
from tcexplore.model.conformal import ConformalCalibration
from tcexplore.model.files import write_conformal
from tcexplore.model.hashes import write_hashes
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan import Scan, member
from tcexplore.scans.scan_tc import scan_tc
from tcexplore.training.data import build_inputs, fit_input_scaling
from tcexplore.training.train import train_model

N_ROWS = 48
TRAINING = TrainingConfig(n_members=2, epochs=4, batch_size=16, split="random", keep="last")


def rows_of_crystals(parents, rng):
    """Crystals at many scales, Tc a function of the volume per atom."""
    rows, structures = [], []
    for number in range(N_ROWS):
        cell = canonical_cell(parents[number % len(parents)])
        scale = rng.uniform(0.8, 1.2)
        structure = cell.structure.copy().scale_lattice(cell.structure.volume * scale)
        structures.append(structure_arrays(structure))
        rows.append(
            {
                "formula": structure.composition.reduced_formula,
                "chemical_system": structure.chemical_system,
                "family": "other",
                "tc": 100 * scale,
                "tc_kind": "experiment",
                "source": "made up",
                "material_id": "",
                "file": f"{number}.cif",
                "weight": 1.0,
                "space_group_number": cell.space_group_number,
            }
        )
    return Dataset(pd.DataFrame(rows), tuple(structures), pd.DataFrame(), {"inputs_sha256": "abc"})


def test_from_rows_to_a_mixed_model_that_is_used(
    mgb2, disordered, spinel, polar, triclinic, rng, tmp_path
):
    pytest.importorskip("tcexplore.training.cvnn_network")  # cvnn needs Python 3.11
    dataset = rows_of_crystals((mgb2, disordered, spinel, polar, triclinic), rng)
    config = replace(CONFIG, training=TRAINING)
    directory = tmp_path / "tiny"
    train_model(dataset, config, directory, run_directory=tmp_path / "runs")
    write_conformal(directory, ConformalCalibration(0.9, 1.5))
    write_hashes(directory)
    predictor = load_predictor(directory)
    assert_was_saved_whole(predictor.files, dataset, config)
    assert_says_again_what_it_said(predictor, json.loads((directory / "golden.json").read_text()))
    for structure in (mgb2, triclinic):
        assert_every_description_has_one_tc(predictor, structure, rng)
        assert_a_family_is_its_members(predictor, canonical_cell(structure))
    assert_files_are_predicted_with_bands(predictor, mgb2, tmp_path)


def assert_was_saved_whole(files, dataset, config):
    assert files.config == config
    assert files.conformal == ConformalCalibration(0.9, 1.5)
    assert len(files.members) == 2
    assert files.gaussian_process is not None
    assert files.composition_model is not None
    expected = fit_input_scaling(build_inputs(dataset, config), np.ones(N_ROWS, bool), config)
    for name, values in vars(expected).items():
        np.testing.assert_array_equal(getattr(files.scaling, name), values)


def assert_says_again_what_it_said(predictor, golden):
    assert len(golden) >= 45
    some = dict(list(golden.items())[::8])
    found = predictor(catalogue_entry(name).structure() for name in some)
    np.testing.assert_allclose([p.tc for p in found], list(some.values()), atol=0.01)
    for prediction in found:
        assert prediction.tc_low < prediction.tc < prediction.tc_high
        assert prediction.tc_composition >= 0


def assert_every_description_has_one_tc(predictor, structure, rng):
    [expected] = predictor([structure])
    others = predictor(describe(structure, rng) for describe in equivalents.ALL)
    for name in ("tc", "tc_low", "tc_high", "tc_composition"):
        found = [getattr(one, name) for one in others]
        np.testing.assert_allclose(found, getattr(expected, name), atol=0.01)


def assert_a_family_is_its_members(predictor, parent):
    species = np.array([[z] for z in (1, 5, 13, 26, 39, 57, 74, 82, 90)])
    lattices = np.array([0.8, 1.1])[:, None, None] * parent.structure.lattice.matrix
    scan = Scan(parent, ((0,),), species, lattices)
    cells = [member(scan, row, lattice) for row, lattice in np.ndindex(9, 2)]
    for found, expected in zip(
        scan_tc(predictor, scan).parts, predictor.tc(cells).parts, strict=True
    ):
        np.testing.assert_allclose(found.ravel(), expected, atol=1e-3)


def assert_files_are_predicted_with_bands(predictor, structure, directory):
    file = directory / "mgb2.cif"
    structure.to(filename=str(file), fmt="cif")
    sources = path_sources([str(file), "nowhere.cif"])
    predictor = load_predictor(str(directory / "tiny"))
    outcomes = [o.row() for o in predicted_files(predictor, sources, several=False)]
    rows = json.loads(formatted(outcomes, "json"))
    [expected] = predictor([structure])
    for name in ("tc", "tc_low", "tc_high", "tc_composition"):
        assert rows[0][name] == pytest.approx(getattr(expected, name), abs=0.02)
        assert rows[1][name] is None
    header = (
        "file,formula,tc,tc_low,tc_high,tc_composition,tc_held_out,in_training,domain,pressure_gpa"
        ",pressure_low,pressure_high,pressure_source,pressure_origin,h_h,volume_per_atom,space_group"
        ",model,warnings,error"
    )
    assert formatted(outcomes, "csv").splitlines()[0] == header
