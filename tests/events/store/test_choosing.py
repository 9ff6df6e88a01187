"""Who answers to a part of a name, of whom a form may name."""

from __future__ import annotations

from typing import get_args
from uuid import uuid4

from events.event import Role
from events.recording import CaseIndex
from events.store.store import Store
from tests.events.store.samples import begun
from workflows.fields import STAFF
from workflows.persons import fits, holders

NAMES = ("Özlem Yılmaz", "Jan van den Berg", "Janneke Bergsma", "Anne-Fleur d'Ailly", "Jan")


async def _board(store: Store, tenant: str) -> None:
    for name in NAMES:
        mail = f"{name.partition(' ')[0]}@school.example"
        await store.add_person(tenant, name, mail, roles=["teacher"])
    await store.add_person(tenant, "Berg van Buiten", roles=["contact"])
    await store.add_person(tenant, "100%_Berg", roles=["manager", "contact"])
    left = await store.add_person(tenant, "Jan Weg", roles=["teacher"])
    await store.set_active(tenant, left.id, False)


ANSWERS = {
    "ozlem": ["Özlem Yılmaz"],
    "YILMAZ öz": ["Özlem Yılmaz"],
    "jan": ["Jan", "Jan van den Berg", "Janneke Bergsma"],
    "berg jan": ["Jan van den Berg", "Janneke Bergsma"],
    "van den Berg": ["Jan van den Berg"],
    "fleur": ["Anne-Fleur d'Ailly"],
    "anne-fl d'ai": ["Anne-Fleur d'Ailly"],
    "erg": [],
    "%": [],
    "j%n": [],
    "_an": [],
    "jan\\": [],
    "-": [],
    "JANNEKE@school.example": ["Janneke Bergsma"],
    "janneke@school": [],
}


async def test_by_the_beginning_of_each_word(store: Store, tenant: str) -> None:
    await _board(store, tenant)
    for text, names in ANSWERS.items():
        found = await store.called(tenant, ["teacher"], text, 20)
        assert [one.name for one in found] == names, text
        assert await store.called(str(uuid4()), None, text, 20) == []


async def test_cases_are_looked_for_by_the_name_of_who_has_left_too(
    store: Store, tenant: str
) -> None:
    await _board(store, tenant)
    there = [one.id for one in await store.called(tenant, None, "jan", 20)]
    left = await store.add_person(tenant, "Jan Wegman", roles=["teacher"])
    for part, person in zip(
        ("teacher", "student", "advisor", "teacher"), [*there, left.id], strict=True
    ):
        await begun(store, tenant, index=CaseIndex(state="open", open=True, parties={part: person}))
    await store.set_active(tenant, left.id, False)
    # Of those whom a case is about, so that others of that name keep nobody out.
    assert set(await store.known_as(tenant, "jan", 20)) == {*there[:2], left.id}
    assert await store.known_as(tenant, "wegm JAN", 20) == [left.id]
    assert len(await store.known_as(tenant, "jan", 2)) == 2
    for text in ("", "%", "-", "j%n", "nobody"):
        assert await store.known_as(tenant, text, 20) == []
    assert await store.known_as(str(uuid4()), "jan", 20) == []


async def test_who_is_called_just_that_comes_first(store: Store, tenant: str) -> None:
    await _board(store, tenant)
    found = await store.called(tenant, None, "jan", 20)
    assert [one.wholly for one in found] == [True, False, False]
    assert len(await store.called(tenant, None, "jan", 2)) == 2
    assert [one.name for one in await store.called(tenant, None, "100%_b", 9)] == ["100%_Berg"]


async def test_only_who_fits(store: Store, tenant: str) -> None:
    await _board(store, tenant)
    for role in ("teacher", "contact", "student", STAFF, None):
        wanted = [one.id for one in await store.everyone(tenant) if fits(one.roles, role)]
        fitting = await store.fitting(tenant, holders(role), 60)
        assert sorted(one.id for one in fitting) == sorted(wanted)
        berg = await store.called(tenant, holders(role), "berg", 60)
        assert {one.id for one in berg} <= set(wanted)
    names = [one.name for one in await store.fitting(tenant, ["teacher"], 60)]
    assert names == sorted(names, key=str.casefold)
    assert len(await store.fitting(tenant, None, 3)) == 3


def test_those_who_fit_hold_one_of_the_roles() -> None:
    for role in get_args(Role):
        for wanted in (*get_args(Role), STAFF):
            assert fits([role], wanted) == (role in (holders(wanted) or ()))
    assert holders(None) is None
