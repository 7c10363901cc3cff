"""Scans of structures: each member's Tc is what the predictor says of it, one by one."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.stand_in_model import stand_in_predictor

from tcexplore.crystal.canonical import canonical_cell
from tcexplore.model import worker_threads
from tcexplore.model.predictor import load_predictor
from tcexplore.scans.scan import Scan, member, member_structure
from tcexplore.scans.scan_tc import scan_tc, scan_tc_steps

FIXTURES = ("mgb2", "triclinic", "disordered", "polar", "spinel")
PREDICTED = [z for z in range(1, 95) if z not in (2, 10, 36, 54, 85, 86, 87)]


@pytest.fixture(scope="module")
def predictor():
    return load_predictor()


@pytest.fixture(scope="module")
def stand_in():
    return stand_in_predictor()


@pytest.fixture
def parents(request):
    return {name: canonical_cell(request.getfixturevalue(name)) for name in FIXTURES}


def one_by_one(predictor, scan):
    """The slow, obvious way."""
    shape = len(scan.species), len(scan.lattices)
    cells = [member(scan, row, lattice) for row, lattice in np.ndindex(*shape)]
    return [np.reshape(values, shape) for values in predictor.tc(cells).parts]


def assert_equals_one_by_one(predictor, scan):
    """Tc and its band, within 1e-3 K."""
    found = scan_tc(predictor, scan)
    for values, expected in zip(found.parts, one_by_one(predictor, scan), strict=True):
        np.testing.assert_allclose(values, expected, atol=1e-3)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_equals_the_plain_path(predictor, stand_in, parents, data):
    """Random scans: ordered and disordered, cubic to triclinic, few rows and many."""
    parent = parents[data.draw(st.sampled_from(FIXTURES))]
    n_sites = len(parent.structure)
    order = data.draw(st.permutations(range(n_sites)))
    n_groups = data.draw(st.integers(0, min(2, n_sites - 1)))
    groups = tuple((order[i],) for i in range(n_groups))
    if n_groups == 1 and n_sites > 2:
        groups = ((order[0], order[1]),)
    n_rows = data.draw(st.sampled_from([1, 3, 12])) if groups else 1
    element = st.sampled_from([1, *PREDICTED]) | st.just(1)  # hydrogen has contacts of its own
    species = np.array(
        data.draw(
            st.lists(
                st.lists(element, min_size=n_groups, max_size=n_groups),
                min_size=n_rows,
                max_size=n_rows,
            )
        ),
        dtype=int,
    ).reshape(n_rows, n_groups)
    stretch = data.draw(st.lists(st.floats(0.7, 1.6), min_size=3, max_size=3))
    matrix = parent.structure.lattice.matrix
    lattices = np.stack(
        [matrix, matrix * data.draw(st.floats(0.5, 2.0)), matrix * np.array(stretch)[:, None]]
    )[: data.draw(st.integers(1, 3))]
    model = data.draw(st.sampled_from([predictor, stand_in]))
    assert_equals_one_by_one(model, Scan(parent, groups, species, lattices))


@pytest.mark.parametrize("n_rows", [4, 20])
def test_swaps_to_and_from_hydrogen_equal_the_plain_path(
    stand_in, mgb2, triclinic, disordered, n_rows
):
    """Hexagonal and triclinic, sites that are partly hydrogen, and few rows and many."""
    disordered = disordered.copy()
    disordered.replace_species({"O": {"O": 0.5, "H": 0.3}})
    scales = np.array([0.6, 1.0, 1.3])[:, None, None]
    for structure, groups in (
        (mgb2, ((1, 2), (0,))),
        (triclinic, ((2,), (0, 3))),
        (disordered, ((0,), (1, 2))),
    ):
        parent = canonical_cell(structure)
        species = np.resize([[1, 1], [1, 5], [12, 1], [57, 8], [8, 57]], (n_rows, 2))
        lattices = scales * parent.structure.lattice.matrix
        assert_equals_one_by_one(stand_in, Scan(parent, groups, species, lattices))


def test_a_family_of_one_is_the_prediction_itself(predictor, parents):
    for parent in parents.values():
        scan = Scan(parent, (), np.zeros((1, 0), int), parent.structure.lattice.matrix[None])
        assert_equals_one_by_one(predictor, scan)


def test_a_swapped_member_is_predicted_as_if_it_came_alone(predictor, spinel):
    """Where a swap keeps the space group, map and single prediction agree."""
    parent = canonical_cell(spinel)
    titanium = tuple(i for i, s in enumerate(parent.structure) if s.specie.symbol == "Ti")
    lithium = tuple(i for i, s in enumerate(parent.structure) if s.specie.symbol == "Li")
    species = np.array([[22, 3], [23, 3], [3, 22], [41, 12], [8, 39], [1, 57], [57, 1], [5, 6]])
    scan = Scan(parent, (titanium, lithium), species, parent.structure.lattice.matrix[None])
    alone = predictor(member_structure(scan, row, 0) for row in range(len(species)))
    same_group = [p.cell.space_group_number == parent.space_group_number for p in alone]
    assert sum(same_group) >= 7
    found = scan_tc(predictor, scan).tc[:, 0]
    np.testing.assert_allclose(
        found[same_group],
        [p.tc for p, same in zip(alone, same_group, strict=True) if same],
        atol=0.01,
    )


def test_work_can_be_stopped_and_tells_how_far_it_is(predictor, parents):
    parent = parents["mgb2"]
    scales = np.linspace(0.8, 1.2, 640)[:, None, None]
    lattices = scales * parent.structure.lattice.matrix
    scan = Scan(parent, (), np.zeros((1, 0), int), lattices)
    steps = itertools.islice(scan_tc_steps(predictor, scan), 2)
    shares, tc = zip(*((share, tc.tc.copy()) for share, tc in steps), strict=True)
    assert shares == (0.1, 0.2)
    assert [np.isfinite(values).sum() for values in tc] == [64, 128]
    whole = scan_tc(predictor, scan).tc
    assert np.isfinite(whole).all()
    np.testing.assert_array_equal(whole[np.isfinite(tc[1])], tc[1][np.isfinite(tc[1])])


def test_rows_on_many_lattices_come_lattice_by_lattice(predictor, parents):
    """What a map shows while it is computed: nothing is given twice, and all at last."""
    parent = parents["mgb2"]
    species = np.array([[x, y] for x in range(11, 36) for y in range(37, 54)])
    lattices = np.array([0.9, 1.0, 1.1])[:, None, None] * parent.structure.lattice.matrix
    scan = Scan(parent, ((0,), (1,)), species, lattices)
    known = np.zeros((len(species), 3), bool)
    for share, tc in scan_tc_steps(predictor, scan):
        assert (np.isfinite(tc.tc) >= known).all()
        known = np.isfinite(tc.tc)
        assert known.mean() == pytest.approx(share)
    assert share == 1
    assert known.all()


def test_nothing_to_compute_is_said(predictor, parents):
    scan = Scan(parents["mgb2"], ((0,),), np.zeros((0, 1), int), np.eye(3)[None])
    with pytest.raises(ValueError, match="nothing to compute"):
        scan_tc(predictor, scan)


def test_any_number_of_threads_gives_the_same(predictor, parents, monkeypatch):
    parent = parents["mgb2"]
    species = np.array([[x, y] for x in range(11, 36) for y in range(37, 52)])
    lattices = np.array([0.9, 1.1])[:, None, None] * parent.structure.lattice.matrix
    scan = Scan(parent, ((0,), (1,)), species, lattices)
    found = []
    for count in (1, 2, 5):
        monkeypatch.setattr(worker_threads, "n_workers", lambda count=count: count)
        found.append(scan_tc(predictor, scan).tc)
    assert np.isfinite(found[0]).all()
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_tasks_come_in_order_and_no_more_than_asked_for_begin():
    begun = []

    def tasks():
        for number in range(100):
            begun.append(number)
            yield lambda number=number: (time.sleep(0.002 * (number % 3)), number)[1]

    results = worker_threads.in_order(tasks(), count=2)
    assert list(itertools.islice(results, 10)) == list(range(10))
    results.close()
    assert len(begun) < 20
