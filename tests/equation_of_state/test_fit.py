import numpy as np
import pytest

from tcexplore.crystal.fractions import composition_amounts
from tcexplore.equation_of_state.additive import holds
from tcexplore.equation_of_state.files import load_equation_of_state
from tcexplore.equation_of_state.fit import HydrideCells, fit_equation_of_state
from tcexplore.equation_of_state.leave_out import coverage, fit_with_errors, leave_formulas_out

METALS = ("Li", "Na", "Mg", "S", "Ca", "Sc", "Sr", "Y", "Sn", "La")


def synthetic_cells(seed=0, noise=0.01):
    """Cells on the shipped equation of state, with some noise in their volumes."""
    from pymatgen.core import Composition

    generator = np.random.default_rng(seed)
    formulas = [f"{metal}H{count}" for metal in METALS for count in (3, 6, 9, 12)]
    amounts = np.stack([composition_amounts(Composition(formula))[:94] for formula in formulas])
    pressures = generator.choice([100.0, 200.0, 300.0, 500.0], len(formulas))
    volumes = load_equation_of_state().volume(pressures, amounts)
    volumes *= np.exp(noise * generator.standard_normal(len(volumes)))
    return HydrideCells(tuple(formulas), amounts, volumes, pressures)


def test_fit_finds_the_curve_that_the_cells_lie_on():
    cells = synthetic_cells(noise=0.0)
    fitted = fit_equation_of_state(cells)
    again = fitted.pressure(cells.volumes, cells.amounts)
    np.testing.assert_allclose(again, cells.pressures, rtol=0.03)
    assert list(np.flatnonzero(fitted.is_fitted)) == list(np.flatnonzero(cells.amounts.any(axis=0)))


def test_stated_errors_hold_what_they_say():
    cells = synthetic_cells(noise=0.02)
    fit = fit_with_errors(cells, synthetic_cells(seed=1, noise=0.02))
    assert 0.02 < fit.equation.volume_error < 0.06
    assert 0.8 <= coverage(fit.formulas, fit.elements) <= 1
    assert 0.8 <= coverage(fit.elements, fit.formulas) <= 1


def test_cells_left_out_are_not_in_their_own_fit():
    cells = synthetic_cells(noise=0.0)
    wrong = cells.volumes.copy()
    index = cells.formulas.index("CaH6")
    wrong[index] *= 1.3
    rows = leave_formulas_out(HydrideCells(cells.formulas, cells.amounts, wrong, cells.pressures))
    row = rows[rows["formula"] == "CaH6"].iloc[0]
    assert row["estimated"] < 0.7 * row["known"]


def test_cells_without_a_pair_at_two_pressures_are_refused():
    cells = synthetic_cells()
    with pytest.raises(ValueError, match="no formula has cells at two pressures"):
        fit_with_errors(cells, cells)


def test_too_few_cells_are_refused():
    cells = synthetic_cells()
    few = cells.rows(np.arange(len(cells.volumes)) < 4)
    with pytest.raises(ValueError, match="4 cells of known pressure; the fit needs at least 10"):
        fit_equation_of_state(few)


def test_all_synthetic_compositions_hold():
    assert holds(synthetic_cells().amounts).all()
