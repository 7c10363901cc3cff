"""SOAP baseline of the paper: averaged power spectra of dscribe and kernel ridge regression.

Ninety elements are too many for the full power spectrum, so it is compressed to one species beside
the sum over all (mode ``mu1nu1`` of Darby et al., npj Comput. Mater. 8, 166 (2022)). SOAP has no
partial occupancies: a mixed site counts as its majority species, which makes most dopings of one
compound look alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from tcexplore.crystal.elements import ELEMENTS
from tcexplore.datasets import StructureArrays
from tcexplore.typing import FloatArray, IntArray

CUTOFF = 5.0  # Å
N_RADIAL, L_MAX, WIDTH = 4, 3, 0.5  # WIDTH in Å
LENGTH = 0.5  # of the unit sphere that normalised power spectra lie on
RIDGES = (1e-3, 1e-2, 1e-1)
MISSING = "SOAP needs dscribe, which is not installed; run `pip install dscribe==2.1.2`"


def soap_vectors(structures: Sequence[StructureArrays]) -> FloatArray:
    """Return the averaged power spectrum of each cell, of length 1, (n_structures, n_features).

    Raises
    ------
    ValueError
        dscribe is not installed.
    """
    try:
        from dscribe.descriptors import SOAP
    except ModuleNotFoundError:
        raise ValueError(MISSING) from None
    from ase import Atoms

    soap = SOAP(
        r_cut=CUTOFF, n_max=N_RADIAL, l_max=L_MAX, sigma=WIDTH, species=list(ELEMENTS),
        average="outer", compression={"mode": "mu1nu1"}, periodic=True, dtype="float32",
    )  # fmt: skip
    vectors = []
    for cell in structures:
        numbers, coords = majority_sites(cell)
        atoms = Atoms(numbers, scaled_positions=coords, cell=cell.lattice, pbc=True)
        vectors.append(soap.create(atoms))
    spectra = np.stack(vectors)
    return spectra / np.linalg.norm(spectra, axis=1, keepdims=True)


def majority_sites(cell: StructureArrays) -> tuple[IntArray, FloatArray]:
    """Return the majority element and the coordinates of each site.

    Returns
    -------
    :
        Atomic numbers, shape (n_sites,), and fractional coordinates, shape (n_sites, 3).
    """
    order = np.lexsort((-cell.atoms.occupancies, cell.sites))
    _, first = np.unique(cell.sites[order], return_index=True)
    chosen = order[first]
    return cell.atoms.atomic_numbers[chosen], cell.atoms.frac_coords[chosen]


def kernel_ridge_tc(
    train: FloatArray, tc: FloatArray, weight: FloatArray, test: FloatArray, *, ridge: float
) -> FloatArray:
    """Return Tc (K), not below 0, by kernel ridge regression with Gaussians, shape (n_test,).

    Parameters
    ----------
    train, test
        Vectors of length 1, shapes (n_train, n_features) and (n_test, n_features).
    tc
        (K) Shape (n_train,).
    weight
        The ridge of a row is divided by its weight, shape (n_train,).
    """
    similarity = _gaussian(train, train) + np.diag(ridge / weight)
    factor = cho_factor(similarity, lower=True, overwrite_a=True, check_finite=False)
    solved = cho_solve(factor, tc - tc.mean(), check_finite=False)
    return np.maximum(tc.mean() + _gaussian(test, train) @ solved, 0)


def _gaussian(x: FloatArray, points: FloatArray) -> FloatArray:
    return np.exp((x @ points.T - 1.0) / LENGTH**2).astype(float)
