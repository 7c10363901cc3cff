"""Model card: layers, training data, figures and limits of a model, as Markdown."""

from __future__ import annotations

from pathlib import Path

import jinja2

from tcexplore.model.files import ModelFiles

TEMPLATE = Path(__file__).with_name("card.md.jinja")
SHOWN_ROWS = ("all", "hydride")
OUTPUTS = {
    "linear": "the output is T_c, cut off at 0 K when predicting",
    "relu": "the output is T_c, cut off at 0 K by the network itself",
    "root": "the output is the square root of T_c, cut off at 0",
}


def model_card(files: ModelFiles) -> str:
    """Return the card as Markdown; every figure in it comes from the model's own files."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    n_weights = sum(w.size for member in files.members for w in member.weights.values())
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(files=files, n_weights=n_weights, outputs=OUTPUTS, shown_rows=SHOWN_ROWS)
