"""Model page: accuracy, failures, method, data, how to cite."""

import streamlit as st

from tcexplore.app import model
from tcexplore.app.choice import structure_choice
from tcexplore.paper.kept_tables import read_tables

name = structure_choice.shipped_predictor().files.name
directory = model.shipped_directory()
report, kept = model.report_in(directory), read_tables(directory)

st.header("How far can a prediction be believed?", anchor=False)
if report is None:
    model.show_not_evaluated(name)
else:
    model.show_answer(report)
    kind = model.split_chosen(report)
    model.show_errors_by_class(report, kind)
    model.show_parity(report, kind)
    model.show_failures(report)
    model.show_seen_formulas(report)
if kept is None:
    model.show_no_tables(name)
else:
    model.show_paper_tables(kept)
if report is not None:
    model.show_scores(report, kind)
    model.show_bands(report)
if kept is not None:
    model.show_pressure_slopes(kept.slopes)

model.show_terms()
method, sources = st.columns([3, 2], gap="large")
with method:
    st.header("From a crystal structure to $T_c$", anchor=False)
    st.markdown("""
Each atom becomes a Gaussian of charge and of mass; the Fourier coefficients of the two densities,
complex numbers on a grid of *h*, *k*, *l*, go through complex-valued convolutions and are joined
with descriptors of the lattice and the composition. The method is that of Novakovic et al.,
[arXiv:2301.10474](https://arxiv.org/abs/2301.10474).

Supercells, other origins and other axes are first brought to one canonical cell, so that all
descriptions of a crystal get the same $T_c$. Pressure enters through the cell alone: give the
structure as it is under pressure.

A prediction is a statistical estimate, not a calculation of the electron–phonon coupling.
""")
    st.header("How to cite", anchor=False)
    st.markdown("""
Cite the paper of the method, arXiv:2301.10474, the data, and tcexplore with the version of the
model; *Copy the result, cite* on the Predict page has them in BibTeX.
""")
with sources:
    st.header("Data", anchor=False)
    st.markdown("""
| Source | Terms |
|---|---|
| 3DSC, [Sommer et al. 2023](https://doi.org/10.1038/s41597-023-02721-y) | CC BY 4.0 |
| SuperCon, [Stanev et al. 2018](https://doi.org/10.1038/s41524-018-0085-8) | cite the source |
| [Materials Project](https://materialsproject.org) | CC BY 4.0 |
| Hydrides, [Shipley et al. 2021](https://doi.org/10.1103/PhysRevB.104.054501) | cite the source |
| Hydrides of SuperCon3D | cite the source |
| [JARVIS-DFT](https://arxiv.org/abs/2205.00060) | cite the source |

Structures of the catalogue link the sources of their cell and $T_c$.
""")

model.show_card(directory / "card.md")
