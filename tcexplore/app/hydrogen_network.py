"""Hydrogen-network page: two lattices in 3D, Tc along a scan, numbers, downloads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from pymatgen.core import Structure

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.address import Choice
from tcexplore.app.parts import figure_menu, study_page
from tcexplore.app.parts.lattice_sliders import EQUAL, FRAME, RANGE, Look, Stretch
from tcexplore.app.parts.viewer import show_scene, site_sentence
from tcexplore.crystal.structure import on_lattice
from tcexplore.display.domain import domain_sentence
from tcexplore.display.hydrogen_network import (
    MarkedPoint,
    cages_text,
    components_text,
    network_facts,
    network_figure,
    network_tc_table,
)
from tcexplore.display.labels import band_text, formula_text, plain
from tcexplore.display.pressure import range_text
from tcexplore.hydrogen.contacts import hydrogen_indices
from tcexplore.hydrogen.network import HydrogenNetwork, hydrogen_network
from tcexplore.model.applicability_domain import INSIDE
from tcexplore.studies.hydrogen_scan import Along, HydrogenScan, hydrogen_scan
from tcexplore.typing import FloatArray
from tcexplore.view3d.density import CellDensity, Quantity, cell_density
from tcexplore.view3d.scene import Scene, build_scene

GIVEN, STRETCHED = "As given", "Stretched"
UNSTRETCHED = "Move a slider of the lattice: the result appears here."
SCAN_SITES, MOST_POINTS, LEAST_POINTS = 1600, 41, 11  # sites times points that take 0.2 s
VIEW_HEIGHT = 360  # CSS pixels
STAND_IN = """A geometric stand-in for the electronic *networking value* of Belli et al.,
[Nat. Commun. 12, 5381 (2021)](https://doi.org/10.1038/s41467-021-25687-0): which H atoms are near
each other, not whether they share electrons."""


def require_hydrogen(structure: Structure) -> None:
    """Stop where a structure holds no hydrogen, and say so."""
    if len(hydrogen_indices(structure)) == 0:
        st.info(
            f"{formula_text(structure.composition.reduced_formula)} holds no hydrogen, so there is"
            " no H–H network. Choose a hydride in the sidebar, or one of the examples above."
        )
        st.stop()


# --- studies, cached ----------------------------------------------------------------------------


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=structure_choice.KEYS)
def network(structure: Structure, cutoff: float) -> HydrogenNetwork:
    """Return the hydrogen network of a structure."""
    return hydrogen_network(structure, cutoff=cutoff)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=structure_choice.KEYS)
def density_of(structure: Structure, quantity: Quantity) -> CellDensity:
    """Return the density of a structure."""
    return cell_density(structure, quantity)


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=structure_choice.KEYS)
def on_lattices(
    structure: Structure, stated: float | None, lattices: FloatArray, along: Along, cutoff: float
) -> HydrogenScan:
    """Return network, Tc and pressure of a structure's canonical cell on some of its lattices."""
    cell, predictor = study_page.canonical_cell(structure), structure_choice.loaded_predictor()
    return hydrogen_scan(
        predictor, cell, lattices, along=along, cutoff=cutoff, stated_pressure=stated
    )


def tc_given_and_stretched(choice: Choice, stretch: Stretch) -> HydrogenScan:
    """Return network and Tc on the lattice as given, and on the stretched one where it is."""
    lattices = [stretch.cell.structure.lattice.matrix]
    lattices += [stretch.matrix] if stretch.is_stretched else []
    return _on_lattices(choice, np.stack(lattices), stretch)


def tc_along(choice: Choice, stretch: Stretch) -> HydrogenScan:
    """Return network and Tc along the plot, through the stretched lattice."""
    lattice = stretch.cell.structure.lattice
    given = 1.0 if stretch.along == "scale" else getattr(lattice, stretch.along)
    count = np.clip(SCAN_SITES // len(stretch.cell.structure), LEAST_POINTS, MOST_POINTS)
    values = given * np.linspace(*RANGE, int(count))
    return _on_lattices(choice, stretch.lattices(values), stretch)


def _on_lattices(choice: Choice, lattices: FloatArray, stretch: Stretch) -> HydrogenScan:
    return on_lattices(choice.structure, choice.pressure, lattices, stretch.along, stretch.cutoff)


# --- views, numbers and plot -------------------------------------------------------------------


def drawn_cells(structure: Structure, stretch: Stretch) -> dict[str, Structure]:
    """Return the cell as given, and stretched where it is.

    It is the canonical one, or the file's under scaling.
    """
    given, matrix = stretch.cell.structure, stretch.matrix
    if np.isclose(given.lattice.a, given.lattice.c, rtol=EQUAL):  # a cube as the file has it
        given, matrix = structure, stretch.scale * structure.lattice.matrix
    stretched = {STRETCHED: on_lattice(given, matrix)} if stretch.is_stretched else {}
    return {GIVEN: given} | stretched


def show_views(
    cells: dict[str, Structure], result: HydrogenScan, stretch: Stretch, look: Look
) -> dict[str, HydrogenNetwork]:
    """Show the lattices in 3D with Tc and components; return their networks."""
    networks = {name: network(cell, stretch.cutoff) for name, cell in cells.items()}
    level = _level(cells[GIVEN], look)
    with st.container(key="side-by-side"):
        columns = st.columns(2, gap="medium")
    if STRETCHED not in cells:
        columns[1].info(UNSTRETCHED)
    for row, (column, (name, cell)) in enumerate(zip(columns, cells.items(), strict=False)):
        density = density_of(cell, look.density) if look.density else None
        scene = build_scene(
            cell, subject=f"{cell.composition.reduced_formula} {name.lower()}",
            hydrogen_network=networks[name], supercell=look.supercell, cages=look.cages,
            density=density, level=level,
        )  # fmt: skip
        with column:
            st.subheader(f"{name}: $T_c$ = {result.tc[row]:.0f} K", anchor=False)
            components = _h2(components_text(networks[name]))
            lattice = f"{_lattice_text(cell)}, {_pressure_text(result, row)}"
            st.markdown(f"**{components}**  \n{lattice}")
            _show_view(scene, f"{name}-{st.session_state[FRAME]}")
    return networks


def _pressure_text(result: HydrogenScan, row: int) -> str:
    value, low, high = (float(part[row]) for part in result.pressures.parts)
    return f"about {range_text(value, low, high)}" if np.isfinite(value) else "no pressure estimate"


def _level(structure: Structure, look: Look) -> float | None:
    """Return where the surface is drawn, in the density's unit."""
    if look.density is None:
        return None
    return look.share * float(density_of(structure, look.density).values.max())


@st.fragment
def _show_view(scene: Scene, key: str) -> None:
    click = show_scene(scene, key=key, height=VIEW_HEIGHT)
    if click is not None:
        st.caption(plain(site_sentence(scene.structure, click)))


def _lattice_text(structure: Structure) -> str:
    a, b, c = structure.lattice.abc
    equal = np.isclose([a, b], [b, c], rtol=EQUAL)
    names = ("*a*", " = *b*" if equal[0] else f" = {_angstroms(a)}, *b*")
    first = "".join(names) + (" = *c*" if equal.all() else f" = {_angstroms(b)}, *c*")
    return f"{first} = {_angstroms(c)}"


def _angstroms(length: float) -> str:
    return f"{length:.3f}\u00a0Å"


def _h2(text: str) -> str:
    return text.replace("H2", "H₂")


def show_numbers(networks: dict[str, HydrogenNetwork], result: HydrogenScan) -> None:
    """Show the networks in numbers, side by side."""
    table = pd.DataFrame(
        {name: _numbers(networks[name], result, row) for row, name in enumerate(networks)}
    )
    st.table(table.rename_axis("Primitive cell"), border="horizontal")


def _numbers(network: HydrogenNetwork, result: HydrogenScan, row: int) -> dict[str, str]:
    band = band_text(result.tc_low[row], result.tc_high[row])
    return {
        "$T_c$ (K)": f"{result.tc[row]:.1f}",
        **({"90\u202f% interval": band} if band else {}),
        "Pressure, from the volume": _pressure_text(result, row).removeprefix("about "),
        **network_facts(result.network.numbers[row]),
        "Cages: number, size, mean radius": cages_text(network),
        "Applicability domain": str(result.domain.words[row]),
    }


def show_domain(result: HydrogenScan) -> None:
    """Show the distance of lattices outside the applicability domain, and the nearest material."""
    training_materials = structure_choice.loaded_predictor().files.known
    subjects = ("The structure as given", "The stretched lattice")
    unlike = [row for row, word in enumerate(result.domain.words) if word != INSIDE]
    for row in unlike:
        st.markdown(domain_sentence(subjects[row], result.domain, row, training_materials))


def show_plot(scan: HydrogenScan, result: HydrogenScan, stretch: Stretch) -> None:
    """Show Tc and dimensionality along the plot, its numbers, and the files of it."""
    names = {GIVEN.lower(): 0} if stretch.passes_given else {}
    names |= {"the sliders": 1} if stretch.is_stretched else {}
    points = [
        MarkedPoint(
            name, result.values[row], result.tc[row], result.network.numbers[row].dimensionality
        )
        for name, row in names.items()
    ]
    figure, table = network_figure(scan, points), network_tc_table(scan)
    study_page.show_chart(figure, f"Tc and dimensionality of the network along {stretch.along}")
    with st.expander("The plot in numbers"):
        st.dataframe(table.round(3), hide_index=True)
    formula = scan.parent.structure.composition.reduced_formula
    stem = figure_menu.file_stem(formula, "h-h-network", stretch.along)
    figure_menu.show_downloads(table, lambda: figure, stem)


def show_stretched(choice: Choice, cells: dict[str, Structure]) -> None:
    """Offer a stretched structure as a file, and links to the pages that can study it."""
    if (structure := cells.get(STRETCHED)) is None:
        return
    stretched = choice.derived(structure, f"{choice.name}-stretched")
    study_page.show_file_and_links(stretched, label="Stretched structure (CIF)")
