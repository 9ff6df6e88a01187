"""A store on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from events.store.erasing import Eraser
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import FACTS


@pytest.fixture(scope="session")
def master_keys() -> MasterKeys:
    return MasterKeys.generate()


@pytest.fixture
async def store(database: Database, master_keys: MasterKeys) -> AsyncIterator[Store]:
    """The store as the service's own role sees it."""
    store = await Store.connect(database.app_dsn, master_keys, FACTS)
    yield store
    await store.close()


@pytest.fixture
async def eraser(database: Database) -> AsyncIterator[Eraser]:
    """What only the database's owner may do."""
    eraser = await Eraser.connect(database.owner_dsn)
    yield eraser
    await eraser.close()


@pytest.fixture
async def raw(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection, for looking behind the store."""
    connection = await asyncpg.connect(database.owner_dsn)
    yield connection
    await connection.close()


@pytest.fixture
def tenant() -> str:
    return str(uuid4())
