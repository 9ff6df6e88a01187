"""Documents are kept once, readable with the dossier's key only, and never change."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import uuid4

import asyncpg
import pytest

from events.store import dossiers
from events.store.errors import Erased, UnknownDossier, Unsealable
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import begun, opened
from tests.events.store.test_privileges import DENIED, as_role

PDF = b"%PDF-1.7 an invented agreement"
KEEP = "select * from traject.keep_document($1, $2, 'agreement', 1, sha256('x'), 'x')"


async def test_what_is_kept_comes_back(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    assert await store.document(tenant, stream, "agreement", 1) is None
    kept = await store.keep_document(tenant, stream, "agreement", 1, PDF)
    assert (kept.content, kept.sha256) == (PDF, hashlib.sha256(PDF).hexdigest())
    assert await store.document(tenant, stream, "agreement", 1) == kept
    assert await store.document(tenant, stream, "agreement", 2) is None
    assert await store.document(tenant, stream, "report", 1) is None


async def test_the_first_one_stays(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    first = await store.keep_document(tenant, stream, "agreement", 1, PDF)
    assert await store.keep_document(tenant, stream, "agreement", 1, b"another") == first
    assert await store.document(tenant, stream, "agreement", 1) == first


async def test_of_several_at_once_one_stays(store: Store, tenant: str) -> None:
    stream = await begun(store, tenant)
    made = await asyncio.gather(
        *(store.keep_document(tenant, stream, "agreement", 1, PDF + bytes([n])) for n in range(8))
    )
    assert len(set(made)) == 1


async def test_a_stream_without_events_has_no_documents(store: Store, tenant: str) -> None:
    for stream in (await opened(store, tenant), str(uuid4())):
        with pytest.raises(UnknownDossier):
            await store.keep_document(tenant, stream, "agreement", 1, PDF)


async def test_it_is_sealed_and_bound_to_its_place(
    raw: asyncpg.Connection, store: Store, tenant: str
) -> None:
    stream, other = await begun(store, tenant), await begun(store, tenant)
    await store.keep_document(tenant, stream, "agreement", 1, PDF)
    body = await raw.fetchval("select body from traject.document")
    assert body is not None
    assert PDF not in body
    for place in ((stream, "agreement", 2), (stream, "report", 1), (other, "agreement", 1)):
        await raw.execute(
            "insert into traject.document (tenant, stream, kind, version, sha256, body)"
            " select tenant, $1, $2, $3, sha256, body from traject.document where stream = $4"
            " limit 1",
            *place,
            stream,
        )
        with pytest.raises(Unsealable):
            await store.document(tenant, *place)


async def test_another_hash_than_its_own_is_noticed(
    raw: asyncpg.Connection, store: Store, tenant: str
) -> None:
    stream = await begun(store, tenant)
    seal = await store._seal(tenant, stream)
    await raw.execute(
        "insert into traject.document (tenant, stream, kind, version, sha256, body)"
        " values ($1, $2, 'agreement', 1, sha256('other'), $3)",
        tenant,
        stream,
        seal.seal_document("agreement", 1, PDF),
    )
    with pytest.raises(Unsealable, match="not what its hash says"):
        await store.document(tenant, stream, "agreement", 1)


async def test_erasing_the_key_makes_it_unreadable(
    raw: asyncpg.Connection, store: Store, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await begun(store, tenant)
    await store.keep_document(tenant, stream, "agreement", 1, PDF)
    await raw.execute(
        "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
        stream,
    )
    # Also a process that still has the key in memory adds nothing to what was erased.
    with pytest.raises(Erased):
        await store.keep_document(tenant, stream, "agreement", 2, PDF)
    monkeypatch.setattr(dossiers, "CACHE_SECONDS", -1.0)
    with pytest.raises(Erased):
        await store.document(tenant, stream, "agreement", 1)


async def test_only_the_board_itself_keeps_and_reads(
    database: Database, store: Store, tenant: str
) -> None:
    stream = await begun(store, tenant)
    await store.keep_document(tenant, stream, "agreement", 1, PDF)
    for other in (str(uuid4()), None):
        app = await as_role(database.app_dsn, other)
        reader = await as_role(database.reader_dsn, other)
        try:
            for connection in (app, reader):
                assert await connection.fetchval("select count(*) from traject.document") == 0
            with pytest.raises(asyncpg.PostgresError) as refused:
                await app.execute(KEEP, tenant, stream)
            assert getattr(refused.value, "sqlstate", None) == "TJ001"
        finally:
            await app.close()
            await reader.close()


async def test_reader_and_projector_keep_nothing(
    database: Database, store: Store, tenant: str
) -> None:
    stream = await begun(store, tenant)
    await store.keep_document(tenant, stream, "agreement", 1, PDF)
    reader = await as_role(database.reader_dsn, tenant)
    projector = await as_role(database.projector_dsn, tenant)
    try:
        assert await reader.fetchval("select count(*) from traject.document") == 1
        with pytest.raises(DENIED):
            await projector.fetchval("select count(*) from traject.document")
        for connection in (reader, projector):
            with pytest.raises(DENIED):
                await connection.execute(KEEP, tenant, stream)
    finally:
        await reader.close()
        await projector.close()
