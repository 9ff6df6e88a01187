"""Kills this process at a chosen moment of one recording, to prove that nothing is lost by it."""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

FAULT = "TRAJECT_FAULT"
MARKER = "TRAJECT_FAULT_MARKER"
MOMENTS = ("before_append", "after_commit", "after_completion")


class Fault:
    """Strikes once: the marker file says that it has, also to the process started next."""

    def __init__(self, moment: str, marker: Path) -> None:
        if moment not in MOMENTS:
            raise ValueError(f"{FAULT} is one of {', '.join(MOMENTS)}")
        self.moment = moment
        self._marker = marker

    def at(self, moment: str) -> None:
        """Ends the process at once and without any clearing up, when this is the moment."""
        if moment == self.moment and self._first():
            os.kill(os.getpid(), signal.SIGKILL)

    async def after(self, completion: Callable[[], Awaitable[object]]) -> None:
        """Ends the process when the completion has come."""
        await completion()
        self.at("after_completion")

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
    return Fault(moment, Path(os.environ[MARKER]))
