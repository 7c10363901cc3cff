"""ZIP archive of CIFs: one of each material, with its own cell and symmetry."""

import io
import zipfile

import pytest

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.crystal.canonical import canonical_cell
from tcexplore.display.element_swap import best_pairs, swap_table
from tcexplore.handover.archive import best_cifs
from tcexplore.io.load import load_structure
from tcexplore.model.predictor import load_predictor
from tcexplore.studies.element_swap import element_swap


def test_the_archive_holds_the_materials_by_rank():
    predictor, parent = load_predictor(), canonical_cell(catalogue_entry("mgb2").structure())
    [magnesium] = [n for n, site in enumerate(parent.structure) if site.specie.symbol == "Mg"]
    swap = element_swap(
        predictor,
        parent,
        x_sites=(magnesium,),
        y_sites=(),
        x=("Mg", "Al", "Ca"),
        y=("Mg",),
        scales=(0.9,),
    )
    best = best_pairs(swap_table(swap), 2)
    with zipfile.ZipFile(io.BytesIO(best_cifs(swap, best))) as archive:
        names = archive.namelist()
        texts = [archive.read(name).decode() for name in names]
    expected = [f"{n:03d}-{f}-{x}-{y}.cif" for n, f, x, y in
                zip((1, 2), best["formula"], best["x"], best["y"], strict=True)]  # fmt: skip
    assert names == expected
    for text, tc in zip(texts, best["tc"], strict=True):
        assert "P 6/m m m" in text
        [prediction] = predictor([load_structure(text)])
        assert prediction.tc == pytest.approx(tc, abs=0.01)
