"""The training data, on a small directory in the layout of the public sources."""

import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pymatgen.core import Lattice, Structure

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.crystal.sc_class import sc_class
from tcexplore.datasets import (
    DatasetError,
    build_dataset,
    load_dataset,
    save_dataset,
    summary,
)
from tcexplore.datasets.canonicalise import read_cif
from tcexplore.datasets.compositions import (
    atomic_fractions,
    chemical_system,
    composition_key,
    reduced_formula,
)
from tcexplore.datasets.dataset import dropped_path, inputs_hash, structure_arrays
from tcexplore.datasets.records import number, read_table
from tcexplore.datasets.screening import UnsoundError, screen
from tcexplore.datasets.supercon import (
    group_by_composition,
    label_by_validation,
    out_of_fold_tc,
    treat_high_variance,
)


def mgb2(species="Mg", a=3.086):
    lattice = Lattice.hexagonal(a, 3.524)
    return Structure(
        lattice, [species, "B", "B"], [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
    )


def cubic(species, spacegroup, a, coords):
    return Structure.from_spacegroup(spacegroup, Lattice.cubic(a), species, coords)


def nb3sn():
    return cubic(["Sn", "Nb"], "Pm-3n", 5.29, [[0, 0, 0], [0.25, 0, 0.5]])


def nbn():
    return cubic(["Nb", "N"], "Fm-3m", 4.39, [[0, 0, 0], [0.5, 0.5, 0.5]])


def h3s(a=2.984):
    return cubic(["S", "H"], "Im-3m", a, [[0, 0, 0], [0.5, 0, 0]])


def cif(structure, formula):
    """Return a CIF in P1, written by hand so that no parser's writer stands between."""
    lengths = "abc"
    lines = [
        "data_test",
        f"_chemical_formula_sum '{formula}'",
        "_symmetry_space_group_name_H-M 'P 1'",
    ]
    lines += [
        f"_cell_length_{n} {v:.6f}" for n, v in zip(lengths, structure.lattice.abc, strict=True)
    ]
    names = ("alpha", "beta", "gamma")
    lines += [
        f"_cell_angle_{n} {v:.6f}" for n, v in zip(names, structure.lattice.angles, strict=True)
    ]
    lines += ["loop_", " _symmetry_equiv_pos_as_xyz", " 'x, y, z'", "loop_"]
    columns = ("type_symbol", "label", "fract_x", "fract_y", "fract_z", "occupancy")
    lines += [f" _atom_site_{name}" for name in columns]
    for i, site in enumerate(structure):
        x, y, z = site.frac_coords
        lines += [
            f" {element.symbol} {element.symbol}{i} {x:.8f} {y:.8f} {z:.8f} {occupancy:g}"
            for element, occupancy in site.species.items()
        ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a data directory without supercon3d_hydrides and with a broken jarvis_dft."""
    root = tmp_path_factory.mktemp("data")
    for name in ("3DSC_MP", "materials_project", "hydrides"):
        (root / name / "cifs").mkdir(parents=True)
    (root / "supercon").mkdir()
    (root / "jarvis_dft").mkdir()
    write(root / "supercon/Supercon_data_by_2018_Stanev.csv", SUPERCON)
    write(root / "3DSC_MP/3DSC_MP.csv", THREEDSC)
    write(root / "hydrides/hydrides.csv", HYDRIDES)
    write(root / "jarvis_dft/jarvis_dft.csv", "cif,name\ncifs/x.cif,Al\n")
    files = {
        "3DSC_MP/cifs/MgB2-MP-mp-1.cif": cif(mgb2(), "Mg1 B2"),
        "3DSC_MP/cifs/doped.cif": cif(mgb2({"Mg": 0.9, "Al": 0.1}), "Mg0.9 Al0.1 B2"),
        "3DSC_MP/cifs/Nb3Sn.cif": cif(nb3sn(), "Nb6 Sn2"),
        "3DSC_MP/cifs/garbage.cif": "data_x\n_cell_length_a nonsense\n",
        "3DSC_MP/cifs/dense.cif": cif(mgb2(a=1.4), "Mg1 B2"),
        "3DSC_MP/cifs/xenon.cif": cif(mgb2("Xe"), "Xe1 B2"),
        "materials_project/cifs/mp-1.cif": cif(mgb2(), "Mg1 B2"),
        "materials_project/cifs/mp-2.cif": cif(nbn(), "Nb4 N4"),
        "materials_project/cifs/mp-3.cif": cif(mgb2("Ca"), "Ca1 B2"),
        "materials_project/cifs/mp-4.cif": "not a cif",
        "hydrides/cifs/h3s.cif": cif(h3s(), "H6 S2"),
        "hydrides/cifs/h3s_copy.cif": cif(h3s(), "H6 S2"),
    }
    for name, text in files.items():
        write(root / name, text)
    return root


def write(path, text):
    path.write_text(text, encoding="utf-8")


SUPERCON = """name,Tc
MgB2,39
Mg1B2,30
Nb3Sn,18.0
Nb0.75Sn0.25,18.2
Nb6Sn2,0
NbN,16
Al0.9!1,1
Pb1,warm
Zn1,0
"""
THREEDSC = """formula_sc,tc,cif,weight,material_id,synth_doped
B2Mg1,39,cifs/MgB2-MP-mp-1.cif,0.5,mp-1,False
Al0.1B2Mg0.9,30,cifs/doped.cif,1.0,mp-1,True
Nb3Sn1,18,cifs/Nb3Sn.cif,1.0,mp-5,False
Al1B2,0,cifs/MgB2-MP-mp-1.cif,1.0,mp-6,False
Zr1B2,0,cifs/nowhere.cif,1.0,mp-7,False
Ti1B2,0,cifs/garbage.cif,1.0,mp-8,False
B2Mg1,39,cifs/dense.cif,0.5,mp-9,False
Xe1B2,1,cifs/xenon.cif,1.0,mp-10,False
Ca1B2,unknown,cifs/MgB2-MP-mp-1.cif,1.0,mp-11,False
"""
HYDRIDES = """cif,formula,space_group,pressure_gpa,tc_low,tc_high
cifs/h3s.cif,SH3,Im-3m,200,196,219
cifs/h3s_copy.cif,SH3,Im-3m,200,196,219
"""


@pytest.fixture(scope="module")
def dataset(source):
    calls = []
    built = build_dataset(source, n_workers=1, progress=lambda *call: calls.append(call))
    assert calls[-1] == (len(calls), len(calls))
    return built


def row(dataset, formula):
    found = dataset.rows[dataset.rows["formula"] == formula]
    assert len(found) == 1
    return found.iloc[0]


def reasons(dataset):
    return {(r.source, r.file, r.reason) for r in dataset.dropped.itertuples()}


def test_kept_rows(dataset):
    kept = set(zip(dataset.rows["source"], dataset.rows["file"], strict=True))
    assert kept == {
        ("3DSC_MP", "MgB2-MP-mp-1.cif"),
        ("3DSC_MP", "doped.cif"),
        ("3DSC_MP", "Nb3Sn.cif"),
        ("materials_project", "mp-2.cif"),
        ("hydrides", "h3s.cif"),
    }
    assert len(dataset) == len(dataset.structures) == 5


def test_every_row_left_out_is_listed_with_its_reason(dataset):
    assert reasons(dataset) == {
        ("supercon", "Supercon_data_by_2018_Stanev.csv", "unreadable label"),
        ("3DSC_MP", "MgB2-MP-mp-1.cif", "label contradicts composition"),
        ("3DSC_MP", "nowhere.cif", "missing file"),
        ("3DSC_MP", "garbage.cif", "unreadable structure"),
        ("3DSC_MP", "dense.cif", "atoms too close"),
        ("3DSC_MP", "xenon.cif", "element without radius"),
        ("3DSC_MP", "cifs/MgB2-MP-mp-1.cif", "unreadable label"),
        ("materials_project", "mp-1.cif", "same material"),
        ("materials_project", "mp-3.cif", "no label"),
        ("materials_project", "mp-4.cif", "unreadable file"),
        ("hydrides", "h3s_copy.cif", "same cell"),
        ("jarvis_dft", "", "unreadable table"),
    }
    assert len(dataset.dropped) == 13  # two of SuperCon


def test_labels_and_provenance(dataset):
    assert row(dataset, "MgB2")["tc"] == pytest.approx(34.5)  # mean of 39 and 30
    assert row(dataset, "MgB2")["weight"] == 0.5
    assert row(dataset, "Nb3Sn")["tc"] == pytest.approx(18.1)  # a zero reports nothing
    nitride = row(dataset, "NbN")
    assert (nitride["tc"], nitride["tc_kind"], nitride["material_id"]) == (16, "experiment", "mp-2")
    hydride = row(dataset, "H3S")
    assert (hydride["tc"], hydride["tc_kind"], hydride["pressure_gpa"]) == (
        207.5,
        "eliashberg",
        200,
    )
    assert (hydride["family"], hydride["chemical_system"]) == ("hydride", "H-S")
    assert dataset.rows["licence"].str.len().min() > 0
    assert set(dataset.rows["quality"]) == {""}
    assert row(dataset, "Nb3Sn")["phase"] == "Nb3Sn|223"
    assert list(row(dataset, "MgB2")[["pressure_gpa", "pressure_source"]]) == [0, ""]


def test_structures_are_canonical(dataset):
    for i in range(len(dataset)):
        stored = dataset.structure(i)
        again = canonical_cell(stored)
        assert again.space_group_number == dataset.rows["space_group_number"][i]
        assert len(again.structure) == len(stored) == dataset.rows["n_sites"][i]
        np.testing.assert_allclose(again.structure.lattice.abc, stored.lattice.abc, atol=1e-5)
    assert row(dataset, "MgB2")["space_group_number"] == 191


def test_partial_occupancies_are_kept(dataset):
    at = dataset.rows.index[dataset.rows["file"] == "doped.cif"][0]
    shares = dataset.structure(at).composition.get_el_amt_dict()
    assert shares == pytest.approx({"Mg": 0.9, "Al": 0.1, "B": 2.0})


def test_there_and_back(dataset, tmp_path):
    path = tmp_path / "data.parquet"
    save_dataset(dataset, path)
    loaded = load_dataset(path)
    pd.testing.assert_frame_equal(loaded.rows, dataset.rows, check_dtype=False)
    pd.testing.assert_frame_equal(loaded.dropped, dataset.dropped, check_dtype=False)
    assert loaded.metadata == dataset.metadata
    for ours, theirs in zip(dataset.structures, loaded.structures, strict=True):
        np.testing.assert_array_equal(ours.lattice, theirs.lattice)
        np.testing.assert_array_equal(ours.atoms.frac_coords, theirs.atoms.frac_coords)
        assert ours.structure() == theirs.structure()
    listed = pd.read_csv(dropped_path(path), keep_default_na=False)
    assert list(listed["reason"]) == list(dataset.dropped["reason"])


def test_the_same_inputs_give_the_same_file(source, dataset, tmp_path):
    one, two = tmp_path / "one.parquet", tmp_path / "two.parquet"
    save_dataset(dataset, one)
    save_dataset(build_dataset(source, n_workers=2), two)
    assert one.read_bytes() == two.read_bytes()


def test_summary_says_what_and_why(dataset):
    text = summary(dataset)
    for words in (
        "Kept 5 structures of 5 compositions",
        "Folders missing: supercon3d_hydrides",
        "Left out: 13",
        "3DSC_MP/nowhere.cif",
        "no column 'formula'; columns present: cif, name",
        "1 of these with a variance of 2 K² or more (average)",
    ):
        assert words in text


def test_high_variance_can_be_excluded(source):
    built = build_dataset(source, high_variance="exclude", n_workers=1)
    assert "MgB2" not in set(built.rows["formula"])
    assert ("3DSC_MP", "MgB2-MP-mp-1.cif", "high variance") in reasons(built)


def test_an_empty_directory_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="holds none of the folders supercon, 3DSC_MP"):
        build_dataset(tmp_path)


def test_other_files_are_no_data_set(tmp_path):
    write(tmp_path / "x.parquet", "hello")
    with pytest.raises(DatasetError, match=r"x\.parquet is no data set of tcexplore"):
        load_dataset(tmp_path / "x.parquet")
    with pytest.raises(DatasetError, match="is no data set"):
        load_dataset(tmp_path / "nowhere.parquet")


def test_a_data_set_without_a_column_must_be_built_anew(dataset, tmp_path):
    save_dataset(dataset, tmp_path / "new.parquet")
    table = pq.read_table(tmp_path / "new.parquet").drop_columns("phase")
    pq.write_table(table, tmp_path / "old.parquet")
    with pytest.raises(DatasetError, match=r"old\.parquet has no column 'phase'; build"):
        load_dataset(tmp_path / "old.parquet")


def test_the_hash_covers_corrections_and_pressures(tmp_path):
    (tmp_path / "tables").mkdir()
    hashes = {inputs_hash(tmp_path, ("hydrides",))}
    for name in ("corrections.csv", "tables/hydride_cell_pressures.csv"):
        write(tmp_path / name, "x")
        hashes.add(inputs_hash(tmp_path, ("hydrides",)))
    assert len(hashes) == 3


def test_two_pressures_of_one_cell_are_two_rows(source, tmp_path):
    (tmp_path / "hydrides").mkdir()
    (tmp_path / "hydrides" / "cifs").symlink_to(source / "hydrides" / "cifs")
    other = HYDRIDES.replace("h3s_copy.cif,SH3,Im-3m,200", "h3s_copy.cif,SH3,Im-3m,150")
    write(tmp_path / "hydrides/hydrides.csv", other)
    rows = build_dataset(tmp_path, n_workers=1).rows
    assert list(rows["pressure_gpa"]) == [200, 150]
    assert list(rows["phase"]) == ["H3S|229", "H3S|229"]
    assert list(rows["pressure_source"]) == ["stated", "stated"]


# SuperCon


def test_mean_and_variance_by_hand():
    groups = group_by_composition([("CeBiS2O", 1.6), ("O1S2Bi1Ce1", 3.0), ("Nb4Pd", 1.98)])
    first = groups[composition_key(atomic_fractions("CeBiS2O"))]
    assert first.label == pytest.approx(2.3)  # the paper's table I
    assert first.variance == pytest.approx(0.49)
    assert not first.is_high_variance
    assert len(groups) == 2


def test_zeros_only_stay_zero():
    (group,) = group_by_composition([("Zn", 0.0), ("Zn1", 0.0)]).values()
    assert (group.label, group.variance) == (0.0, 0.0)


HIGH = [("NbTi", 5.0), ("NbTi", 9.0), ("NbTi", 20.0), ("Nb", 9.2), ("Pb", 7.2), ("Pb", 7.4)]


def test_treatments_of_high_variance():
    groups = group_by_composition(HIGH)
    key = composition_key(atomic_fractions("NbTi"))
    assert treat_high_variance(groups, "average")[key].label == pytest.approx(34 / 3)
    assert set(groups) - set(treat_high_variance(groups, "exclude")) == {key}
    with pytest.raises(DatasetError, match="'median'; expected 'average', 'exclude' or 'best'"):
        treat_high_variance(groups, "median")  # type: ignore[arg-type]


@pytest.mark.parametrize(("prediction", "expected"), [(0.0, 5.0), (8.0, 9.0), (40.0, 20.0)])
def test_best_takes_the_reported_value_nearest_to_the_prediction(prediction, expected):
    groups = group_by_composition(HIGH)
    chosen = label_by_validation(groups, predict=lambda g: np.full(len(g), prediction))
    key = composition_key(atomic_fractions("NbTi"))
    assert chosen[key].label == expected
    assert [chosen[k] for k in groups if k != key] == [groups[k] for k in groups if k != key]
    assert groups[key].label == pytest.approx(34 / 3)


def test_out_of_fold_predictions_never_see_their_own_label():
    entries = [(f"Nb{10 - i}Ti{i}", 9.0) for i in range(1, 10)] + [("Pb", 7.0), ("Hg", 4.0)]
    other = [(name, 500.0 if "Nb" in name else tc) for name, tc in entries]
    one, two = (out_of_fold_tc(group_by_composition(e), n_trees=20) for e in (entries, other))
    alloys = [len(g.fractions) == 2 for g in group_by_composition(entries).values()]
    np.testing.assert_allclose(one[alloys], two[alloys])
    assert np.isfinite(one).all()


def test_best_on_its_own_model():
    entries = [(f"V{i}Ga1", 15.0) for i in range(1, 8)] + [(f"V{i}Si1", 15.0) for i in range(1, 8)]
    chosen = label_by_validation(
        group_by_composition([*entries, ("V3Ge", 15.5), ("V3Ge", 80.0)]),
        predict=partial(out_of_fold_tc, n_trees=20),
    )
    assert chosen[composition_key(atomic_fractions("V3Ge"))].label == 15.5


# Compositions


@pytest.mark.parametrize("formula", ["Nb0.75Sn0.25", "SnNb3", "Nb6Sn2"])
def test_one_key_for_one_composition(formula):
    assert composition_key(atomic_fractions(formula)) == composition_key(atomic_fractions("Nb3Sn"))


def test_dopings_are_told_apart():
    one, other = (atomic_fractions(f) for f in ("La1.85Sr0.15CuO4", "La1.84Sr0.16CuO4"))
    assert composition_key(one) != composition_key(other)
    assert chemical_system(one) == chemical_system(other) == "Cu-La-O-Sr"


def test_oxygen_contents_are_told_apart():
    one, other = (atomic_fractions(f"Bi2Sr2CaCu2O8.{n}") for n in ("194", "196"))
    assert composition_key(one) != composition_key(other)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("B2Mg1", "MgB2"),
        ("Ag0.2Ba1Si1.8", "BaSi1.8Ag0.2"),
        ("La1.85Sr0.15Cu1O4", "Sr0.15La1.85CuO4"),
    ],
)
def test_reduced_formula(formula, expected):
    assert reduced_formula(formula) == expected


def test_deuterium_is_hydrogen():
    assert atomic_fractions("PdD") == {"H": 0.5, "Pd": 0.5}


@pytest.mark.parametrize("formula", ["", "Xq2", "Nb3!Sn", "Ba-1O", "=z"])
def test_no_formula(formula):
    with pytest.raises(DatasetError):
        atomic_fractions(formula)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("YBa2Cu3O7", "cuprate"),
        ("CuO", "other"),
        ("FeSe", "iron-based"),
        ("Ba0.6K0.4Fe2As2", "iron-based"),
        ("Fe", "other"),
        ("LaH10", "hydride"),
        ("PdH", "hydride"),
        ("Na0.3CoH2.6O3.3", "other"),
        ("MgB2", "other"),
    ],
)
def test_class(formula, expected):
    assert sc_class(atomic_fractions(formula)) == expected


# Tables


def test_sodium_nitride_is_no_missing_value(tmp_path):
    write(tmp_path / "t.csv", "name,tc\nNaN,3\n")
    assert list(read_table(tmp_path / "t.csv", columns=("name",))["name"]) == ["NaN"]


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "-1"])
def test_no_number(text):
    with pytest.raises(DatasetError, match=r"tc is .*; expected a number of at least 0"):
        number(text, name="tc")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"t\.csv: no table in csv format"):
        read_table(tmp_path / "t.csv", columns=("name",))


# Screening


def test_sound_structures_pass():
    for structure, formula in ((mgb2(), "MgB2"), (nb3sn(), "Nb3Sn"), (h3s(), "H3S")):
        screen(structure, formula)


def test_hydrogen_too_close_to_a_metal():
    cell = Structure(Lattice.cubic(4.0), ["Y", "H"], [[0, 0, 0], [0.25, 0, 0]])
    with pytest.raises(
        UnsoundError, match=r"1\.000 Å apart; expected at least 1\.\d\d Å"
    ) as caught:
        screen(cell, "YH")
    assert caught.value.reason == "atoms too close"


def test_compressed_h2_is_sound_and_half_of_it_is_not():
    for distance, sound in ((0.75, True), (0.5, False)):
        cell = Structure(Lattice.cubic(4.0), ["H", "H"], [[0, 0, 0], [distance / 4, 0, 0]])
        if sound:
            screen(cell, "H2")
        else:
            with pytest.raises(UnsoundError, match=r"H and H are 0\.500 Å apart"):
                screen(cell, "H")


def test_sites_that_share_a_place_by_turns_are_sound():
    split = [{"Nb": 0.5}, {"Nb": 0.5}]
    screen(Structure(Lattice.cubic(3.3), split, [[0, 0, 0], [0.2, 0, 0]]), "Nb")
    with pytest.raises(UnsoundError, match=r"Nb and Nb are 0\.660 Å apart"):
        screen(Structure(Lattice.cubic(3.3), ["Nb", "Nb"], [[0, 0, 0], [0.2, 0, 0]]), "Nb")


def test_label_of_another_composition():
    with pytest.raises(UnsoundError, match=r"is 66\.7 % of the structure's atoms but 80\.0 %"):
        screen(mgb2(), "MgB4")


def test_arrays_there_and_back():
    doped = mgb2({"Mg": 0.9, "Al": 0.1})
    assert structure_arrays(doped).structure() == doped


# The real data


@pytest.mark.data
def test_hydrides_of_the_real_data(data_dir: Path, tmp_path: Path):
    for name in ("hydrides", "supercon3d_hydrides"):
        (tmp_path / name).symlink_to(data_dir / name)
    built = build_dataset(tmp_path, n_workers=1)
    counts = built.rows.groupby("source").size()
    assert counts["hydrides"] == 39
    lost = built.dropped[built.dropped["reason"] == "atoms too close"]
    assert "H9Y1.cif" in set(lost["file"])
    assert len(built.rows) + len(built.dropped) == 39 + 85
    literature = built.rows[built.rows["source"] == "supercon3d_hydrides"]
    assert literature["pressure_gpa"].map(math.isnan).all()


def test_files_are_read_as_the_app_reads_them(tmp_path):
    """Hydrogen that shares a site with oxygen stays; the first of two structures is no choice."""
    shared = mgb2({"O": 0.5, "H": 0.5})
    write(tmp_path / "shared.cif", cif(shared, "O0.5 H0.5 B2"))
    assert read_cif(tmp_path / "shared.cif").composition == shared.composition
    write(tmp_path / "two.cif", cif(mgb2(), "Mg1 B2") + cif(nbn(), "Nb4 N4").replace("test", "b"))
    with pytest.raises(UnsoundError, match="holds 2; expected one"):
        read_cif(tmp_path / "two.cif")
