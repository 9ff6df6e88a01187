"""A stream is read in order, opened, checked, and stopped where asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from events.event import Actor, Event
from events.store.errors import Erased, StoreError, Unsealable
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import FACTS, START, Noted, begun, draft, opened, recording


async def three(store: Store, tenant: str) -> str:
    stream = await begun(store, tenant)
    for version in (1, 2):
        await store.record(recording(tenant, stream, version))
    return stream


def numbers(events: list[Event]) -> list[int]:
    return [event.version for event in events]


async def test_pages(store: Store, tenant: str) -> None:
    stream = await three(store, tenant)
    assert numbers(await store.load(tenant, stream)) == [1, 2, 3]
    assert numbers(await store.load(tenant, stream, after=1)) == [2, 3]
    assert numbers(await store.load(tenant, stream, after=1, limit=1)) == [2]
    assert await store.load(tenant, stream, after=3) == []


async def test_until_includes_its_own_instant(store: Store, tenant: str) -> None:
    stream = await three(store, tenant)
    second = START + timedelta(hours=1)
    assert numbers(await store.load(tenant, stream, until=second)) == [1, 2]
    before = second - timedelta(microseconds=1)
    assert numbers(await store.load(tenant, stream, until=before)) == [1]


async def test_whole_envelope(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    wanted = recording(tenant, stream, causation_id=str(uuid4()), settings_version=4)
    answer = await store.record(wanted)
    [event] = await store.load(tenant, stream)
    assert event.data == Noted(note="an invented note")
    assert event.actor == Actor(wanted.actor.person, "advisor")
    assert (event.causation_id, event.correlation_id) == (
        wanted.causation_id,
        wanted.correlation_id,
    )
    assert (event.settings_version, event.occurred_on) == (4, "2026-01-06")
    assert event.json() == answer.events[0]
    assert await store.load_json(tenant, stream) == answer.events


async def test_unknown_streams_have_no_events(store: Store, tenant: str) -> None:
    stream = await three(store, tenant)
    assert await store.load(tenant, str(uuid4())) == []
    assert await store.load(str(uuid4()), stream) == []
    assert await store.load(tenant, await opened(store, tenant)) == []


async def test_fact_the_process_does_not_know(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant, events=[draft(type_="Unheard")])
    with pytest.raises(StoreError, match=r"Unheard .* is not a fact"):
        await store.load(tenant, stream)


async def test_text_is_nowhere_in_the_tables(
    store: Store, tenant: str, raw: asyncpg.Connection
) -> None:
    canary = "canary Käthe 1f9e"
    await begun(store, tenant, events=[draft(canary)])
    tables = await raw.fetch(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname = 'traject'"
    )
    assert len(tables) > 12
    for table in tables:
        dump = await raw.fetchval(f"select string_agg(t::text, '|') from {table['name']} t") or ""
        assert canary not in dump, table
        assert canary.encode().hex() not in dump, table


async def test_moved_body_is_not_opened(store: Store, tenant: str, raw: asyncpg.Connection) -> None:
    stream = await three(store, tenant)
    await raw.execute("alter table traject.event disable trigger never_changed")
    await raw.execute(
        "update traject.event set body = (select body from traject.event where version = 1) "
        "where version = 2"
    )
    with pytest.raises(Unsealable):
        await store.load(tenant, stream)


async def test_destroyed_key_erases(
    store: Store, database: Database, master_keys: MasterKeys, tenant: str, raw: asyncpg.Connection
) -> None:
    stream = await three(store, tenant)
    await raw.execute("update traject.dossier_key set wrapped = null, destroyed_at = now()")
    fresh = await Store.connect(database.app_dsn, master_keys, FACTS)
    try:
        with pytest.raises(Erased):
            await fresh.load(tenant, stream)
        with pytest.raises(Erased):
            await fresh.dossier_key(tenant, stream)
        with pytest.raises(Erased):
            await fresh.record(recording(tenant, stream, 3))
        assert await fresh.process_of(tenant, stream) == "toy"
    finally:
        await fresh.close()


async def test_another_master_key_opens_nothing(
    store: Store, database: Database, tenant: str
) -> None:
    stream = await three(store, tenant)
    stranger = await Store.connect(database.app_dsn, MasterKeys.generate(), FACTS)
    try:
        with pytest.raises(Unsealable):
            await stranger.load(tenant, stream)
    finally:
        await stranger.close()
