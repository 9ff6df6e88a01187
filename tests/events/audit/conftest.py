"""A store, its log keys, a place to publish to, and a connection of the keeper's role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from events.audit.logkeys import LogKeys
from events.audit.note import Checkpoint
from events.audit.publishing import Publication
from events.audit.signing import checkpoint
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.audit.fuse import FUSE, FusedConnection
from tests.events.audit.log import LATER, NOW, Filled
from tests.events.audit.world import World, make_world
from tests.events.store.samples import FACTS


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    """The store as the service's own role sees it."""
    store = await Store.connect(database.app_dsn, MasterKeys.generate(), FACTS)
    yield store
    await store.close()


@pytest.fixture
async def raw(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, for looking behind the store and for tampering."""
    connection = await asyncpg.connect(database.owner_dsn)
    yield connection
    await connection.close()


@pytest.fixture
async def keeping(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the role that keeps the log."""
    connection = await asyncpg.connect(database.sequencer_dsn)
    yield connection
    await connection.close()


@pytest.fixture(autouse=True)
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for the disk is most of what these tests would do."""
    monkeypatch.setattr("os.fsync", lambda _handle: None)


@pytest.fixture
def tenant() -> str:
    return str(uuid4())


@pytest.fixture
def log_keys() -> LogKeys:
    return LogKeys.generate()


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication.at(str(tmp_path / "published"))


@pytest.fixture
def filled(store: Store, keeping: asyncpg.Connection, tenant: str) -> Filled:
    return Filled(store, keeping, tenant)


@pytest.fixture(scope="session")
async def world(
    postgres: EmbeddedPostgres, logins: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> World:
    """An installation with a past; tests take copies of its database."""
    return await make_world(postgres, logins, tmp_path_factory.mktemp("world"))


@pytest.fixture
def key_file(log_keys: LogKeys, tmp_path: Path) -> Path:
    file = tmp_path / "log-keys.json"
    log_keys.save(file)
    return file


@pytest.fixture
async def dying(database: Database) -> AsyncIterator[FusedConnection]:
    """What runs on this is broken off where the fuse burns down."""
    connection = await asyncpg.connect(database.sequencer_dsn, connection_class=FusedConnection)
    assert isinstance(connection, FusedConnection)
    yield connection
    FUSE.left = None
    await connection.close()


@pytest.fixture
async def signed(
    keeping: asyncpg.Connection, filled: Filled, log_keys: LogKeys, publication: Publication
) -> Checkpoint:
    """The second checkpoint of two, over five entries in each log."""
    await filled.happens(2, 2, 2)
    await checkpoint(keeping, log_keys, publication, NOW)
    await filled.happens(3, 3, 3)
    found = await checkpoint(keeping, log_keys, publication, LATER)
    assert found is not None
    return found
