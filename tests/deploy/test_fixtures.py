"""The shared servers give every test a database and a workflow clock of its own."""

from __future__ import annotations

import asyncpg

from tests.conftest import Database
from tests.skipping import SkippingTemporal


async def test_database_is_migrated_and_its_roles_can_log_in(database: Database) -> None:
    owner = await asyncpg.connect(database.owner_dsn)
    applied = await owner.fetchval("select count(*) from traject.migration")
    await owner.close()
    app = await asyncpg.connect(database.app_dsn)
    user = await app.fetchval("select current_user")
    await app.close()
    assert applied > 0
    assert user == "traject_app"


async def test_temporal_answers(temporal_env: SkippingTemporal) -> None:
    assert await temporal_env.client.count_workflows() is not None
