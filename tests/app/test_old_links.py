"""Links of version 0.1 open the same page in the same state."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"
H3S, P3M1, FD3M = "h3s-im-3m-200gpa", "li2mgh16-p-3m1-300gpa", "li2mgh16-fd-3m-250gpa"
SWAP, DOME, MAP = (f"pages/{name}.py" for name in ("element_swap", "lattice_dome", "lattice_map"))
NETWORK = "pages/hydrogen_network.py"
# Page, query as it stands in the address, state of the widgets that it must give.
LINKS = [
    ("pages/predict.py", {"structure": "mgb2"}, {"structure": "mgb2"}),
    (
        SWAP,
        {"structure": H3S, "x": "S1 (1 site)", "elements": "s block", "order": "Mendeleev number",
         "lattices": "31, from 0.7 to 1.9 times; the peak counts"},
        {"x": ["S1 (1 site)"], "elements": "s block", "order": "Mendeleev number",
         "lattices": "31, from 0.7 to 1.9 times; the peak counts"},
    ),
    (
        SWAP,
        {"structure": FD3M, "x": "Mg1, site 1", "y": "Mg1, site 2", "from": "Li", "to": "H",
         "elements": "f block", "best": "5", "holding": "La", "seen": "true"},
        {"x": ["Mg1, site 1"], "y": ["Mg1, site 2"], "from": "Li", "to": "H",
         "elements": "f block", "best": 5, "holding": ["La"], "seen": True},
    ),
    (
        DOME,
        {"structure": FD3M, "with": P3M1, "scales": ["0.6", "1.5"], "axis": "volume per atom"},
        {"with": [P3M1], "scales": (0.6, 1.5), "axis": "volume per atom"},
    ),
    (
        MAP,
        {"structure": P3M1, "a": ["2.0", "6.0"], "c": ["3.0", "14.0"], "points": "40"},
        {"a": (2.0, 6.0), "c": (3.0, 14.0), "points": 40},
    ),
    (
        NETWORK,
        {"structure": P3M1, "at_a": "6", "at_c": "8", "along": "a", "cutoff": "1.3",
         "cells_a": "2", "cages": "false", "density": "charge", "level": "20"},
        {"at_a": 6.0, "at_c": 8.0, "along": "a", "cutoff": 1.3, "cells_a": 2, "cages": False,
         "density": "charge", "level": 20},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("page", "query", "state"), LINKS)
def test_old_link_gives_the_same_state(page, query, state):
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.run().switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.error
    assert {key: app.session_state[key] for key in state} == state
