"""Sessions, tokens with a name, accounts at a provider, emergency passwords and counted tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from events.store.directory import PersonRow, UnknownPerson
from events.store.emergency import LoginTaken, WeakPassword
from events.store.identities import HomeTaken, Left, SignInRules
from events.store.store import Store
from tests.conftest import Database

IDLE, LASTING = timedelta(minutes=30), timedelta(hours=12)
PASSWORD = "zeven paarden eten appels"


@pytest.fixture
async def wil(store: Store, tenant: str) -> PersonRow:
    return await store.add_person(tenant, "Wil Werkman", "Wil@school.example", roles=["hr"])


async def begun(store: Store, person: PersonRow, device: str = "Firefox, Android") -> str:
    return await store.begin_session(
        person.tenant, person.id, "provider", idle=IDLE, lasting=LASTING, device=device
    )


async def test_session_leads_to_person_until_it_is_ended(store: Store, wil: PersonRow) -> None:
    key = await begun(store, wil)
    found = await store.by_session(key)
    assert found is not None
    assert (found.person, found.how) == (wil, "provider")
    (row,) = await store.sessions_of(wil.tenant, wil.id)
    assert (row.id, row.device) == (found.session, "Firefox, Android")
    assert await store.by_session(key[:-1]) is None
    assert await store.end_session(key)
    assert not await store.end_session(key)
    assert await store.by_session(key) is None
    assert await store.sessions_of(wil.tenant, wil.id) == []
    with pytest.raises(UnknownPerson):
        await store.begin_session(wil.tenant, str(uuid4()), "chosen", idle=IDLE, lasting=LASTING)


async def test_a_page_that_looks_by_itself_uses_no_session(
    store: Store, wil: PersonRow, database: Database
) -> None:
    key = await begun(store, wil)
    raw = await asyncpg.connect(database.owner_dsn)
    try:
        await raw.execute("update traject.session set used_at = now() - interval '10 minutes'")
        (before,) = await store.sessions_of(wil.tenant, wil.id)
        assert await store.by_session(key, used=False) is not None
        assert await store.sessions_of(wil.tenant, wil.id) == [before]
        assert await store.by_session(key) is not None
        (after,) = await store.sessions_of(wil.tenant, wil.id)
        assert after.used_at > before.used_at
    finally:
        await raw.close()


async def test_sessions_of_a_person_are_ended_by_others(store: Store, wil: PersonRow) -> None:
    first, second, third = [await begun(store, wil) for _ in range(3)]
    bo = await store.add_person(wil.tenant, "Bo", roles=["hr"])
    other = await begun(store, bo)
    found = await store.by_session(first)
    assert found is not None
    assert not await store.end_one_session(wil.tenant, bo.id, found.session)
    assert not await store.end_one_session(str(uuid4()), wil.id, found.session)
    assert await store.end_one_session(wil.tenant, wil.id, found.session)
    assert await store.by_session(first) is None
    assert await store.by_session(second) is not None
    assert await store.end_sessions(str(uuid4()), wil.id) == 0
    assert await store.end_sessions(wil.tenant, wil.id) == 2
    assert [await store.by_session(key) for key in (second, third)] == [None, None]
    assert await store.by_session(other) is not None
    await store.set_active(wil.tenant, bo.id, False)
    assert await store.by_session(other) is None


@pytest.mark.parametrize("old", ["used_at = now() - idle", "ends_at = now()"])
async def test_a_session_ends_by_itself(
    raw: asyncpg.Connection, store: Store, wil: PersonRow, old: str
) -> None:
    key = await begun(store, wil)
    await raw.execute(f"update traject.session set {old}")
    assert await store.by_session(key) is None
    assert await store.sessions_of(wil.tenant, wil.id) == []


async def test_a_session_is_touched_once_a_minute(
    raw: asyncpg.Connection, store: Store, wil: PersonRow
) -> None:
    key = await begun(store, wil)
    ask = "select xmin::text from traject.session"
    begin = await raw.fetchval(ask)
    await store.by_session(key)
    assert await raw.fetchval(ask) == begin
    await raw.execute("update traject.session set used_at = now() - interval '2 minutes'")
    begin = await raw.fetchval(ask)
    await store.by_session(key)
    touched = await raw.fetchval(ask)
    assert touched != begin
    await store.by_session(key)
    assert await raw.fetchval(ask) == touched


async def test_no_key_is_kept(raw: asyncpg.Connection, store: Store, wil: PersonRow) -> None:
    key = await begun(store, wil)
    token = await store.make_token(wil.tenant, wil.id, "rooster")
    await store.set_emergency(wil.tenant, wil.id, "nood", PASSWORD)
    for table in ("session", "api_token", "emergency"):
        rows = await raw.fetch(f"select t::text as whole from traject.{table} t")
        assert rows
        for row in rows:
            assert not any(secret in row["whole"] for secret in (key, token, PASSWORD))


async def test_a_token_has_a_name_and_an_end(
    raw: asyncpg.Connection, store: Store, wil: PersonRow
) -> None:
    end = datetime.now(UTC) + timedelta(days=30)
    token = await store.make_token(wil.tenant, wil.id, "rooster", end)
    assert await store.by_token(token) == wil
    (row,) = await store.tokens_that_hold(wil.tenant)
    assert (row.whose, row.name, row.ends_at) == ("Wil Werkman", "rooster", end)
    assert await store.tokens_that_hold(wil.tenant, str(uuid4())) == []
    await raw.execute("update traject.api_token set ends_at = now()")
    assert await store.by_token(token) is None
    assert await store.tokens_that_hold(wil.tenant) == []
    second = await store.make_token(wil.tenant, wil.id, "rooster")
    (row,) = await store.tokens_that_hold(wil.tenant, wil.id)
    assert not await store.end_token(wil.tenant, row.id, str(uuid4()))
    assert not await store.end_token(str(uuid4()), row.id)
    assert await store.end_token(wil.tenant, row.id, wil.id)
    assert await store.by_token(second) is None


async def test_an_account_is_one_person_of_a_board(store: Store, wil: PersonRow) -> None:
    issuer = "https://idp.example"
    assert await store.by_identity(wil.tenant, issuer, "u1") is None
    assert await store.by_email(wil.tenant, issuer, "wil@SCHOOL.example") == wil
    await store.link(wil.tenant, issuer, "u1", wil.id)
    assert await store.by_identity(wil.tenant, issuer, "u1") == wil
    assert await store.by_identity(wil.tenant, "https://other.example", "u1") is None
    assert await store.by_identity(str(uuid4()), issuer, "u1") is None
    # Who has an account there already is not given a second one because of an address.
    assert await store.by_email(wil.tenant, issuer, "wil@school.example") is None
    await store.set_active(wil.tenant, wil.id, False)
    with pytest.raises(Left):
        await store.by_identity(wil.tenant, issuer, "u1")
    assert await store.unlink(wil.tenant, wil.id) == 1


async def test_an_address_of_two_people_is_nobodys(store: Store, wil: PersonRow) -> None:
    await store.add_person(wil.tenant, "Ander", "wil@school.example")
    assert await store.by_email(wil.tenant, "https://idp.example", "wil@school.example") is None


async def test_a_board_says_how_people_come_in(store: Store, tenant: str) -> None:
    assert await store.sign_in_rules(tenant) == SignInRules()
    rules = SignInRules(link_by_email=True, roles_by="both", roles={"employee": "advisor"})
    await store.save_sign_in(tenant, rules, ["school.example", "99AA"])
    assert await store.sign_in_rules(tenant) == rules
    assert await store.board_of_home("99AA") == tenant
    assert await store.board_of_home("99BB") is None
    other = str(uuid4())
    with pytest.raises(HomeTaken):
        await store.save_sign_in(other, rules, ["99AA", "99CC"])
    assert await store.board_of_home("99CC") is None
    assert await store.sign_in_rules(other) == SignInRules()
    await store.save_sign_in(tenant, rules, ["school.example"])
    assert await store.homes_of(tenant) == ["school.example"]
    await store.save_sign_in(other, rules, ["99AA"])
    assert await store.board_of_home("99AA") == other


async def test_an_emergency_password_lets_one_person_in(store: Store, wil: PersonRow) -> None:
    with pytest.raises(WeakPassword):
        await store.set_emergency(wil.tenant, wil.id, "nood", "te kort")
    await store.set_emergency(wil.tenant, wil.id, "Nood", PASSWORD)
    assert await store.by_emergency("nooD", PASSWORD) == (wil.tenant, wil.id)
    assert await store.by_emergency("nood", PASSWORD + "!") == (wil.tenant, None)
    assert await store.by_emergency("iemand", PASSWORD) is None
    (row,) = await store.emergencies(wil.tenant)
    assert row.used_at is not None
    bo = await store.add_person(wil.tenant, "Bo")
    with pytest.raises(LoginTaken):
        await store.set_emergency(wil.tenant, bo.id, "NOOD", PASSWORD)
    assert await store.switch_off_emergency(wil.tenant) == [wil.id]
    assert await store.by_emergency("nood", PASSWORD) is None


async def test_tries_run_out_and_come_back(raw: asyncpg.Connection, store: Store) -> None:
    assert [await store.take("nood", 2, 60) for _ in range(2)] == [0, 0]
    assert 0 < await store.take("nood", 2, 60) <= 60
    assert await store.take("iemand anders", 2, 60) == 0
    await raw.execute("update traject.bucket set at = at - interval '61 seconds'")
    assert await store.take("nood", 2, 60) == 0
    assert await store.take("nood", 2, 60) > 0
