import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.model.predictor import load_predictor
from tcexplore.search.space import search_space

ELEMENTS = ("H", "Li", "Mg", "Al", "Ca", "Sc", "Y", "La", "N", "B")


@pytest.fixture(scope="session")
def predictor():
    return load_predictor()


@pytest.fixture(scope="session")
def space(predictor):
    """LiMgH12: two metals in a cage."""
    parent = predictor.cell(catalogue_entry("limgh12-fm-3m").structure())
    return search_space(parent, ((13,), (12,)), [ELEMENTS] * 2)
