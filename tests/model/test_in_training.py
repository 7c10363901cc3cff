"""Crystals in training: what counts as the same crystal, and Tc without its chemical system."""

import numpy as np
import pandas as pd
import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.evaluation.held_out_tc import errors_by_class, with_held_out_tc
from tcexplore.model.applicability_domain import known_fractions
from tcexplore.model.files import known_csv, known_from_csv
from tcexplore.model.in_training import build_training_crystals
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan import Scan
from tcexplore.scans.scan_domain import scan_domain

KNOWN = pd.DataFrame(
    {
        "formula": ["H3S", "H3S", "H3S", "YH6", "NaN"],
        "tc": [200.0, 180.0, 40.0, 220.0, 3.0],
        "tc_kind": ["eliashberg"] * 4 + ["experiment"],
        "space_group_number": [229, 229, 166, 229, 225],
        "source": ["a:1", "a:2", "a:3", "a:4", "b:5"],
        "volume_per_atom": [3.3, 3.5, 3.3, 3.0, 9.0],
        "tc_held_out": [70.0, 60.0, 20.0, np.nan, 1.5],
    }
)


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.mark.parametrize(
    ("formula", "volume", "group", "expected"),
    [
        ("S2H6", 3.33, 229, 70.0),
        ("H3S", 3.41, 229, 60.0),  # of two volumes the nearest
        ("H3S", 3.13, 229, None),  # 5.2 % below
        ("H3S", 3.14, 229, 70.0),
        ("H3S", 3.3, 166, 20.0),
        ("H3S", 3.3, 225, None),
        ("H3Se", 3.3, 229, None),
        ("H3.02S", 3.3, 229, None),
    ],
)
def test_the_same_crystal_has_composition_group_and_volume(formula, volume, group, expected):
    crystals = build_training_crystals(KNOWN, known_fractions(KNOWN))
    for others in (0, 3):  # one composition, or several
        asked = pd.DataFrame({"formula": [formula, *["Nb", "NbN", "V"][:others]]})
        volumes = np.full(len(asked), volume)
        found = crystals.matches(known_fractions(asked), volumes, group)
        assert np.isfinite(found.volume_per_atom[0]) == (expected is not None)
        np.testing.assert_equal(found.tc_held_out[0], np.nan if expected is None else expected)
        assert np.isnan(found.volume_per_atom[1:]).all()


def test_a_prediction_says_whether_its_crystal_was_in_training(predictor):
    h3s = catalogue_entry("h3s-im-3m-200gpa").structure()
    stretched, other = h3s.copy(), h3s.copy()
    stretched.scale_lattice(1.6 * h3s.volume)
    other.replace_species({"S": "Cd"})
    seen, wide, foreign = predictor([h3s, stretched, other])
    assert (seen.in_training, seen.system_in_training) == (True, True)
    known = predictor.files.known
    same_volume = np.isclose(known["volume_per_atom"], h3s.volume / len(h3s), rtol=1e-3)
    assert seen.tc_held_out in set(known.loc[same_volume, "tc_held_out"])
    assert abs(seen.tc - seen.tc_held_out) > 5
    assert (wide.in_training, wide.system_in_training) == (False, True)
    assert np.isnan(wide.tc_held_out)
    assert (foreign.in_training, foreign.system_in_training) == (False, False)


def test_a_scan_is_in_training_at_the_trained_volume_and_shape_alone(predictor):
    cell = predictor.cell(catalogue_entry("h3s-im-3m-200gpa").structure())
    matrix = cell.structure.lattice.matrix
    squeezed = np.diag([1.2, 1.2, 1 / 1.44]) @ matrix  # the same volume
    lattices = np.stack([matrix, 1.01 * matrix, 1.1 * matrix, squeezed])
    domain = scan_domain(predictor, Scan(cell, (), np.zeros((1, 0), int), lattices))
    assert domain.in_training.tolist() == [True, True, False, False]
    assert np.isfinite(domain.tc_held_out).tolist() == [True, True, False, False]


def test_held_out_tc_is_joined_by_the_whole_name():
    lines = KNOWN.assign(split="chemical_system", tcexplore=[1.0, 2.0, 3.0, 4.0, 5.0])
    lines = pd.concat([lines.drop(index=3), lines.loc[[2]], lines.assign(split="formula")])
    found = with_held_out_tc(KNOWN, lines.sample(frac=1, random_state=1))["tc_held_out"]
    np.testing.assert_equal(found.to_numpy(), [1.0, 2.0, np.nan, np.nan, 5.0])


def test_known_materials_of_older_models_have_no_held_out_tc():
    pd.testing.assert_frame_equal(known_from_csv(known_csv(KNOWN)), KNOWN, check_dtype=False)
    older = known_from_csv(known_csv(KNOWN.drop(columns="tc_held_out")))
    assert older["tc_held_out"].isna().all()
    assert older["formula"].tolist() == KNOWN["formula"].tolist()


def test_errors_are_binned_by_predicted_tc():
    lines = pd.DataFrame(
        {
            "split": "chemical_system",
            "family": ["hydride"] * 21,
            "tc": [250.0] * 11 + [20.0] * 10,
            "tcexplore": [160.0] * 11 + [4.0] * 9 + [5.0],
        }
    )
    [row] = errors_by_class(lines)  # nine and one are too few
    assert row == {
        "family": "hydride", "low": 150.0, "high": None, "n": 11, "mae": 90.0, "bias": -90.0
    }  # fmt: skip
