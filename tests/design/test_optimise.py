"""Inverse design: paths that rise, keep all limits, and end in a crystal with the Tc they say."""

from dataclasses import replace

import numpy as np
import pytest
from pymatgen.core import Structure
from support.stand_in_model import stand_in_predictor

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.symmetry import symmetry_dataset
from tcexplore.design import optimise
from tcexplore.design.distance_limits import distance_limits
from tcexplore.design.evaluate import Evaluator, parameter_bounds
from tcexplore.design.frames import path_frames
from tcexplore.design.optimise import design_steps, inverse_design
from tcexplore.design.parameters import free_parameters
from tcexplore.design.request import DesignRequest
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import load_predictor

FEW = DesignRequest(starts=2, evaluations=24)
YH4, LIH6, MGH4 = "yh4-i4mmm-120gpa", "lih6-r-3m-300gpa", "mgh4-i4mmm-300gpa"


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


def structure(entry_id=LIH6):
    return catalogue_entry(entry_id).structure()


@pytest.fixture(scope="module")
def design(predictor):
    return inverse_design(predictor, structure(), FEW, stated_pressure=300)


def test_paths_start_at_the_given_crystal_and_rise(design, predictor):
    [prediction] = predictor([structure()])
    assert len(design.paths) == 2
    for path in design.paths:
        assert path.tc[0] == pytest.approx(prediction.tc, abs=0.01)
        assert (np.diff(path.tc) > 0).all()
        assert (np.diff(path.tried) > 0).all()
        assert path.tried[-1] <= path.evaluations <= FEW.evaluations
    assert design.best.tc[-1] == max(path.tc[-1] for path in design.paths)
    assert design.best.tc[-1] > prediction.tc + 10
    assert design.pressures(design.best).value[0] == pytest.approx(300)


def test_end_read_from_its_cif_has_the_same_tc(design, predictor, tmp_path):
    file = tmp_path / "end.cif"
    design.best.end.structure.to(str(file))
    [prediction] = predictor([load_structure(file)])
    assert prediction.tc == pytest.approx(design.best.tc[-1], abs=0.1)


def test_all_crystals_keep_the_limits_and_so_do_those_between(design, predictor):
    limits = distance_limits(predictor, design.parent.structure)
    for path in design.paths:
        assert set(path.domain.words) == {"inside"}
        frames = path_frames(design, path, most=40)
        assert min(limits.closest(frame.structure).ratio for frame in frames) >= 1 - 1e-5
    assert all(point.is_allowed for path in design.paths for point in path.points)


def test_space_group_stays(design):
    number = design.parent.space_group_number
    for path in design.paths:
        for point in path.points:
            assert symmetry_dataset(point.structure, symprec=1e-4).number >= number


def test_same_seed_gives_the_same_and_another_another(design, predictor):
    again = inverse_design(predictor, structure(), FEW, stated_pressure=300)
    assert [path.tc.tolist() for path in again.paths] == [path.tc.tolist() for path in design.paths]
    other = inverse_design(predictor, structure(), replace(FEW, seed=1), stated_pressure=300)
    assert other.best.tc.tolist() != design.best.tc.tolist()


def test_share_rises_to_1_and_the_first_step_is_the_given_crystal(predictor):
    steps = list(design_steps(predictor, structure(), FEW))
    shares = [share for share, _ in steps]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)
    assert steps[0][1].paths == ()
    assert len(steps[0][1].best.points) == 1


def test_target_is_met_and_the_search_ends_there(predictor):
    request = DesignRequest(target=200, starts=1, evaluations=150)
    result = inverse_design(predictor, structure(), request)
    assert abs(result.best.tc[-1] - 200) < 1
    assert (np.diff(abs(result.best.tc - 200)) < 0).all()
    assert result.best.evaluations < 150


def test_lower_end_of_the_interval_can_be_raised(predictor):
    request = replace(FEW, quantity="tc_low")
    path = inverse_design(predictor, structure(), request).best
    assert (np.diff(path.tc_low) > 0).all()
    assert len(path.points) > 1


def test_volume_stays_in_its_range(predictor):
    request = replace(FEW, volume_range=(0.95, 1.02))
    result = inverse_design(predictor, structure(), request)
    for path in result.paths:
        ratio = path.volumes / result.given.structure.volume
        assert ratio.min() >= 0.95 - 1e-6
        assert ratio.max() <= 1.02 + 1e-6
    assert len(result.best.points) > 1


def test_fixed_volume_changes_shape_and_coordinates_alone(predictor):
    request = replace(FEW, volume_range=(1, 1))
    path = inverse_design(predictor, structure(), request).best
    assert np.allclose(path.volumes, path.volumes[0], rtol=1e-6)
    assert len(path.points) > 1


def test_pressure_stays_in_its_range_and_a_start_beyond_it_is_left(predictor):
    request = replace(FEW, pressure_range=(150, 250))
    result = inverse_design(predictor, structure(), request, stated_pressure=300)
    assert not result.given.is_allowed
    for path in result.paths:
        pressures = result.pressures(path).value
        assert pressures[0] == pytest.approx(300)
        is_within = (pressures >= 149.9) & (pressures <= 250.1)
        assert is_within.tolist() == [point.is_allowed for point in path.points]
    assert result.best.end.is_allowed


def test_crystal_outside_the_domain_is_led_in_unless_it_may_stay(predictor):
    pdh = structure("pdh")
    request = DesignRequest(starts=1, evaluations=30)
    inside = inverse_design(predictor, pdh, request)
    assert inside.given.word == "at the edge"
    assert inside.best.end.word == "inside"
    assert not inside.given.is_allowed
    assert inside.best.refused > 0
    assert inside.best.end.closest.ratio >= 1 - 1e-5 > inside.given.closest.ratio


def test_domain_is_left_only_where_that_is_asked_for(predictor):
    request = DesignRequest(starts=1, evaluations=30, volume_range=(0.4, 3))
    inside = inverse_design(predictor, structure("mgb2"), request).best
    free = inverse_design(predictor, structure("mgb2"), replace(request, inside_only=False)).best
    assert set(inside.domain.words) == {"inside"}
    assert (inside.refused > 0, free.refused) == (True, 0)
    assert free.tc[-1] > inside.tc[-1]


def test_other_starts_are_elsewhere(predictor):
    evaluator = given_evaluator(predictor, keeps_symmetry=True)
    given = evaluator.given()
    first, second, third = (optimise._optimiser(evaluator, given, n).mean for n in range(3))
    assert np.allclose(first, evaluator.shares(given.values))
    assert np.abs(second - first).max() > 0.1
    assert np.abs(third - second).max() > 0.1
    assert evaluator.keeps_distances(second)


def test_p1_moves_every_atom(predictor):
    request = DesignRequest(keeps_symmetry=False, starts=1, evaluations=100)
    result = inverse_design(predictor, structure(MGH4), request)
    assert result.parameters.count == 6 + 3 * 5 - 3
    assert result.best.tc[-1] > result.best.tc[0]
    assert result.best.end.prediction.cell.space_group_number < 139


def test_shared_sites_and_a_crystal_without_hydrogen(predictor):
    request = DesignRequest(starts=1, evaluations=16)
    result = inverse_design(predictor, structure("la1p85sr0p15cuo4"), request)
    assert result.best.tc[-1] > result.best.tc[0]
    assert np.isinf(result.best.shortest_h_h).all()


def test_atoms_do_not_pass_through_each_other(predictor):
    evaluator = given_evaluator(predictor)
    parameters, still = evaluator.parameters, np.zeros(evaluator.parameters.count)
    parent = parameters.parent
    assert parent[0].species == parent[1].species
    coords, offset = parent.frac_coords.copy(), parent.frac_coords[1] - parent.frac_coords[0]
    offset -= np.rint(offset)
    coords[[0, 1]] += np.stack([offset, -offset])  # they change places
    exchanged = parameters.values(Structure(parent.lattice, parent.species, coords))
    assert evaluator.limits.closest(parameters.structure(exchanged)).is_allowed
    assert not evaluator.is_clear(still, exchanged)
    assert evaluator.is_clear(still, 0.01 * exchanged)


def given_evaluator(predictor, *, keeps_symmetry=False):
    """The evaluator of LiH6."""
    cell = predictor.cell(structure()).structure
    request = DesignRequest(keeps_symmetry=keeps_symmetry)
    parameters = free_parameters(cell, keeps_symmetry=keeps_symmetry)
    bounds = parameter_bounds(parameters, request, pressure_scale(cell))
    return Evaluator(predictor, parameters, distance_limits(predictor, cell), request, bounds)


def test_ends_whose_cif_has_another_tc_are_dropped(predictor, monkeypatch):
    monkeypatch.setattr(optimise, "is_confirmed", lambda predictor, point: False)
    result = inverse_design(predictor, structure(), FEW)
    assert [len(path.points) for path in result.paths] == [1, 1]


def test_any_model_will_do():
    request = DesignRequest(starts=1, evaluations=20, inside_only=False)
    result = inverse_design(stand_in_predictor(), structure(YH4), request)
    assert result.best.end.cost <= result.given.cost
    assert result.best.evaluations == 20


def test_too_many_parameters_are_refused(predictor):
    large = structure("yba2cu3o7") * (2, 2, 2)
    large.replace(0, "Sr")
    with pytest.raises(ValueError, match="315 parameters may move; expected at most 300"):
        inverse_design(predictor, large, replace(FEW, keeps_symmetry=False))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": -1}, "target of -1 K"),
        ({"volume_range": (1.2, 0.9)}, "volume from 1.2 to 0.9"),
        ({"volume_range": (0, 1)}, "volume from 0 to 1"),
        ({"pressure_range": (200, 100)}, "pressure from 200 to 100"),
        ({"pressure_range": (100, 200), "moves_lattice": False}, "fixed lattice"),
        ({"starts": 0}, "0 starts; expected 1 to"),
        ({"evaluations": 0}, "0 evaluations from each start; expected 1 to"),
    ],
)
def test_requests_that_make_no_sense_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        DesignRequest(**settings)


def test_pressure_of_a_crystal_without_an_equation_of_state_is_refused(predictor):
    with pytest.raises(ValueError, match="no volume at a pressure"):
        inverse_design(predictor, structure("mgb2"), replace(FEW, pressure_range=(100, 200)))
