"""Colours of a map: the quantity that they show, and their range."""

from __future__ import annotations

from typing import cast

import numpy as np
import streamlit as st

from tcexplore.app.choice.link import linked
from tcexplore.display.heatmap import MapQuantity, Range, automatic_range
from tcexplore.typing import FloatArray

COLOURS = "colours"  # key of the widget
# Not as mathematics, which leaves a button without a name for screen readers.
LABELS: dict[MapQuantity, str] = {
    "Tc": "Tc", "lower band": "Lower end", "band width": "Width of interval",
    "pressure": "Pressure", "other Tc": "Tc, second", "difference": "Difference",
}  # fmt: skip


def quantity_chosen(
    tc_low: FloatArray, *, has_pressures: bool = False, has_other: bool = False
) -> MapQuantity:
    """Show the choice of the quantity on a map, where there are several, and return it.

    Parameters
    ----------
    tc_low
        (K) Lower ends of the intervals of the map, of any shape.
    has_pressures
        Whether the map has pressures that differ.
    has_other
        Whether there is a second map.
    """
    quantities: list[MapQuantity] = ["Tc"]
    if has_other:
        quantities.extend(("other Tc", "difference"))
    if np.isfinite(tc_low).any():
        quantities.extend(("lower band", "band width"))
    if has_pressures:
        quantities.append("pressure")
    if st.session_state.get(COLOURS, "Tc") not in quantities:
        st.session_state[COLOURS] = "Tc"
    if len(quantities) == 1:
        return "Tc"
    quantity = linked(
        st.segmented_control, "Colours", quantities, default="Tc", required=True, key=COLOURS,
        format_func=LABELS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    return cast(MapQuantity, quantity or "Tc")


def colour_range_chosen(values: FloatArray) -> Range | None:
    """Show the choice of the range of the colours; return it, None for that of what is shown.

    A fixed range begins as the present one and then stays, whatever is shown.

    Parameters
    ----------
    values
        That are shown.
    """
    is_fixed = linked(st.toggle, "Fixed range", key="fixed", value=False)
    if not is_fixed:
        return None
    low, high = automatic_range(values)
    left, right = st.columns(2)
    least = linked(left.number_input, "From", value=round(low, 1), key="from_value")
    most = linked(right.number_input, "To", value=round(high, 1), key="to_value")
    if most > least:
        return least, most
    st.error(f"A range from {least:g} to {most:g}; the second must be the larger one.")
    return None
