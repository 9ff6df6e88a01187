"""What tests do with a log: fill it, look at what was published, tamper as a database's owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg

from events.audit import merkle
from events.audit.merkle import HASH
from events.audit.note import Signed, follow
from events.audit.publishing import Publication
from events.audit.tiles import LOGS, Edge, Log, Tiles, grow
from events.store.store import Store
from tests.events.store.numbering import keep_all
from tests.events.store.samples import begun

NOW = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@dataclass
class Filled:
    """Writes to a store whatever its logs are kept of."""

    store: Store
    keeping: asyncpg.Connection
    tenant: str

    async def happens(self, events: int = 1, reads: int = 1, refused: int = 1) -> None:
        """So much happens, and is taken into the trees."""
        for _ in range(events):
            await begun(self.store, self.tenant)
        for _ in range(reads):
            await self.read()
        for _ in range(refused):
            await self.refuse()
        await self.keep()

    async def read(self) -> None:
        await self.store.log_read(
            self.tenant, person=str(uuid4()), at=NOW, stream=str(uuid4()), process="toy", what="x"
        )

    async def refuse(self) -> None:
        await self.store.log_refused(
            self.tenant, person=None, at=NOW, stream=None, process="toy", command="X", code="y"
        )

    async def keep(self) -> None:
        await keep_all(self.keeping)


def split(leaves: bytes) -> list[bytes]:
    return [leaves[at : at + HASH] for at in range(0, len(leaves), HASH)]


async def published_leaves(publication: Publication, log: Log) -> list[bytes]:
    """All leaf hashes of a log as an outsider puts them together; they have to join."""
    found = b""
    for name in await publication.names(f"leaves/{log}"):
        start, stop = name.rpartition("/")[2].removesuffix(".bin").split("-")
        part = await publication.get(name)
        assert part is not None
        assert (int(start), int(stop)) == (len(found) // HASH, (len(found) + len(part)) // HASH)
        found += part
    return split(found)


async def seen_outside(publication: Publication, vkeys: list[str]) -> list[Signed]:
    """All checkpoints, checked with nothing but what was published and the first key."""
    names = await publication.names("checkpoints")
    assert names == [f"checkpoints/{number:020}.txt" for number in range(1, len(names) + 1)]
    notes = [(await publication.get(name) or b"").decode() for name in names]
    signed = follow(notes, vkeys)
    leaves = {log: await published_leaves(publication, log) for log in LOGS}
    for one in signed:
        for log, tree in one.checkpoint.trees.items():
            assert merkle.root(leaves[log][: tree.size]) == tree.root
    if notes:
        latest = await publication.get("latest.txt")
        assert latest is not None
        assert latest.decode() == notes[-1]
    return signed


async def disarm(raw: asyncpg.Connection, *tables: str) -> None:
    """What only the owner of a database can do: take its triggers away."""
    for table in tables:
        await raw.execute(f"alter table traject.{table} disable trigger never_changed")


async def set_back(raw: asyncpg.Connection, log: Log, size: int) -> None:
    """The tree as it was when it had so many leaves, as an old backup has it."""
    leaves = await Tiles(raw).leaves(log, 0, size)
    await put_back(raw, log, grow(Edge(0, []), leaves).edge)


async def put_back(raw: asyncpg.Connection, log: Log, edge: Edge) -> None:
    """The tree as it was at this edge."""
    await raw.execute(
        "update traject.tree set size = $2, edge = $3 where log = $1", log, edge.size, edge.hashes
    )


async def rewrite(raw: asyncpg.Connection, log: Log, index: int) -> None:
    """Another leaf in the place of one, with all that follows from it."""
    tiles = Tiles(raw)
    leaves = split(await tiles.leaves(log, 0, await tiles.size(log)))
    leaves[index] = merkle.leaf_hash(b"something else")
    grown = grow(Edge(0, []), b"".join(leaves))
    await raw.execute("update traject.tree set edge = $2 where log = $1", log, grown.edge.hashes)
    for (level, at), hashes in grown.tiles.items():
        await raw.execute(
            "update traject.tile set hashes = $4 where log = $1 and level = $2 and index = $3",
            *(log, level, at, hashes),
        )
