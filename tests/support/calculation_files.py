"""MgB2 as the files of calculations tell it, with the cell and sites of `support.hostile`."""

import json

import numpy as np
from support.hostile import JSON

RES = """TITL MgB2-1 0.00 29.06 -1.5 0 0 3 (P6/mmm) n - 1
REM run 1
CELL 1.54180 3.086 3.086 3.524 90 90 120
LATT -1
SFAC Mg B
Mg 1 0.0 0.0 0.0 1.0
B 2 0.33333333 0.66666667 0.5 1.0
B 2 0.66666667 0.33333333 0.5 1.0
END
"""
XSF = """# MgB2
CRYSTAL
PRIMVEC
3.086 0.0 0.0
-1.543 2.67255 0.0
0.0 0.0 3.524
PRIMCOORD
3 1
12 0.0 0.0 0.0
5 0.0 1.7817 1.762
5 1.543 0.89085 1.762
"""
ESPRESSO_INPUT = """&control
  calculation = 'scf'
/
&system
  ibrav = 0, nat = 3, ntyp = 2
  ecutwfc = 60 ! Ry
/
&electrons
/
ATOMIC_SPECIES
Mg 24.305 Mg.upf
B 10.81 B.upf
CELL_PARAMETERS angstrom
3.086 0.0 0.0
-1.543 2.67255 0.0
0.0 0.0 3.524
ATOMIC_POSITIONS crystal
Mg 0.0 0.0 0.0
B 0.33333333 0.66666667 0.5
B 0.66666667 0.33333333 0.5
K_POINTS automatic
4 4 4 0 0 0
"""
ESPRESSO_OUTPUT = """
     Program PWSCF v.7.2 starts on 1Jan2024 at 10:00:00

     bravais-lattice index     =            0
     lattice parameter (alat)  =       5.8317  a.u.
     number of atoms/cell      =            3
     number of atomic types    =            2

     celldm(1)=   5.831695  celldm(2)=   0.000000  celldm(3)=   0.000000

     crystal axes: (cart. coord. in units of alat)
               a(1) = (   1.000000   0.000000   0.000000 )
               a(2) = (  -0.500000   0.866025   0.000000 )
               a(3) = (   0.000000   0.000000   1.141931 )

     site n.     atom                  positions (alat units)
         1           Mg  tau(   1) = (   0.0000000   0.0000000   0.0000000  )
         2           B   tau(   2) = (   0.0000000   0.5773503   0.5709656  )
         3           B   tau(   3) = (   0.5000000   0.2886751   0.5709656  )

!    total energy              =     -23.50000000 Ry
"""
RELAXED = """
CELL_PARAMETERS (alat=  5.83169500)
   1.020000000   0.000000000   0.000000000
  -0.510000000   0.883345500   0.000000000
   0.000000000   0.000000000   1.141931000

ATOMIC_POSITIONS (crystal)
Mg            0.0000000000        0.0000000000        0.0000000000
B             0.3333333333        0.6666666667        0.5000000000
B             0.6666666667        0.3333333333        0.5000000000

!    total energy              =     -23.51000000 Ry
"""


def vasprun_structure(a: float, *, name: str = "") -> str:
    """Return the structure of one step whose a (Å) is given."""
    return f"""<structure{f' name="{name}"' if name else ""}>
<crystal><varray name="basis" ><v> {a} 0.0 0.0 </v><v> {-a / 2} {a * 0.8660254} 0.0 </v>
<v> 0.0 0.0 3.524 </v></varray></crystal>
<varray name="positions" ><v> 0.0 0.0 0.0 </v><v> 0.33333333 0.66666667 0.5 </v>
<v> 0.66666667 0.33333333 0.5 </v></varray>
</structure>
"""


def vasprun_text(*lengths: float) -> str:
    """Return a vasprun.xml with a step for each a (Å)."""
    energy = "".join(
        f'<i name="{name}"> -15.0 </i>' for name in ("e_fr_energy", "e_wo_entrp", "e_0_energy")
    )
    steps = "".join(
        f"<calculation><scstep><energy>{energy}</energy></scstep>{vasprun_structure(a)}"
        f"<energy>{energy}</energy></calculation>\n"
        for a in lengths
    )
    atoms = "".join(
        f"<rc><c>{symbol}</c><c> {kind} </c></rc>"
        for symbol, kind in (("Mg", 1), ("B ", 2), ("B ", 2))
    )
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
<atominfo><atoms> 3 </atoms><types> 2 </types>
<array name="atoms" ><dimension dim="1">ion</dimension><set>{atoms}</set></array></atominfo>
{vasprun_structure(lengths[0], name="initialpos")}{steps}</modeling>
"""


VECTORS = [[3.086, 0.0, 0.0], [-1.543, 2.67255, 0.0], [0.0, 0.0, 3.524]]
POSITIONS = [[0.0, 0.0, 0.0], [0.0, 1.7817, 1.762], [1.543, 0.89085, 1.762]]
FRAC_COORDS = [[0.0, 0.0, 0.0], [1 / 3, 2 / 3, 0.5], [2 / 3, 1 / 3, 0.5]]
STRUCTURE = json.loads(JSON)
OPTIMADE_ATTRIBUTES = {
    "lattice_vectors": VECTORS,
    "cartesian_site_positions": POSITIONS,
    "species_at_sites": ["Mg", "B", "B"],
    "species": [
        {"name": "Mg", "chemical_symbols": ["Mg"], "concentration": [1.0]},
        {"name": "B", "chemical_symbols": ["B"], "concentration": [1.0]},
    ],
    "dimension_types": [1, 1, 1],
    "structure_features": [],
}
OPTIMADE = {
    "data": [{"type": "structures", "id": "x/1", "attributes": OPTIMADE_ATTRIBUTES}],
    "meta": {},
}
ASE_ROW = {"cell": VECTORS, "numbers": [12, 5, 5], "positions": POSITIONS, "pbc": [True] * 3}
ASE_OLD = {"1": ASE_ROW, "ids": [1], "nextid": 2}
ASE_NEW = {
    "1": {
        "cell": {
            "array": {"__ndarray__": [[3, 3], "float64", np.ravel(VECTORS).tolist()]},
            "__ase_objtype__": "cell",
        },
        "numbers": {"__ndarray__": [[3], "int64", [12, 5, 5]]},
        "positions": {"__ndarray__": [[3, 3], "float64", np.ravel(POSITIONS).tolist()]},
        "pbc": {"__ndarray__": [[3], "bool", [True, True, True]]},
    },
    "ids": [1],
    "nextid": 2,
}
JARVIS = {
    "jid": "JVASP-1151",
    "atoms": {
        "lattice_mat": VECTORS,
        "coords": FRAC_COORDS,
        "elements": ["Mg", "B", "B"],
        "cartesian": False,
    },
}
ENTRY = {
    "@class": "ComputedStructureEntry",
    "energy": -15.0,
    "entry_id": "mp-763",
    "structure": STRUCTURE,
}
DOCUMENTS = {
    "pymatgen": STRUCTURE,
    "entry": ENTRY,
    "Materials Project": {"data": [{"material_id": "mp-763", "structure": STRUCTURE}], "meta": {}},
    "named": {"MgB2": STRUCTURE},
    "OPTIMADE": OPTIMADE,
    "ASE of old": ASE_OLD,
    "ASE of today": ASE_NEW,
    "JARVIS": JARVIS,
}
CALCULATIONS = {
    "MgB2.res": RES,
    "MgB2.xsf": XSF,
    "pw.in": ESPRESSO_INPUT,
    "pw.out": ESPRESSO_OUTPUT,
    "relaxed.out": ESPRESSO_OUTPUT + RELAXED,
    "vasprun.xml": vasprun_text(3.1, 3.086),
}
