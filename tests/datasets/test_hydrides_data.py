"""The hydrides of the shared data: corrected, once each, phases whole in every split."""

import numpy as np
import pytest

from tcexplore.datasets import build_dataset, summary
from tcexplore.evaluation.folds import NO_FOLD, fold_of_row

pytestmark = pytest.mark.data

FOLDERS = ("hydrides", "supercon3d_hydrides", "hydrides_literature", "tables")
LEFT_OUT = (
    "H9Y1", "Tb1H9", "Sc1H9", "Sc1H12", "H6La1", "Li1P2H14", "Hf1H2", "In1H5", "Ge1H4", "Ge3H11",
)  # fmt: skip


@pytest.fixture(scope="module")
def hydrides(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name in (*FOLDERS, "corrections.csv"):
        (folder / name).symlink_to(data_dir / name)
    return build_dataset(folder, n_workers=1)


def row(hydrides, file):
    [line] = hydrides.rows[hydrides.rows["file"] == file].itertuples()
    return line


def test_corrections_are_applied(hydrides):
    dropped = hydrides.dropped
    assert set(dropped["file"][dropped["reason"] == "correction"]) == {
        f"{name}.cif" for name in LEFT_OUT
    }
    assert row(hydrides, "100GPa_Pm-3m_NaH6.cif").weight == 0.3
    assert row(hydrides, "200GPa_Pm-3m_NaH6.cif").weight == 1
    assert row(hydrides, "Y1H6.cif").tc == 224
    assert row(hydrides, "Y1H6.cif").pressure_gpa == 160
    lanthanum = row(hydrides, "La1H10.cif")
    assert (lanthanum.tc, lanthanum.pressure_gpa, lanthanum.pressure_source) == (254, 284, "volume")


def test_every_row_is_kept_or_listed(hydrides):
    assert len(hydrides.rows) + len(hydrides.dropped) == 39 + 85 + 178
    reasons = hydrides.dropped["reason"].value_counts()
    assert reasons.to_dict() == {"same phase": 27, "correction": 10, "atoms too close": 2}


def test_no_calculation_counts_twice(hydrides):
    files, dropped = set(hydrides.rows["file"]), set(hydrides.dropped["file"])
    assert {"tc_pressure_built__TeH4_191_170GPa.cif", "200GPa_Im-3m_SH3.cif"} <= files
    assert {"H4Te1.cif", "tc_pressure_built__H3S_229_200GPa.cif"} <= dropped


def test_the_label_family_of_jarvis_stays_recognisable(hydrides):
    jarvis = hydrides.rows[hydrides.rows["file"].str.startswith("jarvis_on_shipley_cells")]
    assert len(jarvis) == 39
    assert set(jarvis["tc_kind"]) == {"allen_dynes"}
    assert set(jarvis["quality"]) == {"C"}
    assert set(jarvis["weight"]) == {0.3}


def test_phases_lie_in_one_chemical_system_under_one_formula(hydrides):
    phases = hydrides.rows.groupby("phase")
    assert phases["chemical_system"].nunique().max() == 1
    assert phases["formula"].nunique().max() == 1
    assert (phases["pressure_gpa"].nunique() > 2).sum() >= 15
    assert {"hydrides", "hydrides_literature"} <= set(phases.get_group("H3S|229")["source"])


@pytest.mark.parametrize("split", ["chemical_system", "formula"])
def test_no_split_divides_a_phase(hydrides, split):
    rows = hydrides.rows.assign(fold=fold_of_row(hydrides.rows, split=split))
    assert rows["fold"].nunique() == 6
    assert NO_FOLD in set(rows["fold"])
    assert rows.groupby("phase")["fold"].nunique().max() == 1


def test_pressures_say_where_they_are_from(hydrides):
    pressures = hydrides.rows.groupby("pressure_source")["pressure_gpa"]
    assert set(pressures.groups) == {"", "stated", "volume"}
    assert np.isnan(pressures.get_group("")).all()
    assert pressures.get_group("stated").between(0, 500).all()
    assert pressures.get_group("volume").between(40, 400).all()


def test_the_summary_counts_corrections_and_the_literature(hydrides):
    text = summary(hydrides)
    for words in (
        " A (weight 1), ",
        " B (weight 0.7), ",
        " C (weight 0.3); ",
        "Corrections: 10 rows left out.",
        "Corrected: supercon3d_hydrides/Y1H6.cif: label 224 K",
    ):
        assert words in text
