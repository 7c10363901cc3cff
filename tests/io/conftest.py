"""One parsing process for all tests of readers."""

import pytest

from tcexplore.io.load import StructureReader


@pytest.fixture(scope="package")
def reader():
    with StructureReader() as reader:
        yield reader
