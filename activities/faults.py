"""Kills this process at a chosen moment of one recording, to prove that nothing is lost by it."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

FAULT = "TRAJECT_FAULT"
MARKER = "TRAJECT_FAULT_MARKER"
COMMAND = "TRAJECT_FAULT_COMMAND"
MOMENTS = ("before_append", "after_commit", "after_completion")
ERASURE = ("marked", "forgotten", "entered", "destroyed", "purged", "cleared", "finished")
"""The moments of an erasure: each is right after that step."""


class Fault:
    """Strikes once: the marker file says that it has, also to the process started next.

    With a command it waits for a recording of that one.
    """

    def __init__(self, moment: str, marker: Path, command: str | None = None) -> None:
        if moment not in (*MOMENTS, *ERASURE):
            raise ValueError(f"{FAULT} is one of {', '.join((*MOMENTS, *ERASURE))}")
        self._moment = moment
        self._marker = marker
        self._command = command

    def meant(self, moment: str, command: str) -> bool:
        """Whether this is what it waits for."""
        return moment == self._moment and self._command in (None, command)

    def at(self, moment: str, command: str) -> None:
        """Ends the process at once and without any clearing up, when this is the moment."""
        if self.meant(moment, command) and self._first():
            os.kill(os.getpid(), signal.SIGKILL)

    async def after(self, command: str, completion: Callable[[], Awaitable[object]]) -> None:
        """Ends the process when the completion has come."""
        await completion()
        self.at("after_completion", command)

    def _first(self) -> bool:
        try:
            self._marker.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def fault_of_environment(installation: str) -> Fault | None:
    """Only a test installation can be told to die; raises ValueError for an unknown moment."""
    moment = os.environ.get(FAULT)
    if not moment or installation != "test":
        return None
    return Fault(moment, Path(os.environ[MARKER]), os.environ.get(COMMAND) or None)
