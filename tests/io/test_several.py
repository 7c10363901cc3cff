"""Files of several structures: all of them with their names, never the first one silently."""

import pytest
from pymatgen.core import Structure
from support.calculation_files import RES, XSF
from support.hostile import CIF, POSCAR, XYZ

from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import SeveralStructuresError, UnsoundStructureError, load_all_structures

ROWS = POSCAR[POSCAR.index("0.0 0.0 0.0\n0.33") :]
HEAD = POSCAR[: POSCAR.index("Direct")]
LARGER = HEAD.replace("3.524", "3.6")
CONFIGURATION = "Direct configuration=     {}\n"
FRAMES = "PRIMCOORD 1\n" + XSF.partition("PRIMCOORD\n")[2]
AXSF = "ANIMSTEPS 2\nCRYSTAL\n" + XSF[XSF.index("PRIMVEC") : XSF.index("PRIMCOORD")] + FRAMES
SEVERAL = {
    "gathered POSCARs": (
        POSCAR.replace("MgB2", "EA1 3.1 3.1", 1) + POSCAR.replace("MgB2", "EA2 3.1 3.1", 1),
        ["EA1 3.1 3.1", "EA2 3.1 3.1"],
        [3.524, 3.524],
    ),
    "POSCARs of VASP 4": (
        POSCAR.replace("Mg B\n", "").replace("MgB2", "Mg B") * 2,
        ["Mg B"] * 2,
        [3.524] * 2,
    ),
    "XDATCAR, one cell": (
        HEAD + CONFIGURATION.format(1) + ROWS + CONFIGURATION.format(2) + ROWS,
        ["configuration 1", "configuration 2"],
        [3.524, 3.524],
    ),
    "XDATCAR, many cells": (
        HEAD + CONFIGURATION.format(1) + ROWS + LARGER + CONFIGURATION.format(2) + ROWS,
        ["configuration 1", "configuration 2"],
        [3.524, 3.6],
    ),
    "XYZ frames": (XYZ + XYZ.replace("3.524", "3.6"), ["frame 1", "frame 2"], [3.524, 3.6]),
    "XYZ frames, blank lines between": (XYZ + "\n\n" + XYZ, ["frame 1", "frame 2"], [3.524] * 2),
    "RES files in a row": (
        RES + RES.replace("MgB2-1", "MgB2-2").replace("3.524", "3.6"),
        ["MgB2-1", "MgB2-2"],
        [3.524, 3.6],
    ),
    "AXSF": (
        AXSF + FRAMES.replace("PRIMCOORD 1", "PRIMCOORD 2"),
        ["step 1", "step 2"],
        [3.524] * 2,
    ),
    "CIF blocks": (
        CIF + CIF.replace("data_MgB2", "data_again").replace("3.524", "3.6"),
        None,
        [3.524, 3.6],
    ),
}


@pytest.mark.parametrize(("text", "labels", "lengths"), SEVERAL.values(), ids=SEVERAL)
def test_all_structures_with_their_names(reader, text, labels, lengths):
    structures = reader.load_all(text)
    assert [structure.composition.reduced_formula for structure in structures] == ["MgB2"] * 2
    assert [structure.lattice.c for structure in structures] == pytest.approx(lengths)
    found = [structure.properties["label"] for structure in structures]
    assert found == labels if labels else len(set(found)) == 2


@pytest.mark.parametrize(("text", "labels", "lengths"), SEVERAL.values(), ids=SEVERAL)
def test_never_the_first_one_silently(reader, text, labels, lengths):
    with pytest.raises(SeveralStructuresError, match=r"^several: holds 2 structures") as caught:
        reader.load(text, file_name="several")
    assert labels is None or caught.value.labels == tuple(labels)
    assert str(caught.value).endswith(
        "choose one in the app, or give `tcexplore predict` the option --all"
    )


def test_an_unsound_structure_does_not_hide_the_others():
    text = XYZ + XYZ.replace("B 1.543 0.89085 1.762", "B 0.0 1.7817 1.7") + XYZ
    first, second, third = load_all_structures(text, file_name="md.xyz")
    assert isinstance(first, Structure)
    assert isinstance(third, Structure)
    assert isinstance(second, UnsoundStructureError)
    assert second.label == "frame 2"
    assert str(second).startswith("md.xyz: ")
    assert len(first) == len(third) == 3


def test_more_structures_than_are_read_are_refused(reader):
    with pytest.raises(StructureError, match="holds more than 1000 structures; split it"):
        reader.load_all(XYZ * 1001)
