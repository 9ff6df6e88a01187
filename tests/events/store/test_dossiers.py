"""A dossier is opened once, belongs to one board and process, and is swept when it stays empty."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from events.recording import CaseIndex, errand_hash
from events.store.errors import UnknownDossier
from events.store.keys import MasterKeys
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import FACTS, begun, opened, recording

NONE = timedelta(0)
DAY = timedelta(days=1)


async def test_opened_once_however_often(
    store: Store, database: Database, master_keys: MasterKeys, tenant: str
) -> None:
    stream = str(uuid4())
    other = await Store.connect(database.app_dsn, master_keys, FACTS)
    try:
        await asyncio.gather(
            *(one.open_dossier(tenant, "toy", stream) for one in (store, other) * 4)
        )
        assert await store.dossier_key(tenant, stream) == await other.dossier_key(tenant, stream)
    finally:
        await other.close()


async def test_keys_differ(store: Store, tenant: str) -> None:
    one, two = await opened(store, tenant), await opened(store, tenant)
    keys = [await store.dossier_key(tenant, stream) for stream in (one, two)]
    assert keys[0] != keys[1]
    assert all(len(key) == 32 for key in keys)
    with pytest.raises(UnknownDossier):
        await store.dossier_key(tenant, str(uuid4()))
    with pytest.raises(UnknownDossier):
        await store.dossier_key(str(uuid4()), one)


async def test_process_is_known_from_the_first_event(store: Store, tenant: str) -> None:
    stream = await opened(store, tenant)
    assert await store.process_of(tenant, stream) is None
    await store.record(recording(tenant, stream))
    assert await store.process_of(tenant, stream) == "toy"
    assert await store.process_of(tenant, stream.upper()) == "toy"
    assert await store.process_of(str(uuid4()), stream) is None
    assert await store.process_of(tenant, str(uuid4())) is None
    assert await store.process_of(tenant, "no id at all") is None


async def test_only_old_empty_dossiers_are_swept(store: Store, tenant: str) -> None:
    empty, used = await opened(store, tenant), await begun(store, tenant)
    assert await store.sweep_empty(DAY) == 0
    assert await store.sweep_empty(NONE) == 1
    with pytest.raises(UnknownDossier):
        await store.head(tenant, empty)
    assert (await store.head(tenant, used)).version == 1
    assert len(await store.load(tenant, used)) == 1


async def test_key_outlives_its_dossier_by_one_sweep(
    store: Store, tenant: str, raw: asyncpg.Connection
) -> None:
    stream = await opened(store, tenant)
    key = await store.dossier_key(tenant, stream)
    await store.sweep_empty(NONE)
    with pytest.raises(UnknownDossier):
        await store.record(recording(tenant, stream))
    await store.open_dossier(tenant, "toy", stream)
    assert await store.dossier_key(tenant, stream) == key
    await store.record(recording(tenant, stream))
    assert await store.sweep_empty(NONE) == 0
    assert len(await store.load(tenant, stream)) == 1

    await opened(store, tenant)
    await store.sweep_empty(NONE)
    await store.sweep_empty(NONE)
    assert await raw.fetchval("select count(*) from traject.dossier_key") == 1


async def test_open_streams_of_every_board(store: Store, tenant: str) -> None:
    other = str(uuid4())
    wanted = {(tenant, await begun(store, tenant)), (other, await begun(store, other))}
    ended = CaseIndex(state="closed", open=False, parties={})
    await begun(store, tenant, index=ended)
    await opened(store, tenant)
    found = [one async for one in store.open_streams()]
    assert {(one.tenant, one.stream) for one in found} == wanted
    assert all((one.process, one.version) == ("toy", 1) for one in found)


async def test_open_streams_in_pages(
    store: Store, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {await begun(store, tenant) for _ in range(5)}
    for size in (1, 2, 5, 6):
        monkeypatch.setattr("events.store.dossiers._PAGE", size)
        found = [one.stream async for one in store.open_streams()]
        assert (len(found), set(found)) == (5, wanted)


async def test_open_streams_in_which_somebody_has_a_part(store: Store, tenant: str) -> None:
    person, other = str(uuid4()), str(uuid4())

    def index(open_: bool = True, **parties: str) -> CaseIndex:
        return CaseIndex(state="active", open=open_, parties=parties)

    wanted = {
        await begun(store, tenant, index=index(coordinator=person, deputy=other)),
        await begun(store, tenant, index=index(coordinator=other, deputy=person)),
    }
    await begun(store, tenant, index=index(False, coordinator=person))
    await begun(store, tenant, index=index(contact=person))
    await begun(store, str(uuid4()), index=index(coordinator=person))
    parts = ("coordinator", "deputy")
    assert set(await store.streams_of(tenant, "toy", person, parts)) == wanted
    assert await store.streams_of(tenant, "loans", person, parts) == []


async def test_streams_that_took_the_command_of_an_errand(store: Store, tenant: str) -> None:
    source = str(uuid4())
    name, other = errand_hash(source, "vacate"), errand_hash(source, "merge")
    took = {await begun(store, tenant, content_hash=name) for _ in range(2)}
    await begun(store, tenant, content_hash=other)
    await begun(store, str(uuid4()), content_hash=name)
    assert await store.streams_that_took(tenant, name) == took
