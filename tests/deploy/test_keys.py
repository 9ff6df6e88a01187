"""The master key is replaced step by step; every step may be the last one for a while."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.keys import KeysRefused, Rotation, rotate
from events.store import rewrapping
from events.store.errors import RetiredMaster
from events.store.keyring import KeyRing
from events.store.keys import MasterKeys
from events.store.links import Links, SigningLink
from events.store.rewrapping import KeysBusy
from events.store.store import Store
from tests.conftest import Database

PROCESS = "supervision"
NOW = datetime.now(UTC)
LONG = (NOW + timedelta(days=30)).replace(second=0, microsecond=0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    MasterKeys.generate().save(tmp_path / "master-keys.json")
    return tmp_path / "master-keys.json"


@pytest.fixture
async def store(database: Database, file: Path) -> AsyncIterator[Store]:
    """A process that serves all along."""
    store = await Store.connect(database.app_dsn, KeyRing.load(file), {})
    yield store
    await store.close()


@pytest.fixture
async def rotation(database: Database, file: Path) -> AsyncIterator[Rotation]:
    async with rewrapping.rewrapping(database.owner_dsn) as work:
        yield Rotation(file, work)


@pytest.fixture
async def raw(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.owner_dsn)
    yield connection
    await connection.close()


async def dossiers(store: Store, count: int) -> dict[tuple[str, str], bytes]:
    """New dossiers of several boards, and their keys."""
    made: dict[tuple[str, str], bytes] = {}
    for _ in range(count):
        tenant, stream = str(uuid4()), str(uuid4())
        await store.open_dossier(tenant, PROCESS, stream)
        made[tenant, stream] = await store.dossier_key(tenant, stream)
    return made


async def opened(store: Store, known: dict[tuple[str, str], bytes]) -> None:
    """Every dossier opens by the key it always had, read anew."""
    store.forget_all()
    for (tenant, stream), key in known.items():
        assert await store.dossier_key(tenant, stream) == key


async def test_after_a_rotation_nothing_is_wrapped_by_the_old_key(
    store: Store, rotation: Rotation, raw: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    known = await dossiers(store, 5)
    (tenant, erased), *_ = await dossiers(store, 1)
    await raw.execute(
        "update traject.dossier_key set wrapped = null, destroyed_at = now() where stream = $1",
        erased,
    )
    old = rotation.keys
    said: list[str] = []
    assert await rotate(rotation, grace=0.01, say=said.append) == "2"
    await opened(store, known)
    known |= await dossiers(store, 1)
    rows = await raw.fetch("select * from traject.dossier_key where wrapped is not null")
    assert {row["master"] for row in rows} == {"2"}
    for row in rows:
        with pytest.raises(Exception, match="was wrapped by another"):
            old.unwrap("1", row["wrapped"], str(row["tenant"]), str(row["stream"]))
    assert set(rotation.keys.keys) == {"2"}
    assert "1" not in rotation.keys.keys
    assert old.keys["1"] not in {one.key for one in rotation.keys.links.values()}
    gone = await raw.fetchrow("select * from traject.dossier_key where stream = $1", erased)
    assert gone is not None
    assert (gone["wrapped"], str(gone["tenant"]), gone["master"]) == (None, tenant, "1")
    assert [(row["name"], row["state"], row["dossiers"]) for row in await rotation.listed()] == [
        ("2", "current", 6),
        ("1", "removed", 0),
    ]
    assert await rotate(rotation, grace=0) == "3"
    await opened(store, known)


@pytest.mark.parametrize("steps", range(4))
async def test_what_was_interrupted_is_ended(store: Store, rotation: Rotation, steps: int) -> None:
    known = await dossiers(store, 3)
    await rotation.add()
    if steps > 0:
        rotation.use()
    known |= await dossiers(store, 1)
    if steps > 1:
        await rotation.rewrap()
    if steps > 2:
        assert await rotation.add() == "3"
    await opened(store, known)
    said: list[str] = []
    wanted = "3" if steps > 2 else "2"
    assert await rotate(rotation, grace=0, say=said.append) == wanted
    assert "begun before" in said[0]
    assert list(rotation.keys.keys) == [wanted]
    await opened(store, known)


async def test_nothing_is_removed_that_is_of_use(
    store: Store, rotation: Rotation, raw: asyncpg.Connection
) -> None:
    await dossiers(store, 2)
    with pytest.raises(KeysRefused, match="No new key was added"):
        rotation.use()
    with pytest.raises(KeysRefused, match="in use"):
        await rotation.remove("1")
    assert (await rotation.add(), await rotation.add()) == ("2", "2")
    with pytest.raises(KeysRefused, match="in use"):
        await rotation.remove("2")
    rotation.use()
    with pytest.raises(KeysRefused, match="still wraps the keys of 2 dossiers"):
        await rotation.remove("1")
    with pytest.raises(KeysRefused, match="no master key 7"):
        await rotation.remove("7")
    wrapped = (
        "update traject.dossier_key set wrapped = $1 where stream in"
        " (select stream from traject.dossier_key limit 1) returning stream"
    )
    lost = await raw.fetchval(wrapped, b"x" * 60)
    with pytest.raises(KeysRefused, match=f"of 1 dossiers open by no known master.*{lost}"):
        await rotate(rotation, grace=0)
    assert set(rotation.keys.keys) == {"1", "2"}
    assert [row["dossiers"] for row in await rotation.listed()] == [1, 1]
    both = rotation.keys
    replace(both, keys={"2": both.keys["2"]}).replace(rotation._file)
    assert [(row["name"], row["state"]) for row in await rotation.listed()] == [
        ("2", "current"),
        ("1", "missing"),
    ]


async def test_whoever_has_the_old_key_in_memory_wraps_nothing_more_by_it(
    database: Database, store: Store, rotation: Rotation
) -> None:
    stale = await Store.connect(database.app_dsn, rotation.keys, {})
    try:
        (tenant, stream), *_ = await dossiers(stale, 1)
        await rotate(rotation, grace=0)
        with pytest.raises(RetiredMaster):
            await stale.open_dossier(tenant, PROCESS, str(uuid4()))
        assert await stale.dossier_key(tenant, stream)
        await dossiers(store, 1)
    finally:
        await stale.close()


async def test_a_dossier_that_is_being_opened_takes_the_key_of_the_moment(
    store: Store, rotation: Rotation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced, and the old key retired, between the wrapping and the writing."""
    old, ring = rotation.keys, store._master_keys
    await rotate(rotation, grace=0)
    tries: list[str] = []

    def wrap(key: bytes, tenant: str, stream: str) -> tuple[str, bytes]:
        keys = ring.now if tries else old
        tries.append(keys.current)
        return keys.wrap(key, tenant, stream)

    monkeypatch.setattr(ring, "wrap", wrap)
    await opened(store, await dossiers(store, 1))
    assert tries == ["1", "2"]


async def test_one_rotation_at_a_time(database: Database, rotation: Rotation) -> None:
    with pytest.raises(KeysBusy):
        async with rewrapping.rewrapping(database.owner_dsn):
            pass
    assert rotation.keys.current == "1"


async def test_links_of_a_removed_key_serve_until_they_run_out(
    store: Store, rotation: Rotation
) -> None:
    board = str(uuid4())
    settings = (await store.settings(board)).model_copy(update={"signing_link_days": 40})
    await store.save_settings(board, settings)
    link = SigningLink(board, str(uuid4()), str(uuid4()), 1, LONG)
    first = store.links.code(link)
    await rotate(rotation, grace=0)
    second = store.links.code(link)
    assert second != first
    assert store.links.read(first) == store.links.read(second) == link
    [left] = rotation.keys.links.values()
    assert 40 <= (left.until - NOW).days <= 41
    await rotate(rotation, grace=0, keep_links=False)
    assert store.links.read(first) == link
    assert store.links.read(second) is None
    run_out = replace(rotation.keys, links={"1": replace(left, until=NOW)})
    run_out.replace(rotation._file)
    await rotation.add()
    assert rotation.keys.links == {}
    assert Links(rotation.keys).read(first) is None
