"""People, roles and tokens of a board."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from events.store.directory import PersonRow, UnknownPerson
from events.store.store import Store


async def test_person_with_roles(store: Store, tenant: str) -> None:
    added = await store.add_person(
        tenant, "Wil Werkman", "wil@school.example", language="en", roles=["hr", "client", "hr"]
    )
    assert added == PersonRow(
        added.id, tenant, "Wil Werkman", "wil@school.example", "en", ("client", "hr")
    )
    assert await store.persons(tenant, [added.id, str(uuid4())]) == {added.id: added}
    assert await store.persons(str(uuid4()), [added.id]) == {}


async def test_person_is_renewed_under_the_same_id(store: Store, tenant: str) -> None:
    first = await store.add_person(tenant, "Wil", roles=["hr"])
    again = await store.add_person(tenant, "Wil Werkman", roles=["client"], person=first.id)
    assert await store.persons(tenant, [first.id]) == {first.id: again}


async def test_roles_are_set_and_found(store: Store, tenant: str) -> None:
    bo = await store.add_person(tenant, "Bo", roles=["hr"])
    an = await store.add_person(tenant, "An", roles=["hr", "auditor"])
    assert [person.name for person in await store.with_role(tenant, "hr")] == ["An", "Bo"]
    await store.set_roles(tenant, bo.id, ["client"])
    assert [person.id for person in await store.with_role(tenant, "hr")] == [an.id]
    assert (await store.persons(tenant, [bo.id]))[bo.id].roles == ("client",)
    assert await store.with_role(str(uuid4()), "hr") == []
    assert [person.name for person in await store.everyone(tenant)] == ["An", "Bo"]
    with pytest.raises(UnknownPerson):
        await store.set_roles(str(uuid4()), bo.id, ["hr"])


async def test_who_left_is_found_nowhere(store: Store, tenant: str) -> None:
    person = await store.add_person(tenant, "Vera Vertrokken", roles=["hr"])
    token = await store.issue_token(tenant, person.id)
    await store.set_active(tenant, person.id, False)
    assert await store.persons(tenant, [person.id]) == {}
    assert await store.with_role(tenant, "hr") == []
    assert await store.everyone(tenant) == []
    assert await store.by_token(token) is None
    await store.set_active(tenant, person.id, True)
    assert await store.by_token(token) == person
    with pytest.raises(UnknownPerson):
        await store.set_active(tenant, str(uuid4()), False)


async def test_token_leads_to_person_and_board(store: Store, tenant: str) -> None:
    person = await store.add_person(tenant, "Wil", "wil@school.example", roles=["hr", "client"])
    token, second = [await store.issue_token(tenant, person.id) for _ in range(2)]
    assert await store.by_token(token) == person
    assert await store.by_token(token[:-1]) is None
    assert await store.by_token("") is None
    assert await store.revoke(token) is True
    assert await store.revoke(token) is False
    assert await store.by_token(token) is None
    assert await store.by_token(second) == person
    assert await store.revoke_all(tenant, person.id) == 1
    assert await store.by_token(second) is None
    with pytest.raises(UnknownPerson):
        await store.issue_token(str(uuid4()), person.id)


async def test_token_is_kept_as_a_hash_with_its_last_use(
    store: Store, tenant: str, raw: asyncpg.Connection
) -> None:
    person = await store.add_person(tenant, "Wil")
    token = await store.issue_token(tenant, person.id)
    kept: str = await raw.fetchval("select t::text from traject.api_token t") or ""
    assert token not in kept
    assert token[3:].encode().hex() not in kept
    used = "select last_used_at from traject.api_token"
    assert await raw.fetchval(used) is None
    await store.by_token(token)
    first = await raw.fetchval(used)
    assert first is not None
    await store.by_token(token)
    assert await raw.fetchval(used) == first
    await raw.execute("update traject.api_token set last_used_at = now() - interval '2 minutes'")
    await store.by_token(token)
    assert await raw.fetchval(used) != first
