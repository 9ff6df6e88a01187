"""An export of the log for an auditor of one board, written piece by piece as it is read."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from events.audit.covering import Span, spans
from events.audit.export import Prepared, prepare, write_export
from events.audit.selection import SQL, Asked
from events.audit.tiles import LOGS, Log
from events.store.errors import Erased, UnknownDossier
from web.documents.exports import export_pages
from web.downloads import Turns
from web.pages.audit.published import published
from web.site import Site
from web.texts import Language

if TYPE_CHECKING:
    import asyncpg

    from events.store.directory import PersonRow

AHEAD = 4 << 20
"""Bytes that may wait for a reader who is slow, before the next case is read."""
_TURNS = Turns(2)
_KEPT = 64


@dataclass
class Progress:
    """How many of the entries were written."""

    done: int
    total: int


_progress: dict[tuple[str, str], Progress] = {}


def progress_of(person: str, job: str) -> Progress | None:
    """Of the export that this person asked for under this name."""
    return _progress.get((person, job))


async def prepared(site: Site, person: PersonRow, wanted: Asked) -> Prepared:
    """What the export is going to hold: of this board, and nothing of cases about the auditor.

    Raises NothingThere.
    """
    own = await site.store.audit.about(person.tenant, person.id)
    async with site.store.audit.connection(person.tenant) as connection:
        found = await prepare(connection, wanted)
        return await _without(connection, found, person.tenant, own) if own else found


async def _without(
    connection: asyncpg.Connection, found: Prepared, tenant: str, streams: Sequence[str]
) -> Prepared:
    sizes = {log: found.checkpoint.trees[log].size for log in LOGS}
    rows = {
        "events": await connection.fetch(
            SQL["events_of_streams"], [tenant] * len(streams), streams, sizes["events"]
        ),
        **{
            log: await connection.fetch(SQL[f"{log}_of_streams"], streams, None, sizes[log])
            for log in LOGS[1:]
        },
    }
    kept: dict[Log, list[Span]] = {
        log: _outside(found.taken.spans[log], {row["position"] - 1 for row in rows[log]})
        for log in LOGS
    }
    return replace(found, taken=replace(found.taken, spans=kept))


def _outside(taken: Sequence[Span], gone: Collection[int]) -> list[Span]:
    if not gone:
        return list(taken)
    return spans(at for start, stop in taken for at in range(start, stop) if at not in gone)


async def pieces(
    site: Site,
    person: PersonRow,
    found: Prepared,
    now: datetime,
    language: Language,
    job: str,
) -> AsyncGenerator[bytes]:
    """The archive. Whose key is handed out, of that case it is noted that it was read."""
    progress = _begun(person.id, job, found)
    out, wake, room = _Out(), asyncio.Event(), asyncio.Event()
    room.set()

    def tell(entries: int) -> None:
        progress.done += entries
        wake.set()

    async def key_of(tenant: str, stream: str) -> bytes | None:
        # Between two cases there is time to wait for a reader who is behind.
        wake.set()
        while out.size > AHEAD:
            room.clear()
            await room.wait()
        return await _key(site, person, tenant, stream, now)

    async def write() -> None:
        async with site.store.audit.connection(person.tenant) as connection:
            await write_export(
                connection,
                found,
                out,  # pyright: ignore[reportArgumentType] - all that a zip is written to
                key_of=key_of,
                vkeys=(await published(site)).keys,
                made_at=now,
                pages=lambda made: export_pages(made, language),
                tell=tell,
            )

    async with _TURNS.of(person.id):
        writing = asyncio.ensure_future(write())
        writing.add_done_callback(lambda _: wake.set())
        try:
            while not writing.done():
                await wake.wait()
                wake.clear()
                if piece := out.taken():
                    room.set()
                    yield piece
            await writing
            yield out.taken()
        finally:
            writing.cancel()
            _progress.pop((person.id, job), None)


async def _key(
    site: Site, person: PersonRow, tenant: str, stream: str, now: datetime
) -> bytes | None:
    try:
        key = await site.store.dossier_key(tenant, stream)
    except (Erased, UnknownDossier):
        return None
    process = await site.store.process_of(tenant, stream)
    await site.store.log_read(
        tenant, person=person.id, at=now, stream=stream, process=process or "", what="export"
    )
    return key


def _begun(person: str, job: str, found: Prepared) -> Progress:
    while len(_progress) >= _KEPT:
        _progress.pop(next(iter(_progress)))
    total = sum(found.taken.count(log) for log in LOGS)
    progress = _progress[person, job] = Progress(0, total)
    return progress


class _Out(io.RawIOBase):
    """What was written and not yet taken; a zip needs no more of a file than that."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, content: bytes | bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        part = bytes(content)
        self._parts.append(part)
        self.size += len(part)
        return len(part)

    def taken(self) -> bytes:
        """All that was written since the last time."""
        whole = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return whole


def counts(found: Prepared) -> Mapping[str, int]:
    """How many entries of each log."""
    return {log: found.taken.count(log) for log in LOGS}
