"""Worker threads: results in order, errors, callers that stop, who comes first."""

import threading
import time
from concurrent.futures import Future
from functools import partial

import pytest

from tcexplore.model import worker_threads
from tcexplore.model.worker_threads import OneByOne, in_order


def test_results_come_in_the_order_of_the_tasks():
    tasks = [partial(lambda n: (time.sleep(0.01 * (n % 3)), n)[1], n) for n in range(20)]
    assert list(in_order(tasks, count=3)) == list(range(20))


def test_an_error_reaches_the_caller_and_no_other():
    def broken():
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        list(in_order([broken], count=2))
    assert list(in_order([lambda: 1], count=2)) == [1]


def test_tasks_that_wait_are_given_up_where_the_caller_stops():
    done, stopped = [], threading.Event()

    def task(number):
        if number:
            stopped.wait(10)
        done.append(number)

    results = in_order((partial(task, number) for number in range(100)), count=1)
    next(results)
    results.close()
    stopped.set()
    list(in_order([partial(task, 200)], count=1))
    assert done in ([0, 200], [0, 1, 200])  # the second may have begun


def test_what_makes_the_tasks_may_use_the_workers():
    def tasks():
        for number in range(8):
            [made] = in_order([partial(int, number)], count=1)
            yield partial(int, made)

    assert list(in_order(tasks(), count=1)) == list(range(8))


def test_tasks_that_follow_from_each_other_have_one_caller(monkeypatch):
    callers, in_turn = [], OneByOne()
    workers = worker_threads._workers(worker_threads.n_workers())
    submit = workers.submit
    monkeypatch.setattr(workers, "submit", lambda *a: (callers.append(a[0]), submit(*a))[1])
    assert in_turn(partial(int, 3)) == 3
    with pytest.raises(ValueError, match="invalid literal"):
        in_turn(partial(int, "x"))
    assert in_turn(threading.current_thread).name.startswith("scan_")
    assert len(callers) == 3
    assert len(set(callers)) == 1


def work(seconds):
    """Use a core for this long (s)."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_short_request_does_not_wait_for_the_long_ones_before_it():
    order, begun = [], threading.Event()

    def long(name):
        for _ in in_order((partial(work, 0.02) for _ in range(60)), count=1):
            begun.set()
        order.append(name)

    def short():
        list(in_order([partial(work, 0.02)] * 4, count=1))
        order.append("short")

    threads = [threading.Thread(target=long, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    time.sleep(0.2)
    last = threading.Thread(target=short)
    last.start()
    for thread in (*threads, last):
        thread.join()
    assert order[0] == "short"


def test_work_to_make_tasks_counts_for_their_caller(monkeypatch):
    """A map that makes its tasks with the workers is no new caller each time."""
    callers = []

    class Workers:
        def submit(self, caller, task):
            callers.append(caller)
            future = Future()
            future.set_result(task())
            return future

    def tasks():
        for number in range(3):
            list(in_order([partial(int, number)], count=1))
            yield partial(int, number)

    monkeypatch.setattr(worker_threads, "_workers", lambda count: Workers())
    list(in_order(tasks(), count=1))
    assert len(callers) == 6
    assert len(set(callers)) == 1
    list(in_order([int], count=1))
    assert len(set(callers)) == 2
