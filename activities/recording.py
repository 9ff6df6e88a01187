"""How a process reaches the store: load the stream, record a decision, recall an answer."""

from __future__ import annotations

from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from events.event import Event
from events.recording import Loaded, Recorded, Recording
from events.settings import TenantSettings

PAGE_EVENTS = 200
PAGE_BYTES = 256 * 1024
"""Temporal warns above this size of a payload and fails at eight times as much."""

SHIFTABLE = frozenset({"test", "demo"})
"""The installations in which a process may be given another clock."""


class Found(Protocol):
    """A command the store knows."""

    @property
    def stream(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def recorded(self) -> Recorded: ...


class Records(Protocol):
    """What of the store is needed here."""

    async def load(
        self, tenant: str, stream: str, after: int = 0, limit: int | None = None
    ) -> list[Event]: ...

    async def settings(self, tenant: str) -> TenantSettings: ...

    async def record(self, recording: Recording) -> Recorded: ...

    async def find_command(self, tenant: str, command_id: str) -> Any: ...


class RecordingActivities:
    """Local activities: each is one round trip to the store and safe to repeat."""

    def __init__(self, store: Records, installation: str = "production") -> None:
        self._store = store
        self._installation = installation

    @activity.defn(name="load")
    async def load(self, tenant: str, stream: str, after: int, clock_offset: float) -> Loaded:
        """A page of the stream after a version; refuses a shifted clock where time is real."""
        if clock_offset and self._installation not in SHIFTABLE:
            raise ApplicationError(
                "the clock of a production installation is not shifted",
                type="ClockShifted",
                non_retryable=True,
            )
        events = await self._store.load(tenant, stream, after, PAGE_EVENTS + 1)
        page: list[dict[str, Any]] = []
        size = 0
        for event in events[:PAGE_EVENTS]:
            raw = event.json()
            size += len(str(raw))
            if page and size > PAGE_BYTES:
                break
            page.append(raw)
        return Loaded(
            events=page,
            more=len(page) < len(events),
            settings=await self._store.settings(tenant),
        )

    @activity.defn(name="record")
    async def record(self, recording: Recording) -> Recorded:
        """One accepted command, in one transaction; the process loads what it missed itself."""
        answer = await self._store.record(recording)
        if answer.outcome == "behind":
            return answer.model_copy(update={"events": []})
        return answer

    @activity.defn(name="recall")
    async def recall(
        self, tenant: str, stream: str, command_id: str, content_hash: str
    ) -> Recorded:
        """The first answer of a known command; ``reused`` when the id had other content."""
        found = await self._store.find_command(tenant, command_id)
        if found is None or found.stream != stream or found.content_hash != content_hash:
            return Recorded(outcome="reused")
        return found.recorded
