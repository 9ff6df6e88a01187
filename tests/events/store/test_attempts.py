"""Refused commands and readings are kept in order, each board its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from events.store.attempts import ReadRow, RefusedRow
from events.store.store import Store
from tests.events.store.samples import START


async def test_refused_commands(store: Store, tenant: str) -> None:
    person, stream = str(uuid4()), str(uuid4())
    for code in ("auth.role", "state.final"):
        await store.log_refused(
            tenant,
            person=person,
            at=START,
            stream=stream,
            process="toy",
            command="Note",
            code=code,
        )
    await store.log_refused(
        tenant,
        person=None,
        at=START,
        stream=None,
        process="toy",
        command="Open",
        code="command.invalid",
    )
    rows = await store.refusals(tenant)
    assert rows == [
        RefusedRow(START, person, stream, "toy", "Note", "auth.role"),
        RefusedRow(START, person, stream, "toy", "Note", "state.final"),
        RefusedRow(START, None, None, "toy", "Open", "command.invalid"),
    ]
    assert await store.refusals(tenant, stream) == rows[:2]
    assert await store.refusals(str(uuid4())) == []


async def test_readings(store: Store, tenant: str) -> None:
    person, stream = str(uuid4()), str(uuid4())
    as_of = START - timedelta(days=3)
    for what, then in (("summary", None), ("timeline", as_of)):
        await store.log_read(
            tenant, person=person, at=START, stream=stream, process="toy", what=what, as_of=then
        )
    assert await store.reads(tenant, stream) == [
        ReadRow(START, person, stream, "toy", "summary", None),
        ReadRow(START, person, stream, "toy", "timeline", as_of),
    ]
    assert await store.reads(tenant, str(uuid4())) == []
    assert await store.reads(str(uuid4())) == []
