"""The example board behind a real server on loopback, for tests that look through a browser."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import asyncpg
from fastapi import FastAPI

from deploy.demo.examples import person_id
from events.audit.logkeys import LogKeys
from events.audit.publishing import Publication
from events.audit.signing import checkpoint
from events.projections.projector import Projector
from events.store.keys import MasterKeys
from events.store.links import SigningLink
from events.store.migrate import mark_installation
from events.store.sequencer import Sequencer
from events.store.store import Store
from tests.conftest import TEMPLATE, Database
from tests.events.store.numbering import keep_all
from tests.web.conftest import FACTS, Installation
from tests.web.example_board import ExampleBoard
from tests.web.working import working
from web.api.app import create_app
from web.serve import run
from web.site import DEMO_BOARD
from workflows.gateway import Gateway
from workflows.registry import RULES

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Playwright

    from deploy.embedded.postgres import EmbeddedPostgres
    from tests.skipping import SkippingTemporal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_numbers = count(1)


@dataclass
class Served:
    """Where the site is, and what is on it. ``ids`` are those of the example board's cases."""

    address: str
    app: FastAPI
    store: Store
    board: ExampleBoard
    database: Database
    keys: MasterKeys
    published: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The address of a path, in which ``{in_guidance}`` stands for the id of that case."""
        return urljoin(self.address, path.format_map(self.ids))

    async def sign_in(self, context: BrowserContext, key: str | None) -> None:
        """The context's session becomes that of an example person, or nobody's."""
        await context.clear_cookies(name="traject_session")
        if key is not None:
            answer = await context.request.post(
                self.url("/sign-in"), form={"person": person_id(key)}, max_redirects=0
            )
            assert answer.status == 303, await answer.text()

    async def catch_up(self) -> None:
        """Everything recorded has its number, its leaf under a checkpoint, its rows to be read."""
        raw = await asyncpg.connect(self.database.sequencer_dsn)
        try:
            await keep_all(raw)
            place = Publication.at(self.published)
            await checkpoint(raw, LogKeys.generate(), place, datetime.now(UTC), at_once=True)
        finally:
            await raw.close()
        stories = {name: rules.story for name, rules in RULES.items()}
        await Projector(self.database.projector_dsn, self.keys, stories).catch_up()


@asynccontextmanager
async def served(
    postgres: EmbeddedPostgres,
    logins: dict[str, str],
    temporal_env: SkippingTemporal | None = None,
    processes: Sequence[type] = (),
) -> AsyncIterator[Served]:
    """As `serving`, on a database of its own that is dropped at the end."""
    name = f"served_{next(_numbers)}"
    await _execute(postgres.dsn, f"create database {name} template {TEMPLATE} strategy file_copy")
    try:
        async with serving(Database(postgres, name, logins), temporal_env, processes) as site:
            yield site
    finally:
        await _execute(postgres.dsn, f"drop database if exists {name} with (force)")


@asynccontextmanager
async def serving(
    database: Database,
    temporal_env: SkippingTemporal | None = None,
    processes: Sequence[type] = (),
) -> AsyncIterator[Served]:
    """The example board on a server; commands are taken where Temporal and processes are given.

    Then sequencer and projector run beside it, as they do in the product.
    """
    await mark_installation(database.owner_dsn, "demo")
    keys = MasterKeys.generate()
    async with AsyncExitStack() as opened:
        store = await Store.connect(database.app_dsn, keys, FACTS)
        opened.push_async_callback(store.close)
        board = ExampleBoard()
        await board.keep(store)
        gateway = cast("Gateway", None)
        if temporal_env is not None:
            gateway = await opened.enter_async_context(working(temporal_env, processes, store))
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="traject-published-"))
        app = create_app(store, gateway, RULES, Installation("demo", published=folder))
        listener = socket.create_server(("127.0.0.1", 0))
        opened.callback(listener.close)
        site = Served("", app, store, board, database, keys, folder, dict(board.ids))
        await site.catch_up()
        site.ids |= await _links(store, board)
        site.ids |= {key: person.id for key, person in board.people.items()}
        stop = asyncio.Event()
        ends = [asyncio.ensure_future(run(app, listener, stop))]
        if temporal_env is not None:
            stories = {name: rules.story for name, rules in RULES.items()}
            sequencer = Sequencer(database.sequencer_dsn)
            store.on_recorded = sequencer.wake
            projector = Projector(database.projector_dsn, keys, stories)
            ends += [
                asyncio.ensure_future(sequencer.run(stop)),
                asyncio.ensure_future(projector.run(stop)),
            ]
        site.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield site
        finally:
            stop.set()
            await asyncio.gather(*ends)


async def _links(store: Store, board: ExampleBoard) -> dict[str, str]:
    """The way in of somebody who signs by link, as it stands in the mail: valid, and lapsed."""
    (notice,) = await store.notices(DEMO_BOARD, person=person_id("arno"))
    now = board.engine.now
    return {
        name: store.links.code(
            SigningLink(DEMO_BOARD, board.ids["internship"], notice.person, notice.version, until)
        )
        for name, until in (
            ("link", now + timedelta(days=14)),
            ("lapsed", now - timedelta(days=1)),
        )
    } | {"leave": store.leaving.code(DEMO_BOARD, notice.person)}


async def chromium(playwright: Playwright) -> Browser:
    """The browser of this machine."""
    return await playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"],
    )


def complaints(page: Page) -> list[str]:
    """What the browser's console says from now on: refused by our policy, missing, thrown."""
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def _execute(dsn: str, statement: str) -> Any:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.execute(statement)
    finally:
        await connection.close()
