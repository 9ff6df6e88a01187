"""The hash trees as they are kept in PostgreSQL: in tiles of 256 hashes that are never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import asyncpg

from events.audit import merkle
from events.audit.merkle import HASH, Source
from events.store.errors import StoreError
from events.store.sql import statements

SQL = statements("log")

Log = Literal["events", "reads", "refused"]
LOGS: tuple[Log, ...] = get_args(Log)

BITS = 8
WIDTH = 1 << BITS
FULL = WIDTH * HASH
"""Bytes of a full tile."""

Place = tuple[int, int]
"""Level and index of a tile."""
Connection = asyncpg.Connection | asyncpg.Pool

T = TypeVar("T")


class BeyondLog(StoreError):
    """The log has fewer leaves than were asked for."""


@dataclass(frozen=True, slots=True)
class Edge:
    """How far a tree is: its leaves, and level by level the hashes of no full tile yet."""

    size: int
    hashes: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Growth:
    """A tree with more leaves: its new edge, and the tiles that became full."""

    edge: Edge
    tiles: Mapping[Place, bytes]


def grow(edge: Edge, leaves: bytes) -> Growth:
    """The tree with these leaf hashes, one after another, at its end."""
    size = edge.size
    kept, tiles = list[bytes](), dict[Place, bytes]()
    rising, level = leaves, 0
    while rising or level < len(edge.hashes):
        known = edge.hashes[level] if level < len(edge.hashes) else b""
        row, first = known + rising, size >> (BITS * (level + 1))
        whole = len(row) // FULL * FULL
        full = [row[at : at + FULL] for at in range(0, whole, FULL)]
        tiles |= {(level, first + nth): tile for nth, tile in enumerate(full)}
        kept.append(row[whole:])
        rising = b"".join(_over(tile) for tile in full)
        level += 1
    return Growth(Edge(size + len(leaves) // HASH, kept), tiles)


class Tiles:
    """A log's tree: its root at any size, proofs, the leaves themselves, which every role may read.

    Raises BeyondLog where a log is smaller than what is asked.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def size(self, log: Log) -> int:
        """How many leaves the log's tree has."""
        return (await self.sizes())[log]

    async def sizes(self) -> dict[Log, int]:
        """How many leaves each tree has, all at the same moment."""
        return {row["log"]: row["size"] for row in await self._connection.fetch(SQL["sizes"])}

    async def edge(self, log: Log) -> Edge:
        """How far the log's tree is."""
        row = await self._connection.fetchrow(SQL["tree"], log)
        assert row is not None
        return Edge(row["size"], row["edge"])

    async def extend(self, log: Log, edge: Edge, leaves: bytes) -> bool:
        """Put these leaf hashes at the end of the tree that was found at ``edge``.

        All or nothing, in one statement; False, and nothing, where the tree has grown since.
        Only traject_sequencer may.
        """
        grown = grow(edge, leaves)
        levels, indexes = zip(*grown.tiles, strict=True) if grown.tiles else ((), ())
        full = list(grown.tiles.values())
        size, hashes = grown.edge.size, grown.edge.hashes
        written = await self._connection.fetchval(
            SQL["grow"], log, edge.size, size, hashes, levels, indexes, full
        )
        return bool(written)

    async def root(self, log: Log, size: int) -> bytes:
        """The root over the first ``size`` leaves."""
        return await self._computed(log, lambda source: merkle.root_by(source, size))

    async def inclusion(self, log: Log, index: int, size: int) -> list[bytes]:
        """The proof that the leaf at ``index`` (from 0) is in the tree of ``size`` leaves.

        Raises ValueError where a tree of that size has no such leaf.
        """
        return await self._computed(log, lambda source: merkle.inclusion(index, size, source))

    async def consistency(self, log: Log, old: int, new: int) -> list[bytes]:
        """The proof that the tree of ``new`` leaves begins with that of ``old``.

        Raises ValueError where ``old`` is the larger one.
        """
        return await self._computed(log, lambda source: merkle.consistency(old, new, source))

    async def nodes(self, log: Log, places: Sequence[Place]) -> list[bytes]:
        """The hash of each whole subtree of 2**level leaves, given as level and index."""
        return await self._computed(log, lambda source: [source(*place) for place in places])

    async def leaves(self, log: Log, start: int, stop: int) -> bytes:
        """The leaf hashes from ``start`` up to, not with, ``stop``, 32 bytes each."""
        if start >= stop:
            return b""
        wanted = [(0, index) for index in range(start >> BITS, ((stop - 1) >> BITS) + 1)]
        tiles = await self._tiles(log, wanted)
        leaves = b"".join(tiles.get(place, b"") for place in wanted)
        first = start % WIDTH * HASH
        found = leaves[first : first + (stop - start) * HASH]
        if len(found) < (stop - start) * HASH:
            raise BeyondLog(f"the log of {log} has no {stop} leaves")
        return found

    async def _computed(self, log: Log, compute: Callable[[Source], T]) -> T:
        """Computed twice: first to see which tiles it takes, then with these, read at once."""
        wanted: set[Place] = set()

        def look(level: int, index: int) -> bytes:
            wanted.add(_tile_of(level, index))
            return bytes(HASH)

        found = compute(look)
        if not wanted:
            return found
        tiles = await self._tiles(log, wanted)

        def read(level: int, index: int) -> bytes:
            within = level % BITS
            tile = tiles.get(_tile_of(level, index), b"")
            start = (index << within) % WIDTH * HASH
            part = tile[start : start + (HASH << within)]
            if len(part) < HASH << within:
                raise BeyondLog(f"the log of {log} has no {(index + 1) << level} leaves")
            return _over(part)

        return compute(read)

    async def _tiles(self, log: Log, places: Iterable[Place]) -> dict[Place, bytes]:
        levels, indexes = zip(*places, strict=True)
        rows = await self._connection.fetch(SQL["tiles"], log, levels, indexes)
        return {(row["level"], row["index"]): row["hashes"] for row in rows}


def _tile_of(level: int, index: int) -> Place:
    """The tile that holds all it takes for the root of this subtree."""
    return level // BITS, (index << level % BITS) >> BITS


def _over(hashes: bytes) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    row = hashes
    while len(row) > HASH:
        row = b"".join(
            merkle.node_hash(row[at : at + HASH], row[at + HASH : at + 2 * HASH])
            for at in range(0, len(row), 2 * HASH)
        )
    return row
