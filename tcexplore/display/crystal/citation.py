"""Citations in BibTeX: the tool with its model, the paper, the sources of a structure."""

from __future__ import annotations

from tcexplore import __version__ as VERSION  # noqa: N812
from tcexplore.catalogue.entries import CatalogueEntry

PAPER = """@article{novakovic2023,
  author = {Novakovic, Lazar and Salamat, Ashkan and Lawler, Keith V.},
  title = {Machine learning using structural representations for discovery of high temperature
           superconductors},
  year = {2023},
  eprint = {2301.10474},
  archivePrefix = {arXiv}
}"""


def bibtex(model: str, model_hash: str, entry: CatalogueEntry | None = None) -> str:
    """Return the works that a prediction rests on, in BibTeX.

    Parameters
    ----------
    entry
        Of the catalogue, whose sources of cell and Tc are cited by their DOI; None for an upload.
    """
    tool = f"""@software{{tcexplore,
  author = {{{{The tcexplore developers}}}},
  title = {{tcexplore: superconducting critical temperatures from crystal structures}},
  version = {{{VERSION}}},
  note = {{model {model}, sha256 {model_hash}}}
}}"""
    works = [tool, PAPER]
    if entry is not None:
        sources = {entry.structure_doi: "structure", entry.tc_doi: "tc"}
        works += [_source(entry, doi, of) for doi, of in sources.items() if doi]
    return "\n\n".join(works) + "\n"


def _source(entry: CatalogueEntry, doi: str, of: str) -> str:
    what = "Structure" if of == "structure" else "Critical temperature"
    return (
        f"@misc{{{entry.entry_id}-{of},\n"
        f"  note = {{{what} of {entry.formula}}},\n"
        f"  doi = {{{doi}}}\n}}"
    )
