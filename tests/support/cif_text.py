"""CIF texts for the tests of the reader, put together from cell, symmetry and atoms."""

from collections.abc import Sequence

HEXAGONAL = (3.01, 3.01, 4.77, 90.0, 90.0, 120.0)
ALB2 = ["Al1 Al 0 0 0 1", "B1 B 0.333333 0.666667 0.5 1"]
COLUMNS = ("label", "type_symbol", "fract_x", "fract_y", "fract_z", "occupancy")


def cif_of(
    cell: Sequence[float | str],
    rows: Sequence[str],
    *,
    lines: str = "",
    operations: Sequence[str] = (),
    columns: Sequence[str] = COLUMNS,
) -> str:
    """A data block with a cell (Å, degrees), further lines, operations and rows of atoms."""
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    text = "data_test\n"
    text += "".join(f"_cell_{name} {value}\n" for name, value in zip(names, cell, strict=False))
    text += lines.strip() + "\n" if lines else ""
    if operations:
        text += "loop_\n_space_group_symop_operation_xyz\n"
        text += "".join(f"'{operation}'\n" for operation in operations)
    text += "loop_\n" + "".join(f"_atom_site_{name}\n" for name in columns)
    return text + "".join(f"{row}\n" for row in rows)


def symbol_line(name: str) -> str:
    return f"_space_group_name_H-M_alt '{name}'"
