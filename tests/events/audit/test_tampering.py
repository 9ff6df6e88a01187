"""A database's owner changes the past; every change is found, and the first bad place is named."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.audit.note import parse, sign
from events.audit.tiles import Log
from tests.events.audit import owner as own
from tests.events.audit.world import BACKUP, FIRST, SECOND, Copy, World

P = 137
"""A position in the first tile."""
Q = 600
"""A position after the last full tile, that a checkpoint states."""
FRESH = 630
"""A position that is in no tree yet."""
STATED = FIRST + SECOND
ALL = STATED + 20

Found = tuple[Log, int | None]
Tamper = Callable[[Copy], Awaitable[Found]]
FLIPPED = "set_byte({0}, 20, get_byte({0}, 20) # 1)"
ACTOR = (
    'header = convert_to(regexp_replace(convert_from(header, \'UTF8\'), \'"person":"[^"]*"\','
    " '\"person\":\"00000000-0000-4000-8000-000000000000\"'), 'UTF8')"
)


def changed(position: int, change: str) -> Tamper:
    """Columns of the event there, or of the next one that is the first of its command."""

    async def tamper(copy: Copy) -> Found:
        place = await own.first_of_a_command(copy.owner, position)
        await own.set_(copy.owner, place, change)
        return "events", place

    return tamper


def done(log: Log, position: int | None, *statements: str) -> Tamper:
    """Statements after which that is the first bad position."""

    async def tamper(copy: Copy) -> Found:
        for statement in statements:
            assert await copy.owner.execute(statement) not in ("UPDATE 0", "DELETE 0")
        return log, position

    return tamper


async def removed_cleanly(copy: Copy) -> Found:
    """The last event of a stream, its position, and the head set back: the rest moves up."""
    place = await own.value(
        copy.owner,
        "select min(p.position) from traject.position p join traject.stream s"
        " on (s.tenant, s.stream, s.version) = (p.tenant, p.stream, p.version)",
    )
    row = await own.at(copy.owner, place)
    await copy.owner.execute("delete from traject.event where event_id = $1", row["event_id"])
    await copy.owner.execute("delete from traject.position where position = $1", place)
    await own.shift(copy.owner, place, -1)
    await own.rechain(copy.owner, row["tenant"], row["stream"])
    return "events", place


async def put_in_between(copy: Copy) -> Found:
    await own.put_in(copy.owner, ALL - 30, position=STATED - 5)
    return "events", STATED - 5


async def put_in_beside(copy: Copy) -> Found:
    await own.put_in(copy.owner, P, position=None)
    return "events", None


async def exchanged_versions(copy: Copy) -> Found:
    row, later = await own.at(copy.owner, P), await own.next_of(copy.owner, P)
    where = f"where tenant = '{row['tenant']}' and stream = '{row['stream']}'"
    for old, new in ((0, 1000), (1, 0), (1000, 1)):
        await copy.owner.execute(
            f"update traject.event set version = {row['version'] + new} {where}"
            f" and version = {row['version'] + old}"
        )
    assert later > P
    return "events", P


async def exchanged_bodies(copy: Copy) -> Found:
    one, other = await own.at(copy.owner, P), await own.at(copy.owner, P + 40)
    await own.set_(copy.owner, P, f"body = '\\x{other['body'].hex()}'")
    await own.set_(copy.owner, P + 40, f"body = '\\x{one['body'].hex()}'")
    return "events", P


async def moved(copy: Copy) -> Found:
    """To the end of another stream, chained there as it should be."""
    row, other = await own.at(copy.owner, P), await own.at(copy.owner, P + 1)
    assert row["stream"] != other["stream"]
    await own.set_(copy.owner, P, f"stream = '{other['stream']}', version = 21")
    await own.rechain(copy.owner, other["tenant"], other["stream"])
    return "events", P


async def without_its_head(copy: Copy) -> Found:
    row = await own.at(copy.owner, FIRST)
    await copy.owner.execute("delete from traject.stream where stream = $1", row["stream"])
    return "events", await own.first_of_stream(copy.owner, row["stream"])


async def another_head(copy: Copy) -> Found:
    row = await own.at(copy.owner, FIRST)
    await copy.owner.execute(
        f"update traject.stream set hash = {FLIPPED.format('hash')} where stream = $1",
        row["stream"],
    )
    return "events", FIRST


async def rewritten(copy: Copy) -> Found:
    """Only signed checkpoints tell that the log was another one."""
    await own.rewrite(copy.owner, P)
    return "events", P


async def rewritten_with_checkpoints(copy: Copy) -> Found:
    await own.rewrite(copy.owner, P)
    await copy.owner.execute("delete from traject.checkpoint")
    return "events", P


async def rewritten_tail(copy: Copy) -> Found:
    """What comes after a checkpoint that stays; only the world has those that went."""
    await own.rewrite(copy.owner, STATED - 10)
    await copy.owner.execute("delete from traject.checkpoint where number > 2")
    return "events", STATED - 10


async def set_back_tail(copy: Copy) -> Found:
    """The last events, their positions, tree, heads and checkpoints, as if they had never been."""
    gone = await copy.owner.fetch(
        "delete from traject.position where position > $1 returning tenant, stream, version",
        FIRST + 100,
    )
    await copy.owner.executemany(
        "delete from traject.event where tenant = $1 and stream = $2 and version = $3",
        [tuple(row) for row in gone],
    )
    for tenant, stream in {tuple(row)[:2] for row in gone}:
        await own.rechain(copy.owner, tenant, stream)
    await copy.owner.execute("update traject.sequencer set position = $1", FIRST + 100)
    await own.regrow(copy.owner, "events")
    await copy.owner.execute("delete from traject.checkpoint where number > 2")
    return "events", FIRST + 101


async def swapped_key(copy: Copy) -> Found:
    """All checkpoints once more, signed by a key of the owner's."""
    key = Ed25519PrivateKey.generate()
    for row in await copy.owner.fetch("select number, note from traject.checkpoint"):
        await copy.owner.execute(
            "update traject.checkpoint set note = $2 where number = $1",
            *(row["number"], sign(parse(row["note"]), key)),
        )
    return "events", 1


async def forged(copy: Copy) -> Found:
    """A further checkpoint, which says what the owner likes and that a new key signs from now."""
    note = parse(
        await own.value(copy.owner, "select note from traject.checkpoint where number = 5")
    )
    said = replace(note, size=STATED + 1, root=bytes(32), at=datetime(2026, 2, 1, tzinfo=UTC))
    await copy.owner.execute(
        "insert into traject.checkpoint values (6, $1, $2, now())",
        *(STATED + 1, sign(said, Ed25519PrivateKey.generate())),
    )
    return "events", STATED + 1


def looked(log: Log, table: str, *statements: str, position: int | None = 5) -> Tamper:
    """The entry at position 5 of a log is ``{id}``, the one after it ``{next}``."""

    async def tamper(copy: Copy) -> Found:
        ids = await copy.owner.fetch(
            "select id from traject.logged where log = $1 and position in (5, 6) order by position",
            log,
        )
        for statement in statements:
            text = statement.format(id=ids[0]["id"], next=ids[1]["id"], table=table, log=log)
            assert await copy.owner.execute(text) not in ("UPDATE 0", "DELETE 0", "INSERT 0 0")
        return log, position

    return tamper


def both(name: str, *statements: str, position: int | None = 5) -> dict[str, Tamper]:
    return {
        f"a reading {name}": looked("reads", "reading", *statements, position=position),
        f"a refusal {name}": looked("refused", "refused", *statements, position=position),
    }


AT = "where position = {}"
MATRIX: dict[str, Tamper] = {
    "a byte of a body": changed(P, f"body = {FLIPPED.format('body')}"),
    "a byte of a body in no full tile": changed(Q, f"body = {FLIPPED.format('body')}"),
    "a byte of a body in no tree": changed(FRESH, f"body = {FLIPPED.format('body')}"),
    "a byte of the first body": changed(1, f"body = {FLIPPED.format('body')}"),
    "a byte of a header": changed(P, f"header = {FLIPPED.format('header')}"),
    "a header that is none": changed(P, "header = 'x'"),
    "an actor": changed(P, ACTOR),
    "when it was recorded": changed(P, "recorded_us = recorded_us + 1"),
    "when it was stored": changed(P, "stored_at = stored_at + interval '1 microsecond'"),
    "when it was stored, in no full tile": changed(
        Q, "stored_at = stored_at + interval '1 microsecond'"
    ),
    "which command": changed(P, "command = 'CloseTrajectory'"),
    "what the command was": changed(P, "content_hash = reverse(content_hash)"),
    "warnings": changed(P, "warnings = array['visit.weekend']"),
    "a byte of the command as given": changed(P, f"given = {FLIPPED.format('given')}"),
    "the command as given removed": changed(P, "given = null"),
    "a hash": changed(P, f"event_hash = {FLIPPED.format('event_hash')}"),
    "an event's id": changed(P, "event_id = gen_random_uuid()"),
    "a command's id": changed(P, "command_id = gen_random_uuid()"),
    "a place": changed(P, "place = 100"),
    "an event removed": done(
        "events", P, f"delete from traject.event e using traject.position p where p.position = {P}"
        " and (e.tenant, e.stream, e.version) = (p.tenant, p.stream, p.version)",
    ),
    "the last event removed": done(
        "events", ALL, "delete from traject.event e using traject.position p"
        f" where p.position = {ALL}"
        " and (e.tenant, e.stream, e.version) = (p.tenant, p.stream, p.version)",
    ),
    "an event removed with its traces": removed_cleanly,
    "an event put in between": put_in_between,
    "an event put in beside": put_in_beside,
    "two events exchanged": exchanged_versions,
    "two bodies exchanged": exchanged_bodies,
    "an event moved to another stream": moved,
    "two positions exchanged": done(
        "events", P, f"update traject.position set position = {2 * P + 1} - position"
        f" where position in ({P}, {P + 1})",
    ),
    "a position removed": done("events", P, f"delete from traject.position {AT.format(P)}"),
    "the last position removed": done(
        "events", ALL, f"delete from traject.position {AT.format(ALL)}"
    ),
    "a position twice": done(
        "events", P, "insert into traject.position select position - 1, tenant, stream, version"
        f" from traject.position {AT.format(P + 1)}",
    ),
    "an event at two positions": done(
        "events", ALL + 1, "insert into traject.position"
        f" select {ALL + 1}, tenant, stream, version from traject.position {AT.format(P)}",
        "update traject.sequencer set position = position + 1",
    ),
    "a head removed": without_its_head,
    "another head": another_head,
    "a sequencer that gave more": done(
        "events", ALL + 1, "update traject.sequencer set position = position + 1"
    ),
    "a kept leaf": done(
        "events", 300, "update traject.tile set hashes = set_byte(hashes, 43 * 32, 7)"
        " where log = 'events' and level = 0 and index = 1",
    ),
    "a kept leaf in no full tile": done(
        "events", 515, "update traject.tree set edge[1] = set_byte(edge[1], 2 * 32, 7)"
        " where log = 'events'",
    ),
    "a kept hash above leaves": done(
        "events", 1, "update traject.tree set edge[2] = set_byte(edge[2], 3, 7)"
        " where log = 'events'",
    ),
    "a kept tile removed": done(
        "events", 257, "delete from traject.tile where log = 'events' and index = 1"
    ),
    "a kept tree that says less": done(
        "events", None, "update traject.tree set size = size - 1 where log = 'events'"
    ),
    "a suffix rewritten": rewritten,
    "a suffix rewritten, all checkpoints removed": rewritten_with_checkpoints,
    "a tail rewritten, its checkpoints removed": rewritten_tail,
    "a tail removed with all its traces": set_back_tail,
    "a checkpoint's byte": done(
        "events", FIRST + 1,
        "update traject.checkpoint set note = replace(note, '620', '619') where number = 3",
    ),
    "a checkpoint removed": done(
        "events", FIRST + 1, "delete from traject.checkpoint where number = 3"
    ),
    "the last checkpoint removed": done(
        "events", None, "delete from traject.checkpoint where number = 5"
    ),
    "a forged checkpoint": forged,
    "a swapped key": swapped_key,
    **both("removed", "delete from traject.{table} where id = {id}"),
    **both("changed", "update traject.{table} set process = 'other' where id = {id}"),
    **both("by somebody else", "update traject.{table} set person = tenant where id = {id}"),
    **both("at another time", "update traject.{table} set at_us = at_us + 1 where id = {id}"),
    **both(
        "logged later",
        "update traject.{table} set logged_at = logged_at + interval '1 s' where id = {id}",
    ),
    **both("without position", "delete from traject.logged where log = '{log}' and id = {id}"),
    **both(
        "exchanged with the next", "alter table traject.logged drop constraint logged_log_id_key",
        "update traject.logged set id = {id} + {next} - id"
        " where log = '{log}' and id in ({id}, {next})",
    ),
    **both(
        "put in beside", "insert into traject.{table} overriding system value"
        " select (jsonb_populate_record(r, '{{\"id\": 9999, \"xid\": \"3\"}}')).*"
        " from traject.{table} r where id = {id}",
        position=None,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
async def copy(world: World) -> AsyncIterator[Copy]:
    """One copy for all: what is done to it is undone."""
    async with world.copy() as copy:
        await own.disarm(copy.owner)
        yield copy


@pytest.mark.parametrize("what", MATRIX)
async def test_owner_is_found_out(copy: Copy, what: str) -> None:
    async with copy.undone():
        log, position = await MATRIX[what](copy)
        report = await copy.seen()
    first = report.findings[0]
    assert (first.log, first.position) == (log, position), report.findings[:3]
    if position is not None:
        assert str(position) in first.sentence


async def test_nothing_is_found_where_nothing_was_done(copy: Copy) -> None:
    assert (await copy.seen()).findings == []


@dataclass(frozen=True)
class Kept:
    """What somebody outside has to hold the database to."""

    publication: bool
    checkpoints: tuple[int, ...]


@pytest.fixture(scope="module")
async def backup(world: World) -> AsyncIterator[Copy]:
    """The database as it stood before."""
    async with world.copy(BACKUP) as copy:
        yield copy


@pytest.mark.parametrize(
    ("kept", "position"),
    [
        (Kept(True, ()), FIRST + 1),
        (Kept(False, (5,)), FIRST + 1),
        (Kept(False, (2,)), None),
        (Kept(False, ()), None),
    ],
)
async def test_rollback_to_a_backup(backup: Copy, kept: Kept, position: int | None) -> None:
    """It is as valid as it once was: only who kept something later sees that it is not now."""
    notes = [await backup.world.published(number) for number in kept.checkpoints]
    report = await backup.seen(publication=kept.publication, kept=notes)
    assert [one.position for one in report.findings][:1] == ([position] if position else [])


async def test_only_the_world_knows_of_a_rewritten_past(copy: Copy) -> None:
    """Without what was published, a database rewritten with all that is in it is as good as any."""
    kept = await copy.world.published(3)
    async with copy.undone():
        await rewritten_with_checkpoints(copy)
        assert (await copy.seen(publication=False)).findings == []
        assert (await copy.seen(publication=False, kept=[kept])).findings != []


async def test_several_processes_find_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.audit.online.RANGE", 256)
    async with world.copy() as copy:
        await own.disarm(copy.owner)
        await own.set_(copy.owner, P, "stored_at = stored_at + interval '1 microsecond'")
        await own.set_(copy.owner, Q, f"body = {FLIPPED.format('body')}")
        alone, together = await copy.verified(), await copy.verified(processes=2)
    assert together.findings == alone.findings
    assert {P, Q} <= {one.position for one in together.findings}
