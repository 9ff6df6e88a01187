"""Cases as they are read: recently read ones stay folded, so that a look costs only what is new."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.event import Event
from events.store.errors import Erased
from workflows.decision import Rules

if TYPE_CHECKING:
    from events.store.store import Store


@dataclass(frozen=True, slots=True)
class Dossier:
    """One stream up to some version. ``state`` is the fold of ``events``."""

    process: str
    stream: str
    events: tuple[Event, ...]
    state: Any

    @property
    def version(self) -> int:
        return self.events[-1].version if self.events else 0


class Dossiers:
    """Reads streams. What was recorded never changes, so what is kept never goes stale."""

    def __init__(self, store: Store, rules: Mapping[str, Rules[Any]], keep: int = 256) -> None:
        self._store = store
        self._rules = rules
        self._keep = keep
        self._kept: OrderedDict[tuple[str, str], Dossier] = OrderedDict()
        self._forgotten = 0

    async def read(self, tenant: str, process: str, stream: str) -> Dossier | None:
        """The case as it is now; None when the board has no such case of this process.

        Raises Erased once the store knows that the dossier's key was destroyed.
        """
        forgotten = self._forgotten
        kept = self._kept.get((tenant, stream))
        if kept is None:
            if await self._store.process_of(tenant, stream) != process:
                return None
            kept = Dossier(process, stream, (), self._rules[process].story.initial())
        elif kept.process != process:
            return None
        else:
            await self._not_erased(tenant, stream)
        newer = await self._store.load(tenant, stream, after=kept.version)
        return self._put(tenant, self._grown(kept, newer), forgotten)

    async def read_many(
        self, tenant: str, process: str, streams: Sequence[str]
    ) -> dict[str, Dossier]:
        """Cases of a process as they are now; unknown and erased ones are left out."""
        forgotten = self._forgotten
        before: dict[str, Dossier] = {}
        for stream in streams:
            kept = self._kept.get((tenant, stream))
            begin = Dossier(process, stream, (), self._rules[process].story.initial())
            before[stream] = kept if kept and kept.process == process else begin
        newer = await self._store.load_many(
            tenant, {stream: dossier.version for stream, dossier in before.items()}
        )
        found: dict[str, Dossier] = {}
        for stream, events in newer.items():
            found[stream] = self._put(tenant, self._grown(before[stream], events), forgotten)
            # Many take a while, and other calls are not to wait for all of them.
            await asyncio.sleep(0)
        return found

    async def upto(
        self, tenant: str, process: str, stream: str, events: Sequence[Event]
    ) -> Dossier:
        """The case right after these recorded events, whatever came later."""
        forgotten = self._forgotten
        first, last = events[0].version, events[-1].version
        kept = self._kept.get((tenant, stream))
        if kept is None or kept.version < first - 1:
            before = kept or Dossier(process, stream, (), self._rules[process].story.initial())
            if first - 1 > before.version:
                gap = first - 1 - before.version
                older = await self._store.load(tenant, stream, after=before.version, limit=gap)
                before = self._grown(before, older)
            return self._put(tenant, self._grown(before, events), forgotten)
        if kept.version >= last:
            return self.cut(kept, last)
        fresh = [event for event in events if event.version > kept.version]
        return self._put(tenant, self._grown(kept, fresh), forgotten)

    def cut(self, dossier: Dossier, version: int) -> Dossier:
        """The case as it was right after ``version``."""
        if version >= dossier.version:
            return dossier
        events = dossier.events[:version]
        state = self._rules[dossier.process].story.fold(events)
        return Dossier(dossier.process, dossier.stream, events, state)

    def at(self, dossier: Dossier, moment: datetime) -> Dossier:
        """The case as it was recorded by a moment of the process clock."""
        return self.cut(dossier, sum(event.recorded_at <= moment for event in dossier.events))

    def process_of(self, tenant: str, stream: str) -> str | None:
        """The process of a case that is kept; None says nothing about others."""
        kept = self._kept.get((tenant, stream))
        return kept.process if kept else None

    def forget(self, tenant: str, stream: str) -> None:
        """Keep nothing of this case in memory."""
        self._forgotten += 1
        self._kept.pop((tenant, stream), None)

    def forget_all(self) -> None:
        """Keep nothing of any case in memory."""
        self._forgotten += 1
        self._kept.clear()

    async def _not_erased(self, tenant: str, stream: str) -> None:
        try:
            await self._store.dossier_key(tenant, stream)
        except Erased:
            self._kept.pop((tenant, stream), None)
            raise

    def _grown(self, dossier: Dossier, newer: Sequence[Event]) -> Dossier:
        if not newer:
            return dossier
        state = self._rules[dossier.process].story.fold(newer, dossier.state)
        return Dossier(dossier.process, dossier.stream, (*dossier.events, *newer), state)

    def _put(self, tenant: str, dossier: Dossier, forgotten: int) -> Dossier:
        """Keeps what was read, unless something was ``forgotten`` since: it may be this."""
        if forgotten != self._forgotten:
            return dossier
        key = (tenant, dossier.stream)
        kept = self._kept.get(key)
        if kept is None or kept.version < dossier.version:
            self._kept[key] = dossier
        self._kept.move_to_end(key)
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)
        return dossier
