"""Runs that the server goes on with while nobody looks: pages start, watch and stop them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import streamlit as st

from tcexplore.display.labels import percent, plain


class HasShare(Protocol):
    """Progress of a run, such as `tcexplore.search.run.Progress`."""

    @property
    def share(self) -> float:
        """Return the share that is done, 0 to 1."""
        ...


@dataclass
class BackgroundRun:
    """One run under way, waiting for its turn, or at its end."""

    steps: Callable[[], Iterator[HasShare]]
    progress: HasShare | None = None
    """None before its first step."""
    error: str = ""
    """Message of a run that failed."""
    is_stopping: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)


class BackgroundRuns:
    """All runs of this server by their folders. One computes at a time: it takes all cores."""

    def __init__(self) -> None:
        self._runs: dict[Path, BackgroundRun] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def start(self, folder: Path, steps: Callable[[], Iterator[HasShare]]) -> None:
        """Start a run, or go on with it; one that is under way is left alone.

        Parameters
        ----------
        folder
            Folder of the run, its name here.
        steps
            Computes the run from where it was ended; what each step reports is on the disk.
        """
        with self._lock:
            if self.is_under_way(folder):
                return
            run = self._runs[folder.resolve()] = BackgroundRun(steps)
            threading.Thread(target=self._compute, args=(run,), daemon=True).start()

    def stop(self, folder: Path) -> None:
        """Stop a run after the step that it is at."""
        if run := self.find(folder):
            run.is_stopping.set()

    def find(self, folder: Path) -> BackgroundRun | None:
        """Return a run that this server started since it is up, None where it did not."""
        return self._runs.get(folder.resolve())

    def is_under_way(self, folder: Path) -> bool:
        """Return whether a run computes or waits for its turn."""
        run = self.find(folder)
        return run is not None and not run.is_over.is_set()

    def _compute(self, run: BackgroundRun) -> None:
        try:
            with self._turn:
                for progress in () if run.is_stopping.is_set() else run.steps():
                    run.progress = progress
                    if run.is_stopping.is_set():
                        break
        except Exception as error:
            run.error = str(error) or type(error).__name__
        finally:
            run.is_over.set()


@st.cache_resource(show_spinner=False)
def background_runs() -> BackgroundRuns:
    """Return the runs of this server, the same for all sessions."""
    return BackgroundRuns()


def show_state(folder: Path, progress: HasShare, resume: Callable[[], Iterator[HasShare]]) -> None:
    """Show how far a run is, and the button that stops it or goes on with it.

    Parameters
    ----------
    progress
        As the run's folder says.
    resume
        Computes the run from where it was ended.
    """
    runs = background_runs()
    run = runs.find(folder)
    if run is not None and run.error:
        st.error(f"The run ended: {plain(run.error)} What it had reported is kept.")
    if progress.share >= 1:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if runs.is_under_way(folder):
            waits = run is not None and run.progress is None
            st.progress(progress.share, "Waits for its turn" if waits else percent(progress.share))
            st.button("Stop", key=f"stop-{folder.name}", on_click=runs.stop, args=(folder,))
        else:
            st.progress(progress.share, f"Stopped at {percent(progress.share)}")
            st.button(
                "Go on", key=f"go-on-{folder.name}", on_click=runs.start, args=(folder, resume)
            )
