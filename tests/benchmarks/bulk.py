"""Fills a database with many cases at once, each of them as valid as if it had been recorded.

Events go in by COPY, past the append function: a million in about a minute. Their chains, heads,
keys, positions, parties and people are what the product itself would have written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

import asyncpg

from events.store.keys import MasterKeys
from events.store.sealing import canonical
from tests.benchmarks.store_server import StoreServer
from tests.benchmarks.trajectories import Case, Told, case, head, parties, told

AT_ONCE = 250
"""So many cases go on side by side: their events stand interleaved, as in practice."""
STILL_OPEN = 3
"""One in so many has not ended."""
COLLEAGUES = 40
"""So many people hold each role of the board; every case has a teacher of its own."""

EVENT = (
    "tenant", "stream", "version", "event_id", "command_id", "place", "recorded_us", "event_hash",
    "header", "body", "command", "content_hash", "warnings", "given",
)  # fmt: skip
HEAD = (
    "tenant", "stream", "process", "version", "hash", "recorded_us", "created_us", "state", "open",
    "parties",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """What is in the database now; ``keys`` wrap the keys of its dossiers."""

    tenant: str
    streams: list[str]
    events: int
    keys: MasterKeys


async def fill(
    server: StoreServer | str,
    events: int,
    *,
    streams_of: int = 100,
    keys: MasterKeys | None = None,
    tenant: str | None = None,
) -> Filled:
    """Adds a board with this many events, in streams of ``streams_of`` each.

    ``server`` is one, or the address of a migrated database as a superuser. Nothing else may
    write meanwhile. May be called again: it adds a further board, or to the one that is named.
    Fewer events are made where the last stream would not be whole, or where a case of that length
    does not end with a whole command: ``Filled.events`` tells how many.
    """
    keys = keys or MasterKeys.generate()
    board = tenant or str(uuid4())
    ended, still_open = await case(streams_of, ended=True), await case(streams_of, ended=False)
    people = _People(board)
    connection = await asyncpg.connect(server if isinstance(server, str) else server.dsn())
    try:
        await connection.execute("set synchronous_commit = off")
        wanted = _wanted(ended, still_open, events)
        streams, done = [], 0
        while chunk := [(one, told(one, board, people.of)) for one in islice(wanted, AT_ONCE)]:
            async with connection.transaction():
                done += await _write(connection, chunk, keys)
            streams += [one.stream for _, one in chunk]
        async with connection.transaction():
            await _settings(connection, board, ended)
            await people.write(connection)
        await connection.execute("analyze")
        return Filled(board, streams, done, keys)
    finally:
        await connection.close()


def _wanted(ended: Case, still_open: Case, events: int) -> Iterator[Case]:
    number = 0
    while True:
        one = still_open if number % STILL_OPEN == 0 else ended
        events -= len(one.happened)
        if events < 0:
            return
        yield one
        number += 1


async def _write(
    connection: asyncpg.Connection, chunk: list[tuple[Case, Told]], keys: MasterKeys
) -> int:
    """One transaction: the events of these cases, round by round, and all that belongs to them."""
    rows = _interleaved([one.rows for _, one in chunk])
    await _copy(connection, "event", EVENT, rows)
    last: int = await connection.fetchval("select position from traject.sequencer") or 0
    positions = [(last + n, *row[:3]) for n, row in enumerate(rows, 1)]
    await _copy(connection, "position", ("position", "tenant", "stream", "version"), positions)
    await connection.execute(
        "update traject.sequencer set position = $1, xid = pg_current_xact_id(), place = 32767",
        last + len(rows),
    )
    await _copy(connection, "stream", HEAD, [head(one, told_) for one, told_ in chunk])
    wrapped = [(t.tenant, t.stream, *keys.wrap(t.key, t.tenant, t.stream)) for _, t in chunk]
    await _copy(connection, "dossier_key", ("tenant", "stream", "master", "wrapped"), wrapped)
    of_people = [(t.tenant, t.stream, *party) for one, t in chunk for party in parties(one, t)]
    await _copy(connection, "party", ("tenant", "stream", "part", "person"), of_people)
    await connection.executemany(
        "insert into traject.claim (tenant, kind, subject, of_slots, during, stream)"
        " values ($1, $2, $3, $3, daterange($4::text::date, $5::text::date, '[]'), $6)",
        [claim for one, t in chunk for claim in _claims(one, t)],
    )
    return len(rows)


def _interleaved(streams: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """The next command of each stream in turn: what one command recorded stays together."""
    found: list[tuple[Any, ...]] = []
    nexts = [0] * len(streams)
    while any(next_ < len(rows) for next_, rows in zip(nexts, streams, strict=True)):
        for number, rows in enumerate(streams):
            while nexts[number] < len(rows):
                found.append(rows[nexts[number]])
                nexts[number] += 1
                if nexts[number] < len(rows) and rows[nexts[number]][5] == 1:
                    break
    return found


def _claims(one: Case, told_: Told) -> Iterator[tuple[Any, ...]]:
    for claim in one.claims:
        known = told_.ids.get(claim.subject)
        subject = known.decode() if known else claim.subject
        yield told_.tenant, claim.kind, subject, *(claim.during or (None, None)), told_.stream


async def _copy(
    connection: asyncpg.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: list[tuple[Any, ...]],
) -> None:
    await connection.copy_records_to_table(
        table, schema_name="traject", columns=columns, records=rows
    )


async def _settings(connection: asyncpg.Connection, board: str, one: Case) -> None:
    text = canonical(one.settings.model_dump(mode="json", by_alias=True, exclude={"version"}))
    await connection.execute(
        "insert into traject.settings (tenant, version, settings) values ($1, $2, $3)"
        " on conflict do nothing",
        board,
        one.settings.version,
        text.decode(),
    )


class _People:
    """The people of a board: some for each role, and a teacher for each case."""

    def __init__(self, board: str) -> None:
        self._board = board
        self._random = random.Random(board)
        self._known: dict[str, list[str]] = {}
        self._teachers: list[str] = []

    def of(self, role: str) -> str:
        """Somebody with this role."""
        if role == "teacher":
            self._teachers.append(str(uuid4()))
            return self._teachers[-1]
        if role not in self._known:
            self._known[role] = [str(uuid4()) for _ in range(COLLEAGUES)]
        return self._random.choice(self._known[role])

    async def write(self, connection: asyncpg.Connection) -> None:
        """The directory's rows, under names such as Advisor 12."""
        everyone = [(role, id_) for role, ids in self._known.items() for id_ in ids]
        everyone += [("teacher", id_) for id_ in self._teachers]
        people, roles = [], []
        for number, (role, id_) in enumerate(everyone, 1):
            people.append((self._board, id_, f"{role.title()} {number}"))
            roles.append((self._board, id_, "advisor" if role == "stranger" else role))
        await _copy(connection, "person", ("tenant", "person", "name"), people)
        await _copy(connection, "person_role", ("tenant", "person", "role"), roles)
