import numpy as np
import pandas as pd
import pytest
from support.stand_in_model import stand_in_predictor

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.structure import on_lattice
from tcexplore.datasets.dataset import Dataset, structure_arrays
from tcexplore.evaluation.pressure_slopes import dataset_slopes


def test_slopes_of_the_labels_and_of_the_model_on_their_own_cells():
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    factors = {100.0: 1.06, 200.0: 1.0, 300.0: 0.96, 150.0: 1.03, 250.0: 0.98}
    cells = [on_lattice(structure, f * structure.lattice.matrix) for f in factors.values()]
    rows = pd.DataFrame(
        {
            "phase": ["H3S|229"] * 3 + ["other|1"] * 2,
            "pressure_gpa": list(factors),
            "tc": [220.0, 200.0, 180.0, 50.0, 60.0],
            "file": ["a.cif"] * 5,
        }
    )
    dataset = Dataset(rows, tuple(map(structure_arrays, cells)), pd.DataFrame(), {})
    predictor = stand_in_predictor()
    [row] = dataset_slopes(predictor, dataset).to_dict("records")
    tc = [prediction.tc for prediction in predictor(cells[:3])]
    assert (row["phase"], row["n"]) == ("H3S|229", 3)
    assert row["slope"] == pytest.approx(-0.2)
    assert row["slope_model"] == pytest.approx(np.polyfit([100.0, 200.0, 300.0], tc, 1)[0])
    other = dataset.rows.assign(file="jarvis_on_shipley_cells__x.cif")
    assert dataset_slopes(predictor, Dataset(other, dataset.structures, pd.DataFrame(), {})).empty
