"""The secret link to somebody's agenda: the last one only, and nobody else's."""

from __future__ import annotations

from uuid import uuid4

import pytest

from events.store.directory import UnknownPerson
from events.store.store import Store


async def test_a_link_is_worth_something_until_it_is_renewed_or_withdrawn(
    store: Store, tenant: str
) -> None:
    person = await store.add_person(tenant, "Fenna Feed", "f@school.example", roles=["teacher"])
    assert await store.feed(tenant, person.id) is None
    first = await store.make_feed(tenant, person.id)
    assert await store.by_feed(first) == person
    made = await store.feed(tenant, person.id)
    assert made is not None
    assert made.used_at is not None
    second = await store.make_feed(tenant, person.id)
    assert (await store.by_feed(first), await store.by_feed(second)) == (None, person)
    again = await store.feed(tenant, person.id)
    assert again is not None
    assert await store.feed(str(uuid4()), person.id) is None
    await store.set_active(tenant, person.id, False)
    assert await store.by_feed(second) is None
    await store.set_active(tenant, person.id, True)
    await store.drop_feed(tenant, person.id)
    assert (await store.by_feed(second), await store.feed(tenant, person.id)) == (None, None)


async def test_nobody_makes_a_link_or_a_choice_for_who_is_not_there(
    store: Store, tenant: str
) -> None:
    for call in (
        store.make_feed(tenant, str(uuid4())),
        store.choose_mail(tenant, str(uuid4()), "daily"),
    ):
        with pytest.raises(UnknownPerson):
            await call
    assert await store.by_feed("nothing") is None
