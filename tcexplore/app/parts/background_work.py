"""Studies that take their time: progress, drafts of the result, stop and go on."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from tcexplore.display.labels import percent

T = TypeVar("T")
SECONDS_BETWEEN_DRAFTS = 0.7  # s between looks at unfinished work
STOPPED = "stopped"  # session state
MAP_STOPPED = "grey is not computed yet, and over several lattices a maximum may still rise"


@dataclass
class ResumableStudy(Generic[T]):
    """Study under way. A run of the page that is cut off leaves it to the next one."""

    steps: Iterator[tuple[float, T]]
    share: float
    """Done so far, 0 to 1."""
    result: T
    """Result so far."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """Take one step."""
        with self.lock:
            self.share, self.result = next(self.steps, (1.0, self.result))


def start(steps: Iterator[tuple[float, T]]) -> ResumableStudy[T]:
    """Return a study whose first step is done; errors in its arguments are raised here."""
    return ResumableStudy(steps, *next(steps))


def run_to_end(
    study: ResumableStudy[T],
    text: str,
    draw: Callable[[T, str], None],
    *,
    stopped: str = MAP_STOPPED,
) -> T:
    """Return the result of a study, or the result so far where the user says stop.

    Parameters
    ----------
    text
        Name of the work, for the bar that appears once it takes longer.
    draw
        Shows the result so far, again and again, under a key that is new each time.
    stopped
        What a result means that was stopped.
    """
    key = str(id(study))
    if st.session_state.get(STOPPED) == key:
        return _stopped(study, stopped)
    bar, picture = st.empty(), st.empty()
    timer = _DraftTimer(study.share)
    drafts = itertools.count()  # two of them may have one share
    while study.share < 1:
        study.advance()
        if timer.is_time_to_draw(study.share):
            number = next(drafts)
            _show_progress(bar, study.share, text, key, number)
            with picture.container():
                draw(study.result, f"so-far-{number}")
    bar.empty()
    picture.empty()
    return study.result


class _DraftTimer:
    """Timer of the drafts that are shown of a study under way; none where its end is near."""

    def __init__(self, share: float) -> None:
        self._first_share, self._start = share, time.monotonic()
        self._drawn = self._start

    def is_time_to_draw(self, share: float) -> bool:
        """Return whether to draw now; the caller then draws."""
        now = time.monotonic()
        ahead = (now - self._start) * (1 - share) / max(share - self._first_share, 1e-6)
        if now - self._drawn < SECONDS_BETWEEN_DRAFTS or ahead < SECONDS_BETWEEN_DRAFTS:
            return False
        self._drawn = now
        return True


def _show_progress(bar: DeltaGenerator, share: float, text: str, key: str, number: int) -> None:
    with bar.container(horizontal=True, vertical_alignment="center"):
        st.progress(share, text)
        st.button("Stop", key=f"stop-{number}", on_click=_stop, args=(key,))


def _stop(key: str | None) -> None:
    st.session_state[STOPPED] = key


def _stopped(study: ResumableStudy[T], meaning: str) -> T:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(f"Stopped when {percent(study.share)} was done: {meaning}.")
        st.button("Go on", on_click=_stop, args=(None,))
    return study.result
