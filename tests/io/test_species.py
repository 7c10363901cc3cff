"""Element symbols from species names and labels: read, read with a note, or refused."""

import pytest
from pymatgen.core import Element

from tcexplore.crystal.structure import StructureError
from tcexplore.io.species import SYMBOLS, element_from_label, is_placeholder

SILENT = {
    "Fe": "Fe", "Fe3+": "Fe", "Fe+3": "Fe", "O2-": "O", "O-2": "O", "As-3": "As", "Ti3.50+": "Ti",
    "Au0+": "Au", "Cu2+": "Cu", "Cu(2+)": "Cu", "Fe(II)": "Fe", "H1-": "H", "H-1": "H", "1H": "H",
    "Fe1": "Fe", "H12A": "H", "O1W": "O", "O1'": "O", "C10*": "C", "O(1)": "O", "Fe_pv": "Fe",
    "Nb_sv_GW": "Nb", "H_h": "H", "Fe_pv/0a1b2c3d": "Fe", "Mg_pv/474": "Mg", "LA1": "La",
    "MG": "Mg", "TI1": "Ti", "DY2": "Dy", "Co3": "Co", "No": "No", "Am": "Am", "W1": "W",
    "V": "V", "o2": "O",
}  # fmt: skip
NOTED = {
    "D": ("H", "Deuterium (D) is read as hydrogen."),
    "D1": ("H", "Deuterium (D) is read as hydrogen."),
    "D+": ("H", "Deuterium (D) is read as hydrogen."),
    "T": ("H", "Tritium (T) is read as hydrogen."),
    "2H": ("H", "The isotope 2H is read as H."),
    "H-2": ("H", "The isotope H-2 is read as H."),
    "11B": ("B", "The isotope 11B is read as B."),
    "11B3+": ("B", "The isotope 11B3+ is read as B."),
    "Fe-57": ("Fe", "The isotope Fe-57 is read as Fe."),
    "NB3": ("Nb", "The label 'NB3' is read as Nb."),
    "CO1": ("Co", "The label 'CO1' is read as Co."),
    "CO": ("Co", "The label 'CO' is read as Co."),
    "SN": ("Sn", "The label 'SN' is read as Sn."),
    "fe": ("Fe", "The label 'fe' is read as Fe."),
    "OA": ("O", "The label 'OA' is read as O."),
    "FeA": ("Fe", "The label 'FeA' is read as Fe."),
}
REFUSED = {
    "dummy atom": ("Du", "Du1", "X", "X1", "Xx", "Xx2", "Q", "Q12", "DUM1", "Bq"),
    "vacancy": ("Va", "Va1", "Vac", "VAC2", "Vc", "VO"),
    "group of atoms": ("OH", "OH1", "OH-", "Wat", "WAT1", "H2O", "D2O", "NH4", "NO3", "PO4", "OW1"),
    "pseudo-hydrogen": ("H.5", "H1.25"),
    "names no single chemical element": (
        "", "?", ".", "M", "A1", "Zz", "Uiso", "Oeq", "1Fe", "99H", "FeCo", "LaSr", "FeB", "Fe/Co",
        "Fe,Co", "Fe0.5Co0.5", "Ca-Sr", "(Fe)", "PO1", "ScH3", "Z",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "symbol"), SILENT.items())
def test_plain_names_are_read_without_a_note(text, symbol):
    assert element_from_label(text) == (symbol, None)


@pytest.mark.parametrize(("text", "expected"), NOTED.items())
def test_isotopes_and_names_of_two_readings_have_a_note(text, expected):
    assert element_from_label(text) == expected


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REFUSED.items() for text in texts]
)
def test_names_of_no_single_element_are_refused(kind, text):
    with pytest.raises(StructureError, match=kind):
        element_from_label(text)


def test_every_symbol_is_read_plain_numbered_charged_and_in_capitals():
    assert {element.symbol for element in Element} - {"D", "T"} == SYMBOLS
    for symbol in sorted(SYMBOLS):
        for text in (symbol, f"{symbol}1", f"{symbol}2+", f"{symbol}-1", f"{symbol}_pv"):
            assert element_from_label(text) == (symbol, None)
        if len(symbol) == 1:
            assert element_from_label(symbol.lower() + "1") == (symbol, None)


@pytest.mark.parametrize(
    ("text", "among", "symbol"),
    [
        ("CO1", {"C", "O"}, "C"), ("CO1", {"La", "Co", "O"}, "Co"),
        ("CO3", {"Na", "Co", "O"}, "Co"),
        ("NB1", {"N", "B"}, "N"), ("PO1", {"La", "P", "O"}, "P"), ("HO2", {"Ho", "Ni", "B"}, "Ho"),
    ],
)  # fmt: skip
def test_the_formula_decides_between_two_readings(text, among, symbol):
    assert element_from_label(text, among=among)[0] == symbol


def test_placeholders_are_told_from_elements():
    assert all(is_placeholder(text) for text in ("Du1", "Va", "vac2", "X", "Xx1"))
    assert not any(is_placeholder(text) for text in ("V1", "Xe", "Dy", "O2", "Cu"))
