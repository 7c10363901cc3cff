"""Structures from OPTIMADE providers, found by formula, elements or id.

Each entry goes through the reader of files, in its guarded process: what a database says is
trusted no more than a file.

References
----------
Andersen et al., Sci. Data 8, 217 (2021); the specification at https://www.optimade.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pymatgen.core import Composition, Structure

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.crystal.structure import StructureError
from tcexplore.databases.download import DatabaseError, error_details, json_answer
from tcexplore.io.load import StructureReader
from tcexplore.io.text import shortened

PROVIDERS = {
    "mp": "https://optimade.materialsproject.org",
    "alexandria": "https://alexandria.icams.rub.de/pbe",
    "oqmd": "https://oqmd.org/optimade",
    "jarvis": "https://jarvis.nist.gov/optimade/jarvisdft",
    "cod": "https://www.crystallography.net/cod/optimade",
    "mc3d": "https://aiida.materialscloud.org/mc3d/optimade",
    "nomad": "https://nomad-lab.eu/prod/rae/optimade",
    "odbx": "https://optimade.odbx.science",
    "gnome": "https://optimade-gnome.odbx.science",
    "aflow": "https://aflow.org/API/optimade",
}
"""Addresses of providers by short names."""
FIELDS = (
    "chemical_formula_reduced", "lattice_vectors", "cartesian_site_positions", "species",
    "species_at_sites", "nsites", "structure_features", "dimension_types", "assemblies",
)  # fmt: skip
PAGE = 20  # structures
MOST_PAGES = 50


@dataclass(frozen=True)
class Query:
    """What is looked for; all that is given must hold."""

    formula: str = ""
    elements: tuple[str, ...] = ()
    """Symbols that all must be there."""
    entry_id: str = ""

    @property
    def filter(self) -> str:
        """Return it in OPTIMADE's language of filters.

        Raises
        ------
        DatabaseError
            Nothing is given, or something that is no formula or element.
        """
        parts = []
        if self.entry_id:
            escaped = self.entry_id.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'id="{escaped}"')
        if self.formula:
            parts.append(f'chemical_formula_reduced="{reduced_formula(self.formula)}"')
        if self.elements:
            for symbol in self.elements:
                _require_element(symbol)
            names = ",".join(f'"{symbol}"' for symbol in self.elements)
            parts.append(f"elements HAS ALL {names}")
        if not parts:
            raise DatabaseError("nothing to look for; give a formula, elements or an id")
        return " AND ".join(parts)


@dataclass(frozen=True)
class Found:
    """Structures that a provider has for a query."""

    structures: tuple[Structure, ...]
    """Their ids stand in ``properties["label"]``."""
    errors: tuple[str, ...]
    """Why others were left out, a sentence each that begins with the id."""
    total: int | None
    """How many there are, those not asked for included; None where the provider does not say."""


def reduced_formula(text: str) -> str:
    """Return a formula as OPTIMADE writes it: whole numbers without common factor, A to Z.

    Raises
    ------
    DatabaseError
        The text is no formula, or has amounts that are no whole numbers.
    """
    try:
        amounts = Composition(text, strict=True).get_el_amt_dict()
    except ValueError:
        amounts = {}
    if not amounts or not all(float(amount).is_integer() for amount in amounts.values()):
        raise DatabaseError(
            f"{shortened(text)!r} is no formula with whole numbers; write one such as LaH10"
        )
    for symbol in amounts:
        _require_element(symbol)
    whole = {symbol: int(amount) for symbol, amount in sorted(amounts.items())}
    factor = reduce(gcd, whole.values())
    counts = {symbol: amount // factor for symbol, amount in whole.items()}
    return "".join(f"{symbol}{count}" if count > 1 else symbol for symbol, count in counts.items())


def _require_element(symbol: str) -> None:
    if symbol not in ELEMENTS:
        raise DatabaseError(f"{shortened(symbol)!r} is no element; write symbols such as La and H")


def provider_address(provider: str) -> str:
    """Return the address of a provider by its short name, or the address itself.

    Raises
    ------
    DatabaseError
        It is neither.
    """
    if "://" in provider:
        return provider
    if provider not in PROVIDERS:
        raise DatabaseError(
            f"no provider {shortened(provider)!r}; give an address, https://…, or one of"
            f" {', '.join(PROVIDERS)}"
        )
    return PROVIDERS[provider]


def structures_endpoint(address: str) -> str:
    """Return the address of the structures of a provider, version 1 where it names none."""
    base = address.partition("?")[0].rstrip("/").removesuffix("/structures")
    if not re.search(r"/v\d+(?:\.\d+)*$", base):
        base += "/v1"
    return f"{base}/structures"


def find_structures(address: str, query: Query, *, count: int = 10) -> Found:
    """Return the first structures that a provider has for a query.

    Parameters
    ----------
    address
        Of the provider, from `provider_address`.
    count
        At most; those that cannot be used count, too.

    Raises
    ------
    DatabaseError
        The provider cannot be reached, or does not speak OPTIMADE.
    """
    endpoint = structures_endpoint(address)
    asked = {
        "filter": query.filter,
        "response_fields": ",".join(FIELDS),
        "page_limit": min(count, PAGE),
    }
    structures: list[Structure] = []
    errors: list[str] = []
    total = None
    with StructureReader() as reader:
        for entries, available in _pages(endpoint, urlencode(asked, quote_via=quote)):
            total = available if total is None else total
            for entry in entries[: count - len(structures) - len(errors)]:
                try:
                    structures.append(_structure(reader, entry))
                except StructureError as error:
                    errors.append(str(error))
            if len(structures) + len(errors) >= count:
                break
    return Found(tuple(structures), tuple(errors), total)


def _structure(reader: StructureReader, entry: Mapping[str, Any]) -> Structure:
    name = str(entry.get("id") or "an entry without id")
    return reader.load(json.dumps(entry).encode(), file_name=name)


def _pages(endpoint: str, asked: str) -> Iterator[tuple[list[dict[str, Any]], int | None]]:
    """Yield the entries of each page, and how many there are on all of them.

    Of the link to the next page the query alone is followed: behind a proxy a provider may not
    know its own address, and no answer may lead elsewhere.
    """
    for _ in range(MOST_PAGES):
        answer = json_answer(f"{endpoint}?{asked}")
        if "errors" in answer:
            raise DatabaseError(f"{endpoint} refuses: {error_details(answer) or 'no reason given'}")
        entries = answer.get("data")
        if not isinstance(entries, list):
            raise DatabaseError(
                f"{endpoint} answers without a list of data; is this an OPTIMADE provider?"
            )
        meta = answer.get("meta")
        total = meta.get("data_returned") if isinstance(meta, dict) else None
        yield (
            [entry for entry in entries if isinstance(entry, dict)],
            total if isinstance(total, int) else None,
        )
        following = _next_query(answer)
        if not following or following == asked or not entries:
            return
        asked = following


def _next_query(answer: Mapping[str, Any]) -> str:
    """Return the query of the link to the next page, empty on the last one."""
    links = answer.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    if isinstance(link, dict):
        link = link.get("href")
    return urlsplit(link).query if isinstance(link, str) else ""
