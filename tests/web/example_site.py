"""The example board behind the application in this process, with its read models made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import httpx2
from fastapi import FastAPI

from deploy.demo.examples import person_id
from events.projections.projector import Projector
from events.store.keys import MasterKeys
from events.store.migrate import mark_installation
from events.store.store import Store
from tests.conftest import TEMPLATE, Database
from tests.events.store.numbering import keep_all
from tests.web.conftest import FACTS, Installation, client_of
from tests.web.example_board import ExampleBoard
from web.api.app import create_app
from workflows.gateway import Gateway
from workflows.registry import RULES

if TYPE_CHECKING:
    from deploy.embedded.postgres import EmbeddedPostgres

_numbers = count(1)


@dataclass
class ExampleSite:
    """Nobody gives commands here; what is looked at is there."""

    app: FastAPI
    store: Store
    board: ExampleBoard
    database: Database
    keys: MasterKeys
    sessions: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        return self.board.ids

    async def signed_in(self, person: str) -> httpx2.AsyncClient:
        """A browser in which a person of the board, by id, is signed in; made once."""
        if person not in self.sessions:
            http = client_of(self.app)
            answer = await http.post("/sign-in", data={"person": person})
            assert answer.status_code == 303, answer.text
            self.sessions[person] = http
        return self.sessions[person]

    async def get(self, by: str, path: str, **options: Any) -> httpx2.Response:
        """A page as an example person sees it."""
        return await (await self.signed_in(person_id(by))).get(path, **options)

    async def post(self, by: str, path: str, data: dict[str, Any]) -> httpx2.Response:
        """A form as an example person sends it."""
        return await (await self.signed_in(person_id(by))).post(path, data=data)

    async def catch_up(self) -> None:
        """Everything that was recorded has its number, its leaf and its rows in read models."""
        raw = await asyncpg.connect(self.database.owner_dsn)
        try:
            await keep_all(raw)
        finally:
            await raw.close()
        stories = {name: rules.story for name, rules in RULES.items()}
        await Projector(self.database.projector_dsn, self.keys, stories).catch_up()


@asynccontextmanager
async def example_site(
    postgres: EmbeddedPostgres,
    logins: dict[str, str],
    working: Callable[[Store], AbstractAsyncContextManager[Gateway]] | None = None,
    board: ExampleBoard | None = None,
) -> AsyncIterator[ExampleSite]:
    """The site over a database of its own; gone afterwards.

    ``working`` makes the gateway by which commands are given; without it none can be.
    """
    name = f"example_site_{next(_numbers)}"
    await _execute(postgres.dsn, f"create database {name} template {TEMPLATE} strategy file_copy")
    database = Database(postgres, name, logins)
    await mark_installation(database.owner_dsn, "demo")
    keys = MasterKeys.generate()
    store = await Store.connect(database.app_dsn, keys, FACTS)
    board = board or ExampleBoard()
    await board.keep(store)
    async with AsyncExitStack() as opened:
        opened.push_async_callback(_execute, postgres.dsn, f"drop database {name} with (force)")
        opened.push_async_callback(store.close)
        gateway = cast("Gateway", None)
        if working is not None:
            gateway = await opened.enter_async_context(working(store))
        app = create_app(store, gateway, RULES, Installation("demo"))
        site = ExampleSite(app, store, board, database, keys)
        await site.catch_up()
        yield site
        for http in site.sessions.values():
            await http.aclose()


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
