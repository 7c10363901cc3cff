"""Held-out rows: no model is trained, chosen or compared on them before the last test.

They are whole chemical systems, so that no doping of a held-out compound is trained on. A hash of
the names drew the systems before the first model was compared, with quotas for ambient and
compressed hydrides, cuprates and iron-based superconductors. The names stand here since, because
rows that are added later would change the draw; new rows of these systems are held out too.
"""

from __future__ import annotations

import pandas as pd

from tcexplore.typing import BoolArray

HYDRIDES = """
    B-H-Li C-H C-H-Y Ca-H-Y Cr-H Fe-H H-In H-La-S H-La-Y H-Mg-Si H-Mg-Sr H-Mg-Ti H-Sc-Y H-Si H-Tc
"""
CUPRATES = "Bi-Cu-O-Sr Ca-Cu-Ga-O-Sr-Y Cu-Gd-Ir-O-Ru-Sr Cu-Gd-O-Ru-Sr-Y Cu-La-O-Rb"
IRON_BASED = "As-F-Fe-La-O-Y As-Fe-La-O-P As-Fe-Nd-O-Th As-Fe-O-Rh-Sm"
OTHERS = """
    Al-Cu-Ti Al-F-Na Al-Mo-Si Al-Pd-Th-U As-Ba-Pd As-La-Pd Au-Zr B-C-Co-Ni-Y B-Ca-O B-Dy-Ir-Rh
    B-Er-Ho-Rh B-Er-Lu-Ru B-Ir-Mg B-Lu-Rh B-Mg-Ti B-Rh-Sc-Th Ba-O-Sb-Ti Ba-O-Sr-Ti Ba-Rh C-Co-Y Ce
    Ce-In-Ir-Pt Ce-Rh-Si Fe-V Ga-Sb-V Ga-Sc-Zn In-Mg-Ni La-Pb-Tl Nb-Pd Ni-Sc-Sn Ni-U Pd-Sn-Tm-Y
    Rh-S Ru-V
"""
HELD_OUT_SYSTEMS = tuple(" ".join((HYDRIDES, CUPRATES, IRON_BASED, OTHERS)).split())


def is_held_out(rows: pd.DataFrame) -> BoolArray:
    """Return the mask of the held-out rows of a data set, shape (n_rows,).

    All rows of a held-out chemical system are held out, those without a Tc too.

    Parameters
    ----------
    rows
        Rows of a data set.
    """
    return rows["chemical_system"].isin(HELD_OUT_SYSTEMS).to_numpy()
