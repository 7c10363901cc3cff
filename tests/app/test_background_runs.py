"""Runs in the background of the app: started once, one at a time, stopped, errors kept."""

import threading
from dataclasses import dataclass

import pytest

from tcexplore.app.kept_runs.background_runs import BackgroundRuns


@dataclass(frozen=True)
class Step:
    share: float


class Slow:
    """A run of ten steps, each of which waits until it may go on."""

    def __init__(self):
        self.may_go_on, self.begun, self.n_started = threading.Semaphore(0), threading.Event(), 0

    def steps(self):
        self.n_started += 1
        for number in range(11):
            self.begun.set()
            yield Step(number / 10)
            assert self.may_go_on.acquire(timeout=20)


def release(slow, times):
    for _ in range(times):
        slow.may_go_on.release()


@pytest.fixture
def runs():
    return BackgroundRuns()


def test_a_run_goes_to_its_end_and_is_started_once(runs, tmp_path):
    slow = Slow()
    runs.start(tmp_path, slow.steps)
    assert slow.begun.wait(20)
    runs.start(tmp_path, slow.steps)  # as from a second tab
    assert runs.is_under_way(tmp_path)
    release(slow, 11)
    assert runs.find(tmp_path).is_over.wait(20)
    assert slow.n_started == 1
    assert runs.find(tmp_path).progress == Step(1.0)
    assert not runs.is_under_way(tmp_path)
    assert runs.find(tmp_path / "other") is None


def test_a_stopped_run_ends_after_its_step_and_can_go_on(runs, tmp_path):
    slow = Slow()
    runs.start(tmp_path, slow.steps)
    assert slow.begun.wait(20)
    runs.stop(tmp_path)
    release(slow, 1)
    assert runs.find(tmp_path).is_over.wait(20)
    assert runs.find(tmp_path).progress.share < 0.5
    release(slow, 20)
    runs.start(tmp_path, slow.steps)
    assert runs.find(tmp_path).is_over.wait(20)
    assert slow.n_started == 2
    assert runs.find(tmp_path).progress == Step(1.0)


def test_one_computes_at_a_time_and_one_that_waits_can_be_stopped(runs, tmp_path):
    first, second, third = Slow(), Slow(), Slow()
    release(third, 20)
    for name, slow in (("1", first), ("2", second), ("3", third)):
        runs.start(tmp_path / name, slow.steps)
        if slow is first:
            assert first.begun.wait(20)
    assert runs.is_under_way(tmp_path / "2")
    runs.stop(tmp_path / "2")
    assert not third.begun.wait(0.2)
    release(first, 20)
    for name in "123":
        assert runs.find(tmp_path / name).is_over.wait(20)
    assert (second.n_started, third.n_started) == (0, 1)


def test_an_error_is_kept_and_the_next_run_starts(runs, tmp_path):
    def faulty():
        yield Step(0.5)
        raise OSError("no space left on the disk")

    runs.start(tmp_path / "1", faulty)
    assert runs.find(tmp_path / "1").is_over.wait(20)
    assert runs.find(tmp_path / "1").error == "no space left on the disk"
    runs.start(tmp_path / "2", lambda: iter([Step(1.0)]))
    assert runs.find(tmp_path / "2").is_over.wait(20)
    assert runs.find(tmp_path / "2").error == ""
