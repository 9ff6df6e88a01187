"""Erasing in the store: only what was approved, only in order, only by the database's owner."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from events.audit.publishing import Publication
from events.case import CaseState, Fold
from events.event import instant_text, stream_id
from events.process import Story
from events.recording import ActorRef, CaseIndex, Claim, Given, NoticeDraft
from events.store import clearing
from events.store.certificates import Certificate, LastEvent, Said
from events.store.chain import verify
from events.store.clearing import StillSeen, clear_files
from events.store.erasing import Eraser, Kept, NotErasable, OtherEvents, WrongOrder
from events.store.errors import Erased
from events.store.ledger import Ledger, NotObeyed, obey_ledger
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import FACTS, PROCESS, draft, opened, recording

HR, AUDITOR = str(uuid4()), str(uuid4())
KEPT = [Kept("business_record", {"total": "354.00"}, date(2033, 1, 1))]


async def case(store: Store, tenant: str, *steps: tuple[str, str]) -> str:
    """A stream with one event, and then these: a type, and who gave its command."""
    stream = await opened(store, tenant)
    index = CaseIndex(state="open", open=True, parties={"teacher": HR})
    claim = Claim(kind="days", subject=stream, refusal="taken")
    notice = NoticeDraft(kind="told", person=AUDITOR, cause=0)
    for version, (type_, person) in enumerate([("Noted", HR), *steps]):
        more: dict[str, Any] = {"claims": [claim], "notices": [notice]} if not version else {}
        command = {"ErasureRequested": "RequestErasure", "ErasureApproved": "ApproveErasure"}
        answer = await store.record(
            recording(
                tenant,
                stream,
                version,
                command=command.get(type_, "Note"),
                events=[draft(type_=type_)],
                actor=ActorRef(person=person, role="hr"),
                index=index,
                **more,
            )
        )
        assert answer.outcome == "recorded"
    return stream


APPROVED = [("ErasureRequested", HR), ("ErasureApproved", AUDITOR)]


async def erased(store: Store, eraser: Eraser, tenant: str) -> str:
    """A stream whose key is destroyed."""
    stream = await case(store, tenant, *APPROVED)
    await eraser.begin(tenant, stream, 3)
    await eraser.destroy(tenant, stream, 3, KEPT)
    return stream


@pytest.mark.parametrize(
    ("steps", "refusal"),
    [
        ([], "erasure.not_requested"),
        (APPROVED[:1], "erasure.not_approved"),
        ([APPROVED[0], ("ErasureApproved", HR)], "erasure.same_person"),
        ([*APPROVED, ("ErasureDeclined", AUDITOR)], "erasure.not_requested"),
        ([*APPROVED, APPROVED[0]], "erasure.not_approved"),
        ([("LegalHoldPlaced", HR), *APPROVED], "erasure.on_hold"),
        ([*APPROVED, ("LegalHoldPlaced", HR)], "erasure.on_hold"),
        ([("LegalHoldPlaced", HR), *APPROVED, ("LegalHoldLifted", HR)], None),
    ],
)
async def test_headers_alone_say_whether_it_may_be_erased(
    store: Store, eraser: Eraser, tenant: str, steps: list[tuple[str, str]], refusal: str | None
) -> None:
    stream = await case(store, tenant, *steps)
    asked = await eraser.asked(tenant, stream)
    assert asked.refusal == refusal
    if refusal is None:
        await eraser.begin(tenant, stream, len(steps) + 1)
        return
    with pytest.raises(NotErasable) as refused:
        await eraser.begin(tenant, stream, len(steps) + 1)
    assert refused.value.code == refusal
    assert await store.load(tenant, stream, limit=1)


async def test_each_step_is_refused_before_the_one_it_follows(
    store: Store, eraser: Eraser, raw: asyncpg.Connection, tenant: str
) -> None:
    stream = await case(store, tenant, *APPROVED)
    await store.keep_document(tenant, stream, "agreement", 1, b"%PDF")
    await store.save_draft(tenant, stream, HR, "Note", {"text": "half a word"}, None)
    with pytest.raises(OtherEvents):
        await eraser.begin(tenant, stream, 2)
    with pytest.raises(WrongOrder):
        await eraser.destroy(tenant, stream, 3, [])
    for table in ("document", "notice"):
        with pytest.raises(asyncpg.PostgresError, match="never changed or removed"):
            await raw.execute(f"delete from traject.{table} where stream = $1", stream)

    begun_at = await eraser.begin(tenant, stream, 3)
    assert await eraser.begin(tenant, stream, 3) == begun_at
    for step in (eraser.purge(tenant, stream), eraser.certify(tenant, stream, "{}")):
        with pytest.raises(WrongOrder):
            await step
    with pytest.raises(OtherEvents):
        await eraser.destroy(tenant, stream, 4, [])

    erased_at = await eraser.destroy(tenant, stream, 3, KEPT)
    assert await eraser.destroy(tenant, stream, 3, []) == erased_at
    assert await eraser.wrapped_key(tenant, stream) is None
    gone = await eraser.purge(tenant, stream)
    assert (gone["documents"], gone["notices"], gone["mails"], gone["claims"]) == (1, 1, 1, 1)
    assert gone["drafts"] == 1
    assert set((await eraser.left(tenant, stream)).values()) == {0}
    with pytest.raises(asyncpg.PostgresError, match="never changed or removed"):
        await raw.execute("delete from traject.event where stream = $1", stream)

    await eraser.certify(tenant, stream, '{"first": true}')
    await eraser.certify(tenant, stream, '{"first": false}')
    told = await store.erased(tenant, stream)
    assert told is not None
    assert (told.begun_at, told.erased_at) == (begun_at, erased_at)
    assert told.certificate == {"first": True}
    assert told.requested is not None
    assert told.approved is not None
    assert (told.requested.person, told.approved.person) == (HR, AUDITOR)
    [kept] = await store.outlived(tenant)
    assert (kept.stream, kept.content, kept.keep_until) == (
        stream,
        {"total": "354.00"},
        date(2033, 1, 1),
    )
    assert await eraser.sweep_outlived(date(2033, 1, 1)) == 0
    assert await eraser.sweep_outlived(date(2033, 1, 2)) == 1
    rows = await store.chain(tenant, stream)
    assert verify(rows, await store.head(tenant, stream)) is None


async def test_nobody_writes_or_opens_from_the_first_step_on(
    store: Store, eraser: Eraser, tenant: str
) -> None:
    stream = await case(store, tenant, *APPROVED)
    key = await store.dossier_key(tenant, stream)
    assert [one.stream async for one in store.open_streams()] == [stream]
    await eraser.begin(tenant, stream, 3)
    # Whoever has the key in memory is refused by the database.
    with pytest.raises(Erased):
        await store.record(recording(tenant, stream, 3))
    with pytest.raises(Erased):
        await store.load(tenant, stream)
    with pytest.raises(Erased):
        await store.keep_document(tenant, stream, "agreement", 1, b"%PDF")
    with pytest.raises(Erased):
        await store.save_draft(tenant, stream, HR, "Note", {}, None)
    await store.open_dossier(tenant, PROCESS, stream)
    with pytest.raises(Erased):
        await store.dossier_key(tenant, stream)
    assert await store.dossier_key(tenant, stream, to_the_last=True) == key
    assert [one.stream async for one in store.open_streams()] == []
    store.opens_to_the_last = True
    assert len(await store.load(tenant, stream, limit=1)) == 1
    await eraser.destroy(tenant, stream, 3, [])
    store.forget(tenant, stream)
    for wanted in (store.dossier_key(tenant, stream, to_the_last=True), store.load(tenant, stream)):
        with pytest.raises(Erased):
            await wanted


async def test_no_hash_tells_afterwards_what_was_written(
    store: Store, raw: asyncpg.Connection, tenant: str
) -> None:
    stream = await case(store, tenant)
    key = "self_assessment:Vkanarie/after_visit|2026-01-06T08:05:00.000000+00:00"
    errand = f"errand|{stream}|vacate"
    for version, content_hash in enumerate([key, key, errand], start=1):
        given = Given(rules=1, deadline="self_assessment:Vkanarie/after_visit")
        changes = {"content_hash": content_hash, "given": given}
        assert (await store.record(recording(tenant, stream, version, **changes))).events
    rows = await raw.fetch(
        "select content_hash, e::text as whole from traject.event e"
        " where stream = $1 and version > 1 order by version",
        stream,
    )
    first, second, third = [row["content_hash"] for row in rows]
    assert first == second
    assert first not in (key, hashlib.sha256(key.encode()).hexdigest())
    assert third == errand
    assert not any("kanarie" in row["whole"] for row in rows)


async def test_the_service_itself_can_erase_nothing(
    database: Database, store: Store, eraser: Eraser, tenant: str
) -> None:
    stream = await case(store, tenant, *APPROVED)
    for dsn in (database.app_dsn, database.projector_dsn, database.reader_dsn):
        service = await Eraser.connect(dsn)
        try:
            for step in (
                service.begin(tenant, stream, 3),
                service.destroy(tenant, stream, 3, []),
                service.purge(tenant, stream),
                service.again(tenant, stream, [], None),
                service.certify(tenant, stream, "{}"),
                service.found(),
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await step
        finally:
            await service.close()


async def test_the_owner_of_the_database_need_not_be_a_superuser(
    database: Database, store: Store, eraser: Eraser, raw: asyncpg.Connection, tenant: str
) -> None:
    stream = await case(store, tenant, *APPROVED)
    owner = f"owner_{uuid4().hex[:8]}"
    await raw.execute(f"create role {owner} login password 'x' nosuperuser")
    try:
        await raw.execute(f"grant traject_owner, traject_keeper to {owner}")
        await raw.execute(f"alter database {database.name} owner to {owner}")
        other = await Eraser.connect(database.server.dsn_for(database.name, owner, "x"))
        [found] = await other.found([stream])
        wrapped = await other.wrapped_key(tenant, stream)
        assert wrapped
        await other.begin(tenant, stream, found.version)
        erased_at = await other.destroy(tenant, stream, found.version, [])
        await other.purge(tenant, stream)
        cleared = await clear_files(other.connection, erased_at, [wrapped])
        assert "traject.dossier_key" in cleared.rewritten
        # Who may not look into the server's files does not say that they were looked into.
        assert (cleared.overwritten, cleared.sought) == (None, None)
        await other.close()
    finally:
        await raw.execute(f"alter database {database.name} owner to postgres")
        await raw.execute(f"drop owned by {owner}; drop role {owner}")


async def test_what_an_open_transaction_may_see_is_not_called_gone(
    database: Database,
    store: Store,
    eraser: Eraser,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clearing, "HELD_SECONDS", 0.0)
    stream = await case(store, tenant, *APPROVED)
    wrapped = await eraser.wrapped_key(tenant, stream)
    assert wrapped
    reader = await asyncpg.connect(database.owner_dsn)
    await reader.execute("begin isolation level repeatable read; select 1")
    await eraser.begin(tenant, stream, 3)
    erased_at = await eraser.destroy(tenant, stream, 3, [])
    with pytest.raises(StillSeen, match="transaction"):
        await clear_files(eraser.connection, erased_at, [wrapped])
    await reader.close()
    cleared = await clear_files(eraser.connection, erased_at, [wrapped])
    assert (cleared.sought, cleared.held) == (1, [])


STORY = Story(
    name=PROCESS,
    facts=FACTS[PROCESS],
    initial=CaseState,
    evolve=Fold(),
    index=lambda _state: CaseIndex(state="open", open=True, parties={}),
    rights=lambda _state, _reader: frozenset(),
    summary=lambda _state, _view: {},
    tasks=lambda _state, _view: [],
    outlives=lambda state: {"version": state.version},
)


def entry_of(tenant: str, stream: str, finished: bool) -> Certificate:
    now = instant_text(datetime.now(UTC))
    return Certificate(
        tenant=tenant,
        stream=stream,
        process=PROCESS,
        ground="unlawful",
        requested=Said(by=HR, at=now),
        approved=Said(by=AUDITOR, at=now),
        operator="Invented Operator",
        begun_at=now,
        finished_at=now if finished else None,
        last=LastEvent(version=3, hash="00" * 32),
    )


async def test_what_a_backup_brings_back_is_erased_again(
    database: Database,
    store: Store,
    tenant: str,
    tmp_path: Path,
) -> None:
    ledger = Ledger(Publication.at(str(tmp_path)))
    stories = {PROCESS: STORY}
    assert await obey_ledger(store, ledger, "nobody needs it", stories) == 0
    # As in a restored database: nothing in it says that these were ever to be erased.
    done, under_way = [await case(store, tenant) for _ in range(2)]
    other = await case(store, tenant)
    await ledger.enter(entry_of(tenant, done, finished=False))
    await ledger.finish(entry_of(tenant, done, finished=True))
    await ledger.enter(entry_of(tenant, under_way, finished=False))
    await ledger.enter(entry_of(tenant, stream_id(tenant, str(uuid4())), finished=True))

    with pytest.raises(NotObeyed, match="2 dossiers"):
        await obey_ledger(store, ledger, database.app_dsn, stories)
    assert await store.load(tenant, done)
    assert await obey_ledger(store, ledger, database.owner_dsn, stories) == 2
    assert await obey_ledger(store, ledger, "nobody needs it", stories) == 0
    for stream in (done, under_way):
        with pytest.raises(Erased):
            await store.load(tenant, stream)
    told = await store.erased(tenant, done)
    assert told is not None
    assert told.certificate is not None
    assert told.certificate["operator"] == "Invented Operator"
    told = await store.erased(tenant, under_way)
    assert told is not None
    assert told.certificate is None
    assert await store.load(tenant, other)
    # What is to be kept longer comes from the restored events, as far as these go.
    assert {one.stream: one.content for one in await store.outlived(tenant)} == {
        done: {"version": 1},
        under_way: {"version": 1},
    }
