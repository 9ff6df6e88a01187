"""Drafts are their writer's alone, sealed, and never lost to another window without a word."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from events.store.drafts import MOST_BYTES, MOST_FORMS, NewerDraft, TooLarge
from events.store.errors import UnknownDossier, Unsealable
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import begun, opened
from tests.events.store.test_privileges import DENIED, as_role

FIELDS = {"findings.0.example": "de bel ging", "grounds": ["wish", "necessity"]}


async def test_what_was_typed_comes_back_to_its_writer_only(
    store: Store, database: Database, tenant: str
) -> None:
    stream, writer, other = await begun(store, tenant), str(uuid4()), str(uuid4())
    assert await store.draft(tenant, stream, writer, "Note") is None
    saved = await store.save_draft(tenant, stream, writer, "Note", FIELDS, None)
    assert await store.draft(tenant, stream, writer, "Note") == saved
    assert saved.fields == FIELDS
    assert await store.draft(tenant, stream, writer, "Note:V2") is None
    assert await store.draft(tenant, stream, other, "Note") is None
    assert [(one.stream, one.form) for one in await store.drafts_of(tenant, writer)] == [
        (stream, "Note")
    ]
    assert await store.drafts_of(tenant, other) == []
    assert await store.draft(str(uuid4()), stream, writer, "Note") is None
    elsewhere = await as_role(database.app_dsn, str(uuid4()))
    try:
        assert await elsewhere.fetchval("select count(*) from traject.draft") == 0
        with pytest.raises(DENIED):
            await elsewhere.execute("update traject.draft set form = form")
    finally:
        await elsewhere.close()


async def test_a_newer_draft_of_another_window_stays(store: Store, tenant: str) -> None:
    stream, writer = await begun(store, tenant), str(uuid4())
    first = await store.save_draft(tenant, stream, writer, "Note", {"text": "a"}, None)
    second = await store.save_draft(tenant, stream, writer, "Note", {"text": "ab"}, first.saved)
    for known in (None, first.saved):
        with pytest.raises(NewerDraft) as refused:
            await store.save_draft(tenant, stream, writer, "Note", {"text": "b"}, known)
        assert refused.value.saved == second.saved
    assert await store.draft(tenant, stream, writer, "Note") == second

    await store.drop_draft(tenant, stream, writer, "Note")
    with pytest.raises(NewerDraft) as gone:
        await store.save_draft(tenant, stream, writer, "Note", {"text": "abc"}, second.saved)
    assert gone.value.saved is None
    assert await store.draft(tenant, stream, writer, "Note") is None


async def test_it_is_sealed_and_bound_to_its_place(
    raw: asyncpg.Connection, store: Store, tenant: str
) -> None:
    stream, writer = await begun(store, tenant), str(uuid4())
    await store.save_draft(tenant, stream, writer, "Note", FIELDS, None)
    body = await raw.fetchval("select body from traject.draft")
    assert body is not None
    assert b"bel" not in body
    await raw.execute("update traject.draft set form = 'Other'")
    with pytest.raises(Unsealable):
        await store.draft(tenant, stream, writer, "Other")


async def test_it_is_refused_where_it_has_no_place(store: Store, tenant: str) -> None:
    stream, writer = await begun(store, tenant), str(uuid4())
    with pytest.raises(TooLarge):
        await store.save_draft(tenant, stream, writer, "Note", {"text": "a" * MOST_BYTES}, None)
    first = await store.save_draft(tenant, stream, writer, "Note:0", FIELDS, None)
    for number in range(1, MOST_FORMS):
        await store.save_draft(tenant, stream, writer, f"Note:{number}", FIELDS, None)
    with pytest.raises(TooLarge):
        await store.save_draft(tenant, stream, writer, "Note:more", FIELDS, None)
    await store.save_draft(tenant, stream, writer, "Note:0", FIELDS, first.saved)
    await store.save_draft(tenant, stream, str(uuid4()), "Note:more", FIELDS, None)
    for unknown in (await opened(store, tenant), str(uuid4())):
        with pytest.raises(UnknownDossier):
            await store.save_draft(tenant, unknown, writer, "Note", FIELDS, None)


async def test_those_left_alone_are_forgotten(store: Store, tenant: str) -> None:
    stream, writer = await begun(store, tenant), str(uuid4())
    await store.save_draft(tenant, stream, writer, "Note", FIELDS, None)
    assert await store.sweep_drafts(timedelta(days=90)) == 0
    assert await store.sweep_drafts(timedelta(0)) == 1
    assert await store.draft(tenant, stream, writer, "Note") is None
