"""A stage for each test: its own board and task queue on the shared servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.skipping import SkippingTemporal
from tests.toy import member
from tests.toy.stage import Stage
from tests.toy.story import STORY
from workflows.decision import Giver
from workflows.gateway import Gateway
from workflows.wire import connect

FACTS = {"loans": STORY.facts, "members": member.STORY.facts}


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    found = await Store.connect(database.app_dsn, MasterKeys.generate(), FACTS)
    yield found
    await found.close()


@pytest.fixture
async def stage(store: Store, temporal_env: SkippingTemporal) -> Stage:
    """Nobody serves its task queue yet."""
    temporal = await connect(temporal_env.address, store.dossier_key, task_queue=uuid4().hex)
    return Stage(
        store=store,
        temporal=temporal,
        gateway=Gateway(store, temporal),
        tenant=str(uuid4()),
        librarian=Giver(str(uuid4()), ("librarian",)),
    )


@pytest.fixture
async def played(stage: Stage) -> AsyncIterator[Stage]:
    """With a worker on its task queue."""
    async with stage.worker():
        yield stage
