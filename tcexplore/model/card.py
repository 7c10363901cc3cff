"""Model card: layers, training data, figures and limits of a model, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tcexplore.model.files import ModelFiles

_HOLD_OUT = (
    " Whole chemical systems that a hash of their names draws (`datasets/hold_out.py`) were held"
    " out: nothing was trained, chosen or compared on them; the split `aside` is the one test on"
    " them."
)
SHOWN = ("all", "hydride")
OUTPUTS = {
    "linear": "the output is T_c, cut off at 0 K when predicting",
    "relu": "the output is T_c, cut off at 0 K by the network itself",
    "root": "the output is the square root of T_c, cut off at 0",
}


def model_card(files: ModelFiles) -> str:
    """Return the card as Markdown; every figure in it comes from the model's own files."""
    sections = (_network(files), _data(files), _figures(files.metrics), _limits())
    return "\n\n".join((f"# {files.name}", *sections)) + "\n"


def _network(files: ModelFiles) -> str:
    network, representation = files.config.network, files.config.representation
    training = files.config.training
    norm = "with" if network.batch_norm else "without"
    unit = "√K" if network.output == "root" else "K"
    delta = f"{training.huber_delta:g} {unit}"
    loss = "squared" if training.loss == "squared" else f"Huber (δ = {delta})"
    n_weights = sum(w.size for member in files.members for w in member.weights.values())
    return f"""\
A complex-valued convolutional network on the Fourier coefficients of the charge and mass density of
a crystal, after Novakovic, Salamat and Lawler, arXiv:2301.10474. It predicts the superconducting
critical temperature in kelvin from one structure.

## Network
- Coefficients: Gaussian densities, δ = {representation.n_hkl},
  γ = {representation.gamma_charge:g} (charge), {representation.gamma_mass:g} (mass),
  {representation.hkl_range} range of hkl.
- {network.n_descriptors} {_columns(files)}; amounts of {len(files.config.elements)} elements,
  {files.config.elements[0]} to {files.config.elements[-1]}.
- Two complex 3³ convolutions of {network.filters[0]} and {network.filters[1]} filters, dropout
  {network.conv_dropout:g}; dense layers {list(network.descriptor_units)} over the descriptors, then
  {list(network.joint_units)} with dropout {network.dropout:g}, {norm} batch normalisation;
  {OUTPUTS[network.output]}.
- The published code has batch normalisation after the dense layers and a rectified output. That
  output can stop learning at exactly 0 K; batch normalisation brought no steady gain in trials.
- {len(files.members)} such networks, trained alike, {n_weights:,} numbers in all, of which the mean
  is taken.
- {loss} loss, {training.epochs} epochs, {_kept(files)}.{_processes(files)}{_intervals(files)}"""


def _columns(files: ModelFiles) -> str:
    if files.config.has_scalars:
        return (
            "columns of descriptors, scalars of the cell and hydrogen symmetry functions, in bins"
        )
    return "descriptors"


def _kept(files: ModelFiles) -> str:
    """Return which epoch's weights were kept."""
    training = files.config.training
    if training.keep == "last":
        return "the rate falling to zero: the last one counts, and all rows are trained on"
    epochs = ", ".join(map(str, files.metrics["best_epochs"]))
    return (
        f"of which number {epochs} was best on the validation part"
        f" ({training.validation_share:.0%} of the rows, whole groups of one"
        f" {training.split.replace('_', ' ')}, drawn anew for each network)"
    )


def _processes(files: ModelFiles) -> str:
    """Return the lines on the Gaussian processes, empty where there are none."""
    lines, config = "", files.config
    if config.gaussian_process is not None and files.gaussian_process is not None:
        n_rows, n_columns = files.gaussian_process.points.shape
        lines += f"""
- A Gaussian process (Matérn, ν = 3/2) over the {n_columns} scaled descriptors of {n_rows:,} rows
  has a share of {config.gaussian_process.share:g} in the prediction, the networks the rest. A
  second adds a short-range covariance over the composition, which reaches dopings of one compound
  alone; its residual beyond the first is added, weighted by similarity to the nearest trained
  composition."""
    if files.composition_model is not None:
        lines += """
- A third Gaussian process sees the composition alone. Its T_c is shown beside the prediction and
  takes no part in it: the difference is the effect of the structure."""
    return lines


def _intervals(files: ModelFiles) -> str:
    if files.conformal is None:
        return ""
    level, quantile = files.conformal.level, files.conformal.quantile
    return f"""
- Prediction intervals hold {level:.0%} of materials of held-out chemical systems: T_c ∓
  {quantile:.3g} · s, cut off at 0 K, where s grows with T_c and with the distance
  between networks and Gaussian process; normalised conformal prediction."""


def _data(files: ModelFiles) -> str:
    lines = [
        f"- {kind}: {len(tc)} materials, T_c {tc.min():.3g} to {tc.max():.4g} K"
        for kind, tc in files.known.groupby("tc_kind")["tc"]
    ]
    return "\n".join(
        [
            "## Data",
            "Rows with T_c > 0; in SuperCon a T_c of 0 means that none was reported."
            + (_HOLD_OUT if files.config.training.hold_out else ""),
            "",
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
    header = "| split | rows | n | model | r² (95 %) | MAE / K (95 %) | RMSE / K | Spearman |"
    lines = [_line(row) for row in metrics["scores"] if row["rows"] in SHOWN]
    seen = ", ".join(f"{_words(k)} {share:.0%}" for k, share in metrics["seen_share"].items())
    return "\n".join(
        [
            "## Figures",
            "Printed by `python -m tcexplore evaluate`. For each split networks of this"
            " configuration were trained anew without its test rows, all models on the same rows;"
            " intervals are those of a bootstrap of whole groups. `paper` is the paper's"
            " configuration in a shorter training. All figures, by class and by T_c, are in"
            " `metrics.json`, what they come from in `predictions.csv`.",
            "",
            header,
            "|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            f"Test rows whose formula stands in training: {seen}.",
            *_coverage(metrics["coverage"]),
        ]
    )


def _line(row: Mapping[str, Any]) -> str:
    """Return one row of the table of figures."""
    ends = f"{row['mae_low']:.2f} to {row['mae_high']:.2f}"
    cells = [
        _words(row["split"]),
        row["rows"],
        row["n"],
        row["model"],
        f"{_number(row['r2'])} ({_number(row['r2_low'])} to {_number(row['r2_high'])})",
        f"{row['mae']:.2f} ({ends})",
        f"{row['rmse']:.2f}",
        _number(row["spearman"]),
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _words(split: str) -> str:
    return split.replace("_", " ")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _coverage(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines on prediction intervals: coverage and width."""
    lines = [
        f"| {row['rows']} | {row['n']} | {row['coverage']:.1%} | {row['width']:.1f} |"
        for row in rows
    ]
    head = ["| rows | n | covered | width / K |", "|---|---|---|---|"]
    words = (
        "Prediction intervals, on the folds by chemical system, each calibrated on the other four;"
        " the width is the median."
    )
    return ["", words, "", *head, *lines] if lines else []


def _limits() -> str:
    return """\
## Limits
- A random split flatters: dopings and polymorphs of one compound stand on both sides. The split by
  chemical system is the one to trust for a new material.
- Labels differ in kind: measured, Eliashberg and Allen-Dynes values for one material can differ by
  tens of kelvin. Most compressed hydrides here are computed.
- He, Ne, Kr, Xe, At, Rn and Fr are not predicted: they have no atomic radius.
- The model does not know whether a material is stable, metallic or magnetic."""
