"""Format of a file, told by its content: a CIF that holds another file in it, empty lines."""

import time

import pytest
from support.cif_text import ALB2, HEXAGONAL, cif_of, symbol_line

from tcexplore.io.parsers import file_format

CIF = cif_of(HEXAGONAL, ALB2, lines=symbol_line("P 6/m m m"))
RES = (
    "TITL made\nCELL 0.71073 9 9 9 90 90 90\nZERR 1 0 0 0 0 0 0\nLATT 1\nSYMM -x,-y,z\n"
    "SFAC Al B\nUNIT 1 2\nAl1 1 0 0 0 11.0 0.05\nHKLF 4\nEND\n"
)
PW_INPUT = "&system\n ibrav=0\n/\nATOMIC_POSITIONS crystal\nAl 0 0 0\n"


@pytest.mark.parametrize("inside", [RES, PW_INPUT, "Program PWSCF v.6.4\n"])
@pytest.mark.parametrize("before", ["", "# made\n\n", "#\\#CIF_1.1\n"])
def test_a_cif_is_one_whatever_its_text_blocks_hold(inside, before):
    text = f"{before}{CIF}_shelx_res_file\n;\n{inside};\n"
    assert file_format(text, "made.cif") == "CIF"


def test_the_files_alone_keep_their_format():
    assert file_format(RES, "made.res") == "RES"
    assert file_format(PW_INPUT, "made.in") == "Quantum ESPRESSO input"


@pytest.mark.parametrize("text", [CIF, "PRIMVEC\n"])
def test_many_empty_lines_before_a_file_cost_no_time(text):
    begin = time.process_time()
    file_format("\n" * 24 + text, "made")
    file_format("# made\n" * 24 + text, "made")
    assert time.process_time() - begin < 0.5
