"""A whole installation on disk whose servers and worker can be killed one by one."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.temporal import EmbeddedTemporal
from events.event import stream_id
from events.recording import Recorded
from events.store.keys import MasterKeys
from events.store.migrate import mark_installation, migrate
from events.store.store import Store
from web.gateway import Gateway, Unavailable
from workflows.decision import Giver
from workflows.registry import RULES
from workflows.wire import Temporal, connect

ROOT = Path(__file__).resolve().parents[2]
FACTS = {name: rules.story.facts for name, rules in RULES.items()}


@dataclass
class WorkerProcess:
    """``worker.py`` as operators run it."""

    process: asyncio.subprocess.Process
    log: Path

    async def killed(self) -> None:
        """Waits until it was killed; fails when it ended in any other way."""
        async with asyncio.timeout(30):
            assert await self.process.wait() == -signal.SIGKILL

    async def stop(self) -> int:
        """Ends it in order; returns the exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(15):
            return await self.process.wait()


@dataclass
class Installation:
    """PostgreSQL with fsync and Temporal with a file, in one folder."""

    folder: Path
    postgres: EmbeddedPostgres = field(init=False)
    temporal: EmbeddedTemporal = field(init=False)
    store: Store = field(init=False)
    connection: Temporal = field(init=False)
    gateway: Gateway = field(init=False)
    workers: list[WorkerProcess] = field(default_factory=list)
    tenant: str = field(default_factory=lambda: str(uuid4()))
    people: dict[str, str] = field(
        default_factory=lambda: {
            role: str(uuid4()) for role in ("hr", "client", "manager", "teacher", "coordinator")
        }
    )

    async def start(self) -> None:
        self.postgres = EmbeddedPostgres(self.folder / "postgres")
        self.temporal = EmbeddedTemporal(self.folder / "temporal", time_skipping=True)
        await asyncio.gather(self.postgres.start(), self.temporal.start())
        await migrate(self.postgres.dsn)
        await mark_installation(self.postgres.dsn, "test")
        MasterKeys.generate().save(self.folder / "master-keys.json")
        await self.reconnect()

    async def reconnect(self) -> None:
        dsn = f"{self.postgres.dsn}?role=traject_app"
        keys = MasterKeys.load(self.folder / "master-keys.json")
        self.store = await Store.connect(dsn, keys, FACTS)
        self.connection = await connect(self.temporal.address, self.store.dossier_key)
        self.gateway = Gateway(self.store, self.connection)

    async def stop(self) -> None:
        for worker in self.workers:
            await worker.stop()
        await self.store.close()
        await self.temporal.stop()
        await self.postgres.stop()

    async def worker(self, fault: str | None = None, command: str = "") -> WorkerProcess:
        """A running worker; with a fault it dies once, at that moment of recording the command."""
        name = f"worker-{len(self.workers)}"
        more = {}
        if fault is not None:
            marker = self.folder / f"{name}.struck"
            more = {
                "TRAJECT_FAULT": fault,
                "TRAJECT_FAULT_COMMAND": command,
                "TRAJECT_FAULT_MARKER": str(marker),
            }
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "worker.py"),
                cwd=ROOT,
                stdout=out,
                stderr=out,
                env=self.environment() | more,
            )
        started = WorkerProcess(process, log)
        self.workers.append(started)
        async with asyncio.timeout(30):
            while '"worker runs"' not in log.read_text():
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        return started

    def environment(self) -> Mapping[str, str]:
        own = {name: value for name, value in os.environ.items() if "TRAJECT_" not in name}
        return own | {
            "TRAJECT_INSTALLATION": "test",
            "TRAJECT_POSTGRES_DSN": self.postgres.dsn,
            "TRAJECT_TEMPORAL_ADDRESS": self.temporal.address,
            "TRAJECT_MASTER_KEY_FILE": str(self.folder / "master-keys.json"),
            "TRAJECT_WORKER_PORT": "0",
        }

    async def give(
        self,
        role: str,
        command: str,
        data: dict[str, Any],
        *,
        stream: str | None = None,
        command_id: str | None = None,
    ) -> Recorded:
        """Without a stream the command opens one; its id follows from the command's."""
        command_id = command_id or str(uuid4())
        stream = stream or stream_id(self.tenant, command_id)
        content = json.dumps([stream, command, data, role], sort_keys=True)
        return await self.gateway.give(
            tenant=self.tenant,
            process="supervision",
            stream=stream,
            command_id=command_id,
            content_hash=hashlib.sha256(content.encode()).hexdigest(),
            command=command,
            data=data,
            giver=Giver(self.people[role], (role,)),
        )

    async def insist(self, role: str, command: str, data: dict[str, Any], **more: Any) -> Recorded:
        """As a client that repeats what got no answer, with the same id."""
        more.setdefault("command_id", str(uuid4()))
        async with asyncio.timeout(60):
            while True:
                try:
                    return await self.give(role, command, data, **more)
                except Unavailable:
                    continue

    def request(
        self, school: str = "De Wilg", concern: str = "Lessen beginnen laat"
    ) -> dict[str, Any]:
        return {
            "teacher": self.people["teacher"],
            "client": self.people["client"],
            "manager": self.people["manager"],
            "school": "De Wilg",
            "concerns": [{"concern": "C1", "text": concern}],
        }

    async def types(self, stream: str) -> list[str]:
        return [event.type for event in await self.store.load(self.tenant, stream)]
