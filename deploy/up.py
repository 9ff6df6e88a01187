"""The whole product on one machine: servers, worker and web started in order, stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from deploy.embedded.postgres import EmbeddedPostgres
from deploy.embedded.supervisor import StartFailed, free_port, port_is_free
from deploy.embedded.temporal import EmbeddedTemporal
from deploy.home import Home
from deploy.obeying import obey
from deploy.part import Part
from events.store.migrate import MigrationRefused, grant_logins, mark_installation, migrate
from settings import PREFIX, Settings

DATABASE = "traject"
UI_PORT = 8233
PART_GRACE = 1.5
SERVER_GRACE = 2.5
"""Seconds; first the parts, then the servers: even when all hang, the end comes within five."""
REACH_SECONDS = 10
RESTARTS = 5
RESTART_PAUSE = 1.0

Say = Callable[[str], None]


@dataclass
class Up:
    """What runs, for whoever wants to tell of it or to give it commands."""

    settings: Settings
    home: Home
    say: Say
    temporal_ui: str | None = None
    owner_dsn: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.settings.http_host}:{self.settings.http_port}"

    @property
    def is_demo(self) -> bool:
        return self.settings.installation == "demo"


Ready = Callable[[Up], Awaitable[None]]


async def run(settings: Settings, say: Say, ready: Ready) -> None:
    """Start everything, tell when it serves, and stop everything at SIGINT, SIGTERM or SIGHUP.

    A second signal ends it at once. Raises StartFailed when something cannot be started.
    """
    stop = _stop_on_signals()
    ended = asyncio.create_task(stop.wait())
    running = asyncio.create_task(_run(settings, say, ready, stop))
    await asyncio.wait([ended, running], return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        say("Stopping ...")
        running.cancel()
    ended.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def _run(settings: Settings, say: Say, ready: Ready, stop: asyncio.Event) -> None:
    if not port_is_free(settings.http_port, settings.http_host):
        raise StartFailed(
            f"Port {settings.http_port} is taken by another program.",
            "Stop that program (perhaps another traject), or choose another port with --port.",
        )
    home = Home(settings)
    home.make()
    up = Up(settings, home, say)
    async with AsyncExitStack() as stack:
        await _servers(up, stack)
        parts = await stack.enter_async_context(_parts(up))
        await ready(up)
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(_keep(part, say, stop))


async def _servers(up: Up, stack: AsyncExitStack) -> None:
    """PostgreSQL and Temporal, each only where the settings name no other; then the schema."""
    settings, home = up.settings, up.home
    up.environment = {
        "INSTALLATION": settings.installation,
        "DATA_FOLDER": str(home.folder),
        "MASTER_KEY_FILE": str(home.master_keys()),
        "LOG_KEY_FILE": str(home.log_keys()),
        "PUBLISH_TO": settings.publish_to or str(home.folder / "published"),
        "HTTP_PORT": str(settings.http_port),
        "HTTP_HOST": settings.http_host,
        "WORKER_PORT": str(_worker_port(settings)),
    }
    postgres = None if settings.postgres_dsn else EmbeddedPostgres(home.postgres)
    temporal = None if settings.temporal_address else _own_temporal(up)
    if settings.temporal_address:
        await _listening(settings.temporal_address)
    own = {"Temporal": temporal, "PostgreSQL": postgres}
    servers = {name: server for name, server in own.items() if server}
    stack.push_async_callback(_stop, list(servers.values()))
    starts = (_timed(name, server.start(), up.say) for name, server in servers.items())
    await asyncio.gather(*starts)
    if temporal:
        up.temporal_ui = temporal.ui_url
        up.environment["TEMPORAL_ADDRESS"] = temporal.address
    if postgres:
        await _own_database(up, postgres)
    else:
        up.owner_dsn = settings.owner_database
        await _reachable(up.owner_dsn)
    await _bring_up_to_date(up)
    if postgres:
        await grant_logins(up.owner_dsn, home.passwords())
    home.tell_how_to_join({**up.environment, "POSTGRES_OWNER_DSN": up.owner_dsn})
    if again := await obey(home.joined(settings)):
        up.say(f"Erased again after a restore: {again} dossiers")


async def _bring_up_to_date(up: Up) -> None:
    try:
        for name in await migrate(up.owner_dsn):
            up.say(f"Migrated: {name}")
        await mark_installation(up.owner_dsn, up.settings.installation)
    except MigrationRefused as refused:
        if not up.is_demo:
            raise
        raise StartFailed(
            f"The demo's data was made by another version of Traject: {refused}",
            f"To begin anew, remove the folder {up.home.folder} (only examples are in it).",
        ) from None


async def _stop(servers: list[EmbeddedPostgres | EmbeddedTemporal]) -> None:
    await asyncio.gather(*(server.stop(SERVER_GRACE) for server in servers))


async def _reachable(dsn: str) -> None:
    import asyncpg

    try:
        connection = await asyncpg.connect(dsn, timeout=REACH_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError) as problem:
        raise StartFailed(
            f"PostgreSQL cannot be reached: {problem or 'no answer'}.",
            "Check TRAJECT_POSTGRES_DSN, or unset it to have one started here.",
        ) from None
    await connection.close()


async def _listening(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(REACH_SECONDS):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError, ValueError) as problem:
        raise StartFailed(
            f"Temporal cannot be reached at {address}: {problem or 'no answer'}.",
            "Check TRAJECT_TEMPORAL_ADDRESS, or unset it to have one started here.",
        ) from None
    writer.close()


def _own_temporal(up: Up) -> EmbeddedTemporal:
    ui_port = UI_PORT if port_is_free(UI_PORT) else None
    movable = up.settings.installation != "production"
    return EmbeddedTemporal(up.home.temporal, ui=True, ui_port=ui_port, time_skipping=movable)


def _worker_port(settings: Settings) -> int:
    free = port_is_free(settings.worker_port, settings.worker_host)
    if free or "worker_port" in settings.model_fields_set:
        return settings.worker_port
    return free_port()


async def _own_database(up: Up, postgres: EmbeddedPostgres) -> None:
    import asyncpg

    connection = await asyncpg.connect(postgres.dsn)
    try:
        known = "select true from pg_database where datname = $1"
        if not await connection.fetchval(known, DATABASE):
            await connection.execute(f"create database {DATABASE}")
    finally:
        await connection.close()
    up.owner_dsn = postgres.dsn_for(DATABASE)
    for role, password in up.home.passwords().items():
        part = role.removeprefix("traject_").upper()
        name = "POSTGRES_DSN" if part == "APP" else f"POSTGRES_{part}_DSN"
        up.environment[name] = postgres.dsn_for(DATABASE, role, password)


@asynccontextmanager
async def _parts(up: Up) -> AsyncIterator[list[Part]]:
    environment = {PREFIX + name: value for name, value in up.environment.items()}
    logs = up.home.logs
    parts = [
        Part("worker", int(up.environment["WORKER_PORT"]), logs / "worker.log", environment),
        Part("web", up.settings.http_port, logs / "web.log", environment),
    ]
    try:
        for part in parts:
            part.start()
        await _timed("Worker and web", asyncio.gather(*(part.serves() for part in parts)), up.say)
        yield parts
    finally:
        await asyncio.gather(*(part.stop(PART_GRACE) for part in parts))


async def _keep(part: Part, say: Say, stop: asyncio.Event) -> None:
    """Start a part anew when it ends by itself; raises StartFailed when that keeps happening."""
    for _ in range(RESTARTS):
        code = await part.ended()
        if stop.is_set():
            return
        say(f"The {part.name} part ended unexpectedly (code {code}); starting it again.")
        await asyncio.sleep(RESTART_PAUSE)
        part.start()
        await part.serves()
    raise StartFailed(
        f"The {part.name} part ended {RESTARTS} times.", f"What it said is in {part.log}."
    )


async def _timed(what: str, work: Awaitable[object], say: Say) -> None:
    begun = time.monotonic()
    await work
    say(f"{what} ready after {time.monotonic() - begun:.1f} s")


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            # Whoever asks twice does not want to wait; the kernel ends our children with us.
            os._exit(130)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)
    return stop
