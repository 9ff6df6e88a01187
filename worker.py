"""The process that runs workflows, activities, sequencer and outbox: everything put together.

``python worker.py`` reads the settings of the environment and runs until SIGTERM or SIGINT.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.errands import ErrandActivities
from activities.faults import fault_of_environment
from activities.forgetting import forget_late
from activities.keys import DossierKeys
from activities.recording import RecordingActivities
from activities.recovery import recover, start
from deploy.posting import post_of
from events.audit.keeper import Keeper
from events.projections.builds import Status
from events.projections.parked import retry_asked
from events.projections.projector import Projector
from events.recording import Opening, Recording
from events.store.erasures import heed
from events.store.errors import BadKeys, unreachable
from events.store.keyring import KeyRing
from events.store.ledger import NotObeyed, obey_before_serving
from events.store.relay import relay
from events.store.sequencer import Sequencer
from events.store.store import Store
from observability import UP, configure_logging, serve_probe, tell_lag
from settings import BadSettings, Settings, read_settings
from workflows.core import core_metrics, free_port, runtime_of
from workflows.gateway import Gateway
from workflows.processes import PROCESSES
from workflows.registry import RULES
from workflows.sandbox import sandboxed
from workflows.wire import (
    STICKY_TIMEOUT,
    StreamRef,
    Temporal,
    connect_by,
    update_id,
    workflow_id,
)

DRAIN = timedelta(seconds=3)
"""Commands that were begun when the end was announced get this long to be answered."""
POLLS = 20
"""How many tasks it asks for at once: with five, thousands of lost cases load half as fast."""
PATIENCE = 1.0
LAST_SECONDS = 1.0
"""How long a part may take to notice the end; all it does is safe to break off and repeat."""
EMPTY_FOR = timedelta(days=1)
DRAFTS_FOR = timedelta(days=90)
SWEEP_EVERY = timedelta(hours=1)
RETRIES_EVERY = 15.0
"""Seconds in which somebody who asks for another try sees what came of it."""
RECONCILE_AFTER = timedelta(minutes=15)
RECONCILE_EVERY = timedelta(hours=24)
RECONCILE_PAUSE = 0.5
"""Seconds each looker rests between two cases: commands of people come first."""

T = TypeVar("T")

log = structlog.stdlib.get_logger("traject.worker")


@dataclass
class Parts:
    """What runs in this process, and how it is."""

    stop: asyncio.Event
    how: dict[str, str] = field(default_factory=dict)
    lag: dict[str, dict[str, float]] = field(default_factory=dict)

    def says(self, part: str, how: str) -> None:
        self.how[part] = how
        UP.labels(part).set(1 if how == "ok" else 0)

    def lags(self, statuses: Sequence[Status]) -> None:
        """How far behind the events the read models are that people see."""
        live = [one for one in statuses if one.state == "live"]
        for one in live:
            tell_lag(one.name, one.behind, one.seconds, one.parked)
        self.lag = {
            one.name: {"events": one.behind, "seconds": one.seconds, "parked": one.parked}
            for one in live
        }

    async def keep(self, part: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run it until the end; one that fails is started again."""
        while not self.stop.is_set():
            self.says(part, "ok")
            try:
                await run()
            except Exception as error:
                self.says(part, "failing")
                log.error("part failed", part=part, exc_info=error)
                await self.rest(PATIENCE)

    async def rest(self, seconds: float) -> bool:
        """Wait so long, or until the end; says whether to go on."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)
        return not self.stop.is_set()

    async def reach(self, part: str, call: Callable[[], Awaitable[T]]) -> T:
        """Try until it is there; raises Stopped when the end came first."""
        while not self.stop.is_set():
            try:
                reached = await call()
            except Exception as error:
                if not (isinstance(error, RuntimeError) or unreachable(error)):
                    raise
                self.says(part, "away")
                log.warning("not there yet", part=part, exc_info=error)
                await self.rest(PATIENCE)
            else:
                self.says(part, "ok")
                return reached
        raise Stopped


class Stopped(Exception):
    """The end was announced before everything was there."""


async def run_worker(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Run until ``stop`` is set, or SIGTERM or SIGINT comes; then drain and close in order.

    Raises BadSettings when database and settings contradict each other, and whatever makes
    Temporal's worker give up for good.
    """
    parts = Parts(stop or _stopped_by_signals())
    core_port = free_port()
    runtime = runtime_of(core_port, settings.log_level)
    async with AsyncExitStack() as opened:
        with suppress(Stopped):
            store = await parts.reach("postgres", lambda: _open_store(settings))
            opened.push_async_callback(store.close)
            await _same_installation(store, settings)
            await parts.reach("ledger", lambda: _obey(store, settings))
            keys = DossierKeys(store)
            temporal = await parts.reach(
                "temporal", lambda: connect_by(settings, keys, runtime=runtime)
            )
            await _run_parts(settings, parts, store, temporal, keys, core_port)


async def _run_parts(
    settings: Settings,
    parts: Parts,
    store: Store,
    temporal: Temporal,
    keys: DossierKeys,
    core_port: int,
) -> None:
    sequencer = Sequencer(settings.database("sequencer"))
    store.on_recorded = sequencer.wake
    keeper = Keeper(
        settings.database("sequencer"),
        settings.log_keys,
        settings.published,
        lambda how: parts.says("log keeper", how),
    )
    projector = Projector(
        settings.database("projector"),
        KeyRing.load(settings.master_keys),
        {name: rules.story for name, rules in RULES.items()},
        told=parts.lags,
    )
    probe = await serve_probe(
        settings.worker_host,
        settings.worker_port,
        lambda: _health(parts, store, temporal),
        lambda: core_metrics(core_port),
    )
    tasks = [
        asyncio.create_task(parts.keep("sequencer", lambda: sequencer.run(parts.stop))),
        asyncio.create_task(parts.keep("log keeper", lambda: keeper.run(parts.stop))),
        asyncio.create_task(parts.keep("projections", lambda: projector.run(parts.stop))),
        asyncio.create_task(parts.keep("retries", lambda: _retry(settings, parts))),
        asyncio.create_task(parts.keep("outbox", lambda: _mail(settings, parts, store))),
        asyncio.create_task(
            parts.keep("erasures", lambda: _let_go(settings, parts, store, temporal, keys))
        ),
        asyncio.create_task(
            parts.keep("housekeeping", lambda: _keep_house(parts, store, temporal))
        ),
    ]
    try:
        async with _worker(settings, parts, store, temporal):
            port = probe.sockets[0].getsockname()[1]
            log.info("worker runs", probe=f"{settings.worker_host}:{port}")
            await parts.stop.wait()
            log.info("worker drains")
    finally:
        parts.stop.set()
        probe.close()
        await _ended(tasks)
    log.info("worker ends")


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for tasks that were told to end, and break off those that take too long."""
    _, pending = await asyncio.wait(tasks, timeout=LAST_SECONDS)
    while pending:
        # More than once: in Python 3.11 wait_for loses a cancellation that comes with the result.
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=LAST_SECONDS)


def _worker(settings: Settings, parts: Parts, store: Store, temporal: Temporal) -> Worker:
    async def opened(recording: Recording, opening: Opening) -> None:
        ref = StreamRef(
            tenant=recording.tenant,
            process=opening.process,
            stream=opening.stream,
            clock_offset=recording.clock_offset,
        )
        await start(temporal, ref)

    async def completed(recording: Recording) -> None:
        handle = temporal.client.get_workflow_handle(
            workflow_id(recording.process, recording.stream)
        )
        update = update_id(recording.command_id, recording.content_hash)
        await handle.get_update_handle(update).result()

    async def gave_up(error: BaseException) -> None:
        log.error("worker gives up", exc_info=error)
        parts.stop.set()

    reach = RecordingActivities(
        store,
        settings.installation,
        opened=opened,
        completed=completed,
        fault=fault_of_environment(settings.installation),
    )
    errands = ErrandActivities(store, Gateway(store, temporal))
    return Worker(
        temporal.client,
        task_queue=temporal.task_queue,
        workflows=list(PROCESSES),
        activities=[reach.load, reach.record, reach.recall, errands.errand],
        workflow_runner=sandboxed(PROCESSES),
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_task_polls=POLLS,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=DRAIN,
        on_fatal_error=gave_up,
    )


# -- the parts -----------------------------------------------------------------------------------


async def _open_store(settings: Settings) -> Store:
    return await Store.connect(
        settings.database("app"),
        KeyRing.load(settings.master_keys),
        {name: rules.story.facts for name, rules in RULES.items()},
        max_size=settings.postgres_connections,
    )


async def _same_installation(store: Store, settings: Settings) -> None:
    marked = await store.installation()
    if marked != settings.installation:
        raise BadSettings(
            f"The database is marked as {marked}, but TRAJECT_INSTALLATION says"
            f" {settings.installation}. Point to the right database, or correct the setting."
        )


async def _obey(store: Store, settings: Settings) -> None:
    """Nothing is served that was erased and came back with a backup."""
    stories = {name: rules.story for name, rules in RULES.items()}
    again = await obey_before_serving(store, settings.published, settings.owner_database, stories)
    if again:
        log.warning("erased again after a restore", dossiers=again)


async def _mail(settings: Settings, parts: Parts, store: Store) -> None:
    """Without a mail server all mail stays in the outbox, where the demo shows it."""
    post = post_of(settings, store)
    if post is None:
        await parts.stop.wait()
        return
    await relay(store, post.send, lambda: datetime.now(UTC), parts.stop, digest=post.send_digest)


async def _let_go(
    settings: Settings, parts: Parts, store: Store, temporal: Temporal, keys: DossierKeys
) -> None:
    """Forgets what is erased: keys in memory at once, and processes that come late."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            # No process goes on without its key: they are kept for as long as they may be used.
            group.create_task(
                heed(settings.database("app"), store.forget, store.forget_all, store.forget_stale)
            ),
            group.create_task(forget_late(store, temporal, keys.met)),
        ]
        await parts.stop.wait()
        for task in tasks:
            task.cancel()


async def _keep_house(parts: Parts, store: Store, temporal: Temporal) -> None:
    """Sweeps what never began or was left unfinished; daily makes sure that open cases run."""
    next_look = datetime.now(UTC) + RECONCILE_AFTER
    while await parts.rest(min(SWEEP_EVERY, RECONCILE_AFTER).total_seconds()):
        await store.sweep_empty(EMPTY_FOR)
        await store.sweep_drafts(DRAFTS_FOR)
        if datetime.now(UTC) >= next_look:
            next_look = datetime.now(UTC) + RECONCILE_EVERY
            found = await recover(store, temporal, set(RULES), pause=RECONCILE_PAUSE)
            log.info("open cases looked at", **vars(found))


async def _retry(settings: Settings, parts: Parts) -> None:
    """Tries again what read models could not show, once somebody asks for it."""
    stories = {name: rules.story for name, rules in RULES.items()}
    while await parts.rest(RETRIES_EVERY):
        retried = await retry_asked(
            settings.database("projector"), KeyRing.load(settings.master_keys), stories
        )
        if retried is not None:
            log.info("parked cases tried again", shown=retried[0], parked=retried[1])


# -- what operators see --------------------------------------------------------------------------


async def _health(parts: Parts, store: Store, temporal: Temporal) -> dict[str, Any]:
    async def there(part: str, call: Callable[[], Awaitable[object]]) -> None:
        try:
            async with asyncio.timeout(2):
                await call()
            parts.says(part, "ok")
        except (OSError, TimeoutError, RPCError) as error:
            parts.says(part, "away")
            log.warning("not there", part=part, exc_info=error)
        except Exception as error:
            if not unreachable(error):
                raise
            parts.says(part, "away")

    await asyncio.gather(
        there("postgres", store.installation),
        there("temporal", temporal.client.service_client.check_health),
    )
    return {**parts.how, "lag": parts.lag}


def _stopped_by_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    return stop


def main() -> int:
    """Returns the exit code: 0 after an orderly end, 2 for settings that cannot be, else 1."""
    import uvloop

    try:
        settings = read_settings()
        configure_logging(settings.log_level)
        uvloop.run(run_worker(settings))
    except (BadSettings, BadKeys, NotObeyed) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except Exception as error:
        log.error("worker failed", exc_info=error)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter's own end aborts now and then while Temporal's threads still run.
    os._exit(code)
