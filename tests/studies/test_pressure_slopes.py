import numpy as np
import pytest
from support.stand_in_model import stand_in_predictor

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.catalogue.reported_tc import reported_tc
from tcexplore.display.pressure_slopes import slopes_figure, slopes_sentence, slopes_table
from tcexplore.equation_of_state.estimate import pressure_scale
from tcexplore.studies.lattice_dome import lattice_dome
from tcexplore.studies.pressure_slopes import agreement, pressure_slopes


@pytest.fixture(scope="module")
def predictor():
    return stand_in_predictor()


@pytest.fixture(scope="module")
def slopes(predictor):
    return pressure_slopes(predictor, [catalogue_entry("h3s-im-3m-200gpa"), catalogue_entry("nb")])


def test_slope_of_h3s_by_hand(predictor, slopes):
    [row] = slopes[slopes["doi"] == "10.1038/srep06968"].to_dict("records")
    values = {v.pressure: v.tc for v in reported_tc(catalogue_entry("h3s-im-3m-200gpa"))
              if v.doi == "10.1038/srep06968" and v.mu_star == 0.13}  # fmt: skip
    assert sorted(values) == [200, 250, 300]
    assert row["slope"] == pytest.approx((values[300] - values[200]) / 100)
    structure = catalogue_entry("h3s-im-3m-200gpa").structure()
    scales = pressure_scale(structure, 200.0).scales(np.array([300.0, 250.0, 200.0]))
    tc = lattice_dome(predictor, structure, scales=scales).tc
    assert row["slope_model"] == pytest.approx((tc[0] - tc[2]) / 100, rel=1e-6)
    assert (row["low"], row["high"], row["n"]) == (200, 300, 3)


def test_agreement_table_and_figure(slopes):
    two = slopes.iloc[[0, 0, 0]].assign(slope=[-0.1, 0.2, 0.3], slope_model=[-0.2, -0.1, 0.4])
    numbers = agreement(two)
    assert numbers["same_sign"] == pytest.approx(2 / 3)
    assert (numbers["median"], numbers["median_model"]) == pytest.approx((0.2, 0.2))
    assert numbers["rank_correlation"] == pytest.approx(1.0)
    assert "**2 of 3**" in slopes_sentence(two)
    assert slopes_table(two)["d$T_c$/d$P$, model (K/GPa)"].tolist() == ["−0.20", "−0.10", "+0.40"]
    [points] = [trace for trace in slopes_figure(two).data if trace.name == "phases"]
    assert list(points.y) == [-0.2, -0.1, 0.4]
