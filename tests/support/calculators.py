"""Calculators of ASE for tests: one that is at rest, and others that fail as a user's may."""

from typing import ClassVar

import numpy as np
from ase.calculators.calculator import Calculator, all_changes
from ase.calculators.emt import EMT
from ase.units import GPa


class AtRest(Calculator):
    """No forces, and the stress of a pressure (GPa), whatever the cell."""

    implemented_properties: ClassVar = ["energy", "forces", "stress"]

    def __init__(self, pressure):
        super().__init__()
        self.pressure = pressure

    def calculate(self, atoms=None, properties=(), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        stress = np.array([-1, -1, -1, 0, 0, 0]) * self.pressure * GPa
        forces = np.zeros((len(self.atoms), 3))
        self.results = {"energy": -1.5, "forces": forces, "stress": stress}


class WithoutStress(AtRest):
    """No stress."""

    def calculate(self, *arguments, **options):
        super().calculate(*arguments, **options)
        del self.results["stress"]


class Fails(EMT):
    """EMT that gives up after some calculations."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def calculate(self, *arguments, **options):
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("SCF did not\nconverge")
        super().calculate(*arguments, **options)


class NoNumber(AtRest):
    """An energy that is no number."""

    def calculate(self, *arguments, **options):
        super().calculate(*arguments, **options)
        self.results["energy"] = np.nan


def emt():
    return EMT()


ready = EMT()
CALCULATORS = "no calculator"
