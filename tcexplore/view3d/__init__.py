"""3D view of a cell: atoms, contacts, cages and densities as plain data, and its export."""
