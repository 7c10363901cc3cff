"""Calculators of ASE by their import paths, and messages where there is none."""

import pytest
from ase.calculators.emt import EMT
from ase.calculators.lj import LennardJones

from tcexplore.handover.calculator import CalculatorError, calculator_options, load_calculator

HERE = "support.calculators"


@pytest.mark.parametrize(
    "path", ["ase.calculators.emt:EMT", "ase.calculators.emt.EMT", f"{HERE}:emt", f"{HERE}:ready"]
)
def test_a_class_a_function_and_a_calculator_are_found(path):
    assert isinstance(load_calculator(path), EMT)


def test_options_reach_the_calculator():
    options = calculator_options(["sigma=1.3", "rc = 4"])
    calculator = load_calculator("ase.calculators.lj:LennardJones", options)
    assert isinstance(calculator, LennardJones)
    assert (calculator.parameters.sigma, calculator.parameters.rc) == (1.3, 4)


def test_values_of_options_are_pythons_or_words():
    texts = ["encut=600", "kpts=(4, 4, 4)", "lcharg=False", "xc=vdw-df2", "command=mpirun -n 2 a=b"]
    assert calculator_options(texts) == {
        "encut": 600, "kpts": (4, 4, 4), "lcharg": False, "xc": "vdw-df2",
        "command": "mpirun -n 2 a=b",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["encut", "=3", "a b=3"])
def test_an_option_has_a_name_and_a_value(text):
    with pytest.raises(CalculatorError, match="expected NAME=VALUE, such as encut=600"):
        calculator_options([text])


def test_a_module_of_the_working_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "my_own_file.py").write_text("from ase.calculators.emt import EMT as mine\n")
    monkeypatch.chdir(tmp_path)
    assert isinstance(load_calculator("my_own_file:mine"), EMT)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("emt", "'emt' is no import path; give one as mattersim"),
        (":EMT", "is no import path"),
        ("no_such_module:EMT", "No module named 'no_such_module'; install it into this"),
        (f"{HERE}:Nothing", f"module {HERE} has no 'Nothing'; there is CALCULATORS, Calculator"),
        (f"{HERE}:CALCULATORS", "is a str; expected a calculator of ASE"),
        (f"{HERE}:AtRest", "cannot be made with the options {}: TypeError: .*pressure"),
        ("os:getcwd", "returned a str; expected a calculator of ASE, with get_potential_energy"),
    ],
)
def test_messages_say_what_is_wrong(path, message):
    with pytest.raises(CalculatorError, match=message):
        load_calculator(path)


def test_a_module_that_breaks_while_it_is_imported_is_told(tmp_path, monkeypatch):
    (tmp_path / "breaks_at_once.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CalculatorError, match="breaks_at_once failed: ZeroDivisionError"):
        load_calculator("breaks_at_once:calc")
