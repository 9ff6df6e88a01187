"""Tells open pages that their case changed, and nothing else: what, they then ask as ever."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import uniform
from time import monotonic
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog

from events.process import View
from events.store.connection import SESSION
from events.store.errors import Erased, unreachable
from events.store.positions import CHANNEL
from web.site import Site, reader_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

MOST = 6
"""So many pages of one person are told; of more, the one that was opened first is let go."""
MOST_ALL = 2_000
SETTLE = 0.15
"""Seconds in which what comes together is told once."""
HEARTBEAT = 20.0
"""Seconds after which a silent stream says that it is there, and looks whether it may be."""
LIFE = 600.0
"""Seconds after which the browser opens the stream anew: roles may have changed since."""
RETRY = 2.0
SOON, LATER = (2.0, 8.0), (45.0, 90.0)
"""Seconds within which the browsers come back: those of a server that stopped, each at a moment of
its own, and those that were one too many, so that they do not drive each other out all the time."""

CHANGED, ENDED, BEAT = b"event: changed\ndata:\n\n", b"event: ended\ndata:\n\n", b": \n\n"
log = structlog.get_logger("live")


@dataclass(eq=False, slots=True)
class Watch:
    """One open page: whose, of which case, and up to which version it was told.

    ``news`` is set when there is something to say, ``over`` when nothing more will be; ``back``:
    it may come back within so many seconds. ``failed``: its case could not be looked at.
    """

    person: PersonRow
    process: str
    stream: str
    seen: int
    news: asyncio.Event = field(default_factory=asyncio.Event)
    changed: bool = False
    over: bool = False
    back: tuple[float, float] | None = None
    failed: bool = False

    def tell(self) -> None:
        self.changed = True
        self.news.set()

    def end(self) -> None:
        self.over = True
        self.news.set()

    def let_go(self, back: tuple[float, float]) -> None:
        """End, although nothing is wrong: the browser asks again within so many seconds."""
        if not self.over:
            self.back = back
        self.end()


class Live:
    """All open pages of this process, and the one connection that hears what is recorded."""

    def __init__(self) -> None:
        self._watches: dict[str, list[Watch]] = defaultdict(list)
        self._news = asyncio.Event()
        self._closed = False

    def open(self, watch: Watch) -> None:
        """From now on the page is told. Of too many, older ones of the same person are let go."""
        own = self._watches[watch.person.id]
        own.append(watch)
        for older in own[:-MOST]:
            older.let_go(LATER)
        if self._closed or self.count > MOST_ALL:
            watch.let_go(SOON if self._closed else LATER)

    def shut(self, watch: Watch) -> None:
        """The page is gone."""
        own = self._watches[watch.person.id]
        with suppress(ValueError):
            own.remove(watch)
        if not own:
            self._watches.pop(watch.person.id, None)

    @property
    def count(self) -> int:
        """How many pages are open."""
        return sum(map(len, self._watches.values()))

    def close(self) -> None:
        """Ends all streams at once: a server that stops does not wait for them."""
        self._closed = True
        for watches in self._watches.values():
            for watch in watches:
                watch.let_go(SOON)

    def hear(self) -> None:
        """Something was recorded, somewhere."""
        self._news.set()

    async def listen(self, dsn: str, site: Site) -> None:
        """Hear what is recorded and tell it on; never returns.

        Whenever nobody listened for a while, all cases that are looked at are looked up again.
        """
        telling = asyncio.ensure_future(self._tell_on(site))
        try:
            while True:
                kind = None
                try:
                    await _heard(dsn, self.hear)
                except Exception as error:  # noqa: BLE001 - whatever it is, pages wait to be told
                    kind = type(error).__name__
                log.warning("changes are not heard of: no connection", kind=kind)
                await asyncio.sleep(RETRY)
        finally:
            telling.cancel()

    async def _tell_on(self, site: Site) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(SETTLE)
            self._news.clear()
            try:
                await self.look(site)
            except Exception as error:  # noqa: BLE001 - whatever it is, pages wait to be told
                log.warning("changes are not told", kind=type(error).__name__)
                self._news.set()
                await asyncio.sleep(RETRY)

    async def look(self, site: Site) -> None:
        """Look up the cases that are looked at, and tell who may know what is new in them."""
        cases: dict[str, dict[str, list[Watch]]] = defaultdict(lambda: defaultdict(list))
        for watches in self._watches.values():
            for watch in watches:
                cases[watch.person.tenant][watch.stream].append(watch)
        for tenant, streams in cases.items():
            await look_at_all(site, tenant, streams)


async def look_at_all(site: Site, tenant: str, streams: Mapping[str, Sequence[Watch]]) -> None:
    """Tell the pages of some cases of a board. One that cannot be read holds up no other."""
    after = {stream: min(w.seen for w in found) for stream, found in streams.items()}
    try:
        newer = await site.store.load_many(tenant, after)
    except Exception as error:
        if unreachable(error):
            raise
        cases, middle = list(streams.items()), len(streams) // 2
        if not middle:
            _note(error, cases[0][1])
            return
        # One of them is at fault: each half by itself, until it is found.
        for half in (cases[:middle], cases[middle:]):
            await look_at_all(site, tenant, dict(half))
        return
    for stream, watches in streams.items():
        if stream not in newer:
            # Erased, or on the way there.
            for watch in watches:
                watch.tell()
                watch.end()
        elif newer[stream]:
            for watch in watches:
                try:
                    await look_at(site, watch)
                except Exception as error:
                    if unreachable(error):
                        raise
                    _note(error, [watch])


def _note(error: Exception, watches: Sequence[Watch]) -> None:
    """Said once for each page, however many events follow."""
    about = {"kind": type(error).__name__, "tenant": watches[0].person.tenant}
    if not all(watch.failed for watch in watches):
        log.error("a change is not told", **about, stream=watches[0].stream)
    for watch in watches:
        watch.failed = True


async def look_at(site: Site, watch: Watch) -> None:
    """Tell a page what is new in its case, if its reader may see any of that.

    Of what its reader may not see nothing is told, not even that there was something.
    """
    tenant = watch.person.tenant
    try:
        dossier = await site.dossiers.read(tenant, watch.process, watch.stream)
    except Erased:
        dossier = None
    if dossier is None:
        watch.tell()
        watch.end()
        return
    story, reader = site.rules[watch.process].story, reader_of(watch.person)
    rights = story.rights(dossier.state, reader)
    if not rights:
        watch.end()
        return
    view = View(reader, rights, datetime.now(UTC), await site.settings(tenant))
    new = [event for event in dossier.events if event.version > watch.seen]
    watch.seen = dossier.version
    if any(story.visible(dossier.state, event, view) for event in new):
        watch.tell()


async def stream_of(live: Live, watch: Watch, allowed: Callable[[], Any]) -> AsyncIterator[bytes]:
    """What is sent to one page until it is gone, or ``allowed`` says that its session is over."""
    live.open(watch)
    until = monotonic() + LIFE
    try:
        yield b"retry: 2000\n\n"
        while monotonic() < until:
            with suppress(TimeoutError):
                await asyncio.wait_for(watch.news.wait(), HEARTBEAT)
            watch.news.clear()
            if not watch.over and not await allowed():
                watch.over, watch.changed = True, False
            if watch.changed:
                watch.changed = False
                yield CHANGED
            elif not watch.over:
                yield BEAT
            if watch.over:
                yield b"retry: %d\n\n" % (uniform(*watch.back) * 1000) if watch.back else ENDED
                return
    finally:
        live.shut(watch)


async def _heard(dsn: str, hear: Callable[[], None]) -> None:
    """Until the connection is lost."""
    settings = {**SESSION, "application_name": "traject live"}
    connection: asyncpg.Connection = await asyncpg.connect(dsn, server_settings=settings)
    lost = asyncio.Event()

    def told(*_: object) -> None:
        hear()

    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(CHANNEL, told)
        hear()
        await lost.wait()
    finally:
        connection.terminate()
