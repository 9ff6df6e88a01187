"""Whoever keeps keys in memory hears of erasures, and knows what may have been missed."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from events.store import dossiers, erasures
from events.store.erasing import Eraser
from events.store.erasures import heed
from events.store.store import Store
from tests.conftest import Database
from tests.events.store.samples import begun
from tests.events.store.test_erasing import APPROVED, case

SOON = 5.0


async def test_those_who_heed_hear_of_both_steps_and_of_what_they_may_have_missed(
    database: Database,
    store: Store,
    eraser: Eraser,
    raw: asyncpg.Connection,
    tenant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasures, "RETRY", 0.05)
    heard: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()

    async def hears() -> tuple[str, str] | None:
        return await asyncio.wait_for(heard.get(), SOON)

    heeding = asyncio.ensure_future(
        heed(
            database.app_dsn,
            lambda board, stream: heard.put_nowait((board, stream)),
            lambda: heard.put_nowait(None),
        )
    )
    try:
        assert await hears() is None
        stream = await case(store, tenant, *APPROVED)
        await eraser.begin(tenant, stream, 3)
        assert await hears() == (tenant, stream)
        await eraser.destroy(tenant, stream, 3, [])
        assert await hears() == (tenant, stream)
        await raw.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'traject erasures' and datname = current_database()"
        )
        assert await hears() is None
        assert await hears() is None
    finally:
        heeding.cancel()


async def test_whoever_goes_on_meanwhile_forgets_when_it_listens_again(
    database: Database, raw: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "RETRY", 0.05)
    heard: asyncio.Queue[str] = asyncio.Queue()
    heeding = asyncio.ensure_future(
        heed(
            database.app_dsn,
            lambda *_: None,
            lambda: heard.put_nowait("all"),
            lambda: heard.put_nowait("lost"),
        )
    )
    try:
        assert await asyncio.wait_for(heard.get(), SOON) == "all"
        await raw.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'traject erasures' and datname = current_database()"
        )
        assert await asyncio.wait_for(heard.get(), SOON) == "lost"
        assert await asyncio.wait_for(heard.get(), SOON) == "all"
    finally:
        heeding.cancel()


async def test_a_key_that_may_not_be_used_any_more_is_not_kept(
    store: Store, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = await begun(store, tenant)
    await store.dossier_key(tenant, stream)
    store.forget_stale()
    assert store._known
    monkeypatch.setattr(dossiers, "CACHE_SECONDS", 0.0)
    store.forget_stale()
    assert not store._known
