"""Reads a stretch of a log as it stands in the database, and checks it entry by entry.

Each entry is hashed again from its own columns and compared with the kept leaf hash, and each event
with the one before it in its stream: what was changed is named by the position at which it stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from events.audit.tiles import Log
from events.audit.verify import GENESIS, Finding, Tree, entry_leaf, event_leaf, event_problem
from events.store.connection import SESSION
from events.store.sealing import read_json
from events.store.sql import statements

SQL = statements("verifying")

TILE = 256
HASH = 32
PAGE = 16 * TILE
"""Entries read at once."""
MOST = 20
"""Findings of one stretch that are told; more would tell the same once more."""
MISSING = bytes(HASH)
"""Stands for the leaf of an entry that is not there."""

ENTRY = {"events": "event", "reads": "reading", "refused": "refusal"}
Key = bytes
"""Board and stream."""


@dataclass
class Stretch:
    """What was found from one index (0, 1, 2 ...) of a log up to another.

    ``tiles`` are the roots over 256 leaves each, ``kept`` those over the kept hashes of the same
    leaves. ``marks`` are, for each size asked, the hashes of the subtrees between the last tile
    before it and it, from large to small.
    ``wrong`` counts all findings, of which the first ones are told; ``streams`` are those met.
    """

    start: int
    stop: int
    findings: list[Finding] = field(default_factory=list)
    wrong: int = 0
    tiles: list[bytes] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    marks: dict[int, bytes] = field(default_factory=dict)
    leaves: list[bytes] = field(default_factory=list)
    streams: set[Key] = field(default_factory=set)


@dataclass(frozen=True)
class Wanted:
    """A stretch to read: ``start`` is a multiple of 256. ``marks`` are sizes within it.

    ``size`` and ``edge`` are of the kept tree: how many leaves it has, and the leaf hashes that
    fill no tile yet. ``keeping``: also return all leaf hashes.
    """

    log: Log
    start: int
    stop: int
    size: int
    edge: bytes
    marks: Collection[int] = ()
    keeping: bool = False


async def scan(
    connection: asyncpg.Connection, wanted: Wanted, tell: Callable[[int], None] = lambda _: None
) -> Stretch:
    """Read and check a stretch; ``tell`` is told how many entries were read.

    ``connection`` is of traject_projector.
    """
    scanning = _Scan(connection, wanted)
    for low in range(wanted.start, wanted.stop, PAGE):
        high = min(wanted.stop, low + PAGE)
        await scanning.page(low, high)
        tell(high - low)
    return scanning.end()


def scan_alone(dsn: str, wanted: Wanted) -> Stretch:
    """As `scan`, in a process of its own."""

    async def work() -> Stretch:
        connection = await connected(dsn)
        try:
            return await scan(connection, wanted)
        finally:
            await connection.close()

    return asyncio.run(work())


async def connected(dsn: str) -> asyncpg.Connection:
    """A connection that reads for a long time and holds nobody up."""
    return await asyncpg.connect(
        dsn, server_settings={**SESSION, "application_name": "traject audit verify"}
    )


def root_over(hashes: bytes) -> bytes:
    """The root over hashes that stand one after another."""
    tree = Tree()
    for at in range(0, len(hashes), HASH):
        tree.add(hashes[at : at + HASH])
    return tree.root()


class _Scan:
    def __init__(self, connection: asyncpg.Connection, wanted: Wanted) -> None:
        self._connection = connection
        self._wanted = wanted
        self._last: dict[Key, tuple[int, bytes]] = {}
        self._named: set[int] = set()
        self._other: dict[int, bytes] = {}
        self.done = Stretch(wanted.start, wanted.stop)

    async def page(self, low: int, high: int) -> None:
        """The entries at the indexes from ``low`` up to ``high``."""
        rows = await self._connection.fetch(SQL[self._wanted.log], low, high)
        if self._wanted.log == "events":
            await self._learn(rows)
        leaves = self._leaves(rows, low, high)
        self._compare(leaves, low, await self._kept(low, high))
        self._grow(leaves, low)
        if self._wanted.keeping:
            self.done.leaves += leaves

    def end(self) -> Stretch:
        """What was found."""
        self.done.streams.update(self._last)
        return self.done

    async def _kept(self, low: int, high: int) -> dict[int, bytes]:
        """The kept leaf hashes by their tile; of the last one only as many as there are."""
        size = self._wanted.size
        whole = range(low // TILE, min(high, size) // TILE)
        rows = await self._connection.fetch(
            SQL["tiles"], self._wanted.log, 0, whole.start, whole.stop
        )
        kept = {row["index"]: row["hashes"] for row in rows}
        for index in whole:
            if index not in kept:
                self._find("tile", index * TILE, "its kept hash is gone")
        return {**kept, size // TILE: self._wanted.edge}

    async def _learn(self, rows: Sequence[asyncpg.Record]) -> None:
        """What comes before the first events of streams that are not known yet."""
        unknown: dict[Key, int] = {}
        for row in rows:
            key = row["tenant"] + row["stream"]
            if key not in self._last and key not in unknown:
                unknown[key] = row["version"] - 1
        wanted = [(key[:16], key[16:], version) for key, version in unknown.items() if version]
        if wanted:
            tenants, streams, versions = zip(*wanted, strict=True)
            before = await self._connection.fetch(
                SQL["before"],
                [UUID(bytes=tenant) for tenant in tenants],
                [UUID(bytes=stream) for stream in streams],
                versions,
            )
            for row in before:
                # One that stands further on comes too late.
                if row["position"] is not None and row["position"] <= self._wanted.start:
                    key = row["tenant"] + row["stream"]
                    self._last[key] = row["version"], row["event_hash"]

    def _leaves(self, rows: Sequence[asyncpg.Record], low: int, high: int) -> list[bytes]:
        """A leaf hash for each index; positions have to be there one by one."""
        log = self._wanted.log
        leaf_of = self._event if log == "events" else self._entry
        leaves = [MISSING] * (high - low)
        expected = low
        for row in rows:
            index = row["position"] - 1
            if index < expected:
                self._find("twice", index, "this position is given twice")
                continue
            if index > expected:
                self._gone(expected, index)
            leaves[index - low] = leaf_of(row)
            expected = index + 1
        if expected < high:
            self._gone(expected, high)
        return leaves

    def _gone(self, start: int, stop: int) -> None:
        more = "" if stop == start + 1 else f", nor are those up to {stop}"
        self._find("position", start, f"this position is not there{more}")
        self._named.update(range(start, stop))

    def _entry(self, row: Any) -> bytes:
        if row["id"] is None:
            entry = ENTRY[self._wanted.log]
            self._find("missing", row["position"] - 1, f"the {entry} that stood here is not there")
            return MISSING
        return entry_leaf(self._wanted.log, row)

    def _event(self, row: Any) -> bytes:
        key, version = row["tenant"] + row["stream"], row["version"]
        known = self._last.get(key, _NOTHING)
        if row["event_id"] is None:
            self._find("missing", row["position"] - 1, "this event is not there", row)
            return MISSING
        if version != known[0] + 1:
            why = f"version {version - 1} of its stream is not there before it"
        else:
            why = event_problem(row, known[1], read_json)
        if why is not None:
            self._find("event", row["position"] - 1, why, row)
        self._last[key] = version, row["event_hash"]
        return event_leaf(row)

    def _compare(self, leaves: list[bytes], low: int, kept: dict[int, bytes]) -> None:
        """Names entries whose leaf is not the kept one."""
        for start in range(0, len(leaves), TILE):
            known = kept.get((low + start) // TILE, b"")
            own = b"".join(leaves[start : start + TILE])[: len(known)]
            if own == known:
                continue
            self._other[(low + start) // TILE] = known
            for at in range(0, len(known), HASH):
                index = low + start + at // HASH
                if own[at : at + HASH] != known[at : at + HASH] and index not in self._named:
                    self._find("leaf", index, _OTHER[self._wanted.log])

    def _grow(self, leaves: list[bytes], low: int) -> None:
        for start in range(0, len(leaves), TILE):
            part = leaves[start : start + TILE]
            first = low + start
            tree = Tree()
            for size, leaf in enumerate(part, first + 1):
                tree.add(leaf)
                if size in self._wanted.marks:
                    self.done.marks[size] = b"".join(hash_ for _, hash_ in tree.parts)
            if len(part) == TILE:
                other = self._other.get(first // TILE, b"")
                self.done.tiles.append(tree.root())
                self.done.kept.append(
                    root_over(other) if len(other) == TILE * HASH else tree.root()
                )

    def _find(self, code: str, index: int, why: str, row: Any = None) -> None:
        self._named.add(index)
        self.done.wrong += 1
        if len(self.done.findings) >= MOST:
            return
        log = self._wanted.log
        where = f"Position {index + 1}"
        stream = version = None
        if row is not None:
            stream, version = str(UUID(bytes=row["stream"])), row["version"]
            where += f", version {version} of stream {stream}"
        elif log != "events":
            where += f" of the log of {log}"
        sentence = f"{where}: {why}."
        self.done.findings.append(Finding(code, sentence, log, index + 1, stream, version))


_NOTHING = (0, GENESIS)
_OTHER = {
    "events": "what is stored beside the event (when, by which command, with which warnings, or"
    " the command as it was given) is not what was logged",
    "reads": "what was read, by whom or when is not what was logged",
    "refused": "what was refused, to whom or when is not what was logged",
}
