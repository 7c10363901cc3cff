"""The model card: what a model is, what it was trained on and how far it can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tcexplore.model_files import ModelFiles


def model_card(files: ModelFiles) -> str:
    """Return the card as Markdown; every figure in it comes from the model's own files."""
    sections = (_what(files), _data(files), _figures(files.metrics), _limits())
    return "\n\n".join((f"# {files.name}", *sections)) + "\n"


def _what(files: ModelFiles) -> str:
    network, representation = files.config.network, files.config.representation
    training = files.config.training
    norm = "with" if network.batch_norm else "without"
    loss = "squared" if training.loss == "squared" else f"Huber (δ = {training.huber_delta:g} K)"
    n_weights = sum(w.size for member in files.members for w in member.weights.values())
    epochs = ", ".join(map(str, files.metrics["best_epochs"]))
    return f"""\
A complex-valued convolutional network on the Fourier coefficients of the charge and mass density of
a crystal, after Novakovic, Salamat and Lawler, arXiv:2301.10474. It predicts the superconducting
critical temperature in kelvin from one structure.

## Network
- Coefficients: {representation.density} densities, δ = {representation.n_hkl},
  γ = {representation.gamma_charge:g} (charge), {representation.gamma_mass:g} (mass),
  {representation.domain} domain, {representation.parts}.
- {network.n_descriptors} descriptors; amounts of {len(files.config.elements)} elements,
  {files.config.elements[0]} to {files.config.elements[-1]}.
- Two complex 3³ convolutions of {network.filters[0]} and {network.filters[1]} filters, dropout
  {network.conv_dropout:g}; dense layers {list(network.descriptor_units)} over the descriptors, then
  {list(network.joint_units)} with dropout {network.dropout:g}, {norm} batch normalisation,
  {network.output} output.
- The published code has batch normalisation after the dense layers and a rectified output. That
  output can stop learning at exactly 0 K, so a linear one is the default here, cut off at 0 K when
  predicting; batch normalisation is left out, since it brought no steady gain in trials.
- {len(files.members)} such networks, trained alike, {n_weights:,} numbers in all; the prediction is
  their mean.
- {loss} loss, {training.epochs} epochs, of which number {epochs} was best on the validation part
  ({training.validation_share:.0%} of the rows, whole groups of one
  {training.split.replace("_", " ")}, drawn anew for each network)."""


def _data(files: ModelFiles) -> str:
    lines = [
        f"- {kind}: {len(tc)} materials, T_c {tc.min():.3g} to {tc.max():.4g} K"
        for kind, tc in files.known.groupby("tc_kind")["tc"]
    ]
    return "\n".join(
        [
            "## Data",
            "Rows with T_c > 0; in SuperCon a T_c of 0 means that none was reported.",
            *lines,
            "",
            "Sources: 3DSC (doi 10.1038/s41597-023-02721-y, CC BY 4.0) with T_c of SuperCon as"
            " cleaned by Stanev et al. (doi 10.1038/s41524-018-0085-8) and structures of the"
            " Materials Project"
            " (CC BY 4.0); hydrides of Shipley et al. (doi 10.1103/PhysRevB.104.054501); SuperCon3D"
            " hydrides; NIST JARVIS (arXiv:2205.00060).",
            f"SHA-256 of the input files: `{files.metrics.get('data_sha256', 'unknown')}`.",
        ]
    )


def _figures(metrics: Mapping[str, Any]) -> str:
    if "scores" not in metrics:
        return "## Figures\nNone yet: `python -m tcexplore evaluate` measures them."
    header = "| split | rows | n | model | r² | MAE / K | RMSE / K |\n|---|---|---|---|---|---|---|"
    lines = [
        f"| {row['split'].replace('_', ' ')} | {row['rows']} | {row['n']} | {row['model']}"
        f" | {row['r2']:.3f} | {row['mae']:.2f} | {row['rmse']:.2f} |"
        for row in metrics["scores"]
    ]
    return "\n".join(
        [
            "## Figures",
            "Printed by `python -m tcexplore evaluate`. For each split a network of this"
            " configuration was trained anew without its test rows (20 %); the weights shipped here"
            " have seen all rows but the validation part.",
            "",
            header,
            *lines,
        ]
    )


def _limits() -> str:
    return """\
## Limits
- A random split flatters: dopings and polymorphs of one compound stand on both sides. The split by
  chemical system is the one to trust for a new material.
- Labels differ in kind: measured, Eliashberg and Allen-Dynes values for one material can differ by
  tens of kelvin. Most compressed hydrides here are computed.
- He, Ne, Kr, Xe, At, Rn and Fr are not predicted: they have no atomic radius.
- The model does not know whether a material is stable, metallic or magnetic."""
