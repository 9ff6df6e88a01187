"""Gives every open case its running process again, after Temporal or a part of it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

import structlog
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.histories import CALL, Run, running
from events.store.standings import Standing
from events.store.store import Store
from workflows.wire import POKE, TASK_TIMEOUT, StreamRef, Temporal, workflow_id

PARALLEL = 8
_STOPPED = "the store has ended this case, erased it, or does not know it"

Verdict = Literal["started", "poked", "replaced", "stopped", "well", "unknown"]
"""What was done about a case.

started: nothing ran. poked: it ran behind the store, and was told to look again. replaced: it
could not go on, or knew what the store does not, and began anew from the store. stopped: it ran
without a case that is open. well: it is level with the store. unknown: it runs, and no worker has
let it load yet, or the store has never heard of its case.
"""

log = structlog.stdlib.get_logger("traject.recovery")


@dataclass
class Recovery:
    """What was found; ``total`` is how much there is to look at, as far as is known.

    ``failed`` cases are left for the next time; ``failures`` names them as ``process/stream``.
    """

    total: int = 0
    seen: int = 0
    started: int = 0
    poked: int = 0
    replaced: int = 0
    stopped: int = 0
    well: int = 0
    unknown: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        setattr(self, verdict, getattr(self, verdict) + 1)


async def start(temporal: Temporal, ref: StreamRef, *, anew: bool = False) -> bool:
    """Start the process of a stream; False when it already runs.

    ``anew`` ends the one that runs: what it knows is in the store, or is no longer true.
    """
    temporal.tenants.learn(ref.stream, ref.tenant)
    running_one = (
        WorkflowIDConflictPolicy.TERMINATE_EXISTING if anew else WorkflowIDConflictPolicy.FAIL
    )
    try:
        await temporal.client.start_workflow(
            ref.process,
            ref,
            id=workflow_id(ref.process, ref.stream),
            task_queue=temporal.task_queue,
            id_conflict_policy=running_one,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            task_timeout=TASK_TIMEOUT,
            rpc_timeout=CALL,
        )
    except WorkflowAlreadyStartedError:
        return False
    return True


def verdict(run: Run | None, standing: Standing | None, *, restored: bool = False) -> Verdict:
    """What is to be done about a case, by its process and by its place in the store.

    Only where the store was ``restored`` is what it does not know of really no more: else it may
    be the wrong store that was asked.
    """
    if standing is None:
        if run is None:
            return "well"
        return "stopped" if restored else "unknown"
    goes_on = standing.open and standing.version > 0 and not standing.erased
    if run is None:
        return "started" if goes_on else "well"
    seen = run.seen
    unfit = run.failing or not run.readable
    if seen is not None and standing.event_id != seen.event_id:
        unfit = True
    behind = seen is not None and seen.version < standing.version
    if not goes_on:
        if unfit or standing.erased:
            return "stopped"
        return "poked" if behind else "well"
    if unfit:
        return "replaced"
    if seen is None:
        return "unknown"
    return "poked" if behind else "well"


async def recover(
    store: Store,
    temporal: Temporal,
    processes: Collection[str],
    *,
    restored: bool = False,
    pause: float = 0.0,
    progress: Callable[[Recovery], None] | None = None,
) -> Recovery:
    """Compare every open stream with its process, and every process with its stream; mend both.

    Safe to repeat and to interrupt: each case is looked at by itself, and what runs is not woken
    for it. No worker is needed. ``restored``: also stop what runs for cases that the store does
    not know, because it was restored from a backup older than they. ``pause`` is the time in
    seconds that each of the few lookers takes between two cases.
    """
    found = Recovery(total=await store.count_open(processes))
    queue: asyncio.Queue[_Case | None] = asyncio.Queue(maxsize=4 * PARALLEL)
    open_ones: set[str] = set()

    async def look() -> None:
        while (case := await queue.get()) is not None:
            await _look_at(store, temporal, case, found, restored)
            found.seen += 1
            found.total = max(found.total, found.seen)
            if progress is not None:
                progress(found)
            await asyncio.sleep(pause)

    async with asyncio.TaskGroup() as lookers:
        for _ in range(PARALLEL):
            lookers.create_task(look())
        async for stream in store.open_streams():
            if stream.process in processes:
                open_ones.add(stream.stream)
                await queue.put(_Case(stream.process, stream.stream, stream.tenant))
        try:
            async for case in _running_cases(temporal, processes):
                if case.stream not in open_ones:
                    await queue.put(case)
        except RPCError as error:
            # What is open was looked at all the same.
            found.failed += 1
            found.failures.append("the list of what runs")
            log.warning("running cases not listed", problem=error.status.name)
        for _ in range(PARALLEL):
            await queue.put(None)
    return found


@dataclass(frozen=True, slots=True)
class _Case:
    """``tenant`` is not known of what only runs."""

    process: str
    stream: str
    tenant: str | None = None

    @property
    def id(self) -> str:
        return workflow_id(self.process, self.stream)


async def _running_cases(temporal: Temporal, processes: Collection[str]) -> AsyncIterator[_Case]:
    """What runs by Temporal's own list, which may lag a little behind."""
    if not processes:
        return
    names = ", ".join(f"'{name}'" for name in sorted(processes))
    query = f"ExecutionStatus = 'Running' and WorkflowType in ({names})"
    async for one in temporal.client.list_workflows(query, page_size=1000, rpc_timeout=CALL):
        process, _, stream = one.id.rpartition("/")
        if one.task_queue == temporal.task_queue:
            yield _Case(process, stream)


async def _look_at(
    store: Store, temporal: Temporal, case: _Case, found: Recovery, restored: bool
) -> None:
    try:
        found.add(await _mended(store, temporal, case, restored))
    except Exception as error:  # noqa: BLE001 - one bad case may not keep others from running
        found.failed += 1
        found.failures.append(case.id)
        problem = type(error).__name__
        log.warning("case not looked at", tenant=case.tenant, stream=case.stream, problem=problem)


async def _mended(store: Store, temporal: Temporal, case: _Case, restored: bool) -> Verdict:
    if case.tenant is not None:
        temporal.tenants.learn(case.stream, case.tenant)
    run = await running(temporal, case.id)
    tenant = case.tenant or (run.tenant if run else None)
    if tenant is None:
        return "well"
    ref = StreamRef(tenant=tenant, process=case.process, stream=case.stream)
    version = run.seen.version if run and run.seen else 0
    # After the history: what a run has taken in was stored before.
    standing = await store.standing(tenant, case.stream, version)
    found = verdict(run, standing, restored=restored)
    match found:
        case "started":
            return "started" if await start(temporal, ref) else "well"
        case "replaced":
            await start(temporal, ref, anew=True)
        case "poked" | "stopped":
            return await _told(temporal, case, found)
        case _:
            pass
    return found


async def _told(temporal: Temporal, case: _Case, found: Verdict) -> Verdict:
    """Poke or stop what runs; one that ended by itself meanwhile is well."""
    handle = temporal.client.get_workflow_handle(case.id)
    try:
        if found == "poked":
            await handle.signal(POKE, rpc_timeout=CALL)
        else:
            await handle.terminate(reason=_STOPPED, rpc_timeout=CALL)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        return "well"
    return found
