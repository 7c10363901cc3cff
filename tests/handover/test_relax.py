"""Relaxation at a pressure with calculators that need no quantum mechanics."""

import numpy as np
import pytest
from ase.calculators.emt import EMT
from ase.io import read
from ase.units import GPa
from pymatgen.core import Lattice, Structure
from support.calculators import AtRest, Fails, NoNumber, WithoutStress

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.structure import StructureError
from tcexplore.handover.calculator import CalculatorError
from tcexplore.handover.relax import RelaxConfig, relax, summary

FCC = [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]


@pytest.fixture
def copper():
    return Structure(Lattice.cubic(3.7), ["Cu"] * 4, FCC)


def test_the_cell_relaxes_to_the_pressure(copper):
    ambient, pressed = (relax(copper, EMT(), pressure=pressure) for pressure in (0.0, 20.0))
    assert pressed.converged
    assert ambient.pressure == pytest.approx(0, abs=0.2)
    assert pressed.pressure == pytest.approx(20, abs=0.2)
    assert pressed.structure.volume < ambient.structure.volume < copper.volume
    assert ambient.structure.lattice.a == pytest.approx(3.59, abs=0.01)  # of EMT's copper
    assert canonical_cell(pressed.structure).space_group_symbol == "Fm-3m"


def test_the_enthalpy_is_least_at_the_pressure(copper):
    relaxed = relax(copper, EMT(), pressure=20.0)
    assert relaxed.enthalpy(20.0) == pytest.approx(
        (relaxed.energy + 20 * GPa * relaxed.structure.volume) / 4
    )
    for scale in (0.97, 1.03):
        scaled = Structure(Lattice.cubic(scale * relaxed.structure.lattice.a), ["Cu"] * 4, FCC)
        one_point = relax(scaled, EMT(), pressure=20.0, config=RelaxConfig(steps=0))
        assert one_point.enthalpy(20.0) > relaxed.enthalpy(20.0)


@pytest.mark.parametrize(("keeps_symmetry", "space_group"), [(True, "Fm-3m"), (False, "P1")])
def test_symmetry_is_kept_where_it_is_asked_for(copper, rng, keeps_symmetry, space_group):
    coords = copper.frac_coords + rng.normal(0, 3e-4, (4, 3))
    noisy = Structure(copper.lattice, copper.species, coords)
    config = RelaxConfig(steps=0, keeps_symmetry=keeps_symmetry)
    kept = relax(noisy, EMT(), pressure=0.0, config=config)
    assert canonical_cell(kept.structure, symprec=1e-5).space_group_symbol == space_group


def test_atoms_that_run_into_one_another_are_told():
    near = Structure(Lattice.cubic(3.7), ["Cu"] * 2, [[0, 0, 0], [0.05, 0, 0]])
    result = relax(near, AtRest(0.0), pressure=0.0)
    assert result.error.startswith("the relaxed structure: sites 1 (Cu) and 2 (Cu) are 0.185 Å")


def test_what_is_at_rest_already_stays(copper):
    result = relax(copper, AtRest(20.0), pressure=20.0)
    assert (result.converged, result.steps) == (True, 0)
    assert result.structure == copper
    assert result.energy == -1.5


def test_a_relaxation_that_ends_too_soon_says_so(copper):
    result = relax(copper, EMT(), pressure=0.0, config=RelaxConfig(steps=1))
    assert not result.converged
    assert summary(result, copper, 0.0).startswith("NOT converged after 1 steps")


def test_a_calculator_that_fails_leaves_the_last_step(copper):
    result = relax(copper, Fails(after=2), pressure=0.0)
    assert result.error == "Fails failed: RuntimeError: SCF did not converge"
    assert not result.converged
    assert copper.volume > result.structure.volume > 40
    assert "stopped early: Fails failed" in summary(result, copper, 0.0)


@pytest.mark.parametrize(
    ("calculator", "message"),
    [
        (Fails(after=0), "Fails failed: RuntimeError: SCF did not converge"),
        (WithoutStress(0.0), "WithoutStress failed: PropertyNotImplementedError"),
        (NoNumber(0.0), "NoNumber gave energy, pressure and force .*nan"),
    ],
)
def test_a_calculator_that_cannot_begin_is_told(copper, calculator, message):
    with pytest.raises(CalculatorError, match=message):
        relax(copper, calculator, pressure=0.0)


def test_mixed_sites_are_refused(disordered):
    with pytest.raises(StructureError, match="no relaxation: site"):
        relax(disordered, EMT(), pressure=0.0)


def test_all_steps_are_kept_in_a_trajectory(copper, tmp_path):
    path = tmp_path / "steps.traj"
    result = relax(copper, EMT(), pressure=20.0, config=RelaxConfig(trajectory=path))
    frames = read(path, ":")
    assert len(frames) == result.steps + 1
    np.testing.assert_allclose(frames[-1].cell[:], result.structure.lattice.matrix)
