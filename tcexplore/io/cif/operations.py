"""Symmetry operations as arrays: read from texts, checked to be a group and to keep a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tcexplore.crystal.structure import StructureError
from tcexplore.io.cif.text import number

if TYPE_CHECKING:
    from gemmi import GroupOps

MOST_OPERATIONS = 192  # of a conventional cell
PARTS = 24  # gemmi gives translations in 24ths
CELL_TOLERANCE = 0.01  # of the metric tensor: 0.5 % of a length, 0.6° of an angle
LISTED_CELL_TOLERANCE = 0.04  # with operations listed: a relaxed cell beside those of its parent
OPERATION = re.compile(r"(?!.*/ ?0)([xyz0-9+\-*/. ]{1,30},){2}[xyz0-9+\-*/. ]{1,30}", re.IGNORECASE)
CONSTANT = re.compile(r"[-+]?(?<![\w./*])(?:\d+\.?\d*|\.\d+)(?:/\d+)?(?![\d./]*[*xyzXYZ])")
TRANSLATION_TOLERANCE = 0.05  # of 1/24: 0.333 for 1/3


@dataclass(frozen=True, eq=False)
class Operations:
    """Symmetry operations on fractional coordinates, without repetitions."""

    rotations: NDArray[np.int64]
    """Shape (n_operations, 3, 3)."""
    translations: NDArray[np.floating]
    """(1/24 of a lattice vector) Shape (n_operations, 3), whole numbers where the origin is
    that of a table."""

    def __len__(self) -> int:
        return len(self.rotations)

    @property
    def codes(self) -> NDArray[np.int64]:
        """One number for each operation, sorted, shape (n_operations,)."""
        return np.unique(_codes(self.rotations, self.translations))


def is_group(operations: Operations) -> bool:
    """Tell whether the product of any two operations is among them."""
    rotations, translations = operations.rotations, operations.translations
    products = np.einsum("aij,bjk->abik", rotations, rotations).reshape(-1, 3, 3)
    shifts = np.einsum("aij,bj->abi", rotations, translations) + translations[:, None, :]
    shifts = shifts.reshape(-1, 3)
    if np.abs(products).max() > 3 or np.abs(rotations).max() > 3:
        return False
    kinds, product_kinds = _rotation_codes(rotations), _rotation_codes(products)
    if not np.isin(product_kinds, kinds).all():
        return False
    for kind in np.unique(kinds):
        apart = shifts[product_kinds == kind][:, None] - translations[kinds == kind][None]
        apart -= PARTS * np.rint(apart / PARTS)
        if np.abs(apart).max(axis=2).min(axis=1).max() > TRANSLATION_TOLERANCE:
            return False
    return True


def fits_cell(operations: Operations, matrix: NDArray[np.floating]) -> bool:
    """Tell whether the operations keep all lengths and angles of a cell within the tolerance."""
    return cell_misfit(operations, matrix) <= CELL_TOLERANCE


def cell_misfit(operations: Operations, matrix: NDArray[np.floating]) -> float:
    """Return the largest change of the metric tensor, relative to the lattice vectors' lengths."""
    metric = matrix @ matrix.T
    moved = np.einsum("aji,jk,akl->ail", operations.rotations, metric, operations.rotations)
    lengths = np.sqrt(np.diag(metric))
    return float(np.abs((moved - metric) / np.outer(lengths, lengths)).max())


def operations_of(group: GroupOps) -> Operations:
    """Return the operations of a group of gemmi."""
    rotations, translations = zip(*((op.rot, op.tran) for op in group), strict=True)
    return _distinct(np.array(rotations) // PARTS, np.array(translations))


def parsed_operations(texts: Sequence[str]) -> Operations:
    """Return the operations of texts such as ``-x+1/2,y,z``."""
    import gemmi

    rotations, translations = [], []
    for count, text in enumerate(texts, start=1):
        try:
            if count > MOST_OPERATIONS or not OPERATION.fullmatch(text):
                raise ValueError
            terms = text.replace(" ", "")
            constants = [_constant(part) for part in terms.split(",")]
            operation = gemmi.parse_triplet(CONSTANT.sub("", terms))
            if abs(operation.det_rot()) != PARTS**3 or np.any(np.array(operation.rot) % PARTS):
                raise ValueError
        except (ValueError, RuntimeError):
            raise StructureError(
                f"has {text[:40]!r} as symmetry operation {count};"
                f" expected at most {MOST_OPERATIONS} such as 'x,-y,z'"
            ) from None
        rotations.append(operation.rot)
        translations.append(constants)
    return _distinct(np.array(rotations) // PARTS, np.array(translations))


def _constant(part: str) -> float:
    """Return the translation in ``-x+1/2`` or ``y+16/431`` in 24ths, rounded where that is meant.

    Fractions of other denominators come from origins that no table has.
    """
    terms = CONSTANT.findall(part)
    value = PARTS * sum(number(term.lstrip("+")) for term in terms)
    return float(np.rint(value)) if abs(value - np.rint(value)) < TRANSLATION_TOLERANCE else value


def operation_products(first: Operations, second: Operations) -> Operations:
    """Return the operations of one list after those of another."""
    if len(first) * len(second) > MOST_OPERATIONS:
        raise StructureError(
            f"lists {len(first)} symmetry operations and {len(second)} centrings;"
            f" expected at most {MOST_OPERATIONS} in all"
        )
    rotations = np.einsum("aij,bjk->abik", second.rotations, first.rotations).reshape(-1, 3, 3)
    shifts = np.einsum("aij,bj->abi", second.rotations, first.translations)
    return _distinct(rotations, (shifts + second.translations[:, None, :]).reshape(-1, 3))


def _distinct(rotations: NDArray[np.int64], translations: NDArray[np.floating]) -> Operations:
    """Return the operations in the order given, each once."""
    _, first = np.unique(_codes(rotations, translations), return_index=True)
    order = np.sort(first)
    return Operations(rotations[order].astype(np.int64), translations[order] % float(PARTS))


def _codes(rotations: NDArray[np.int64], translations: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return one number for each operation: nine digits of base 7, three of base 24."""
    steps = np.rint(translations).astype(np.int64) % PARTS
    return _rotation_codes(rotations) * PARTS**3 + steps @ (PARTS ** np.arange(3))


def _rotation_codes(rotations: NDArray[np.int64]) -> NDArray[np.int64]:
    return (rotations.reshape(-1, 9) + 3) @ (7 ** np.arange(9))
