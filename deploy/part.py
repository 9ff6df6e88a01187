"""One process of the product, the worker or the web part, as a child that says when it serves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.supervisor import Child, StartFailed

ROOT = Path(__file__).parents[1]
READY_SECONDS = 60.0
POLL = 0.03
NOT_NEEDED = "log keeper"
"""People's work goes on while the log cannot be signed, as after a backup was put back."""


class Part:
    """``name`` is the command of the CLI that it runs; ``port`` is where it answers /health."""

    def __init__(self, name: str, port: int, log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.port = port
        self.log = log
        self._environment = environment
        self._child: Child | None = None

    def start(self) -> None:
        """Start the process; `serves` waits for it."""
        self._child = Child.start(
            [sys.executable, str(ROOT / "cli.py"), self.name],
            log=self.log,
            # Nobody is left to wait for a slow end, and what it has recorded is safe.
            death=signal.SIGKILL,
            env={**os.environ, **self._environment},
        )

    async def serves(self) -> None:
        """Returns once it answers that people can work; raises StartFailed when it will not."""
        child = self._running()
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not await _serves(self.port):
                    if child.exit_code is not None:
                        raise StartFailed(
                            f"The {self.name} part did not start: {_last_line(child)}",
                            f"All it said is in {self.log}.",
                        )
                    await asyncio.sleep(POLL)
        except TimeoutError:
            raise StartFailed(
                f"The {self.name} part is not well after {READY_SECONDS:.0f} s.",
                f"What it said is in {self.log}.",
            ) from None

    async def ended(self) -> int:
        """Waits until it ends, however long that takes; its exit code."""
        child = self._running()
        while not await child.ended(3600):
            pass
        return child.exit_code or 0

    async def stop(self, grace: float) -> None:
        """Ask it to finish what it is doing; kill it after ``grace`` seconds."""
        if self._child:
            await self._child.stop(signal.SIGTERM, grace)

    def kill(self) -> None:
        if self._child:
            self._child.kill()

    def _running(self) -> Child:
        if self._child is None:
            raise StartFailed(f"The {self.name} part was never started.", "Start it first.")
        return self._child


def _last_line(child: Child) -> str:
    lines = child.said().strip().splitlines()
    return lines[-1] if lines else "it said nothing."


async def _serves(port: int) -> bool:
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(
                    b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                )
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
    if b" 200 " in head.partition(b"\r\n")[0]:
        return True
    try:
        parts = json.loads(body)["parts"]
    except (ValueError, KeyError, TypeError):
        return False
    return all(how == "ok" for part, how in parts.items() if part != NOT_NEEDED)
