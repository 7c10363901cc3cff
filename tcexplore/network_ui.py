"""The parts of the page of hydrogen networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray
from pymatgen.core import Lattice, Structure

from tcexplore import map_ui, network_plots, ui
from tcexplore.contacts import hydrogen_places
from tcexplore.densities import CellDensity, Quantity, cell_density
from tcexplore.domain import INSIDE
from tcexplore.domain_text import MEANING, domain_sentence
from tcexplore.network_tables import cages_text, components_text, network_tc_table
from tcexplore.scene import Scene, build_scene
from tcexplore.structure import CanonicalCell
from tcexplore.studies.hydrogen_network import HydrogenNetwork, hydrogen_network
from tcexplore.studies.network_tc import Along, NetworkTc, lattices_along, network_tc
from tcexplore.viewer_ui import show_scene, site_sentence
from tcexplore.wording import formula_text, plain

FloatArray = NDArray[np.floating]

GIVEN, STRETCHED = "As given", "Stretched"
FRAME, STRETCHED_OF = "network_frame", "network_of"  # in the session's state
AT = {"a": "at_a", "c": "at_c", "scale": "at_scale"}  # keys of the sliders
ALONGS = get_args(Along)
RANGE = (0.6, 2.6)  # of a slider, times the structure's own value
EQUAL = 1e-3  # relative difference of a and c up to which they are one
SCAN_SITES, MOST_POINTS, LEAST_POINTS = 1600, 41, 11  # sites times points that take 0.2 s
VIEW_HEIGHT, SLIDER_WIDTH = 360, 195  # CSS pixels
DENSITIES: dict[str, Quantity | None] = {"none": None, "charge": "charge", "mass": "mass"}
STAND_IN = """The network is a geometric stand-in for the electronic *networking value* of Belli et
al., [Nat. Commun. 12, 5381 (2021)](https://doi.org/10.1038/s41467-021-25687-0), which takes a
calculation from first principles: it says which H atoms are near each other, not whether electrons
are shared between them. Counts are those of the primitive cell."""


@dataclass(frozen=True)
class Stretch:
    """A lattice that the sliders ask for."""

    cell: CanonicalCell
    cutoff: float
    """(Å) Of the contacts."""
    along: Along
    """What varies in the plot."""
    a: float
    """(Å)"""
    c: float
    """(Å)"""
    scale: float

    @property
    def value(self) -> float:
        """(Å, or a factor) Where the lattice stands along the plot."""
        return float(getattr(self, self.along))

    @property
    def matrix(self) -> FloatArray:
        """(Å) Lattice vectors as rows, shape (3, 3)."""
        return self.lattices(np.array([self.value]))[0]

    @property
    def passes_given(self) -> bool:
        """Whether the plot passes the structure as given."""
        lattice = self.cell.structure.lattice
        others = {"a": (self.c, lattice.c), "c": (self.a, lattice.a), "scale": (1.0, 1.0)}
        return bool(np.isclose(*others[self.along], rtol=0, atol=1e-9))

    def lattices(self, values: FloatArray) -> FloatArray:
        """Return lattice vectors (Å) with other values along the plot, shape (n, 3, 3)."""
        lattice = self.cell.structure.lattice
        return lattices_along(lattice, self.along, values, a=self.a, c=self.c)


# --- choices ------------------------------------------------------------------------------------


def require_hydrogen(structure: Structure) -> None:
    """Say what to do where a structure holds no hydrogen, and stop."""
    if len(hydrogen_places(structure)) == 0:
        st.info(
            f"{formula_text(structure.composition.reduced_formula)} holds no hydrogen, so there is"
            " no H–H network. Choose a hydride in the sidebar, or one of the cases above."
        )
        st.stop()


def stretch_chosen(cell: CanonicalCell) -> Stretch:
    """Show cut-off, what is varied and how far, and return them."""
    lattice = cell.structure.lattice
    own = {"a": lattice.a, "c": lattice.c, "scale": 1.0}
    fresh = _follow_structure(cell, own)
    values, along = dict(own), "scale"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        cutoff = st.slider(
            "Contacts up to (Å)", 0.8, 2.5, 1.4, 0.05, key="cutoff", bind="query-params",
            width=SLIDER_WIDTH,
        )  # fmt: skip
        if not np.isclose(lattice.a, lattice.c, rtol=EQUAL):
            along = _along_chosen()
        b = " = b" if np.isclose(lattice.a, lattice.b, rtol=EQUAL) else ", b with it"
        labels = {"scale": "Scale"} if along == "scale" else {"a": f"a{b} (Å)", "c": "c (Å)"}
        for name, label in labels.items():
            values[name] = _value_chosen(label, AT[name], own[name], fresh=fresh)
    _remember_frame(values, fresh=fresh)
    return Stretch(cell, cutoff, along, **values)


def _along_chosen() -> Along:
    chosen = st.segmented_control(
        "Plot along", ALONGS, default="c", required=True, key="along", bind="query-params",
        width=150,
    )  # fmt: skip
    return cast(Along, chosen or "c")


def _follow_structure(cell: CanonicalCell, own: dict[str, float]) -> bool:
    """Set the sliders to the structure's own lattice where it is new; return whether it is.

    A preset is new too, and its own values go before those of the structure.
    """
    key, before = ui.structure_key(cell.structure), st.session_state.get(STRETCHED_OF)
    st.session_state[STRETCHED_OF] = key
    if map_ui.PRESET not in st.session_state:
        if before in (None, key):
            return before is None
        map_ui.run_twice({})  # in the first run of a new slider the page's address goes first
    preset = st.session_state[map_ui.PRESET]
    for name, value in own.items():
        st.session_state[AT[name]] = preset.get(AT[name], round(value, 2))
    return True


def _value_chosen(label: str, key: str, own: float, *, fresh: bool) -> float:
    """Show a slider; return its value, or exactly the structure's own where it stands there."""
    low, high = (round(factor * own, 1) for factor in RANGE)
    default = None if fresh and key in st.session_state else round(own, 2)
    value = st.slider(
        label, low, high, default, 0.01, key=key, bind="query-params", width=SLIDER_WIDTH
    )
    return own if abs(value - own) < 0.0051 else float(value)


def _remember_frame(values: dict[str, float], *, fresh: bool) -> None:
    """Note for which lattice the cameras are set: they move for a new case, not for a slider."""
    if fresh or FRAME not in st.session_state:
        st.session_state[FRAME] = "-".join(f"{value:.2f}" for value in values.values())


@dataclass(frozen=True)
class Look:
    """How the 3D views show a structure."""

    supercell: tuple[int, int, int]
    cages: bool
    density: Quantity | None
    share: float
    """Of the highest density, where its surface is drawn."""


def look_chosen() -> Look:
    """Show what the 3D views can be made to show, and return the choice."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        counts = [
            st.selectbox(
                f"Cells along {name}", [1, 2, 3], key=f"cells_{name}", bind="query-params", width=98
            )
            for name in "abc"
        ]
        cages = st.toggle("Cages", value=True, key="cages", bind="query-params", width=90)
        density = st.selectbox(
            "Density", list(DENSITIES), key="density", bind="query-params", width=120
        )
        share = st.slider(
            "Surface at % of the highest", 1, 60, 10, key="level", bind="query-params",
            disabled=density == "none", help="Of the highest density in the structure as given.",
            width=SLIDER_WIDTH,
        )  # fmt: skip
    return Look((counts[0], counts[1], counts[2]), cages, DENSITIES[density], share / 100)


# --- studies, cached ----------------------------------------------------------------------------


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=ui.KEYS)
def network(structure: Structure, cutoff: float) -> HydrogenNetwork:
    """Return the hydrogen network of a structure."""
    return hydrogen_network(structure, cutoff=cutoff)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=ui.KEYS)
def density_of(structure: Structure, quantity: Quantity) -> CellDensity:
    """Return the density of a structure."""
    return cell_density(structure, quantity)


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs=ui.KEYS)
def on_lattices(
    structure: Structure, lattices: FloatArray, along: Along, cutoff: float
) -> NetworkTc:
    """Return network and Tc of a structure's canonical cell on some of its lattices."""
    cell = map_ui.canonical(structure)
    return network_tc(ui.loaded_predictor(), cell, lattices, along=along, cutoff=cutoff)


def both(structure: Structure, stretch: Stretch) -> NetworkTc:
    """Return network and Tc on the lattice as given and on the stretched one."""
    own = stretch.cell.structure.lattice.matrix
    return on_lattices(structure, np.stack([own, stretch.matrix]), stretch.along, stretch.cutoff)


def along_plot(structure: Structure, stretch: Stretch) -> NetworkTc:
    """Return network and Tc along the plot, through the stretched lattice."""
    lattice = stretch.cell.structure.lattice
    own = 1.0 if stretch.along == "scale" else getattr(lattice, stretch.along)
    count = np.clip(SCAN_SITES // len(stretch.cell.structure), LEAST_POINTS, MOST_POINTS)
    values = own * np.linspace(*RANGE, int(count))
    return on_lattices(structure, stretch.lattices(values), stretch.along, stretch.cutoff)


# --- what is shown ------------------------------------------------------------------------------


def drawn_cells(structure: Structure, stretch: Stretch) -> dict[str, Structure]:
    """Return the cell as given and stretched: the canonical one, or the file's under scaling."""
    own = stretch.cell.structure
    if np.isclose(own.lattice.a, own.lattice.c, rtol=EQUAL):  # a cube is drawn as the file has it
        own = structure
        matrix = stretch.scale * own.lattice.matrix
    else:
        matrix = stretch.matrix
    stretched = Structure(Lattice(matrix), own.species_and_occu, own.frac_coords)
    return {GIVEN: own, STRETCHED: stretched}


def show_views(
    cells: dict[str, Structure], result: NetworkTc, stretch: Stretch, look: Look
) -> dict[str, HydrogenNetwork]:
    """Show both lattices in 3D with Tc and components; return their networks."""
    networks = {name: network(cell, stretch.cutoff) for name, cell in cells.items()}
    level = _level(cells[GIVEN], look)
    for column, (name, cell), tc in zip(
        st.columns(2, gap="medium"), cells.items(), result.tc, strict=True
    ):
        density = density_of(cell, look.density) if look.density else None
        scene = build_scene(
            cell, subject=f"{cell.composition.reduced_formula} {name.lower()}",
            network=networks[name], supercell=look.supercell, cages=look.cages,
            density=density, level=level,
        )  # fmt: skip
        with column:
            st.subheader(f"{name}: $T_c$ = {tc:.0f} K", anchor=False)
            st.markdown(f"**{_h2(components_text(networks[name]))}**  \n{_lattice_text(cell)}")
            _show_view(scene, f"{name}-{st.session_state[FRAME]}")
    return networks


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


def show_numbers(networks: dict[str, HydrogenNetwork], result: NetworkTc) -> None:
    """Show both networks in numbers, side by side."""
    table = pd.DataFrame(
        {name: _numbers(networks[name], result, row) for row, name in enumerate(networks)}
    )
    st.table(table.rename_axis("Primitive cell"), border="horizontal")


def _numbers(network: HydrogenNetwork, result: NetworkTc, row: int) -> dict[str, str]:
    numbers, percolation = result.network.numbers[row], result.network.numbers[row].percolation
    return {
        "$T_c$ (K)": f"{result.tc[row]:.1f}",
        "Network": network_plots.DIMENSIONS[numbers.dimensionality],
        "Components": str(numbers.n_components),
        "H in the largest component": f"{numbers.n_largest} of {numbers.n_hydrogen}",
        "H₂ units": str(numbers.n_h2),
        "Lone H": str(numbers.n_lone),
        "Shortest H–H distance (Å)": _length(numbers.shortest),
        "Mean over the contacts (Å)": _length(numbers.mean_distance),
        "Contacts of an H": f"{numbers.mean_degree:.2f}",
        "Percolates in 1, 2, 3 dimensions from (Å)": ", ".join(map(_length, percolation)),
        "Cages: number, size, mean radius": cages_text(network),
        "What the model has seen": str(result.domain.words[row]),
    }


def _length(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "none"


def show_domain(result: NetworkTc) -> None:
    """Say of lattices outside what the model has seen how far they lie, and what is nearest."""
    known = ui.loaded_predictor().files.known
    subjects = ("The structure as given", "The stretched lattice")
    unlike = [row for row, word in enumerate(result.domain.words) if word != INSIDE]
    for row in unlike:
        st.markdown(domain_sentence(subjects[row], result.domain, row, known))
    if unlike:
        st.caption(MEANING)


def show_plot(scan: NetworkTc, result: NetworkTc, stretch: Stretch) -> None:
    """Show Tc and dimensionality along the plot, its numbers, and the files of it."""
    names = {GIVEN.lower(): 0} if stretch.passes_given else {}
    points = [
        network_plots.MarkedPoint(
            name, result.values[row], result.tc[row], result.network.numbers[row].dimensionality
        )
        for name, row in (names | {"the sliders": 1}).items()
    ]
    figure, table = network_plots.network_figure(scan, points), network_tc_table(scan)
    map_ui.show_chart(figure, f"Tc and dimensionality of the network along {stretch.along}")
    with st.expander("The plot in numbers"):
        st.dataframe(table.round(3), hide_index=True)
    map_ui.show_downloads(table, figure, "hydrogen-network")


def show_stretched(structure: Structure, name: str) -> None:
    """Offer the stretched structure as a file, and the pages that one can take it to."""
    with st.container(horizontal=True, vertical_alignment="center"):
        content = lambda: str(structure.to(fmt="cif"))  # noqa: E731
        st.download_button(
            "Stretched structure (CIF)", content, f"{name}-stretched.cif", on_click="ignore"
        )
        map_ui.show_ways_on(ui.Choice(structure, f"{name}-stretched"))
