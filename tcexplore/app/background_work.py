"""Studies that take their time: progress, drafts of the result, stop and go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

T = TypeVar("T")
PATIENCE = 0.7  # s between looks at unfinished work
STOPPED = "stopped"  # session state


@dataclass
class Work(Generic[T]):
    """A study under way. A run of the page that is cut off leaves it to the next one."""

    steps: Iterator[tuple[float, T]]
    share: float
    """Of the work that is done."""
    result: T
    """What there is of it."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """Take one step."""
        with self.lock:
            self.share, self.result = next(self.steps, (1.0, self.result))


def begun(steps: Iterator[tuple[float, T]]) -> Work[T]:
    """Return work whose first step is done; what is wrong with it is raised here."""
    return Work(steps, *next(steps))


def finished(work: Work[T], text: str, draw: Callable[[T, str], None]) -> T:
    """Return the result of some work, or what there is of it where the user says stop.

    Parameters
    ----------
    text
        What is done, for the bar that appears once it takes longer.
    draw
        Shows what there is of the result, again and again, under a key that is new each time.
    """
    key = str(id(work))
    if st.session_state.get(STOPPED) == key:
        return _stopped(work)
    bar, picture = st.empty(), st.empty()
    clock = _Clock(work.share)
    while work.share < 1:
        work.advance()
        if clock.is_time_to_draw(work.share):
            _show_progress(bar, work.share, text, key)
            with picture.container():
                draw(work.result, f"so-far-{work.share}")
    bar.empty()
    picture.empty()
    return work.result


class _Clock:
    """Says when unfinished work is to be shown: every while, unless its end is near."""

    def __init__(self, share: float) -> None:
        self._first_share, self._start = share, time.monotonic()
        self._drawn = self._start

    def is_time_to_draw(self, share: float) -> bool:
        """Return whether to draw, and take it as done."""
        now = time.monotonic()
        ahead = (now - self._start) * (1 - share) / max(share - self._first_share, 1e-6)
        if now - self._drawn < PATIENCE or ahead < PATIENCE:
            return False
        self._drawn = now
        return True


def _show_progress(bar: DeltaGenerator, share: float, text: str, key: str) -> None:
    with bar.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text)
        st.button("Stop", key=f"stop-{share}", on_click=_stop, args=(key,))


def _stop(key: str | None) -> None:
    st.session_state[STOPPED] = key


def _stopped(work: Work[T]) -> T:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"Stopped when {work.share:.0%} was done: grey is what is not there yet, and over"
            " several lattices a peak may still rise."
        )
        st.button("Go on", on_click=_stop, args=(None,))
    return work.result
