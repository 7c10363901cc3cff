"""Search page: groups of sites with their elements, lattices, limits, and the start of a run."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import streamlit as st

from tcexplore.app.choice import structure_choice
from tcexplore.app.choice.link import linked, write
from tcexplore.app.element_swap import sites_chosen
from tcexplore.app.kept_runs.background_runs import background_runs
from tcexplore.app.kept_runs.run_results import RUN
from tcexplore.app.parts.lattice_choice import AT_PRESSURE, OWN, lattices_chosen
from tcexplore.app.parts.periodic_table import elements_chosen
from tcexplore.crystal.canonical import CanonicalCell
from tcexplore.crystal.orbits import site_choices
from tcexplore.equation_of_state.estimate import crystal_pressure
from tcexplore.search.constraints import Constraints
from tcexplore.search.evaluate import Objective, Search
from tcexplore.search.run import Progress, run_steps, start_run
from tcexplore.search.runs import GUIDED_BATCH, RUNS, Mode, Run, Settings
from tcexplore.search.sequence import number_of_variants
from tcexplore.search.space import (
    SearchSpace,
    allowed_elements,
    search_space,
    within_radius_ratio,
)

MODES: dict[str, Mode] = {"all": "exhaustive", "random": "random", "guided": "guided"}
OBJECTIVES: dict[str, Objective] = {"Tc": "tc", "lower end of interval": "tc_low"}
MOST_GROUPS, MOST_VARIANTS = 6, 2_000_000
TABLE_WIDTH = 640  # CSS pixels
CHUNK_SIZE = 2048  # variants between two looks at a run


@dataclass(frozen=True)
class Limits:
    """Limits that the page asks for; the last two hold for the elements of each group."""

    constraints: Constraints
    radius_ratio: tuple[float, float]
    radioactive: bool
    noble: bool


def limits_chosen() -> Limits:
    """Show the limits on the variants and return them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        pressure = _limit(
            "Highest pressure (GPa)", "most_gpa", width=220,
            help="Estimated from the volume; a variant without an estimate does not pass.",
        )  # fmt: skip
        inside = linked(st.toggle, "Inside the applicability domain only", key="inside", value=True)
    with st.expander("More limits"):
        first, second, third = st.columns(3)
        with first:
            tc = _limit("Lowest ranked value (K)", "least", help="Of what *Rank by* says.")
            width = _limit("Widest interval (K)", "width")
        with second:
            h_h = _limit("Shortest H–H distance (Å)", "hh")
            metal_h = _limit(
                "Shortest metal–H distance (Å)", "mh", help="Metal: any element but hydrogen."
            )
        with third:
            ratio = linked(
                st.slider, "Atomic radius / that of the parent's element", 0.1, 10.0, (0.1, 10.0),
                0.1, key="radii",
            )  # fmt: skip
            radioactive = linked(st.toggle, "Radioactive elements", key="radioactive", value=False)
            noble = linked(st.toggle, "Noble gases", key="noble", value=False)
            neutral = linked(
                st.toggle, "Charge-neutral only", key="neutral", value=False,
                help="By SMACT's oxidation states; superhydrides such as LaH₁₀ have none.",
            )  # fmt: skip
    constraints = Constraints(inside, width, h_h, metal_h, pressure, tc, neutral)
    return Limits(constraints, (ratio[0], ratio[1]), radioactive, noble)


def _limit(label: str, key: str, **settings: Any) -> float | None:  # noqa: ANN401 as the widget's
    return linked(
        st.number_input, label, 0.0, None, None, key=key, placeholder="no limit", **settings
    )


def space_chosen(cell: CanonicalCell, limits: Limits) -> SearchSpace:
    """Show the groups of sites with their elements and return the space that they span.

    Raises
    ------
    StructureError
        As `search_space` and `within_radius_ratio`.
    """
    predictor = structure_choice.loaded_predictor()
    allowed = allowed_elements(
        predictor, ["all"], radioactive=limits.radioactive, noble=limits.noble
    )
    metals, hydrogen = _orbits(cell)
    count = linked(
        st.number_input, "Groups of sites", 1, MOST_GROUPS, min(max(len(metals), 1), 2),
        key="groups", width=220,
        help="All sites of a group hold one element: 2 groups and hydrogen are ternary.",
    )  # fmt: skip
    defaults = [*metals, *hydrogen, *[None] * count]
    groups = [_group_chosen(cell, number, allowed, defaults[number]) for number in range(count)]
    space = search_space(cell, [sites for sites, _ in groups], [symbols for _, symbols in groups])
    if limits.radius_ratio == (0.1, 10.0):
        return space
    return within_radius_ratio(space, *limits.radius_ratio)


def _orbits(cell: CanonicalCell) -> tuple[list[int], list[int]]:
    """Return the orbits of metals and of hydrogen by their numbers, hydrogen's smallest first."""
    choices = site_choices(cell.structure).items()
    orbits = [sites for label, sites in choices if ", site" not in label]
    is_hydrogen = [cell.structure[sites[0]].species_string == "H" for sites in orbits]
    metals = [number for number in range(len(orbits)) if not is_hydrogen[number]]
    hydrogen = [number for number in range(len(orbits)) if is_hydrogen[number]]
    return metals, sorted(hydrogen, key=lambda number: len(orbits[number]))


def _group_chosen(
    cell: CanonicalCell, number: int, allowed: tuple[str, ...], orbit: int | None
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        sites = sites_chosen(f"X{number + 1} on", f"sites{number + 1}", cell, default=orbit)
    with right:
        text = st.empty()
        with st.popover("Periodic table", width="stretch"), st.container(width=TABLE_WIDTH):
            symbols = elements_chosen(f"elements{number + 1}", allowed, allowed)
        text.caption(_elements_text(symbols, allowed))
    return sites, symbols


def _elements_text(symbols: tuple[str, ...], allowed: tuple[str, ...]) -> str:
    if len(symbols) == len(allowed):
        return f"All {len(symbols)} predicted elements"
    shown = ", ".join(symbols[:8]) + (" …" if len(symbols) > 8 else "")
    return f"{len(symbols)} elements: {shown}" if symbols else "No element"


def search_chosen(space: SearchSpace, constraints: Constraints) -> tuple[Search, Settings]:
    """Show lattices, objective and the way through the space; return them with the space."""
    first, second, third = st.columns(3)
    with first:
        lattices = lattices_chosen(default=_usual_lattices(space))
    with second:
        objective = linked(
            st.segmented_control, "Rank by", list(OBJECTIVES), default="Tc", required=True,
            key="objective",
        )  # fmt: skip
    with third:
        settings = _settings_chosen(space)
    search = Search(
        space, lattices.scales, constraints, OBJECTIVES[objective or "Tc"], lattices.pressures
    )
    return search, settings


def _usual_lattices(space: SearchSpace) -> str:
    """Return the variants' own volumes where the equation of state holds for the parent.

    On the parent's lattice most larger atoms are far above any pressure of interest.
    """
    pressure = crystal_pressure(space.parent.structure)
    return OWN if pressure.estimated is None else AT_PRESSURE


def _settings_chosen(space: SearchSpace) -> Settings:
    way = linked(
        st.segmented_control, "Variants", list(MODES), default="all", required=True, key="mode",
        help="All; a random sample; or guided by an optimiser, where there are too many.",
    )  # fmt: skip
    mode = MODES[way or "all"]
    if mode == "exhaustive":
        return Settings("exhaustive", chunk_size=CHUNK_SIZE)
    left, right = st.columns(2)
    number = linked(left.number_input, "Number", 1, MOST_VARIANTS, 2000, key="number")
    seed = linked(right.number_input, "Seed", 0, 10**6, 0, key="seed")
    chunk_size = GUIDED_BATCH if mode == "guided" else CHUNK_SIZE
    return Settings(mode, number, seed, chunk_size)


def show_start(search: Search, settings: Settings, parent_name: str) -> None:
    """Show how many variants there are, and the button that starts their run."""
    n_variants = number_of_variants(settings, search.space)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start the search", type="primary", on_click=_start,
            args=(search, settings, parent_name), disabled=n_variants > MOST_VARIANTS,
        )  # fmt: skip
        n_lattices = len(search.pressures or search.scales)
        on = f" on {n_lattices} lattices" * (n_lattices > 1)
        of = f" of {search.space.n_assignments:,}" * (n_variants < search.space.n_assignments)
        st.markdown(f"{n_variants:,}{of} variants{on}")
    if n_variants > MOST_VARIANTS:
        st.info(
            f"More than {MOST_VARIANTS:,}: take a random sample, a guided search or fewer elements"
            " here, or the command `tcexplore search`, which has no such limit."
        )


def _start(search: Search, settings: Settings, parent_name: str) -> None:
    """Start a run in the background and write its name into the page's address."""
    stem = re.sub(r"[^\w]+", "-", parent_name).strip("-")[:40]
    name = f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() // 10**6 % 1000:03d}"
    predictor = structure_choice.loaded_predictor()
    run = start_run(RUNS / name, predictor, search, settings, parent_name=parent_name)
    background_runs().start(run.folder, steps_of(run))
    write(RUN, name)


def steps_of(run: Run) -> Callable[[], Iterator[Progress]]:
    """Return the function that computes a run from where it was ended."""
    return functools.partial(run_steps, structure_choice.loaded_predictor(), run)
