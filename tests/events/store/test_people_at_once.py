"""What is looked up about others before a person is kept still holds when it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import date
from uuid import uuid4

import pytest

from events.store.administration import Entry, LastAdministrator, MailTaken, RolesChanged
from events.store.store import Store
from events.store.succession import Absence, AbsenceOverlaps
from tests.events.store.test_administration import BY, TODAY, person


async def at_once(*doing: Awaitable[object]) -> list[type]:
    """The faults of what is done at the same moment."""
    done = await asyncio.gather(*doing, return_exceptions=True)
    return [type(one) for one in done if isinstance(one, BaseException)]


async def test_an_address_is_of_one_person(store: Store, tenant: str) -> None:
    for n in range(5):
        new = [person(f"{n}-{m}", "teacher") for m in range(5)]
        keep = (store.keep_people(tenant, BY, new) for _ in range(3))
        assert await at_once(*keep) == [MailTaken, MailTaken]
        assert len(await store.with_mail(tenant, f"{n}-4@voorbeeld.example")) == 1
    with pytest.raises(MailTaken):
        await store.keep_people(tenant, BY, [person("Ada", "hr"), person("ADA", "hr")])
    assert await store.people_sought(tenant, TODAY, words="ada@") == []


async def test_who_returns_has_an_address_that_nobody_has_now(store: Store, tenant: str) -> None:
    _, left = await store.keep_people(tenant, BY, [person("Bo", "hr"), person("Ada", "teacher")])
    await store.set_present(tenant, BY, left, active=False)
    with pytest.raises(MailTaken):
        await store.keep_people(tenant, BY, [person("Ada", "teacher")])
    await store.add_person(tenant, "Ada Twee", "Ada@voorbeeld.example")
    with pytest.raises(MailTaken):
        await store.set_present(tenant, BY, left, active=True)
    await store.keep_people(tenant, BY, [person("Adri", "teacher", id_=left, active=False)])
    await store.set_present(tenant, BY, left, active=True)


async def test_two_who_take_the_role_of_each_other_leave_one(store: Store) -> None:
    for _ in range(8):
        tenant = str(uuid4())
        pair = [await store.add_person(tenant, name, roles=["administrator"]) for name in "AB"]
        taken = [Entry(one.id, one.name, None, "nl", ()) for one in pair]
        faults = await at_once(*(store.keep_people(tenant, BY, [one]) for one in taken))
        assert faults == [LastAdministrator]


async def test_many_are_kept_in_any_order(store: Store, tenant: str) -> None:
    ids = await store.keep_people(tenant, BY, [person(f"P{n}", "hr") for n in range(20)])
    for name in "xyz":
        people = [Entry(one, f"{name} {one}", None, "nl", ("hr",)) for one in ids]
        back = [Entry(one, f"{name}! {one}", None, "nl", ("hr",)) for one in reversed(ids)]
        kept = (store.keep_people(tenant, BY, some) for some in (people, back))
        assert await at_once(*kept) == []


async def test_roles_change_only_over_those_that_were_looked_at(store: Store, tenant: str) -> None:
    (ada,) = await store.keep_people(tenant, BY, [person("Ada", "advisor", "teacher")])
    looked = person("Ada", "hr", id_=ada, over=("teacher", "advisor"))
    await store.keep_people(tenant, BY, [looked])
    with pytest.raises(RolesChanged):
        await store.keep_people(tenant, BY, [looked])


async def test_nobody_is_absent_twice(store: Store, tenant: str) -> None:
    people = [person(f"P{n}", "teacher") for n in range(8)]
    for one in await store.keep_people(tenant, BY, people):
        days = (date(2026, 3, 2 + n) for n in range(2))
        keep = (store.keep_absence(tenant, BY, Absence(one, day, date(2026, 3, 9))) for day in days)
        assert await at_once(*keep) == [AbsenceOverlaps]
