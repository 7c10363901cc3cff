"""Colours, symbols, axis titles and margins that the figures share."""

from __future__ import annotations

import plotly.graph_objects as go

LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
LINE_SYMBOLS = (None, "square", "triangle-up", "cross", "x", "hexagon")  # dashes say 'outside'
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom"}
GREY = "#868e96"
MARK = "#e8590c"  # stands out on both scales, on white and on black
NOT_PREDICTED = "#9aa0a6"
TC_AXIS = "<i>T</i><sub>c</sub> (K)"


def empty_figure(axes: tuple[str, str]) -> go.Figure:
    """Return axes with nothing on them yet, by their titles."""
    figure = go.Figure()
    figure.add_annotation(
        text="Take an example above, or a structure in the sidebar", showarrow=False,
        xref="paper", yref="paper", x=0.5, y=0.5, font={"size": 16},
    )  # fmt: skip
    bare = {"showticklabels": False, "showgrid": False, "zeroline": False, "showline": True}
    figure.update_xaxes(title=axes[0], **bare)
    figure.update_yaxes(title=axes[1], **bare)
    figure.update_layout(height=360, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    return figure
