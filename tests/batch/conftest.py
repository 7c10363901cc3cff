import pytest

from tcexplore.model.predictor import load_predictor

FRAME = '2\nLattice="{0} 0 0 0 {0} 0 0 0 {0}" pbc="T T T"\nPd 0 0 0\nH {1} {1} {1}\n'


@pytest.fixture(scope="session")
def predictor():
    return load_predictor()


@pytest.fixture(scope="session")
def frames():
    """Returns an XYZ file of so many PdH cells, each larger than the one before."""

    def text(count):
        sizes = (2.9 + 0.001 * number for number in range(count))
        return "".join(FRAME.format(size, size / 2) for size in sizes).encode()

    return text
