"""The real servers that tests share: started when the first test asks, gone with the run."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from secrets import token_urlsafe

import asyncpg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.supervisor import FolderLock, StartFailed
from deploy.embedded.temporal import EmbeddedTemporal
from tests.skipping import SkippingTemporal

MEMORY = Path("/dev/shm")
ROOM = 1 << 30
PREFIX = "traject-test-"
ALIVE = "alive"
YOUNG_SECONDS = 600
"""Between making a folder and locking it nobody else may take it for left behind."""
TEMPLATE = "template_traject"

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of one test's own, with all migrations applied and nothing in it."""

    server: EmbeddedPostgres
    name: str
    passwords: dict[str, str]

    @property
    def owner_dsn(self) -> str:
        """The superuser's way in: for setting up and for looking behind the scenes."""
        return self.server.dsn_for(self.name)

    @property
    def app_dsn(self) -> str:
        return self._as("traject_app")

    @property
    def sequencer_dsn(self) -> str:
        return self._as("traject_sequencer")

    @property
    def projector_dsn(self) -> str:
        return self._as("traject_projector")

    @property
    def reader_dsn(self) -> str:
        return self._as("traject_reader")

    def _as(self, role: str) -> str:
        return self.server.dsn_for(self.name, role, self.passwords[role])


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for servers' data: in memory where there is room, else on disk; then removed."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    parent = MEMORY if roomy else Path(tempfile.gettempdir())
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # PostgreSQL may run as another user, who has to pass through.
    folder.chmod(0o711)
    alive = FolderLock(folder, ALIVE)
    alive.take()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        alive.release()


def _sweep(parent: Path) -> None:
    """Remove what runs that were killed left behind; a run that lives holds its folder's lock."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            alive = FolderLock(folder, ALIVE)
            if time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
                continue
            alive.take()
        except (OSError, StartFailed):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        alive.release()


def pytest_collection_finish() -> None:
    """What was collected stays until the end, so nobody looks through it for garbage.

    On a busy machine that holds up everything for a second, and Temporal ends a step after two.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """One PostgreSQL for the whole run, without fsync: crash tests start their own."""
    with scratch_folder() as folder:
        server = EmbeddedPostgres(folder / "postgres", fsync=False)
        await server.start()
        yield server
        await server.stop()


@pytest.fixture(scope="session")
async def logins(postgres: EmbeddedPostgres) -> dict[str, str]:
    """The template database is migrated; the passwords of the service's roles."""
    from events.store.migrate import LOGIN_ROLES, grant_logins, migrate

    await _execute(postgres.dsn, f"create database {TEMPLATE}")
    await migrate(postgres.dsn_for(TEMPLATE))
    passwords = {role: token_urlsafe(12) for role in LOGIN_ROLES}
    await grant_logins(postgres.dsn_for(TEMPLATE), passwords)
    return passwords


@pytest.fixture
async def database(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[Database]:
    """A fresh copy of the migrated template, dropped after the test."""
    name = f"test_{next(_numbers)}"
    await _execute(postgres.dsn, f"create database {name} template {TEMPLATE} strategy file_copy")
    yield Database(postgres, name, logins)
    await _execute(postgres.dsn, f"drop database if exists {name} with (force)")


@pytest.fixture(scope="session")
async def temporal_env() -> AsyncIterator[SkippingTemporal]:
    """One Temporal for the whole run, in memory, whose workflows' clocks a test can move."""
    server = EmbeddedTemporal(None, time_skipping=True)
    await server.start()
    yield await SkippingTemporal.connect(server)
    await server.kill()
    await server.stop()


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
