"""What is administered changes with its line in the log, or not at all."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from events.projections.parked import retry_asked
from events.settings import TenantSettings
from events.store.administration import (
    BoardLetter,
    Entry,
    LastAdministrator,
    SettingsChanged,
    Sought,
)
from events.store.keys import MasterKeys
from events.store.store import Store
from events.store.succession import Absence, AbsenceOverlaps, Part, Passing
from tests.conftest import Database

BY = "5b0e8d8c-7d1f-4e57-9c5a-0b6c3a2f9d11"
TODAY = date(2026, 3, 2)
KILL_WAITING = """
select pg_terminate_backend(pid) from pg_locks join pg_database d on d.oid = database
 where d.datname = $1 and relation = 'traject.parked'::regclass and not granted
"""


def person(name: str, *roles: str, id_: str = "", **more: object) -> Entry:
    return Entry(id_, name, f"{name.lower()}@voorbeeld.example", "nl", roles, **more)  # pyright: ignore[reportArgumentType]


async def test_people_change_with_what_stood_before(store: Store, tenant: str) -> None:
    hr, ada = await store.keep_people(tenant, BY, [person("Hanne", "hr"), person("Ada", "teacher")])
    await store.keep_people(tenant, BY, [person("Ada", "advisor", "teacher", id_=ada)])
    await store.keep_people(tenant, BY, [person("Ada", "teacher", "advisor", id_=ada)])
    await store.set_present(tenant, BY, ada, active=False)
    assert [one.name for one in await store.people_sought(tenant, TODAY)] == ["Hanne"]
    assert [
        one.id for one in await store.people_sought(tenant, TODAY, words="AD", active=None)
    ] == [ada]
    assert await store.people_sought(tenant, TODAY, words="%") == []
    said = [
        (one.what, one.before, one.after)
        for one in await store.changes(tenant, Sought(subject=ada))
    ]
    assert said[:2] == [
        ("person.changed", {"active": True}, {"active": False}),
        ("person.changed", {"roles": ["teacher"]}, {"roles": ["advisor", "teacher"]}),
    ]
    assert said[2][0] == "person.added"
    assert len(said) == 3
    assert [one.subject for one in await store.changes(tenant, Sought(what="person"), limit=9)] == [
        ada, ada, ada, hr,
    ]  # fmt: skip


async def test_somebody_keeps_the_board(store: Store, tenant: str) -> None:
    hr, _ = await store.keep_people(tenant, BY, [person("Hanne", "hr"), person("Ada", "teacher")])
    with pytest.raises(LastAdministrator):
        await store.set_present(tenant, BY, hr, active=False)
    with pytest.raises(LastAdministrator):
        await store.keep_people(tenant, BY, [person("Hanne", "teacher", id_=hr)])
    assert len(await store.changes(tenant, Sought(subject=hr))) == 1
    await store.keep_people(tenant, BY, [person("Otto", "administrator")])
    await store.set_present(tenant, BY, hr, active=False)


async def test_settings_are_saved_over_what_was_looked_at(store: Store, tenant: str) -> None:
    first = TenantSettings()
    second = await store.change_settings(
        tenant, BY, TenantSettings(report=12), over=first, what="settings"
    )
    assert second.version == 2
    with pytest.raises(SettingsChanged):
        await store.change_settings(
            tenant, BY, TenantSettings(report=9), over=first, what="settings"
        )
    assert (await store.settings(tenant)).report == 12
    changes = await store.changes(tenant, Sought(what="settings"))
    assert [(one.subject, one.before, one.after) for one in changes] == [
        ("2", {"report": 10}, {"report": 12})
    ]
    kept = await store.settings_version(tenant, 2)
    assert kept is not None
    assert kept.report == 12
    assert await store.settings_version(tenant, 3) is None
    assert [one.settings.version for one in await store.settings_versions(tenant)] == [2]


async def test_letters_come_and_go(store: Store, tenant: str) -> None:
    letter = BoardLetter("Er is iets", "Beste {name}")
    await store.keep_letter(tenant, BY, "overdue", "nl", letter)
    await store.keep_letter(tenant, BY, "overdue", "nl", letter)
    assert await store.texts_of(tenant) == {("overdue", "nl"): letter}
    assert await store.texts_of(str(uuid4())) == {}
    await store.keep_letter(tenant, BY, "overdue", "nl", None)
    assert await store.texts_of(tenant) == {}
    assert len(await store.changes(tenant, Sought(what="letter"))) == 2


async def test_nobody_is_absent_twice(store: Store, tenant: str) -> None:
    (ada,) = await store.keep_people(tenant, BY, [person("Ada", "teacher")])
    away = Absence(ada, date(2026, 3, 2), date(2026, 3, 6))
    await store.keep_absence(tenant, BY, away)
    for start, to in ((date(2026, 3, 6), None), (date(2026, 3, 1), date(2026, 3, 2))):
        with pytest.raises(AbsenceOverlaps):
            await store.keep_absence(tenant, BY, Absence(ada, start, to))
    await store.keep_absence(tenant, BY, Absence(ada, date(2026, 3, 7)))
    assert [one.start.day for one in await store.absences(tenant, TODAY)] == [2, 7]
    assert [one.start.day for one in await store.absences(tenant, date(2026, 3, 9))] == [7]
    assert (await store.people_sought(tenant, TODAY))[0].absent_from == date(2026, 3, 2)
    assert await store.end_absence(tenant, BY, ada, date(2026, 3, 7))
    assert not await store.end_absence(tenant, BY, ada, date(2026, 3, 7))


async def test_what_passes_on_is_written_down_once(store: Store, tenant: str) -> None:
    id_, stream = str(uuid4()), str(uuid4())
    passing = Passing(id_, BY, str(uuid4()), "weg", BY, begun_at=None)  # pyright: ignore[reportArgumentType]
    part = Part(stream, "supervision", "guidance", "advisor")
    await store.begin_passing(tenant, passing, [part])
    await store.begin_passing(tenant, passing, [part, part])
    found = await store.passing(tenant, id_)
    assert found is not None
    await store.settle_passed(tenant, id_, found[1][0], "refused", "advisor.conflict")
    (told,) = await store.passings(tenant)
    assert (told.done, told.refused, told.left) == (0, 1, 0)
    assert await store.passing(str(uuid4()), id_) is None


async def test_another_board_sees_nothing_of_it(
    database: Database, store: Store, tenant: str
) -> None:
    """Also where a query forgets to ask for its board."""
    await store.keep_people(tenant, BY, [person("Ada", "teacher")])
    await store.keep_letter(tenant, BY, "overdue", "nl", BoardLetter("a", "b"))
    await store.ask_retry(tenant, BY)
    app = await asyncpg.connect(database.app_dsn)
    try:
        await app.execute("select set_config('traject.tenant', $1, false)", str(uuid4()))
        for table in ("administered", "letter", "retry_asked", "absence", "passing_on"):
            assert await app.fetchval(f"select count(*) from traject.{table}") == 0
        with pytest.raises(asyncpg.PostgresError):
            await app.execute(
                "select traject.log_administered($1, null, 'x', null, null, null)", tenant
            )
    finally:
        await app.close()
    condition = await store.condition(tenant)
    assert condition.retry_asked is not None
    assert condition.late.cases == 0


async def test_another_try_is_taken_up_once(
    database: Database, store: Store, tenant: str, master_keys: MasterKeys
) -> None:
    await store.ask_retry(tenant, BY)
    await store.ask_retry(tenant, BY)
    assert await retry_asked(database.projector_dsn, master_keys, {}) == (0, 0)
    assert await retry_asked(database.projector_dsn, master_keys, {}) is None
    assert (await store.condition(tenant)).retry_asked is None


async def test_another_try_that_breaks_off_is_still_asked(
    database: Database, store: Store, tenant: str, master_keys: MasterKeys
) -> None:
    await store.ask_retry(tenant, BY)
    dsn, owner = database.projector_dsn, await asyncpg.connect(database.owner_dsn)
    try:
        async with owner.transaction():
            await owner.execute("lock table traject.parked in access exclusive mode")
            trying = asyncio.create_task(retry_asked(dsn, master_keys, {}))
            async with asyncio.timeout(10):
                while not await owner.fetchval(KILL_WAITING, database.name):
                    await asyncio.sleep(0.01)
            with pytest.raises(asyncpg.PostgresError):
                await trying
    finally:
        await owner.close()
    assert (await store.condition(tenant)).retry_asked is not None
    assert await retry_asked(dsn, master_keys, {}) == (0, 0)
    assert (await store.condition(tenant)).retry_asked is None
