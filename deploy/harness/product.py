"""The whole product on servers of its own; each of its four processes can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.supervisor import Child, StartFailed, free_port
from deploy.embedded.temporal import EmbeddedTemporal
from events.audit.logkeys import LogKeys
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.migrate import mark_installation, migrate
from events.store.store import Store
from workflows.registry import RULES
from workflows.wire import Temporal, connect

ROOT = Path(__file__).parents[2]
DATABASE = "traject"
READY_SECONDS = 40.0
GRACE_SECONDS = 10.0


class Product:
    """PostgreSQL, Temporal, worker and web, for tests, scenario runs and figures.

    folder: where everything is kept. in_memory: Temporal keeps nothing, PostgreSQL no fsync.
    """

    def __init__(
        self,
        folder: Path,
        *,
        in_memory: bool = False,
        installation: str = "test",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.postgres = EmbeddedPostgres(folder / "postgres", fsync=not in_memory)
        self.temporal = EmbeddedTemporal(
            None if in_memory else folder / "temporal", time_skipping=True
        )
        self.installation = installation
        self.http_port = free_port()
        self.worker_port = free_port()
        self._extra = dict(environment or {})
        self._worker: Child | None = None
        self._web: Child | None = None
        self._store: Store | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def dsn(self) -> str:
        """The database, as its superuser."""
        return self.postgres.dsn_for(DATABASE)

    @property
    def keys(self) -> KeyRing:
        return KeyRing.load(self.folder / "master-keys.json")

    async def start(self) -> None:
        """Everything, in order; returns once the product answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.gather(self.postgres.start(), self.temporal.start())
        await self._prepare()
        await asyncio.gather(self.start_worker(), self.start_web())

    async def _prepare(self) -> None:
        import asyncpg

        connection = await asyncpg.connect(self.postgres.dsn)
        try:
            exists = "select 1 from pg_database where datname = $1"
            if not await connection.fetchval(exists, DATABASE):
                await connection.execute(f"create database {DATABASE}")
        finally:
            await connection.close()
        await migrate(self.dsn)
        await mark_installation(self.dsn, self.installation)
        if not (self.folder / "master-keys.json").exists():
            MasterKeys.generate().save(self.folder / "master-keys.json")
            LogKeys.generate().save(self.folder / "log-keys.json")

    async def stop(self) -> None:
        """Everything, the other way round."""
        if self._store is not None:
            await self._store.close()
            self._store = None
        for child in (self._web, self._worker):
            if child is not None:
                await child.stop(signal.SIGTERM, GRACE_SECONDS)
        await self.temporal.stop()
        await self.postgres.stop()

    async def start_worker(self, **environment: str) -> None:
        """A worker process; returns once it serves."""
        self._worker = self._start("worker", environment)
        await self._ready(self._worker, self.worker_port)

    async def start_web(self) -> None:
        """A web process; returns once it serves."""
        self._web = self._start("web", {})
        await self._ready(self._web, self.http_port)

    def kill_worker(self) -> None:
        """As a power cut would."""
        if self._worker is not None:
            self._worker.kill()

    def kill_web(self) -> None:
        if self._web is not None:
            self._web.kill()

    @property
    def worker(self) -> Child:
        if self._worker is None:
            raise StartFailed("There is no worker.", "Start one first.")
        return self._worker

    def log(self, part: str) -> str:
        """All that the worker or the web part has written."""
        return (self.folder / f"{part}.log").read_text(encoding="utf-8", errors="replace")

    async def store(self) -> Store:
        """The store, as the service's own role."""
        if self._store is None:
            facts = {name: rules.story.facts for name, rules in RULES.items()}
            dsn = f"{self.dsn}?role=traject_app"
            self._store = await Store.connect(dsn, self.keys, facts)
        return self._store

    async def connection(self) -> Temporal:
        """A connection to Temporal that can read what is sealed."""
        return await connect(self.temporal.address, (await self.store()).dossier_key)

    def _start(self, part: str, environment: Mapping[str, str]) -> Child:
        command = [sys.executable, str(ROOT / "cli.py"), part]
        log = self.folder / f"{part}.log"
        return Child.start(
            command, log=log, death=signal.SIGTERM, env=self.environment() | dict(environment)
        )

    def environment(self) -> dict[str, str]:
        """Of the parts, and of every command that is to work on this product."""
        return {
            **os.environ,
            "TRAJECT_INSTALLATION": self.installation,
            "TRAJECT_DATA_FOLDER": str(self.folder),
            "TRAJECT_POSTGRES_DSN": self.dsn,
            "TRAJECT_TEMPORAL_ADDRESS": self.temporal.address,
            "TRAJECT_HTTP_PORT": str(self.http_port),
            "TRAJECT_WORKER_PORT": str(self.worker_port),
            **self._extra,
        }

    async def _ready(self, child: Child, port: int) -> None:
        async with httpx2.AsyncClient() as http, asyncio.timeout(READY_SECONDS):
            while True:
                if child.exit_code is not None:
                    raise StartFailed(child.said()[-2000:], "Its log says why.")
                try:
                    answer = await http.get(f"http://127.0.0.1:{port}/health")
                    if answer.status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(0.05)
