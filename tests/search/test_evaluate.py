"""Evaluation of assignments: the columns are what the predictor says of each structure."""

from dataclasses import replace

import numpy as np
import pytest

from tcexplore.crystal.structure import StructureError
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.scans.scan import Scan, member
from tcexplore.scans.scan_domain import cell_domain
from tcexplore.search.constraints import Constraints
from tcexplore.search.evaluate import Search, evaluate
from tcexplore.search.query import variant_structure

INDICES = np.arange(0, 100, 3)
NAMES = ["tc", "tc_low", "tc_high"]


@pytest.fixture(scope="module")
def columns(predictor, space):
    return evaluate(predictor, Search(space), INDICES)


def test_columns_are_those_of_each_structure(predictor, space, columns):
    search, numbers = Search(space), space.atomic_numbers(INDICES)
    groups = tuple(group.sites for group in space.groups)
    scan = Scan(space.parent, groups, numbers, space.parent.structure.lattice.matrix[None])
    cells = [member(scan, row, 0) for row in range(len(INDICES))]
    for name, expected in zip(NAMES, predictor.tc(cells).parts, strict=True):
        np.testing.assert_allclose(columns[name], expected, atol=2e-3)
    for row in (0, 7, 20):
        structure = variant_structure(search, int(INDICES[row]), 1.0)
        symbols = np.array([site.species.elements[0].symbol for site in structure])
        apart = structure.distance_matrix + np.where(np.eye(len(structure)), np.inf, 0)
        vectors = structure.lattice.matrix
        shifts = [np.array(n) @ vectors for n in np.ndindex(2, 2, 2) if any(n)]
        images = np.linalg.norm(shifts, axis=1).min()
        is_h = symbols == "H"
        shortest = min(apart[np.ix_(is_h, is_h)].min(), images)
        assert columns["h_h"][row] == pytest.approx(shortest, abs=1e-4)
        if not is_h.all():
            nearest = apart[np.ix_(is_h, ~is_h)].min()
            assert columns["metal_h"][row] == pytest.approx(nearest, abs=1e-4)
        [percentile] = cell_domain(predictor, cells[row]).percentile
        assert columns["percentile"][row] == pytest.approx(percentile, abs=1e-3)
        volume = structure.volume / structure.composition.num_atoms
        assert columns["volume_per_atom"][row] == pytest.approx(volume, rel=1e-5)


def test_the_best_of_several_scales_counts(predictor, space):
    scales = (0.95, 1.0, 1.1)
    each = [evaluate(predictor, Search(space, (scale,)), INDICES) for scale in scales]
    for objective in ("tc", "tc_low"):
        best = evaluate(predictor, Search(space, scales, objective=objective), INDICES)
        stacked = np.stack([one[objective] for one in each])
        np.testing.assert_allclose(best[objective], stacked.max(axis=0), atol=2e-3)
        expected = each[0]["h_h"] * best["scale"] / 0.95
        np.testing.assert_allclose(best["h_h"], expected, rtol=1e-5)


def test_at_a_pressure_each_variant_has_its_own_volume(predictor, space):
    columns = evaluate(predictor, Search(space, pressures=(200.0,)), INDICES)
    left_out = np.setdiff1d(INDICES, columns["assignment"])
    search = Search(space)
    assert len(columns["assignment"]) > len(left_out) > 0
    for index in left_out:
        reason = crystal_pressure(variant_structure(search, int(index), 1.0)).reason
        words = "each other atom", "pure hydrogen", "-H units"
        assert any(text in reason for text in words)
    for row, index in enumerate(columns["assignment"]):
        structure = variant_structure(search, int(index), columns["scale"][row])
        assert crystal_pressure(structure).value == pytest.approx(200.0, rel=1e-4)
    for row in (0, len(columns["assignment"]) - 1):
        scale = (float(columns["scale"][row]),)
        alone = evaluate(predictor, Search(space, scale), columns["assignment"][row : row + 1])
        for name in ("tc", "percentile", "h_h"):
            assert columns[name][row] == pytest.approx(alone[name][0], abs=2e-3), name
    with pytest.raises(StructureError, match="a pressure of 20 GPa; expected 50 to 600"):
        Search(space, pressures=(20.0,))


def test_a_pressure_is_no_higher_than_itself(predictor, space):
    at_200 = Search(space, pressures=(200.0,))
    limited = replace(at_200, constraints=Constraints(highest_pressure=200))
    every, kept = (evaluate(predictor, search, INDICES) for search in (at_200, limited))
    np.testing.assert_array_equal(kept["assignment"], every["assignment"])


def test_the_best_of_several_pressures_counts(predictor, space):
    pressures = (50.0, 150.0, 300.0)
    each = [evaluate(predictor, Search(space, pressures=(p,)), INDICES) for p in pressures]
    best = evaluate(predictor, Search(space, pressures=pressures), INDICES)
    stacked = np.stack([one["tc"] for one in each])
    np.testing.assert_allclose(best["tc"], stacked.max(axis=0), atol=2e-3)
    chosen = np.array(pressures)[stacked.argmax(axis=0)]
    assert len(set(chosen)) > 1
    np.testing.assert_allclose(best["pressure"], chosen, rtol=1e-5)
    limited = Search(space, pressures=pressures, constraints=Constraints(highest_pressure=200))
    np.testing.assert_allclose(
        evaluate(predictor, limited, INDICES)["tc"], stacked[:2].max(axis=0), atol=2e-3
    )


def test_pressures_are_those_of_the_structures(space, columns):
    for row, index in enumerate(columns["assignment"]):
        structure = variant_structure(Search(space), int(index), 1.0)
        own = crystal_pressure(structure)
        expected = [end or np.nan for end in (own.value, own.low, own.high)]
        found = [columns[name][row] for name in ("pressure", "pressure_low", "pressure_high")]
        assert found == pytest.approx(expected, nan_ok=True)
    assert 5 < np.isfinite(columns["pressure"]).sum() < len(columns["pressure"])


@pytest.mark.parametrize(
    ("constraints", "keeps"),
    [
        (Constraints(inside_only=True), lambda c: c["percentile"] < 95),
        (Constraints(widest_interval=250), lambda c: c["tc_high"] - c["tc_low"] <= 250),
        (Constraints(shortest_h_h=0.8), lambda c: c["h_h"] >= 0.8),
        (Constraints(shortest_metal_h=1.5), lambda c: c["metal_h"] >= 1.5),
        (Constraints(least_tc=120), lambda c: c["tc"] >= 120),
        (Constraints(highest_pressure=280), lambda c: c["pressure"] <= 280),
    ],
)
def test_constraints_keep_what_they_say(predictor, space, columns, constraints, keeps):
    expected = keeps(columns)
    kept = evaluate(predictor, Search(space, constraints=constraints), INDICES)
    np.testing.assert_array_equal(kept["assignment"], columns["assignment"][expected])
    np.testing.assert_allclose(kept["tc"], columns["tc"][expected], atol=2e-3)
    assert expected.any()


def test_a_constraint_chooses_among_scales(predictor, space, columns):
    """The best lattice that is allowed counts, not the best one if it is allowed."""
    [row] = np.flatnonzero(columns["assignment"] == 33)
    limit = float(columns["h_h"][row])
    search = Search(space, (0.9, 1.0, 1.1), Constraints(shortest_h_h=limit * 0.999))
    kept = evaluate(predictor, search, np.array([33]))
    assert kept["scale"][0] in np.float32([1.0, 1.1])


def test_nothing_kept_has_the_same_columns(predictor, space, columns):
    search = Search(space, constraints=Constraints(shortest_h_h=9))
    none = evaluate(predictor, search, INDICES)
    high = evaluate(predictor, replace(search, constraints=Constraints(least_tc=5000)), INDICES)
    for empty in (none, high):
        assert {n: v.dtype for n, v in empty.items()} == {n: v.dtype for n, v in columns.items()}
        assert all(len(values) == 0 for values in empty.values())


def test_wrong_settings_are_refused(space):
    with pytest.raises(ValueError, match="shortest_h_h of -1; expected 0 or more"):
        Constraints(shortest_h_h=-1)
    with pytest.raises(ValueError, match="expected at least one, each above 0"):
        Search(space, (1.0, 0.0))
    with pytest.raises(ValueError, match="objective 'low'"):
        Search(space, objective="low")
