"""Positions for all that was committed: other transactions, even the server's own upkeep, hold
them back for a moment, so that giving them once is not always enough."""

from __future__ import annotations

import asyncio

import asyncpg

PATIENCE = 20.0
_GIVEN = "select position from traject.sequencer"
_UNNUMBERED = """
select exists (
    select from traject.event e, traject.sequencer s
     where (e.xid, e.place) > (s.xid, s.place) and e.stored_at >= s.since)
"""
_UNKEPT = """
select exists (
    select from traject.reading r, traject.numbering n
     where n.log = 'reads' and (r.xid, r.id) > (n.xid, n.id) and r.logged_at >= n.since)
    or exists (
    select from traject.refused r, traject.numbering n
     where n.log = 'refused' and (r.xid, r.id) > (n.xid, n.id) and r.logged_at >= n.since)
"""


async def number_all(connection: asyncpg.Connection) -> int:
    """Give every event its position; the last of them."""
    async with asyncio.timeout(PATIENCE):
        last = await _numbered(connection)
        while await connection.fetchval(_UNNUMBERED):
            await asyncio.sleep(0.01)
            last = await _numbered(connection)
    return last


async def keep_all(connection: asyncpg.Connection) -> None:
    """Take all that was recorded, read and refused into the trees."""
    from events.audit.keeper import integrate

    await number_all(connection)
    async with asyncio.timeout(PATIENCE):
        while True:
            while await integrate(connection):
                pass
            if not await connection.fetchval(_UNKEPT):
                return
            await asyncio.sleep(0.01)


async def _numbered(connection: asyncpg.Connection) -> int:
    while await connection.fetchval("select given from traject.sequence(1000)"):
        pass
    return int(await connection.fetchval(_GIVEN) or 0)
