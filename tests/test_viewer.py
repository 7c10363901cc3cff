"""The 3D view of a cell: which atoms it draws, and its words."""

import numpy as np

from tcexplore import viewer


def test_corner_atom_is_drawn_at_all_corners():
    drawn = viewer.repeated_at_faces(np.array([[0.0, 0.0, 1.0]]))
    assert sorted(map(tuple, drawn.tolist())) == [
        (x, y, z) for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)
    ]


def test_face_and_inner_atoms():
    assert len(viewer.repeated_at_faces(np.array([[0.0, 0.3, 0.4]]))) == 2
    assert len(viewer.repeated_at_faces(np.array([[0.2, 0.3, 0.4]]))) == 1


def test_twelve_edges_join_neighbouring_corners(any_structure):
    matrix = any_structure.lattice.matrix
    edges = viewer.cell_edges(matrix)
    assert edges.shape == (12, 2, 3)
    lengths = np.sort(np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1))
    assert np.allclose(lengths, np.sort(np.repeat(np.linalg.norm(matrix, axis=1), 4)))


def test_every_site_has_a_kind_with_a_colour_of_its_own(any_structure):
    kinds = viewer.atom_kinds(any_structure)
    assert sum(kind.count for kind in kinds) == len(any_structure)
    assert len({kind.colour for kind in kinds}) == len(kinds)


def test_mixed_site_is_named_with_its_shares(disordered):
    assert "La 92.5 %" in viewer.legend_html(disordered)
    assert "Sr 7.5 %" in viewer.cell_text(disordered)


def test_html_draws_without_a_placeholder_left(mgb2):
    html = viewer.cell_html(mgb2, height=300)
    assert "{view}" not in html
    assert "{viewer}" not in html
    assert html.count("addCylinder") == 12
