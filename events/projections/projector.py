"""Keeps the rows of all read models up with the events, one leader for each of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from events.calendar import local_day
from events.projections import builds
from events.projections.builds import SQL, Build, Status
from events.projections.folding import Folder
from events.projections.known import PROJECTIONS
from events.projections.projection import Key, Projection, Stories
from events.projections.writing import Fault, Overtaken, page, write
from events.store.connection import SESSION
from events.store.errors import unreachable
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.positions import CHANNEL

BATCH = 200
"""Events a transaction: few, as an open one holds back all who read by position."""
PAUSE = 0.2
"""Seconds between two batches when there is nothing to catch up with: what comes meanwhile is one
batch. Nobody waits for it who has to see what was just recorded."""
STANDBY = 1.0
RETRY = 0.5
REFRESH = 10.0
"""Seconds between two looks for rows of another day, or of other settings."""
KEPT = timedelta(days=1)
"""How long an older version stays beside the one that is read instead of it."""
COMMAND_TIMEOUT = 60.0
ERASED = "traject_erased"

# Not waiting for the disk is safe: rows and position are lost together, and made again.
_SESSION = {**SESSION, "application_name": "traject projector", "synchronous_commit": "off"}

log = logging.getLogger(__name__)


def real_time() -> datetime:
    return datetime.now(UTC)


async def connect(dsn: str) -> asyncpg.Connection:
    """A connection as ``traject_projector`` in which batches are written."""
    return await asyncpg.connect(dsn, command_timeout=COMMAND_TIMEOUT, server_settings=_SESSION)


class Projector:
    """One of possibly many; each build of a projection is led by one of them.

    ``dsn`` is of the role ``traject_projector``. ``clock`` tells for which day rows are made.
    ``told`` is called about once a second with how far everything has come.
    """

    def __init__(
        self,
        dsn: str,
        master_keys: MasterKeys | KeyRing,
        stories: Stories,
        *,
        projections: Sequence[Projection] = PROJECTIONS,
        batch: int = BATCH,
        clock: Callable[[], datetime] = real_time,
        fault: Fault | None = None,
        told: Callable[[Sequence[Status]], None] | None = None,
    ) -> None:
        self._dsn = dsn
        self._folder = Folder(stories, master_keys)
        self._projections = projections
        self._batch = batch
        self._clock = clock
        self._fault = fault
        self._told = told
        self._news = asyncio.Event()
        self._led: set[int] = set()
        self._hurry = False
        self._look_at = self._refresh_at = datetime.min.replace(tzinfo=UTC)

    async def run(self, stop: asyncio.Event) -> None:
        """Lead or stand by until ``stop``, through failures of PostgreSQL."""
        while not stop.is_set():
            try:
                await self._session(stop)
            except Exception as error:
                if not unreachable(error):
                    raise
                log.warning("projector lost its database: %s", type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY)

    async def catch_up(self) -> None:
        """Bring all that nobody else leads up to the last position, and to this day; then return.

        Raises what makes the database unreachable.
        """
        connection = await connect(self._dsn)
        try:
            self._led.clear()
            while await self._step(connection, to_the_end=True):
                pass
        finally:
            connection.terminate()

    async def advance(self, connection: asyncpg.Connection, numbers: Sequence[int]) -> bool:
        """One batch more for those of these builds that are behind; False: none is.

        The caller leads them.
        """
        every = await builds.builds(connection)
        return await self._forward(connection, [one for one in every if one.number in numbers])

    async def _session(self, stop: asyncio.Event) -> None:
        connection = await connect(self._dsn)
        self._led.clear()
        self._folder.forget()
        try:
            await connection.add_listener(CHANNEL, self._hear)
            await connection.add_listener(ERASED, self._hear_of_erasure)
            while not stop.is_set():
                self._news.clear()
                worked = await self._step(connection)
                if self._led and not self._hurry:
                    await _rest(stop, PAUSE)
                if worked:
                    continue
                waiting = asyncio.ensure_future(stop.wait())
                news = asyncio.ensure_future(self._news.wait())
                await asyncio.wait(
                    (waiting, news), timeout=STANDBY, return_when=asyncio.FIRST_COMPLETED
                )
                for task in (waiting, news):
                    task.cancel()
        finally:
            connection.terminate()

    def _hear(self, *_: Any) -> None:
        self._news.set()

    def _hear_of_erasure(self, *_: Any) -> None:
        self._folder.forget()

    async def _step(self, connection: asyncpg.Connection, *, to_the_end: bool = False) -> bool:
        """One batch, or whatever else there is to do; False when there was nothing."""
        self._hurry = False
        try:
            mine = await self._mine(connection)
            moved = await self._forward(connection, mine)
            if moved and (to_the_end or self._hurry):
                return True
            if moved:
                mine = await self._mine(connection)
            shown = await self._show(connection, mine)
            return await self._refresh(connection, mine, now=to_the_end) or shown or moved
        except Overtaken:
            log.info("another one changed what this one was about to")
            return True

    # -- who leads what ------------------------------------------------------------------------

    async def _mine(self, connection: asyncpg.Connection) -> list[Build]:
        """The builds that this one leads, live ones and those that are to become so."""
        every = await builds.builds(connection)
        for projection in self._projections:
            of_it = [build for build in every if build.of(projection)]
            if not any(build.state in ("live", "building") for build in of_it):
                every.append(await builds.begin(connection, projection))
        mine: list[Build] = []
        for build in every:
            if not any(build.of(projection) for projection in self._projections):
                continue
            if build.number not in self._led and not await builds.lead(connection, build.number):
                continue
            self._led.add(build.number)
            if self._superseded(build, every):
                await builds.remove(connection, build, self._of(build).table)
                await builds.leave(connection, build.number)
                self._led.discard(build.number)
            else:
                mine.append(build)
        await self._replace(connection, every)
        await self._tell(connection)
        return mine

    async def _replace(self, connection: asyncpg.Connection, every: Sequence[Build]) -> None:
        """Remove older versions once these have been read for a while, and nobody leads them.

        Web processes may still be of the older version, and read its rows.
        """
        before = real_time() - KEPT
        settled = [b for b in every if b.state == "live" and b.live_at and b.live_at <= before]
        for build in every:
            for newer in (p for p in self._projections if any(b.of(p) for b in settled)):
                if newer.replaces(build.name, build.version) and await builds.lead(
                    connection, build.number
                ):
                    await builds.remove(connection, build, newer.table)
                    await builds.leave(connection, build.number)

    def _superseded(self, build: Build, every: Sequence[Build]) -> bool:
        """Old, or begun by somebody who is gone while another one is live, or comes before it."""
        if build.state != "building":
            return build.state == "old"
        return any(
            other.state == "live" or other.number < build.number
            for other in every
            if other.number != build.number
            and (other.name, other.version) == (build.name, build.version)
            and other.state != "old"
        )

    async def _tell(self, connection: asyncpg.Connection) -> None:
        moment = real_time()
        if self._told and moment >= self._look_at:
            self._look_at = moment + timedelta(seconds=STANDBY)
            self._told(await builds.status(connection))

    # -- events --------------------------------------------------------------------------------

    async def _forward(self, connection: asyncpg.Connection, mine: Sequence[Build]) -> bool:
        """The next events for those that are behind the others, up to where these are."""
        head: int = await connection.fetchval(SQL["head"]) or 0
        places = sorted({build.position for build in mine} | {head})
        if not mine or places[0] == head:
            return False
        group = [build for build in mine if build.position == places[0]]
        rows = await connection.fetch(SQL["positions"], places[0], places[1], self._batch)
        if not rows:
            return False
        self._hurry = rows[-1]["position"] < head
        wanted = {(str(row["tenant"]), str(row["stream"])): row["version"] for row in rows}
        await self._write(connection, group, wanted, upto=rows[-1]["position"])
        return True

    async def _write(
        self,
        connection: asyncpg.Connection,
        group: Sequence[Build],
        wanted: Mapping[Key, int],
        upto: int | None = None,
    ) -> None:
        folded = await self._folder.fold(connection, wanted, self._clock())
        numbers = [build.number for build in group]
        columns = [key[0] for key in wanted], [key[1] for key in wanted]
        parked: dict[int, set[Key]] = {number: set() for number in numbers}
        for number, tenant, stream in await connection.fetch(SQL["parked"], numbers, *columns):
            parked[number].add((str(tenant), str(stream)))
        pages = [
            page(
                build,
                self._of(build),
                build.position if upto is None else upto,
                folded,
                parked[build.number],
            )
            for build in group
        ]
        for case in folded.cases:
            for one in pages:
                if case.key not in parked[one.build.number]:
                    one.add(case)
            # Others on this loop are not to wait for the whole batch.
            await asyncio.sleep(0)
        for one in pages:
            for poison in one.poisons:
                log.error(
                    "an event was parked: projection=%s stream=%s version=%d error=%s",
                    one.build.name, poison.key[1], poison.version, poison.error,
                )  # fmt: skip
        await write(connection, pages, self._fault)

    def _of(self, build: Build) -> Projection:
        return next(one for one in self._projections if build.of(one))

    async def _show(self, connection: asyncpg.Connection, mine: Sequence[Build]) -> bool:
        """Let what is complete be read, where nothing else is."""
        ready = [build.number for build in mine if build.state == "building"]
        return bool(ready) and await builds.swap(connection, ready)

    # -- days and settings ---------------------------------------------------------------------

    async def _refresh(
        self, connection: asyncpg.Connection, mine: Sequence[Build], *, now: bool
    ) -> bool:
        """Make rows anew that were made for another day or other settings, some at a time."""
        if not now and real_time() < self._refresh_at:
            return False
        for build in mine:
            wanted = await self._outdated(connection, build)
            if wanted:
                await self._write(connection, [build], wanted)
                return True
        self._refresh_at = real_time() + timedelta(seconds=REFRESH)
        return False

    async def _outdated(self, connection: asyncpg.Connection, build: Build) -> dict[Key, int]:
        boards = {str(row[0]) for row in await connection.fetch(SQL["boards_of"], build.number)}
        settings = await self._folder.settings(connection, boards)
        for board in sorted(boards):
            of_board = settings[board]
            day = local_day(self._clock(), of_board)
            rows = await connection.fetch(
                SQL["outdated"], build.number, board, day, of_board.version, self._batch
            )
            if rows:
                return {(board, str(row["stream"])): row["version"] for row in rows}
        return {}


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
