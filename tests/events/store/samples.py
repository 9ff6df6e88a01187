"""A process with two facts and the recordings that tests make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from events.event import Fact, Text, stream_id
from events.recording import ActorRef, CaseIndex, Draft, Recorded, Recording
from events.store.store import Store

PROCESS = "toy"
START = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)


class Opened(Fact):
    note: Text


class Noted(Fact):
    note: Text
    remark: str | None = None


FACTS = {PROCESS: {"Opened": Opened, "Noted": Noted}, "other": {"Noted": Noted}}


def draft(note: str = "an invented note", type_: str = "Noted") -> Draft:
    return Draft(type=type_, occurred_on="2026-01-06", data={"note": note})


def recording(tenant: str, stream: str, version: int = 0, **changes: Any) -> Recording:
    """One event on top of ``version``, an hour per version after START; changed as asked."""
    command_id = changes.pop("command_id", None) or str(uuid4())
    plain: dict[str, Any] = {
        "tenant": tenant,
        "process": PROCESS,
        "stream": stream,
        "expected_version": version,
        "command_id": command_id,
        "command": "Note",
        "content_hash": "0" * 64,
        "actor": ActorRef(person=str(uuid4()), role="advisor"),
        "recorded_at": START + timedelta(hours=version),
        "correlation_id": command_id,
        "settings_version": 1,
        "events": [draft()],
        "index": CaseIndex(state="open", open=True, parties={}),
    }
    return Recording(**{**plain, **changes})


async def opened(store: Store, tenant: str, process: str = PROCESS) -> str:
    """A stream with an open dossier and no events."""
    stream = stream_id(tenant, str(uuid4()))
    await store.open_dossier(tenant, process, stream)
    return stream


async def begun(store: Store, tenant: str, **changes: Any) -> str:
    """A stream with one event."""
    stream = await opened(store, tenant, changes.get("process", PROCESS))
    answer = await store.record(recording(tenant, stream, **changes))
    assert answer.outcome == "recorded"
    return stream


def versions(answer: Recorded) -> list[int]:
    return [event["version"] for event in answer.events]
