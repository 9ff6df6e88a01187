"""Runs the web application until it is told to stop, and lets running calls finish."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import uvicorn
from fastapi import FastAPI

from events.store.erasures import heed
from events.store.keyring import KeyRing
from events.store.ledger import obey_before_serving
from events.store.store import Store
from settings import BadSettings, Settings
from web.api.app import create_app
from web.dossiers import Dossiers
from web.live import Live
from web.signin.access import access_by
from workflows.gateway import Gateway
from workflows.registry import RULES
from workflows.wire import connect_by

GRACE_SECONDS = 3
"""How long a running call may take when the server stops."""

KEPT_SECONDS = 75
"""How long a connection stays open with nothing asked: longer than proxies and browsers keep one,
so that none sends a call into one that is being closed."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are for whoever runs the process."""
        yield


async def serve(
    settings: Settings,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """The web application on ``http_host:http_port`` until ``stop`` is set.

    Without ``stop`` it ends at SIGTERM or SIGINT. ``ready`` is told the port once calls are
    taken. Raises OSError when the port is taken or PostgreSQL is away at the start, BadSettings
    when the database is another kind of installation's, NotObeyed when it was restored and has
    keys of erased dossiers that this login may not destroy. While either server is away later, and
    Temporal also at the start, calls are answered with 503.
    """
    listener = socket.create_server(
        (settings.http_host, settings.http_port),
        family=socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET,
        backlog=512,
    )
    with contextlib.closing(listener):
        facts = {process: rules.story.facts for process, rules in RULES.items()}
        store = await Store.connect(
            settings.database("app"),
            KeyRing.load(settings.master_keys),
            facts,
            max_size=settings.postgres_connections,
        )
        try:
            await _same_installation(store, settings)
            await _board_that_is_here(store, settings)
            stories = {process: rules.story for process, rules in RULES.items()}
            await obey_before_serving(store, settings.published, settings.owner_database, stories)
            temporal = await connect_by(settings, store.dossier_key, lazy=True)
            app = create_app(store, Gateway(store, temporal), RULES, settings, access_by(settings))
            spare_what_stays()
            async with _heeding(settings, store, app.state.site.dossiers), _telling(settings, app):
                await run(app, listener, stop or _signalled(), ready)
        finally:
            store_closed = asyncio.ensure_future(store.close())
            await asyncio.wait([store_closed], timeout=GRACE_SECONDS)


def spare_what_stays() -> None:
    """What is in memory now stays until the process ends, so nobody looks through it for garbage.

    To look through the modules and models alone holds up every caller for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def _heeding(settings: Settings, store: Store, dossiers: Dossiers) -> AsyncIterator[None]:
    """Meanwhile whatever is erased leaves this process's memory at once."""

    def forget(tenant: str, stream: str) -> None:
        store.forget(tenant, stream)
        dossiers.forget(tenant, stream)

    def forget_all() -> None:
        store.forget_all()
        dossiers.forget_all()

    heeding = asyncio.ensure_future(heed(settings.database("app"), forget, forget_all))
    try:
        yield
    finally:
        heeding.cancel()
        await asyncio.wait([heeding])


@contextlib.asynccontextmanager
async def _telling(settings: Settings, app: FastAPI) -> AsyncIterator[None]:
    """Meanwhile open pages hear of what is recorded."""
    listening = asyncio.ensure_future(
        app.state.live.listen(settings.database("app"), app.state.site)
    )
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def _same_installation(store: Store, settings: Settings) -> None:
    """A demo lets anybody sign in: it must never stand before the data of a real installation."""
    marked = await store.installation()
    if marked != settings.installation:
        raise BadSettings(
            f"The database is marked as {marked}, but TRAJECT_INSTALLATION says"
            f" {settings.installation}. Point to the right database, or correct the setting."
        )


async def _board_that_is_here(store: Store, settings: Settings) -> None:
    """With a mistake in its id nobody would come in, or everybody into a board that is none."""
    board = settings.oidc_board
    if board is not None and not await store.has_board(board):
        raise BadSettings(
            f"TRAJECT_OIDC_BOARD names {board}, and there is no such board:"
            " 'traject board add' makes one and tells its id."
        )


async def run(
    app: FastAPI,
    listener: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[int], None] | None = None,
) -> None:
    """An application on an open socket until ``stop`` is set."""
    # Connections inherit it. Without, what follows the headers waits for the caller to acknowledge
    # them, 40 ms: asyncio sets it only on sockets that were made with the protocol's number.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # No access log: addresses hold case ids, and who looked is kept in the log of reads.
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    listening = asyncio.ensure_future(server.listening.wait())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([serving, listening], return_when=asyncio.FIRST_COMPLETED)
        if listening.done() and ready is not None:
            ready(listener.getsockname()[1])
        await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        listening.cancel()
        stopping.cancel()
        if isinstance(live := getattr(app.state, "live", None), Live):
            live.close()
        server.should_exit = True
        await serving


def _signalled() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
