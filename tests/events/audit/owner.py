"""What a database's owner can do to its past, triggers and constraints out of the way."""

from __future__ import annotations

import os
from typing import Any

import asyncpg

from events.audit.entries import entry_of
from events.audit.merkle import leaf_hash
from events.audit.tiles import SQL, Edge, Log, grow
from events.store.chain import event_hash

KEPT_FOR_GOOD = ("event", "position", "reading", "refused", "logged", "tile", "checkpoint")


async def disarm(owner: asyncpg.Connection) -> None:
    """Nothing refuses anything any more."""
    for table in KEPT_FOR_GOOD:
        await owner.execute(f"alter table traject.{table} disable trigger never_changed")
    await owner.execute("alter table traject.position drop constraint position_pkey")
    await owner.execute(
        "alter table traject.position drop constraint position_tenant_stream_version_key"
    )


async def value(owner: asyncpg.Connection, query: str, *arguments: Any) -> Any:
    """The one value of a query's only row."""
    return await owner.fetchval(query, *arguments)


async def at(owner: asyncpg.Connection, position: int) -> asyncpg.Record:
    """The event at a position."""
    row = await owner.fetchrow(
        "select e.* from traject.position p join traject.event e using (tenant, stream, version)"
        " where p.position = $1",
        position,
    )
    assert row is not None
    return row


async def set_(owner: asyncpg.Connection, position: int, change: str) -> None:
    """Change columns of the event at a position."""
    done = await owner.execute(
        f"update traject.event e set {change} from traject.position p where p.position = $1"
        " and (e.tenant, e.stream, e.version) = (p.tenant, p.stream, p.version)",
        position,
    )
    assert done == "UPDATE 1"


async def first_of_a_command(owner: asyncpg.Connection, position: int) -> int:
    """The next position whose event is the first of its command."""
    while (await at(owner, position))["place"] > 1:
        position += 1
    return position


async def next_of(owner: asyncpg.Connection, position: int) -> int:
    """The position of the next event of the same stream."""
    return await value(
        owner,
        "select n.position from traject.position p join traject.position n"
        " on (n.tenant, n.stream, n.version) = (p.tenant, p.stream, p.version + 1)"
        " where p.position = $1",
        position,
    )


async def first_of_stream(owner: asyncpg.Connection, stream: Any) -> int:
    return await value(
        owner, "select min(position) from traject.position where stream = $1", stream
    )


async def rechain(owner: asyncpg.Connection, tenant: Any, stream: Any) -> None:
    """Give a stream the hashes that its content would have, and its head the last of them."""
    rows = await owner.fetch(
        "select * from traject.event where tenant = $1 and stream = $2 order by version",
        *(tenant, stream),
    )
    previous = bytes(32)
    for row in rows:
        previous = event_hash(
            *(str(tenant), str(stream), row["version"], row["recorded_us"]),
            *(previous, row["header"], row["body"]),
        )
        await owner.execute(
            "update traject.event set event_hash = $4"
            " where tenant = $1 and stream = $2 and version = $3",
            *(tenant, stream, row["version"], previous),
        )
    await owner.execute(
        "update traject.stream set hash = $3, version = $4 where tenant = $1 and stream = $2",
        *(tenant, stream, previous, len(rows)),
    )


async def regrow(owner: asyncpg.Connection, log: Log, size: int | None = None) -> None:
    """Give a log the tree of what is in it now."""
    rows = await owner.fetch(SQL[f"fresh_{log}"], 0, 10_000)
    leaves = [leaf_hash(entry_of(log, row)) for row in rows][:size]
    grown = grow(Edge(0, []), b"".join(leaves))
    await owner.execute("delete from traject.tile where log = $1", log)
    await owner.execute(
        "update traject.tree set size = $2, edge = $3 where log = $1",
        *(log, grown.edge.size, grown.edge.hashes),
    )
    await owner.executemany(
        "insert into traject.tile (log, level, index, hashes) values ($1, $2, $3, $4)",
        [(log, level, index, hashes) for (level, index), hashes in grown.tiles.items()],
    )


async def tree_size(owner: asyncpg.Connection, log: Log = "events") -> int:
    return await value(owner, "select size from traject.tree where log = $1", log)


async def rewrite(owner: asyncpg.Connection, position: int) -> None:
    """Another content in the place of an event's, and all that follows from it, as it would be."""
    row, size = await at(owner, position), await tree_size(owner)
    await set_(owner, position, f"body = '\\x{os.urandom(80).hex()}'")
    await rechain(owner, row["tenant"], row["stream"])
    await regrow(owner, "events", size)


async def shift(owner: asyncpg.Connection, position: int, by: int) -> None:
    """Move all positions from one on."""
    await owner.execute(
        "update traject.position set position = position + $2 where position >= $1", position, by
    )
    await owner.execute("update traject.sequencer set position = position + $1", by)


async def put_in(owner: asyncpg.Connection, after: int, *, position: int | None) -> asyncpg.Record:
    """A further event at the end of a stream, chained as it should be; it gets a position, or none
    and the look of an old one."""
    row = await owner.fetchrow(
        "insert into traject.event (tenant, stream, version, event_id, command_id, place, xid,"
        " recorded_us, stored_at, event_hash, command, content_hash, header, body)"
        " select e.tenant, e.stream, s.version + 1, gen_random_uuid(), gen_random_uuid(), 1, '3',"
        " s.recorded_us, e.stored_at, '', 'CloseTrajectory', 'x', e.header, e.body"
        " from traject.position p join traject.event e using (tenant, stream, version)"
        " join traject.stream s using (tenant, stream) where p.position = $1 returning *",
        after,
    )
    assert row is not None
    header = (
        row["header"]
        .decode()
        .replace(str((await at(owner, after))["event_id"]), str(row["event_id"]))
    )
    await owner.execute(
        "update traject.event set header = $2 where event_id = $1",
        *(row["event_id"], header.encode()),
    )
    await rechain(owner, row["tenant"], row["stream"])
    if position is not None:
        await shift(owner, position, 1)
        await owner.execute(
            "insert into traject.position values ($1, $2, $3, $4)",
            *(position, row["tenant"], row["stream"], row["version"]),
        )
    return row
