"""Runs scenario files through the HTTP API of a running product, with time that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from events.store.store import Store
from workflows.registry import RULES
from workflows.scenarios import Answer, Call, Person, Reading, Scenario, Told
from workflows.wire import STATUS, Status, workflow_id

SETTLE_SECONDS = 20.0
BEFORE_TIMER = timedelta(seconds=0.25)
"""How far before a timer a skip ends; the rest passes by itself."""
LATE = timedelta(minutes=1)
TRY_AGAIN = 503


class HttpEngine:
    """Talks to the product as its people do; makes the board and its people directly."""

    def __init__(self, base_url: str, store: Store, client: Client) -> None:
        self._http = httpx2.AsyncClient(base_url=base_url, timeout=30)
        self._store = store
        self._client = client
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self._streams: dict[str, str] = {}
        self._offsets: dict[str, timedelta] = {}
        self._now = datetime.now(UTC)

    async def close(self) -> None:
        await self._http.aclose()

    async def begin(self, scenario: Scenario) -> None:
        """A board of its own with the scenario's settings and people."""
        self._scenario = scenario
        await self._store.save_settings(scenario.tenant, scenario.settings)
        self._tokens: dict[str, str] = {}
        for person in scenario.people.values():
            await self._store.add_person(
                scenario.tenant,
                person.name,
                f"{person.key}@voorbeeld.example",
                roles=person.roles,
                person=person.id,
            )
            self._tokens[person.id] = await self._store.issue_token(scenario.tenant, person.id)

    async def move_to(self, at: datetime) -> None:
        """Moves the clock of every open case; what falls due on the way happens."""
        for stream, process in list(self._streams.items()):
            await self._move(process, stream, at)
        self._now = at

    async def _move(self, process: str, stream: str, at: datetime) -> None:
        """From timer to timer: each one fires in its own time, and none is skipped over."""
        handle = self._client.get_workflow_handle(workflow_id(process, stream))
        while (status := await self._status(handle)) is not None:
            armed = status.armed and datetime.fromisoformat(status.armed)
            timer = armed if armed and armed <= at + BEFORE_TIMER else None
            if not await self._skip_to(handle, stream, timer - BEFORE_TIMER if timer else at):
                return
            if timer is None:
                break
            await asyncio.sleep(BEFORE_TIMER.total_seconds() / 2)
        await self._settled(handle, at)

    async def _skip_to(
        self, handle: WorkflowHandle[Any, Any], stream: str, target: datetime
    ) -> bool:
        """Moves one clock; whether the case still runs. Skipping is off again afterwards.

        The server runs on to the next timer when a skip ends just behind one, or stays on.
        """
        ahead = target - await self._clock(handle, stream)
        if ahead <= timedelta(0):
            return True
        if not await self._skipper.fast_forward(handle, ahead):
            return False
        with suppress(RPCError):
            await self._skipper._update_time_skipping_config(
                handle, TimeSkippingConfig(enabled=False)
            )
        if await self._clock(handle, stream) > target + LATE:
            raise RuntimeError(f"the clock of {handle.id} ran past {target}")
        return True

    async def _clock(self, handle: WorkflowHandle[Any, Any], stream: str) -> datetime:
        virtual = await self._skipper.get_current_time(handle)
        return virtual + self._offsets[stream]

    async def _settled(self, handle: WorkflowHandle[Any, Any], at: datetime) -> None:
        """Waits until nothing is due any more at the new moment."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while (status := await self._status(handle)) is not None:
                due = status.next_due and datetime.fromisoformat(status.next_due)
                idle = not status.pending and not status.errands
                if idle and status.loaded and (not due or due > at):
                    return
                await asyncio.sleep(0.01)

    async def _status(self, handle: WorkflowHandle[Any, Any]) -> Status | None:
        """None for a case that no workflow keeps alive any more."""
        try:
            description = await handle.describe()
            if description.close_time is not None:
                return None
            return await handle.query(STATUS, result_type=Status)
        except RPCError:
            return None

    async def give(self, call: Call) -> Answer:
        """POSTs the command; the same id again while the servers are away."""
        headers = {**self._headers(call.person, call.at), "Idempotency-Key": call.command_id}
        body: Mapping[str, Any]
        if call.stream is None:
            path, body = f"/api/v1/{call.process}", {"command": call.command, "data": call.data}
        else:
            path = f"/api/v1/{call.process}/{call.stream}/commands/{call.command}"
            body = call.data
        answer = await self._http.post(path, json=body, headers=headers)
        while answer.status_code == TRY_AGAIN:
            answer = await self._http.post(path, json=body, headers=headers)
        content = answer.json()
        if answer.status_code >= 400:
            return Answer(content, content.get("code", str(answer.status_code)))
        stream = content["id"]
        if call.stream is None and stream not in self._streams:
            self._streams[stream] = call.process
            self._offsets[stream] = call.at - datetime.now(UTC)
        if RULES[call.process].runs_errands:
            handle = self._client.get_workflow_handle(workflow_id(call.process, stream))
            await self._settled(handle, call.at)
        return Answer(content)

    async def adopt(self, process: str, stream: str, beside: str) -> None:
        """A stream that was opened beside another one goes by the same clock."""
        self._streams[stream] = process
        self._offsets[stream] = self._offsets[beside]

    def _headers(self, person: Person, at: datetime) -> dict[str, str]:
        token = self._tokens[person.id]
        return {"Authorization": f"Bearer {token}", "Traject-Clock": at.isoformat()}

    async def read(self, reading: Reading) -> Answer:
        if reading.view in ("tasks", "agenda"):
            path = f"/api/v1/me/{reading.view}"
        else:
            tail = "" if reading.view == "summary" else f"/{reading.view}"
            path = f"/api/v1/{reading.process}/{reading.stream}{tail}"
        query = {"as_of": reading.as_of.isoformat()} if reading.as_of else {}
        headers = self._headers(reading.person, reading.at)
        answer = await self._http.get(path, params=query, headers=headers)
        content = answer.json()
        return Answer(content, content.get("code") if answer.status_code >= 400 else None)

    async def notices(self) -> Sequence[Told]:
        rows = await self._store.notices(self._scenario.tenant)
        return [
            Told(row.person, row.kind, row.command_id, {"to": row.person, "kind": row.kind})
            for row in rows
        ]

    async def read_logged(self, reading: Reading) -> bool:
        reads = await self._store.reads(self._scenario.tenant, stream=reading.stream)
        return any(read.person == reading.person.id for read in reads)
