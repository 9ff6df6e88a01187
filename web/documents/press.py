"""Typesetting beside the web process: whatever a text does to it, only its own process suffers."""

from __future__ import annotations

import asyncio
import atexit
import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Any

from web.documents.typesetting import LENGTH
from workflows.gateway import Unavailable

SECONDS = 5.0
"""How long a document may take; the largest agreement that can be drafted takes one."""
WORN_AFTER = 300_000
"""Bytes of text after which a process makes way for a new one, as typesetting keeps memory."""
_ROOT = Path(__file__).parents[2]


class NotSet(Unavailable):
    """The document cannot be made now."""


class Press:
    """One document at a time, by a process that stays warm and is replaced when it fails."""

    def __init__(self, seconds: float = SECONDS, worn_after: int = WORN_AFTER) -> None:
        self._seconds = seconds
        self._worn_after = worn_after
        self._process: subprocess.Popen[bytes] | None = None
        self._worn = 0
        self._queue = ThreadPoolExecutor(1, "press")

    async def pdf(self, template: str, paper: Mapping[str, Any]) -> bytes:
        """The document; raises NotSet. What typesetting breaks on is spelled out."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._queue, self._made, template, paper)

    def close(self) -> None:
        """Ends the process; another document starts one anew."""
        process, self._process, self._worn = self._process, None, 0
        if process is not None:
            process.kill()
            process.communicate()

    def _made(self, template: str, paper: Mapping[str, Any]) -> bytes:
        for spelled in (False, True):
            asked = {"template": template, "paper": paper, "spelled": spelled}
            made = self._answer(json.dumps(asked).encode())
            if made:
                return made
            self.close()
        raise NotSet(template)

    def _answer(self, request: bytes) -> bytes:
        """What the process answers, nothing where it broke; raises NotSet when it is stopped."""
        if self._worn > self._worn_after or (self._process and self._process.poll() is not None):
            self.close()
        self._worn += len(request)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            process.kill()

        try:
            process = self._process = self._process or _started()
        except OSError as fault:
            raise NotSet from fault
        limit = Timer(self._seconds, stop)
        limit.start()
        try:
            made = _asked(process, request)
        except OSError:
            made = b""
        finally:
            limit.cancel()
        if stopped and not made:
            self.close()
            raise NotSet
        return made


def _asked(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(request).to_bytes(LENGTH) + request)
    process.stdin.flush()
    length = int.from_bytes(process.stdout.read(LENGTH))
    made = process.stdout.read(length)
    return made if len(made) == length else b""


def _started() -> subprocess.Popen[bytes]:
    """It gets none of our environment, which holds secrets, and says nothing, which holds texts.

    In a session of its own what stops us does not break what it is at; it ends with its input.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "web.documents.typesetting"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT)},
        start_new_session=True,
    )


PRESS = Press()
"""The one of this process, so that whatever is asked, two documents are never made at once."""
atexit.register(PRESS.close)
