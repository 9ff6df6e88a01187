"""How a process reaches the store: load the stream, record a decision, recall an answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.faults import Fault
from events.recording import PASS_DEADLINE, Loaded, Opening, Recorded, Recording
from events.store.errors import Erased, StoreError
from events.store.store import Store
from observability import RECORD_SECONDS, RECORDED, bound

PAGE_EVENTS = 200
PAGE_BYTES = 256 * 1024
"""Temporal warns above this size of a payload and fails at eight times as much."""

SHIFTABLE = frozenset({"test", "demo"})
"""The installations in which a process may be given another clock."""

log = structlog.stdlib.get_logger("traject.recording")


Opened = Callable[[Recording, Opening], Awaitable[None]]
"""Gives a stream that was opened beside another one its own process, on the same clock."""
Completed = Callable[[Recording], Awaitable[object]]
"""Waits until the caller of a recorded command has its answer."""


class RecordingActivities:
    """Local activities: each is one round trip to the store and safe to repeat."""

    def __init__(
        self,
        store: Store,
        installation: str = "production",
        *,
        opened: Opened | None = None,
        fault: Fault | None = None,
        completed: Completed | None = None,
    ) -> None:
        self._store = store
        self._installation = installation
        self._opened = opened
        self._fault = fault
        self._completed = completed
        self._tasks: set[asyncio.Task[None]] = set()

    @activity.defn(name="load")
    async def load(self, tenant: str, stream: str, after: int, clock_offset: float) -> Loaded:
        """A page of the stream after a version; refuses a shifted clock where time is real."""
        if clock_offset and self._installation not in SHIFTABLE:
            raise ApplicationError(
                "the clock of a production installation is not shifted",
                type="ClockShifted",
                non_retryable=True,
            )
        async with _reaching(tenant, stream):
            events = await self._store.load_json(tenant, stream, after, PAGE_EVENTS + 1)
            if after and not events:
                # Nothing new is also what one hears of an erased dossier, without asking for it.
                await self._store.dossier_key(tenant, stream)
            settings = await self._store.settings(tenant)
        page: list[dict[str, Any]] = []
        size = 0
        for raw in events[:PAGE_EVENTS]:
            size += len(str(raw))
            if page and size > PAGE_BYTES:
                break
            page.append(raw)
        return Loaded(events=page, more=len(page) < len(events), settings=settings)

    @activity.defn(name="record")
    async def record(self, recording: Recording) -> Recorded:
        """One accepted command, in one transaction; the process loads what it missed itself."""
        self._strike("before_append", recording)
        async with _reaching(recording.tenant, recording.stream, recording.command_id):
            began = time.perf_counter()
            answer = await self._outdated(recording) or await self._store.record(recording)
            RECORD_SECONDS.labels(recording.process).observe(time.perf_counter() - began)
            RECORDED.labels(recording.process, recording.command, answer.outcome).inc()
            log.info(
                "recorded",
                process=recording.process,
                command=recording.command,
                outcome=answer.outcome,
                refusal=answer.refusal,
                version=recording.expected_version + len(answer.events),
            )
            self._strike("after_commit", recording)
            self._strike_after(recording)
            if answer.outcome in ("recorded", "repeated") and self._opened is not None:
                for opening in recording.openings:
                    await self._opened(recording, opening)
        if answer.outcome == "behind":
            return answer.model_copy(update={"events": []})
        return answer

    @activity.defn(name="recall")
    async def recall(
        self, tenant: str, stream: str, command_id: str, content_hash: str
    ) -> Recorded:
        """The first answer of a known command; ``reused`` when the id had other content."""
        async with _reaching(tenant, stream, command_id):
            found = await self._store.find_command(tenant, command_id)
        if found is None or found.stream != stream or not found.is_of(content_hash):
            return Recorded(outcome="reused")
        return found.recorded

    async def _outdated(self, recording: Recording) -> Recorded | None:
        """``behind`` for a deadline reckoned by settings that the board has changed since.

        Nobody tells a waiting case of new settings, and under them it may not be due yet.
        """
        if recording.command != PASS_DEADLINE:
            return None
        settings = await self._store.settings(recording.tenant)
        if settings.version == recording.settings_version:
            return None
        return Recorded(outcome="behind", settings=settings)

    def _strike(self, moment: str, recording: Recording) -> None:
        if self._fault is not None:
            self._fault.at(moment, recording.command)

    def _strike_after(self, recording: Recording) -> None:
        fault, completed = self._fault, self._completed
        if fault is None or completed is None:
            return
        if fault.meant("after_completion", recording.command):
            strike = fault.after(recording.command, lambda: completed(recording))
            task = asyncio.ensure_future(strike)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


@asynccontextmanager
async def _reaching(tenant: str, stream: str, command_id: str | None = None) -> AsyncIterator[None]:
    """Log lines carry the ids; what the store will refuse for ever is not tried again."""
    with bound(tenant=tenant, stream=stream, command_id=command_id):
        try:
            yield
        except StoreError as error:
            # Whatever still comes to a dossier that is being erased is no fault of anybody.
            level = logging.INFO if isinstance(error, Erased) else logging.ERROR
            log.log(level, "store refused", exc_info=error)
            raise ApplicationError(
                "the store refused", type=type(error).__name__, non_retryable=True
            ) from None
        except Exception as error:
            log.warning("store not reached", exc_info=error)
            raise
