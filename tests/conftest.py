"""Structures that every test can ask for, and the data folders where they are there."""

from pathlib import Path

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure

DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    if DATA.is_dir():
        return
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(pytest.mark.skip(reason="no ../shared/data here"))


@pytest.fixture(scope="session")
def data_dir():
    return DATA


@pytest.fixture
def mgb2():
    lattice = Lattice.hexagonal(3.086, 3.524)
    return Structure(
        lattice, ["Mg", "B", "B"], [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
    )


@pytest.fixture
def triclinic():
    lattice = Lattice.from_parameters(3.1, 4.2, 5.3, 75, 82, 97)
    coords = [[0.01, 0.02, 0.03], [0.52, 0.31, 0.22], [0.27, 0.81, 0.55], [0.85, 0.43, 0.71]]
    return Structure(lattice, ["Y", "S", "H", "H"], coords)


@pytest.fixture
def disordered():
    """La1.85Sr0.15CuO4 in its conventional cell."""
    lattice = Lattice.tetragonal(3.779, 13.23)
    mixed = {"La": 0.925, "Sr": 0.075}
    coords = [[0, 0, 0], [0, 0, 0.3606], [0.5, 0, 0], [0, 0, 0.1828]]
    return Structure.from_spacegroup("I4/mmm", lattice, ["Cu", mixed, "O", "O"], coords)


@pytest.fixture
def polar():
    """Wurtzite-like ZnO: its origin is free along c."""
    lattice = Lattice.hexagonal(3.25, 5.207)
    return Structure.from_spacegroup(
        "P6_3mc", lattice, ["Zn", "O"], [[1 / 3, 2 / 3, 0.1], [1 / 3, 2 / 3, 0.482]]
    )


@pytest.fixture
def spinel():
    """LiTi2O4, whose origin has two settings in the tables."""
    coords = [[0, 0, 0], [5 / 8, 5 / 8, 5 / 8], [0.3878, 0.3878, 0.3878]]
    return Structure.from_spacegroup("Fd-3m", Lattice.cubic(8.405), ["Li", "Ti", "O"], coords)


@pytest.fixture(params=["mgb2", "triclinic", "disordered", "polar", "spinel"])
def any_structure(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def rng():
    return np.random.default_rng(7)
