"""Settings of a board keep every version; an installation is marked once."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from events.settings import ClosedDays, TenantSettings
from events.store.migrate import MigrationRefused, mark_installation
from events.store.store import Store
from tests.conftest import Database


async def test_defaults_are_version_one(store: Store, tenant: str) -> None:
    assert await store.settings(tenant) == TenantSettings()


async def test_every_version_is_kept(store: Store, tenant: str, raw: asyncpg.Connection) -> None:
    closed = ClosedDays.model_validate(
        {"from": date(2026, 2, 14), "to": date(2026, 2, 22), "name": "Voorjaarsvakantie"}
    )
    wanted = TenantSettings(goals_max=9, closed=(closed,), period_ending=(15,))
    saved = await store.save_settings(tenant, wanted)
    assert saved == wanted.model_copy(update={"version": 2})
    assert await store.settings(tenant) == saved
    assert (await store.save_settings(tenant, saved)).version == 3
    assert await raw.fetchval("select count(*) from traject.settings") == 2
    assert await store.settings(str(uuid4())) == TenantSettings()


async def test_saved_at_once_get_versions_of_their_own(store: Store, tenant: str) -> None:
    saved = await asyncio.gather(
        *(store.save_settings(tenant, TenantSettings(goals_max=n)) for n in range(1, 9))
    )
    assert sorted(settings.version for settings in saved) == list(range(2, 10))


async def test_installation(store: Store, database: Database) -> None:
    assert await store.installation() == "production"
    await mark_installation(database.owner_dsn, "test")
    await mark_installation(database.owner_dsn, "test")
    assert await store.installation() == "test"
    with pytest.raises(MigrationRefused, match="marked test and cannot become demo"):
        await mark_installation(database.owner_dsn, "demo")
    with pytest.raises(asyncpg.CheckViolationError):
        await mark_installation(database.owner_dsn, "toy")
