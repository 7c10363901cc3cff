"""Reading structures from files, there and back, and from files that mean harm."""

import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from pymatgen.core import Composition, Lattice, Structure
from pymatgen.io.cif import CifWriter
from support.calculation_files import CALCULATIONS, DOCUMENTS
from support.hostile import (
    CIF,
    JSON,
    POSCAR,
    VALID,
    XYZ,
    entity_files,
    mutated_files,
    write_hostile_files,
)
from support.same_crystal import assert_same_crystal

from tcexplore.crystal.structure import StructureError, check_structure
from tcexplore.io.load import StructureReader, load_structure, load_structures
from tcexplore.io.parsers import FORMATS

MGB2 = Structure(
    Lattice.hexagonal(3.086, 3.524),
    ["Mg", "B", "B"],
    [[0, 0, 0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]],
)
TRICLINIC = Structure(
    Lattice.from_parameters(4.1, 5.2, 6.3, 81.0, 97.0, 105.0),
    ["Fe", "As", "La", "O"],
    [[0.01, 0.02, 0.03], [0.51, 0.13, 0.37], [0.24, 0.62, 0.71], [0.77, 0.81, 0.29]],
)
DISORDERED = Structure(
    Lattice.tetragonal(3.78, 13.2),
    [{"La": 0.925, "Sr": 0.075}, {"Cu": 1}, {"O": 0.98}],
    [[0, 0, 0.36], [0, 0, 0], [0.5, 0, 0]],
)
ORDERED = {"MgB2": MGB2, "triclinic": TRICLINIC}
HOSTILE_TIME_LIMIT = 6.0  # s; one file of them all needs to be stopped


def poscar_text(structure: Structure) -> str:
    vectors = "\n".join(" ".join(map(repr, map(float, v))) for v in structure.lattice.matrix)
    sites = "\n".join(" ".join(map(repr, map(float, site.frac_coords))) for site in structure)
    symbols = " ".join(site.specie.symbol for site in structure)
    return f"comment\n1.0\n{vectors}\n{symbols}\n{'1 ' * len(structure)}\nDirect\n{sites}\n"


def xyz_text(structure: Structure) -> str:
    lattice = " ".join(map(repr, map(float, structure.lattice.matrix.ravel())))
    rows = [f"{s.specie.symbol} {s.coords[0]!r} {s.coords[1]!r} {s.coords[2]!r}" for s in structure]
    text = "\n".join(rows).replace("np.float64(", "").replace(")", "")
    return f'{len(rows)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"\n{text}\n'


def cif_text(structure: Structure) -> str:
    return str(CifWriter(structure, significant_figures=12))


def json_text(structure: Structure) -> str:
    return json.dumps(structure.as_dict())


WRITERS = {".cif": cif_text, ".vasp": poscar_text, ".xyz": xyz_text, ".json": json_text}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("structure", ORDERED.values(), ids=ORDERED)
def test_ordered_structures_come_back(reader, tmp_path, structure, suffix, zipped):
    content = WRITERS[suffix](structure).encode()
    path = tmp_path / f"crystal{suffix}{'.gz' if zipped else ''}"
    path.write_bytes(gzip.compress(content) if zipped else content)
    assert_same_crystal(reader.load(path), structure)


@pytest.mark.parametrize("suffix", [".cif", ".json"])
def test_disordered_structures_come_back(reader, suffix):
    found = reader.load(WRITERS[suffix](DISORDERED), file_name="crystal" + suffix)
    assert_same_crystal(found, DISORDERED)


@pytest.mark.parametrize("name", ["structure", "POSCAR_x", "wrong.json", "wrong.cif", "a.xyz"])
@pytest.mark.parametrize("kind", VALID)
def test_content_tells_the_format_whatever_the_name(reader, kind, name):
    assert_same_crystal(reader.load(VALID[kind].encode(), file_name=name), reader.load(VALID[kind]))
    assert reader.load(VALID[kind]).composition.reduced_formula == "MgB2"


def test_windows_lines_and_byte_order_marks_do_not_matter(reader):
    for text in VALID.values():
        windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        assert_same_crystal(reader.load(windows), reader.load(text))
        assert_same_crystal(reader.load(text.encode("utf-16")), reader.load(text))


def test_pymatgen_and_ase_files_are_read(reader, tmp_path):
    from ase.io import write
    from pymatgen.io.ase import AseAtomsAdaptor

    atoms = AseAtomsAdaptor.get_atoms(TRICLINIC)
    for name, kind in {"POSCAR": "vasp", "CONTCAR.gz": "vasp", "a.extxyz": "extxyz"}.items():
        write(tmp_path / name, atoms, format=kind)
        assert_same_crystal(reader.load(tmp_path / name), TRICLINIC)


def test_poscar_scale_cartesian_and_old_style(reader):
    expected = reader.load(POSCAR)
    halved = POSCAR.replace("1.0", "2.0").replace("3.086", "1.543").replace("3.524", "1.762")
    halved = halved.replace("-1.543 2.67255", "-0.7715 1.336275")
    assert_same_crystal(reader.load(halved), expected)
    volume = np.linalg.det(expected.lattice.matrix)
    assert_same_crystal(reader.load(halved.replace("2.0", f"-{volume}")), expected)
    old_style = "Mg B" + POSCAR.removeprefix("MgB2").replace("Mg B\n", "")
    assert_same_crystal(reader.load(old_style), expected)
    rows = "".join(f"{x} {y} {z} T T F\n" for x, y, z in expected.cart_coords)
    cartesian = POSCAR[: POSCAR.index("Direct")] + "Selective dynamics\nCartesian\n" + rows
    assert_same_crystal(reader.load(cartesian), expected)


def test_charges_and_site_properties_are_left_aside(reader):
    charged = MGB2.copy(site_properties={"magmom": [1, 0, 0]})
    charged.add_oxidation_state_by_element({"Mg": 2, "B": -1})
    for text in (cif_text(charged), json_text(charged)):
        found = reader.load(text)
        assert found.site_properties == {}
        assert {str(species) for site in found for species in site.species} == {"Mg", "B"}
        assert found._charge is None


def test_partial_occupancies_on_one_place_are_merged(reader):
    shared = CIF.replace("0.0 1.0\nB1", "0.0 0.7\nAl1 Al 0.0 0.0 0.0 0.3\nB1")
    found = reader.load(shared)
    assert len(found) == 3
    assert found.composition.almost_equals(Composition("Mg0.7Al0.3B2"))


def test_warnings_tell_how_a_file_was_read(reader):
    warnings_of = {
        "scaled": CIF.replace("0.0 1.0\nB1", "0.0 1.004\nB1"),
        "isotopes": CIF.replace("Mg1 Mg", "D1 D"),
        "P1": CIF.replace("loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n", ""),
        "empty": CIF.replace("0.5 1.0\nB2", "0.5 0.0\nB2"),
    }
    said = {key: reader.load(text).properties["warnings"] for key, text in warnings_of.items()}
    assert said["scaled"] == ("Occupancies of Mg1 sum to 1.004 and were scaled to 1.",)
    assert "Deuterium (D) is read as hydrogen." in said["isotopes"]
    assert said["P1"] == ("The file lists no symmetry operations; those of P 1 were used.",)
    assert "Sites left out because their occupancy is 0: 1." in said["empty"]
    assert reader.load(cif_text(TRICLINIC)).properties["warnings"] == ()


MESSAGES = {
    "empty": ("x.cif", "\n", f"is empty; give a {FORMATS}"),
    "no lattice": (
        "x.xyz",
        "2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n",
        "has no lattice: a plain XYZ file describes a molecule;"
        ' write Lattice="ax ay az bx by bz cx cy cz" in line 2, or give a CIF or POSCAR',
    ),
    "sites": (
        "POSCAR",
        POSCAR.replace("1 2", "1 1000000000"),
        "has 1e+09 sites, more than the 500 that can be predicted; give its primitive cell",
    ),
    "occupancy": (
        "x.cif",
        CIF.replace("0.5 1.0\nB2", "0.5 1.5\nB2"),
        "_atom_site_occupancy is '1.5'; expected 0 to 1.01: correct it",
    ),
    "element": (
        "x.vasp",
        POSCAR.replace("Mg B", "Xx B"),
        "'Xx' stands for a dummy atom, no chemical element; remove this site, or write the"
        " symbol of its element",
    ),
    "class": (
        "x.json",
        JSON.replace('"Structure"', '"Molecule"'),
        "holds a Molecule; expected a pymatgen Structure or entry, or a document of Materials"
        " Project, OPTIMADE, ASE or JARVIS",
    ),
    "counts": (
        "POSCAR",
        POSCAR.replace("1 2", "1 x"),
        "has '1 x' in line 7; expected the number of atoms of each element: correct it",
    ),
    "coordinate": (
        "x.cif",
        CIF.replace("Mg1 Mg 0.0", "Mg1 Mg nan"),
        "_atom_site_fract_x is 'nan'; expected -100 to 100: correct it",
    ),
    "angles": (
        "x.cif",
        CIF.replace("gamma 120", "gamma 180"),
        "_cell_angle_gamma is '180'; expected 1 to 179: correct it",
    ),
}


@pytest.mark.parametrize(("name", "text", "message"), MESSAGES.values(), ids=MESSAGES)
def test_errors_name_file_value_and_remedy(reader, name, text, message):
    with pytest.raises(StructureError) as caught:
        reader.load(text, file_name=name)
    assert str(caught.value) == f"{name}: {message}"


def test_hostile_files_end_in_a_message(tmp_path):
    paths = write_hostile_files(tmp_path)
    assert len(paths) >= 200
    # Linux counts a parent's memory for its child: read from a process that holds nothing else.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        failures, peak = pool.submit(hostility_failures, paths).result()
    assert failures == []
    assert peak < 1e9 / 1024


def test_damaged_files_of_all_formats_end_in_a_message_or_a_structure(tmp_path):
    valid = {f"{number}.json": json.dumps(data) for number, data in enumerate(DOCUMENTS.values())}
    valid |= CALCULATIONS | {"XDATCAR": POSCAR, "a.extxyz": XYZ}
    files = [*mutated_files(valid, count=200), *entity_files(CALCULATIONS["vasprun.xml"])]
    paths = []
    for number, (name, content) in enumerate(files):
        paths.append(tmp_path / f"{number:03d}-{name}")
        paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        failures, peak = pool.submit(damage_failures, paths).result()
    assert failures == []
    assert peak < 1e9 / 1024


def damage_failures(paths: Sequence[Path]) -> tuple[list[str], int]:
    """Say what was wrong with how damaged files ended, and the memory (KiB) that reading took."""
    with StructureReader(time_limit=HOSTILE_TIME_LIMIT) as reader:
        failures = [failure for path in paths if (failure := damage_failure(reader, path))]
    return failures, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def damage_failure(reader: StructureReader, path: Path) -> str | None:
    """Say what was wrong with how a damaged file ended: in sound structures or in a message."""
    start = time.monotonic()
    try:
        structures = reader.load_all(path)
    except StructureError as error:
        structures = [error]
    taken = time.monotonic() - start
    if not structures:
        return f"{path.name} was read as nothing"
    for structure in structures:
        if isinstance(structure, Structure):
            check_structure(structure, name=path.name)
        elif not sound_message(str(structure), path):
            return f"{path.name}: {structure}"
    return f"{path.name} took {taken:.1f} s" if taken >= 10.0 else None


def sound_message(message: str, path: Path) -> bool:
    """Tell whether a message names its file and can be shown."""
    raw = "Traceback" in message or "object has no" in message or "list index" in message
    return path.name in message and len(message) <= 500 and message.isprintable() and not raw


def hostility_failures(paths: Sequence[Path]) -> tuple[list[str], int]:
    """Say what was wrong with how hostile files ended, and the memory (KiB) that reading took."""
    with StructureReader(time_limit=HOSTILE_TIME_LIMIT) as reader:
        failures = [failure for path in paths if (failure := hostility_failure(reader, path))]
    return failures, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def hostility_failure(reader: StructureReader, path: Path) -> str | None:
    """Say what was wrong with how a hostile file ended."""
    start = time.monotonic()
    try:
        structure = reader.load(path)
    except StructureError as error:
        message = str(error)
        taken = time.monotonic() - start
        sound = path.name in message and len(message) <= 500 and message.isprintable()
        return None if sound and taken < 10.0 else f"{taken:.1f} s: {message}"
    return f"{path.name} was accepted as {structure.formula}"


def test_names_and_contents_cannot_put_control_characters_into_messages(reader):
    with pytest.raises(StructureError) as caught:
        reader.load("\x1b[31mdata\x07\nx\n" * 9, file_name="\x1b]0;a\nb\x07.cif")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 500


def test_out_of_time_says_so_and_the_next_file_is_read():
    with StructureReader(time_limit=0.05) as reader:  # the process takes longer to start
        with pytest.raises(StructureError, match=r"^slow.cif: took more than 0.05 s to read; "):
            reader.load(CIF, file_name="slow.cif")
        reader.time_limit = 30.0
        assert reader.load(CIF).composition.reduced_formula == "MgB2"


def test_out_of_memory_says_so_and_the_next_file_is_read():
    with StructureReader() as reader:
        assert reader.load(POSCAR).composition.reduced_formula == "MgB2"
        assert reader._worker is not None
        resource.prlimit(
            reader._worker.pid, resource.RLIMIT_AS, (60 * 2**20, resource.RLIM_INFINITY)
        )
        big = '{"lattice": {}, "sites": [' + "{}," * 1_500_000 + "{}]}"
        with pytest.raises(StructureError, match=r"^big.json: needs too much memory "):
            reader.load(big, file_name="big.json")
        assert reader.load(POSCAR).composition.reduced_formula == "MgB2"


def test_many_files_share_a_process_and_bad_ones_do_not_stop_the_rest(tmp_path):
    for name, text in VALID.items():
        (tmp_path / name).write_text(text)
    paths = [tmp_path / "MgB2.cif", tmp_path / "missing.cif", tmp_path / "MgB2.vasp"]
    first, missing, last = load_structures(paths)
    assert isinstance(missing, StructureError)
    assert str(missing) == "missing.cif: does not exist; check the path"
    assert isinstance(first, Structure)
    assert isinstance(last, Structure)


def test_no_process_is_left_behind():
    with StructureReader() as reader:
        reader.load(POSCAR)
        assert reader._worker is not None
        pid = reader._worker.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_paths_texts_and_bytes_are_all_sources(tmp_path):
    path = tmp_path / "POSCAR"
    path.write_text(POSCAR)
    for source in (path, str(path), POSCAR, POSCAR.encode(), JSON):
        assert load_structure(source).composition.reduced_formula == "MgB2"


def test_files_beside_the_user_are_never_imported(tmp_path):
    for module in ("json", "numpy", "zlib", "pymatgen"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('imported from the folder')")
    root = Path(__file__).parents[2]
    code = "from tcexplore.io.load import load_structure; print(len(load_structure('a.cif')))"
    (tmp_path / "a.cif").write_text(CIF)
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout == "3\n", ran.stderr
