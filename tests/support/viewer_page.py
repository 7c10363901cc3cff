"""A page with one 3D view and what may be changed around it, for the tests in a browser."""

import streamlit as st
from pymatgen.core import Lattice, Structure
from support.stand_in_network import caesium_chloride_hydride, stand_in_network

from tcexplore.app.parts.viewer import show_scene, site_sentence
from tcexplore.view3d.density import cell_density
from tcexplore.view3d.scene import build_scene

kind = st.selectbox("Kind", ["small", "other", "large", "shared"], key="kind", bind="query-params")
c = st.slider("c", 1.6, 3.0, 2.0, 0.1)
level = st.slider("Level", 4.0, 16.0, 7.0, 0.5) if st.query_params.get("density") else None

structure, cage = caesium_chloride_hydride()
structure = Structure(Lattice.tetragonal(2.0, c), structure.species, structure.frac_coords)
if kind == "large":
    structure.make_supercell([6, 6, 7])  # 504 atoms
if kind == "shared":
    structure[0] = {"La": 0.6, "Sr": 0.3}
network = stand_in_network(structure, cutoff=2.15, cages=[cage] if c == 2 else [])
density = cell_density(structure, "charge") if level else None
scene = build_scene(
    structure,
    subject=f"{kind} <b>Pm-3m</b>",
    hydrogen_network=network,
    density=density,
    level=level,
)
click = show_scene(scene, key="view", height=360)
st.text(f"c is {c:.1f}")
st.text(site_sentence(structure, click) if click else "no atom")
