"""Pressures that files state: in titles, items of CIFs, comments and names."""

import pytest
from support.calculation_files import RES
from support.hostile import CIF, POSCAR, XYZ

from tcexplore.handover.at_pressure import cell_at_pressure
from tcexplore.io.load import load_all_structures
from tcexplore.io.stated_pressure import FilePressure, file_pressure, pressure_in

TITLE, NAME = "the file's title", "the file's name"
KEY = "the key pressure of the file's comment, read as GPa"
COMMENT, CELL = "the file's comment", "the file's _cell_measurement_pressure"
AMBIENT = "the file's _diffrn_ambient_pressure"
TEXTS = {
    "LaH10_150GPa.cif": 150,
    "200GPa_Fm-3m_MgH13.cif": 200,
    "LaH10-150GPa": 150,
    "H3S at 155 GPa, measured": 155,
    "P = 0.5 gpa": 0.5,
    "P=200(5) GPa": 200,
    "LaH10 150 GPa 150GPa": 150,
    "LaH10_150GPa_300K.cif.gz": 150,
}
NOTHING = [
    "LaH10.cif", "LaH10_150.cif", "100-300GPa", "100 to 300 GPa", "100 and 200 GPa", "150±5 GPa",
    "100GPa_200GPa", "P = -5 GPa", "P = −5 GPa", "> 150 GPa", "above 150 GPa", "1,500 GPa",
    "0,5 GPa", "bulk modulus 150 GPa", "1e2 GPa", "H150GPa", "150 GPaX", "225-150GPa",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_one_number_in_gpa_is_the_pressure(text):
    assert pressure_in(text, TITLE) == FilePressure(TEXTS[text], TITLE)


@pytest.mark.parametrize("text", NOTHING)
def test_what_may_be_something_else_is_none(text):
    assert pressure_in(text, TITLE) is None


def res(title: str) -> str:
    return RES.replace(RES.split("\n")[0], f"TITL {title}")


def cif(item: str, value: str) -> str:
    return CIF.replace("_cell_length_a", f"{item} {value}\n_cell_length_a")


def xyz(more: str) -> str:
    head, comment, *rows = XYZ.split("\n")
    return "\n".join([head, f"{comment} {more}", *rows])


END = "-1.5 0 0 3 (P6/mmm) n - 1"
FILES = {
    "RES of AIRSS": (res(f"MgB2-1 150.00 29.06 {END}"), "a.res", 150, TITLE),
    "RES of AIRSS, whatever its names": (res(f"200GPa 150.0 29.1 {END}"), "a.res", 150, TITLE),
    "POSCAR": (POSCAR.replace("MgB2", "MgB2 at 200 GPa"), "POSCAR", 200, TITLE),
    "XYZ, key of ASE": (xyz("pressure=150.5"), "a.xyz", 150.5, KEY),
    "XYZ, key with unit": (xyz('pressure="150 GPa"'), "a.xyz", 150, KEY),
    "XYZ, unit in the key": (xyz("pressure_GPa=150"), "a.xyz", 150, KEY),
    "XYZ, words": (xyz("config=MgB2_150GPa"), "a.xyz", 150, COMMENT),
    "CIF in kPa": (cif("_cell_measurement_pressure", "1.5e8(2)"), "a.cif", 150, CELL),
    "CIF in GPa": (cif("_cell_measurement_pressure", "'150 GPa'"), "a.cif", 150, CELL),
    "CIF of air": (cif("_diffrn_ambient_pressure", "101.325"), "a.cif", 0, AMBIENT),
    "CIF of names with dots": (cif("_diffrn.ambient_pressure", "1.5e8"), "a.cif", 150, AMBIENT),
    "name": (CIF, "200GPa_P6_mmm_MgB2.cif", 200, NAME),
    "name that agrees": (POSCAR.replace("MgB2", "200 GPa"), "MgB2_200GPa.vasp", 200, TITLE),
}


@pytest.mark.parametrize(("text", "name", "value", "origin"), FILES.values(), ids=FILES)
def test_pressure_of_a_file_has_its_origin(reader, text, name, value, origin):
    structure = reader.load(text, file_name=name)
    assert file_pressure(structure) == FilePressure(value, origin)
    assert structure.properties["warnings"] == ()


NONE = {
    "RES with another cell's volume": (res(f"MgB2-1 150.00 31.0 {END}"), "a.res"),
    "RES of SHELX": (res("MgB2 150 29.06 in P6/mmm"), "a.res"),
    "RES without numbers": (res(f"MgB2 high 29.06 {END}"), "a.res"),
    "XYZ, another unit": (xyz('pressure="1500 kbar"'), "a.xyz"),
    "XYZ, a tensor": (xyz('pressure="1 0 0 0 1 0 0 0 1"'), "a.xyz"),
    "CIF left open": (cif("_cell_measurement_pressure", "?"), "a.cif"),
    "no word of it": (POSCAR, "POSCAR"),
}


@pytest.mark.parametrize(("text", "name"), NONE.values(), ids=NONE)
def test_a_file_that_states_none_has_none(reader, text, name):
    structure = reader.load(text, file_name=name)
    assert file_pressure(structure) is None
    assert structure.properties["warnings"] == ()


DOUBTS = {
    "CIF of an unlikely unit": (
        cif("_cell_measurement_pressure", "150"), "a.cif",
        "The file gives '150' as _cell_measurement_pressure, which is defined in kPa; it is not"
        " used, as its unit is in doubt: state the pressure in GPa.",
    ),
    "absurd title": (
        POSCAR.replace("MgB2", "5000 GPa"), "POSCAR",
        "A pressure of 5000 GPa stands in the file's title; expected 0 to 1000 GPa. The pressure"
        " counts as unknown.",
    ),
    "negative title": (
        res(f"MgB2-1 -3.5 29.06 {END}"), "a.res",
        "A pressure of -3.5 GPa stands in the file's title; expected 0 to 1000 GPa. The pressure"
        " counts as unknown.",
    ),
    "contradiction": (
        POSCAR.replace("MgB2", "150 GPa"), "MgB2_200GPa.vasp",
        "The file states two pressures: 150 GPa in the file's title, 200 GPa in the file's name."
        " The pressure counts as unknown.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "note"), DOUBTS.values(), ids=DOUBTS)
def test_a_pressure_in_doubt_is_told_and_not_used(reader, text, name, note):
    structure = reader.load(text, file_name=name)
    assert file_pressure(structure) is None
    assert structure.properties["warnings"] == (note,)


def test_each_frame_has_its_own_pressure():
    frames = load_all_structures(xyz("pressure=100") + xyz("pressure=200") + XYZ)
    told = [file_pressure(frame) for frame in frames]
    assert told == [FilePressure(100, KEY), FilePressure(200, KEY), None]


def test_a_cell_scaled_to_another_pressure_forgets_that_of_its_file(reader):
    text = XYZ.replace("Mg 0", "La 0").replace("B ", "H ")
    given = reader.load(text, file_name="LaH2_300GPa.xyz")
    scaled = cell_at_pressure(given, 100.0, stated=300.0).structure
    assert scaled.volume > given.volume
    assert file_pressure(scaled) is None
