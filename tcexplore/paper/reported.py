"""Reported values of arXiv:2301.10474: tables II and III, r² of figure 3."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd

R2 = 0.9429
"""Of the paper's network on its validation set (section V.A and figure 3)."""

REFERENCES = {
    13: "Drozdov et al., Nature 569, 528 (2019)",
    14: "Kong et al., Nat. Commun. 12 (2021)",
    18: "Novakovic et al., Phys. Rev. B 105, 024512 (2022)",
    19: "Shipley et al., Phys. Rev. B 101, 224511 (2020)",
    22: "Sun et al., Phys. Rev. Lett. 123, 097001 (2019)",
    42: "Zhang et al., Sci. Rep. 5 (2015)",
    43: "Cui et al., Phys. Rev. B 101, 134504 (2020)",
    44: "Wang et al., Chin. Phys. B 31, 106201 (2022)",
}
"""The numbers of the paper's list that its table II names."""


def read_table_2() -> pd.DataFrame:
    """Return table II, in the paper's order.

    Returns
    -------
    :
        Columns formula, phase, space_group_number, pressure (GPa), tc_paper (K, the paper's
        network), tc_composition (K, its composition model), tc_reported (K, computed or measured;
        missing where none), reference (number in the paper's list), catalogue_id (the entry whose
        cell comes nearest, missing where there is none) and remark. Where the paper's text has lost
        the bar of a space group that exists with one only, it has its bar here.
    """
    return _table("table-2.csv")


def read_table_3() -> pd.DataFrame:
    """Return table III, in the paper's order.

    Returns
    -------
    :
        Columns formula, phase (the parent's), tc_paper_high and tc_paper_low (K; the low one is
        missing where the lattice was kept), tc_composition (K), catalogue_id, and for those that
        lie in a map of figure 4 its name, x and y.
    """
    return _table("table-3.csv")


def _table(name: str) -> pd.DataFrame:
    with (files("tcexplore.paper") / name).open(encoding="utf-8") as file:
        return pd.read_csv(file)
