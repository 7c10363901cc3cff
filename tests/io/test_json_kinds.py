"""JSON documents of pymatgen, Materials Project, OPTIMADE, ASE and JARVIS."""

import copy
import json
from typing import Any

import numpy as np
import pytest
from pymatgen.core import Lattice, Structure
from pymatgen.entries.computed_entries import ComputedStructureEntry
from support.calculation_files import (
    ASE_OLD,
    ASE_ROW,
    DOCUMENTS,
    ENTRY,
    JARVIS,
    OPTIMADE,
    OPTIMADE_ATTRIBUTES,
    POSITIONS,
    STRUCTURE,
)
from support.hostile import JSON
from support.same_crystal import assert_same_crystal

from tcexplore.crystal.structure import StructureError
from tcexplore.io.json_kinds import json_structures

B_SITE = {"species": [{"element": "B", "occu": 1}], "abc": [0.3, 0.6, 0.5]}


def changed(document: object, *changes: tuple[str, str]) -> bytes:
    text = json.dumps(document)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents_of_all_kinds_are_the_same_crystal(reader, document):
    found = reader.load(json.dumps(document).encode(), file_name="x.json")
    assert_same_crystal(found, reader.load(JSON), tolerance=1e-4)
    assert found.properties["warnings"] == ()


def test_documents_written_by_the_libraries_are_read(reader, tmp_path):
    from ase.io import write
    from pymatgen.io.ase import AseAtomsAdaptor

    structure = Structure.from_dict(STRUCTURE)
    atoms = AseAtomsAdaptor.get_atoms(structure)
    write(tmp_path / "ase.json", atoms)
    entry = ComputedStructureEntry(structure, -15.0, entry_id="mp-763")
    (tmp_path / "entries.json").write_text(json.dumps([entry.as_dict()]))
    for name in ("ase.json", "entries.json"):
        assert_same_crystal(reader.load(tmp_path / name), structure)


def test_oxidation_states_and_isotopes(reader):
    charged = changed(STRUCTURE, ('"Mg"', '"Mg2+"'))
    assert reader.load(charged).formula == "Mg1 B2"
    heavy = reader.load(changed(STRUCTURE, ('"Mg"', '"D"')))
    assert heavy.formula == "B2 H1" or heavy.composition["H"] == 1
    assert heavy.properties["warnings"] == ("Deuterium (D) is read as hydrogen.",)


def test_lattice_of_lengths_and_angles(reader):
    document = copy.deepcopy(STRUCTURE)
    document["lattice"] = {
        "a": 3.086, "b": 3.086, "c": 3.524, "alpha": 90, "beta": 90, "gamma": 120
    }  # fmt: skip
    assert_same_crystal(reader.load(json.dumps(document)), reader.load(JSON), tolerance=1e-3)


def optimade(**changes: object) -> bytes:
    return json.dumps({"data": {"id": "a/1", "attributes": OPTIMADE_ATTRIBUTES | changes}}).encode()


def species(*, symbols: list[str], shares: list[float], **more: object) -> list[dict[str, Any]]:
    first = {"name": "Mg", "chemical_symbols": symbols, "concentration": shares}
    return [first | more, OPTIMADE_ATTRIBUTES["species"][1]]


def test_optimade_vacancies_and_disorder(reader):
    shared = reader.load(optimade(species=species(symbols=["Mg", "Al"], shares=[0.7, 0.3])))
    assert np.isclose(shared.composition["Al"], 0.3)
    partial = reader.load(optimade(species=species(symbols=["Mg", "vacancy"], shares=[0.9, 0.1])))
    assert np.isclose(partial.composition["Mg"], 0.9)
    empty = reader.load(optimade(species=species(symbols=["vacancy"], shares=[1.0])))
    assert empty.composition.reduced_formula == "B"
    assert len(empty) == 2


def test_slabs_have_a_note(reader):
    for document in (optimade(dimension_types=[1, 1, 0]),
                     json.dumps(ASE_ROW | {"pbc": [True, True, False]}).encode()):  # fmt: skip
        [note] = reader.load(document).properties["warnings"]
        assert note.startswith('The file says pbc="T T F": a slab')


def test_jarvis_cartesian(reader):
    atoms = JARVIS["atoms"] | {"coords": POSITIONS, "cartesian": True}
    assert_same_crystal(reader.load(json.dumps(atoms)), reader.load(JSON), tolerance=1e-4)


REFUSED = {
    "molecule": (changed(STRUCTURE, ('"Structure"', '"Molecule"')), "holds a Molecule; expected a"),
    "dummy": (changed(STRUCTURE, ('"Mg"', '"X0+"')), "stands for a dummy atom"),
    "vacancy": (changed(STRUCTURE, ('"Mg"', '"Vac"')), "stands for a vacancy"),
    "no structure": (b'{"tc": 39.0, "formula": "MgB2"}', "holds a dictionary with tc, formula"),
    "no lattice": (changed(STRUCTURE, ('"matrix"', '"metric"')), "'a' is missing"),
    "attached": (
        optimade(species=species(symbols=["C"], shares=[1.0], attached=["H"], nattached=[3])),
        "with attached atoms that have no places",
    ),
    "implicit atoms": (optimade(structure_features=["implicit_atoms"]), "leaves out atoms whose"),
    "sites against species": (optimade(species_at_sites=["Mg", "B"]), "leaves out atoms whose"),
    "OPTIMADE dummy": (optimade(species=species(symbols=["X"], shares=[1.0])), "a dummy atom"),
    "OPTIMADE molecule": (optimade(dimension_types=[0, 0, 0]), "is a molecule or cluster"),
    "ASE dummy": (changed(ASE_OLD, ("[12, 5, 5]", "[0, 5, 5]")), "atomic number that is no"),
    "ASE molecule": (changed(ASE_OLD, ("true", "false")), "is a molecule or cluster"),
    "ASE occupancies": (
        json.dumps(ASE_ROW | {"info": {"occupancy": {"0": {"Mg": 0.5}}}}).encode(),
        "has partial occupancies",
    ),
    "ASE positions": (json.dumps(ASE_ROW | {"positions": POSITIONS[:2]}).encode(), "for 3 sites"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_known_is_refused(reader, content, message):
    with pytest.raises(StructureError, match=message):
        reader.load(content, file_name="x.json")


def test_responses_of_many_structures_keep_their_names(reader):
    second = {"id": "x/2", "attributes": OPTIMADE_ATTRIBUTES}
    documents = {
        ("x/1", "x/2"): {"data": [*OPTIMADE["data"], second]},
        ("mp-763", "mp-764"): [ENTRY, ENTRY | {"entry_id": "mp-764"}],
        ("1", "2"): {"1": ASE_ROW, "2": ASE_ROW, "ids": [1, 2], "nextid": 3},
        ("JVASP-1151", "JVASP-2"): [JARVIS, JARVIS | {"jid": "JVASP-2"}],
        ("a", "b"): {"a": STRUCTURE, "b": STRUCTURE},
    }
    for names, document in documents.items():
        structures = reader.load_all(json.dumps(document).encode())
        assert tuple(structure.properties["label"] for structure in structures) == names


def test_a_structure_with_its_history_is_read():
    structure = Structure(Lattice.cubic(3.1), ["Zr", "Rh"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    document = {**structure.as_dict(), "@class": "StructureNL", "about": {"authors": []}}
    parsed = json_structures(json.dumps(document))[0]
    assert parsed.structure.composition == structure.composition
