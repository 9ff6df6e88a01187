"""Writes an export: some entries of the logs with all it takes to check them elsewhere.

The archive is written as it is read, so that a year of a large board needs no more memory than a
day of it. `verify` is its counterpart, and goes along in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import asyncpg

from events.audit import verify
from events.audit.contradiction import Contradiction
from events.audit.covering import Span, beside
from events.audit.note import Checkpoint, parse
from events.audit.selection import SQL, Asked, NothingThere, Taken, select
from events.audit.tiles import LOGS, Log, Tiles
from events.audit.tiles import SQL as LOG
from events.event import instant_text
from events.store.errors import Unsealable
from events.store.recorder import GIVEN
from events.store.sealing import Seal, canonical

FORMAT = "traject-export-1"
PAGE = 500
"""Entries read at once, and hashes asked at once."""
SHOWN = 2_000
"""Entries of each log that the page for people shows, where there are more: the first ones."""

KeyOf = Callable[[str, str], Awaitable[bytes | None]]
"""The key of a board's dossier; None where it was destroyed."""


@dataclass(frozen=True)
class Prepared:
    """What an export is going to hold. ``history`` are older checkpoints by their number; the
    hashes also lead to the trees of ``marks``, sizes by log."""

    asked: Asked
    number: int
    note: str
    history: dict[int, str]
    marks: dict[Log, set[int]]
    taken: Taken

    @property
    def checkpoint(self) -> Checkpoint:
        return parse(self.note)


@dataclass
class Contents:
    """What an export came to hold, for the page that people read. ``shown`` are its entries, and
    ``streams`` what is known of each, by its id."""

    prepared: Prepared
    made_at: datetime
    sealed: bool
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown: dict[Log, list[dict[str, Any]]] = field(default_factory=lambda: {x: [] for x in LOGS})
    names: dict[str, str] = field(default_factory=dict)


Pages = Callable[[Contents], Mapping[str, str]]
"""Texts for people, by the name of their file."""


async def prepare(
    connection: asyncpg.Connection,
    asked: Asked,
    *,
    number: int | None = None,
    also: Sequence[int] = (),
    kept: Sequence[verify.Checkpoint] = (),
) -> Prepared:
    """Settles what is exported, proved by the checkpoint of that number or else by the last one.

    ``also`` are numbers of older checkpoints to put beside it, ``kept`` checkpoints from elsewhere
    that it is to be compared with. ``connection`` is of traject_projector. Raises NothingThere.
    """
    if number is None:
        last = await connection.fetchrow(LOG["last_checkpoint"])
        if last is None:
            raise NothingThere("There is no checkpoint yet: 'traject audit checkpoint' signs one.")
        number = int(last["number"])
    note = await _note(connection, number)
    history = {row["number"]: row["note"] for row in await connection.fetch(SQL["history"], number)}
    for other in also:
        if other < number:
            history[other] = await _note(connection, other)
    sizes: dict[Log, int] = {log: parse(note).trees[log].size for log in LOGS}
    marks: dict[Log, set[int]] = {
        log: {parse(one).trees[log].size for one in history.values()}
        | {one.trees[log][0] for one in kept}
        for log in LOGS
    }
    taken = await select(connection, asked, sizes)
    return Prepared(asked, number, note, dict(sorted(history.items())), marks, taken)


async def _note(connection: asyncpg.Connection, number: int) -> str:
    note = await connection.fetchval(SQL["checkpoint"], number)
    if note is None:
        raise NothingThere(f"There is no checkpoint {number}.")
    return note


async def streams_in(connection: asyncpg.Connection, taken: Taken) -> dict[str, list[str]]:
    """The dossiers of which events are taken, by board."""
    starts, stops = zip(*taken.spans["events"], strict=True) if taken.spans["events"] else ((), ())
    found: dict[str, list[str]] = {}
    for row in await connection.fetch(SQL["streams_in"], starts, stops):
        found.setdefault(str(row["tenant"]), []).append(str(row["stream"]))
    return found


async def write_export(
    connection: asyncpg.Connection,
    prepared: Prepared,
    to: IO[bytes],
    *,
    key_of: KeyOf | None,
    vkeys: Sequence[str],
    made_at: datetime,
    pages: Pages,
    tell: Callable[[int], None] = lambda _: None,
) -> Contents:
    """Write the archive. Without ``key_of`` all contents stay sealed and nobody's name is told.

    ``vkeys`` are the keys of the log, oldest first; ``tell`` is told how many entries were written.
    ``connection`` is of traject_projector.
    """
    return await _Export(connection, prepared, to, key_of, made_at, tell).write(vkeys, pages)


class _Export:
    def __init__(
        self,
        connection: asyncpg.Connection,
        prepared: Prepared,
        to: IO[bytes],
        key_of: KeyOf | None,
        made_at: datetime,
        tell: Callable[[int], None],
    ) -> None:
        self._connection, self._prepared, self._key_of = connection, prepared, key_of
        self._zip = zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED)
        self._tell = tell
        self._files: dict[str, str] = {}
        self._keys: dict[str, Seal | None] = {}
        self._ids: set[str] = set()
        self.contents = Contents(prepared, made_at, key_of is None)

    async def write(self, vkeys: Sequence[str], pages: Pages) -> Contents:
        prepared, contents = self._prepared, self.contents
        with self._zip:
            for log in LOGS:
                with self._entry(f"{log}.jsonl") as write:
                    async for line in self._lines(log):
                        write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._put("nodes.json", json.dumps({log: await self._nodes(log) for log in LOGS}))
            self._put("checkpoint.txt", prepared.note)
            for number, note in prepared.history.items():
                self._put(f"history/{number:020}.txt", note)
            keys = {s: base64.b64encode(k.key).decode() for s, k in self._keys.items() if k}
            self._put("keys.json", json.dumps(keys, indent=1))
            if not contents.sealed:
                contents.names = await self._names()
            self._put("people.json", json.dumps(contents.names, ensure_ascii=False, indent=1))
            self._put("verify.py", Path(verify.__file__).read_text(encoding="utf-8"))
            for name, text in pages(contents).items():
                self._put(name, text)
            self._zip.writestr("manifest.json", self._manifest(vkeys))
        return contents

    def _manifest(self, vkeys: Sequence[str]) -> bytes:
        prepared, taken = self._prepared, self._prepared.taken
        told = {
            "format": FORMAT,
            "origin": prepared.checkpoint.origin,
            "keys": list(vkeys),
            "asked": prepared.asked.json(),
            "made_at": instant_text(self.contents.made_at),
            "sealed": self.contents.sealed,
            "checkpoint": prepared.number,
            "sizes": {log: prepared.checkpoint.trees[log].size for log in LOGS},
            "entries": {log: taken.count(log) for log in LOGS},
            "files": self._files,
        }
        return canonical({**told, "sha256": hashlib.sha256(canonical(told)).hexdigest()})

    @contextmanager
    def _entry(self, name: str) -> Iterator[Callable[[bytes], None]]:
        digest = hashlib.sha256()
        with self._zip.open(name, "w", force_zip64=True) as out:

            def write(content: bytes) -> None:
                digest.update(content)
                out.write(content)

            yield write
        self._files[name] = digest.hexdigest()

    def _put(self, name: str, text: str) -> None:
        with self._entry(name) as write:
            write(text.encode())

    async def _lines(self, log: Log) -> AsyncIterator[dict[str, Any]]:
        last: dict[str, int] = {}
        shown = self.contents.shown[log]
        for positions in _pages(self._prepared.taken.spans[log]):
            for row in await self._connection.fetch(SQL[log], positions):
                if log == "events":
                    line = await self._event(row, last)
                else:
                    line = dict(row)
                    self._ids.add(line["person"] or "")
                if len(shown) < SHOWN:
                    shown.append(line)
                yield line
            self._tell(len(positions))

    async def _event(self, row: asyncpg.Record, last: dict[str, int]) -> dict[str, Any]:
        line = dict(row)
        stream, version, previous = line["stream"], line["version"], line.pop("previous")
        header, told = _header(row)
        given = row["given"]
        line |= {
            "header": header,
            "body": base64.b64encode(row["body"]).decode(),
            "given": given and base64.b64encode(given).decode(),
            "event_hash": row["event_hash"].hex(),
        }
        if version > 1 and last.get(stream) != version - 1:
            line["previous"] = (previous or b"").hex()
        last[stream] = version
        self._ids.add(told["actor"]["person"] or "")
        seal = await self._seal(line["tenant"], stream)
        if seal is not None:
            # A body that was changed stays sealed here; the verifier says so.
            with suppress(Unsealable):
                body = seal.open(line["event_id"], told["type"], row["body"])
                line["data"] = json.loads(body)
                self._ids.update(_texts(line["data"]))
                if given is not None:
                    line["command_data"] = json.loads(seal.open(line["command_id"], GIVEN, given))
        self._tell_of(line, erased=self._key_of is not None and seal is None)
        return line

    async def _seal(self, tenant: str, stream: str) -> Seal | None:
        if self._key_of is None:
            return None
        if stream not in self._keys:
            key = await self._key_of(tenant, stream)
            self._keys[stream] = None if key is None else Seal(key, tenant, stream)
        return self._keys[stream]

    def _tell_of(self, line: Mapping[str, Any], *, erased: bool) -> None:
        known = self.contents.streams.setdefault(
            line["stream"],
            {"process": line["process"], "first": line["version"], "erased": erased},
        )
        known["last"] = line["version"]

    async def _nodes(self, log: Log) -> dict[str, str]:
        size = self._prepared.checkpoint.trees[log].size
        wanted = beside(self._prepared.taken.spans[log], size, self._prepared.marks[log])
        tiles, found = Tiles(self._connection), dict[str, str]()
        for at in range(0, len(wanted), PAGE):
            part = wanted[at : at + PAGE]
            hashes = await tiles.nodes(log, [_place(span) for span in part])
            for (start, stop), hash_ in zip(part, hashes, strict=True):
                found[f"{start}-{stop}"] = hash_.hex()
        return found

    async def _names(self) -> dict[str, str]:
        ids = sorted(id_ for id_ in self._ids if len(id_) == 36)
        found: dict[str, str] = {}
        for at in range(0, len(ids), 10 * PAGE):
            rows = await self._connection.fetch(SQL["names"], ids[at : at + 10 * PAGE])
            found |= {row["person"]: row["name"] for row in rows}
        return dict(sorted(found.items()))


def _header(row: asyncpg.Record) -> tuple[str, dict[str, Any]]:
    try:
        text = row["header"].decode()
        told = json.loads(text)
        if {"type", "actor"} <= told.keys() and "person" in told["actor"]:
            return text, told
    except (ValueError, AttributeError, TypeError):
        pass
    raise Contradiction(
        "changed",
        f"The header of the event at position {row['position']} was changed: it is none."
        " 'traject audit verify' tells more.",
    )


def _place(span: Span) -> tuple[int, int]:
    """Level and index of a whole subtree."""
    level = (span[1] - span[0]).bit_length() - 1
    return level, span[0] >> level


def _pages(taken: Sequence[Span]) -> Iterator[list[int]]:
    """The positions, so many at once."""
    page: list[int] = []
    for start, stop in taken:
        for position in range(start + 1, stop + 1):
            page.append(position)
            if len(page) == PAGE:
                yield page
                page = []
    if page:
        yield page


def _texts(value: Any) -> Iterator[str]:
    """All texts in an event's data that are as long as an id."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and len(value) == 36:
        yield value
