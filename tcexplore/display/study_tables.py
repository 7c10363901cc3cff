"""The results of studies as tables, for the screen and for CSV files."""

from __future__ import annotations

import io
import itertools
import math
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from pymatgen.core import Element

from tcexplore.catalogue.reported_tc import ReportedTc
from tcexplore.display.labels import formula_text
from tcexplore.model.applicability_domain import ApplicabilityDomain
from tcexplore.studies.element_swap import ElementSwap
from tcexplore.studies.lattice_dome import LatticeDome
from tcexplore.studies.lattice_map import LatticeMap


def swap_table(swap: ElementSwap, domain: ApplicabilityDomain | None = None) -> pd.DataFrame:
    """Return one row for each pair: x, y, formula, tc and its band (K), scale and a (Å) at that Tc.

    Pairs that are not predicted have a missing tc.

    Parameters
    ----------
    domain
        From `swap_domain`; adds the columns percentile and domain.
    """
    table = tc_table(swap)
    table.insert(2, "formula", _formulas(swap, table))
    scale = swap.peak_scale.ravel()
    a = scale * swap.scan.parent.structure.lattice.a
    return table.assign(scale=scale, a=a, **_domain_columns(domain))


def tc_table(swap: ElementSwap) -> pd.DataFrame:
    """Return one row for each pair: x, y, Tc and its band (K), missing where not known yet."""
    y, x = np.meshgrid(np.array(swap.y, object), np.array(swap.x, object), indexing="ij")
    columns = {"x": x.ravel(), "y": y.ravel()}
    return pd.DataFrame(columns | _tc_columns(swap))


def _tc_columns(result: ElementSwap | LatticeDome | LatticeMap) -> dict[str, np.ndarray]:
    """Return Tc (K) of each point with its band."""
    return {name: getattr(result, name).ravel() for name in ("tc", "tc_low", "tc_high")}


def _domain_columns(domain: ApplicabilityDomain | None) -> dict[str, np.ndarray]:
    """Return how far each point lies from what was seen, as a number and a word."""
    if domain is None:
        return {}
    return {"percentile": domain.percentile.ravel(), "domain": domain.words.ravel()}


def _formulas(swap: ElementSwap, table: pd.DataFrame) -> list[str]:
    structure, groups = swap.scan.parent.structure, swap.scan.groups
    swapped = {site for group in groups for site in group}
    kept: dict[str, float] = {}
    for number, site in enumerate(structure):
        if number not in swapped:
            _add(kept, {str(element): n for element, n in site.species.items()})
    held = [sum(structure[site].species.num_atoms for site in group) for group in groups]
    swapped_symbols = [table[name] for name in ("x", "y")[: len(groups)]]
    symbols = {*kept, *itertools.chain(*swapped_symbols)}
    rank = {symbol: Element(symbol).iupac_ordering for symbol in symbols}
    formulas = []
    for pair in zip(*swapped_symbols, strict=True):
        amounts = dict(kept)
        for symbol, amount in zip(pair, held, strict=True):
            _add(amounts, {symbol: amount})
        formulas.append(_reduced(amounts, rank))
    return formulas


def _reduced(amounts: Mapping[str, float], rank: Mapping[str, float]) -> str:
    """Return a formula in IUPAC's order; pymatgen's own warns of elements like argon."""
    whole = all(float(amount).is_integer() for amount in amounts.values())
    factor = math.gcd(*map(int, amounts.values())) if whole else 1
    parts = ((symbol, amounts[symbol] / factor) for symbol in sorted(amounts, key=rank.__getitem__))
    return "".join(symbol if amount == 1 else f"{symbol}{amount:g}" for symbol, amount in parts)


def _add(amounts: dict[str, float], more: Mapping[str, float]) -> None:
    for symbol, amount in more.items():
        amounts[symbol] = amounts.get(symbol, 0) + amount


def best_pairs(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the rows of a swap table with the highest Tc, each material once.

    Where X and Y are equivalent by symmetry, each material stands in the map twice.
    """
    ranked = table.dropna(subset="tc").sort_values("tc", ascending=False, kind="stable")
    twice = ranked.assign(tc=ranked["tc"].round(2)).duplicated(["formula", "tc"])
    return ranked.loc[~twice].head(count)


def within(table: pd.DataFrame, *, x: Sequence[str], y: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a swap table whose elements are among these."""
    return table.loc[table["x"].isin(x) & table["y"].isin(y)]


def best_cifs(swap: ElementSwap, best: pd.DataFrame) -> bytes:
    """Return a ZIP archive with the CIF of each row of a table of pairs."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        rows = zip(best["formula"], best["x"], best["y"], strict=True)
        for rank, (formula, x, y) in enumerate(rows, 1):
            cif = swap.structure(x, y).to(fmt="cif")
            file.writestr(f"{rank:03d}-{formula}-{x}-{y}.cif", str(cif))
    return archive.getvalue()


def dome_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return all points of some domes, one row each, with what they are called."""
    parts = [
        pd.DataFrame(
            {
                "structure": name,
                "scale": dome.scales,
                "a": dome.lattice_parameter,
                "volume_per_atom": dome.volume_per_atom,
                **_tc_columns(dome),
                **_domain_columns(dome.domain),
            }
        )
        for name, dome in domes.items()
    ]
    return pd.concat(parts, ignore_index=True)


def apex_table(domes: Mapping[str, LatticeDome]) -> pd.DataFrame:
    """Return where each dome is highest and how wide it is, one row each."""
    rows = []
    for name, dome in domes.items():
        apex, a = dome.apex, dome.parent.structure.lattice.a
        rows.append(
            {
                "Structure": name,
                "Highest $T_c$ (K)": f"{dome.tc[apex]:.1f}",
                "at scale": f"{dome.scales[apex]:.3f}",
                "at a (Å)": f"{dome.lattice_parameter[apex]:.3f}",
                "at volume per atom (Å³)": f"{dome.volume_per_atom[apex]:.2f}",
                "Width in a (Å)": f"{dome.width * a:.2f}",
                "Apex lies": "" if dome.domain is None else dome.domain.words[apex],
            }
        )
    return pd.DataFrame(rows)


def map_table(result: LatticeMap) -> pd.DataFrame:
    """Return all points of an a/c map, one row each: a, c (Å), tc, its band (K), and the domain."""
    c, a = np.meshgrid(result.c, result.a, indexing="ij")
    columns = {"a": a.ravel(), "c": c.ravel(), **_tc_columns(result)}
    return pd.DataFrame(columns | _domain_columns(result.domain))


def unplaced_table(values: Iterable[ReportedTc]) -> pd.DataFrame:
    """Return reported Tc whose lattices are not known, one row each, in Markdown."""
    rows = [
        {
            "Phase": f"{formula_text(value.formula)}, no. {value.space_group_number}",
            "Pressure (GPa)": f"{value.pressure:g}",
            "$T_c$ (K)": f"{value.tc:.4g}",
            "$T_c$ is": f"{value.tc_kind}, μ* = {value.mu_star:g}",
            "Source": f"[{value.doi}](https://doi.org/{value.doi})",
        }
        for value in values
    ]
    return pd.DataFrame(rows)
