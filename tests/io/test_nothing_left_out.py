"""Parts of a file that a reader could leave out without a word: each is refused and named."""

import json

import pytest

from tcexplore.crystal.structure import StructureError
from tcexplore.io.load import StructureReader

NBN = "NbN\n1.0\n4.39 0 0\n0 4.39 0\n0 0 4.39\n"
ROWS = "0 0 0\n0 .5 .5\n.5 0 .5\n.5 .5 0\n.5 .5 .5\n.5 0 0\n0 .5 0\n0 0 .5\n"
POSCAR = NBN + "Nb N\n4 4\nDirect\n" + ROWS
OPTIMADE = {
    "lattice_vectors": [[4.39, 0, 0], [0, 4.39, 0], [0, 0, 4.39]],
    "cartesian_site_positions": [[0, 0, 0], [2.195, 2.195, 2.195]],
    "species_at_sites": ["Nb", "N"],
    "species": [
        {"name": "Nb", "chemical_symbols": ["Nb"], "concentration": [1.0]},
        {"name": "N", "chemical_symbols": ["N"], "concentration": [1.0]},
    ],
}
RES = (
    "TITL NbN\nCELL 1.54 4.39 4.39 4.39 90 90 90\nLATT -1\nSFAC Nb N\n"
    "Nb1 1 0 0 0 1.0\nN1 2 0.5 0.5 0.5 1.0\nEND\n"
)
XYZ = '2\nLattice="4.39 0 0 0 4.39 0 0 0 4.39" pbc="T T T"\nNb 0 0 0\nN 2.195 2.195 2.195\n'


@pytest.fixture(scope="module")
def reader():
    with StructureReader() as reader:
        yield reader


def optimade(**changes):
    return json.dumps({"data": {"id": "x", "attributes": OPTIMADE | changes}})


def thinned():
    species = [OPTIMADE["species"][0], OPTIMADE["species"][1] | {"concentration": [0.6]}]
    return optimade(species=species)


def test_the_whole_files_are_read(reader):
    for text in (POSCAR, optimade(), RES, XYZ):
        assert reader.load(text.encode()).composition.reduced_formula == "NbN"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (POSCAR + "0.25 0.25 0.25\n", "announces 8 atoms but lists more: '0.25 0.25 0.25'"),
        (POSCAR.replace("0 0 0\n0 .5", "0 0 0 C1\n0 .5"), "'C1' behind the coordinates of atom 1"),
        (optimade(assemblies=[{"sites_in_groups": [[0], [1]]}]), r"exclude one another"),
        (thinned(), "sum to 0.6 in the species 'N'"),
        (json.dumps([OPTIMADE, {"structure": None}]), "no structure as item 2 of a list of 2"),
        (RES.replace("END", "Q1 1 0.3 0.3 0.3 11.0\nEND"), "density peak 'Q1'"),
        (RES.replace("N1 2", "N1 1"), "calls an atom N1 whose number stands for Nb"),
        (XYZ.replace("Lattice", "units=bohr Lattice"), "lengths in bohr"),
        ("<modeling></modeling><modeling></modeling>", "several calculations"),
    ],
)  # fmt: skip
def test_what_would_be_left_out_is_refused(reader, text, message):
    with pytest.raises(StructureError, match=message):
        reader.load(text.encode())


@pytest.mark.parametrize("second", ["nb n", "Nb N"])
@pytest.mark.parametrize("scale", ["1.0", "1.0 1.0"])
def test_a_second_poscar_is_never_skipped(reader, second, scale):
    text = POSCAR + POSCAR.replace("Nb N", second).replace("\n1.0\n", f"\n{scale}\n")
    with pytest.raises(StructureError):
        reader.load(text.encode())


def test_velocities_behind_a_blank_line_are_no_atoms(reader):
    assert len(reader.load((POSCAR + "\n" + "0 0 0\n" * 8).encode())) == 8


def test_another_lattice_in_the_comment_of_an_xyz_is_not_the_cell(reader):
    text = XYZ.replace("Lattice", 'orig-lattice="8 0 0 0 8 0 0 0 8" Lattice')
    assert reader.load(text.encode()).lattice.a == pytest.approx(4.39)
