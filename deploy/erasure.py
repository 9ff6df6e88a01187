"""Erases dossiers: in the store, in Temporal and outside, in an order that may break off anywhere.

A step that was taken is taken again without harm, so that running it once more always ends well.
From its first step on a dossier takes nothing and shows nothing; the ledger outside the database
has it before its key is destroyed, so that no backup brings it back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.service import RPCError

from activities.faults import Fault
from activities.forgetting import forget_process
from deploy.traces import Traces
from events.audit.kept import remove_exports
from events.case import CaseState
from events.event import instant_text
from events.process import Story
from events.retention import is_due
from events.settings import TenantSettings
from events.store.certificates import Certificate, LastEvent, OutlivedPart, Said, Step
from events.store.clearing import clear_files
from events.store.erasing import Erasable, Eraser, NotErasable, OtherEvents
from events.store.erasures import Ask
from events.store.errors import Erased
from events.store.ledger import Ledger, outliving
from events.store.store import Store
from workflows.decision import Rules
from workflows.wire import Temporal

TRIES = 5
UNKNOWN = "unknown"
"""The ground where neither the dossier nor the ledger can tell it any more."""
COMMAND = "erase"

Tell = Callable[[int, int], None]
"""Is told how many steps were taken, and of how many."""


Search = Callable[[Sequence[bytes]], Awaitable[Traces]]


class NotGone(Exception):
    """Something of an erased dossier is still there; to run it again is safe."""


@dataclass(frozen=True)
class Tools:
    """What an erasure reaches: ``store`` opens dossiers to the last, ``operator`` runs it.

    ``exports`` is the folder in which this installation keeps exports. ``search`` looks, with
    everything else that is to be gone, for these keys as they were stored.
    """

    store: Store
    eraser: Eraser
    temporal: Temporal
    ledger: Ledger
    rules: Mapping[str, Rules[Any]]
    operator: str
    exports: Path
    fault: Fault | None = None
    search: Search | None = None

    def strike(self, moment: str) -> None:
        if self.fault is not None:
            self.fault.at(moment, COMMAND)


@dataclass
class Run:
    """An erasure under way. ``wrapped`` is its key as it was stored, where this run saw it."""

    dossier: Erasable
    certificate: Certificate
    wrapped: bytes | None = None
    steps: list[Step] = field(default_factory=list)

    def took(self, step: Any, evidence: dict[str, Any], at: str | None = None) -> None:
        self.steps.append(Step(step=step, at=at or _now(), evidence=evidence))


@dataclass(frozen=True)
class Outcome:
    """What came of one dossier: its certificate, or why it was not erased."""

    dossier: Erasable
    certificate: Certificate | None = None
    refusal: str | None = None


async def erase_all(tools: Tools, dossiers: Sequence[Erasable], tell: Tell) -> list[Outcome]:
    """Erase these, each by itself; the files of the database are cleared once for all of them.

    A dossier that may not be erased keeps no other from it. Raises StillKnownError, StillSeen,
    NotGone, and what says that PostgreSQL, Temporal or the ledger is away.
    """
    outcomes: list[Outcome] = []
    runs: list[Run] = []
    total = 2 * len(dossiers) + 1
    for number, dossier in enumerate(dossiers):
        tell(number, total)
        try:
            begun = await _destroy(tools, dossier)
        except NotErasable as refused:
            outcomes.append(Outcome(dossier, refusal=refused.code))
            continue
        if isinstance(begun, Run):
            runs.append(begun)
        else:
            outcomes.append(Outcome(dossier, begun))
    tell(len(dossiers), total)
    if runs:
        wrapped = [run.wrapped for run in runs if run.wrapped is not None]
        cleared = await clear_files(tools.eraser.connection, datetime.now(UTC), wrapped)
        traces = None if tools.search is None else await tools.search(wrapped)
        tools.strike("cleared")
        for number, run in enumerate(runs, start=len(dossiers) + 1):
            tell(number, total)
            run.took("cleared", asdict(cleared))
            if traces is not None:
                run.took("searched", asdict(traces))
            outcomes.append(Outcome(run.dossier, await _finish(tools, run)))
    tell(total, total)
    return outcomes


async def may_be_erased(tools: Tools, dossier: Erasable) -> tuple[str | None, str]:
    """Why it may not be erased, as a refusal's code, and the ground it would be erased on."""
    if dossier.destroyed_at is not None:
        entry = await tools.ledger.get(dossier.tenant, dossier.stream)
        return None, entry.ground if entry is not None else UNKNOWN
    asked = await tools.eraser.asked(dossier.tenant, dossier.stream)
    state = await _state(tools, dossier)
    settings = await tools.store.settings(dossier.tenant)
    refusal = asked.refusal or refusal_of(state, tools.rules[dossier.process].story, settings)
    return refusal, state.erasure.ground if state.erasure is not None else UNKNOWN


# -- up to the point of no return, and over it ----------------------------------------------------


async def _destroy(tools: Tools, dossier: Erasable) -> Run | Certificate:
    """Everything of one dossier but the files; its certificate where it has one already."""
    if dossier.certificate is not None:
        return Certificate.model_validate_json(dossier.certificate)
    tenant, stream = dossier.tenant, dossier.stream
    entry = await tools.ledger.get(tenant, stream)
    if entry is not None and entry.finished and dossier.destroyed_at is not None:
        await tools.eraser.certify(tenant, stream, entry.text())
        return entry
    if dossier.destroyed_at is None:
        dossier = await _begin(tools, dossier)
    tools.strike("marked")
    tools.store.forget(tenant, stream)
    runs = await _forget(tools, dossier)
    tools.strike("forgotten")
    if entry is None:
        entry = await tools.ledger.enter(await _entry(tools, dossier))
    tools.strike("entered")
    run = Run(dossier, entry)
    run.took("marked", {"version": dossier.version}, entry.begun_at)
    run.took("forgotten", {"runs": runs})
    if dossier.destroyed_at is None:
        await _destroy_key(tools, run)
    else:
        run.certificate = entry.model_copy(update={"erased_at": instant_text(dossier.destroyed_at)})
    run.took("destroyed", {"keys": 0}, run.certificate.erased_at)
    tools.strike("destroyed")
    run.took("purged", await tools.eraser.purge(tenant, stream))
    run.took("exports", await _remove_exports(tools, tenant, stream))
    tools.strike("purged")
    return run


async def _forget(tools: Tools, dossier: Erasable) -> int:
    try:
        return await forget_process(tools.temporal, dossier.process, dossier.stream)
    except (RPCError, RuntimeError) as error:
        raise NotGone(
            f"Temporal does not answer, or refuses: {error}. {dossier.stream} is closed already;"
            " run this again when it does."
        ) from error


async def _begin(tools: Tools, dossier: Erasable) -> Erasable:
    """Looked at and marked as one: nothing can have come in between."""
    for _ in range(TRIES):
        await _check(tools, dossier)
        with suppress(OtherEvents):
            await tools.eraser.begin(dossier.tenant, dossier.stream, dossier.version)
        [dossier] = await tools.eraser.found([dossier.stream])
        if dossier.begun_at is not None:
            return dossier
    raise NotGone(f"The case {dossier.stream} changes all the time. Run this again later.")


async def _check(tools: Tools, dossier: Erasable) -> Any:
    """The state of the case; raises NotErasable."""
    state = await _state(tools, dossier)
    settings = await tools.store.settings(dossier.tenant)
    refusal = refusal_of(state, tools.rules[dossier.process].story, settings)
    if refusal is not None:
        raise NotErasable(refusal)
    return state


async def _state(tools: Tools, dossier: Erasable) -> Any:
    story = tools.rules[dossier.process].story
    events = await tools.store.load(dossier.tenant, dossier.stream, limit=dossier.version)
    return story.fold(events)


def refusal_of(state: CaseState, story: Story[Any], settings: TenantSettings) -> str | None:
    """Why a case in this state may not be erased now; None where it may."""
    erasure = state.erasure
    if state.hold:
        return "erasure.on_hold"
    if erasure is None:
        return "erasure.not_requested"
    if erasure.approved_by is None:
        return "erasure.not_approved"
    if erasure.approved_by == erasure.requested_by:
        return "erasure.same_person"
    # The clock of a test's case may be ahead of the real one.
    now = max(datetime.now(UTC), state.last_recorded_at or datetime.now(UTC))
    kind = story.retention
    if erasure.ground == "retention" and not is_due(state.ended_at, kind, settings, now):
        return "retention.running"
    return None


async def _entry(tools: Tools, dossier: Erasable) -> Certificate:
    """What the ledger says from before the key is destroyed until all is done."""
    refusal, ground = await may_be_erased(tools, dossier)
    if refusal is not None:
        raise NotErasable(refusal)
    asked = await tools.eraser.asked(dossier.tenant, dossier.stream)
    return Certificate(
        tenant=dossier.tenant,
        stream=dossier.stream,
        process=dossier.process,
        ground=ground,
        requested=_said(asked.requested),
        approved=_said(asked.approved),
        operator=tools.operator,
        begun_at=instant_text(dossier.begun_at or datetime.now(UTC)),
        last=LastEvent(version=dossier.version, hash=dossier.hash.hex()),
    )


def _said(ask: Ask | None) -> Said:
    if ask is None:
        return Said(by=None, at="")
    return Said(by=ask.person, at=instant_text(ask.at))


async def _destroy_key(tools: Tools, run: Run) -> None:
    dossier, tenant, stream = run.dossier, run.dossier.tenant, run.dossier.stream
    state = await _check(tools, dossier)
    story, settings = tools.rules[dossier.process].story, await tools.store.settings(tenant)
    kept = outliving(story, state, settings, datetime.now(UTC))
    run.wrapped = await tools.eraser.wrapped_key(tenant, stream)
    log = await tools.eraser.log_then()
    erased_at = await tools.eraser.destroy(tenant, stream, dossier.version, kept)
    tools.store.forget(tenant, stream)
    outlived = tuple(
        OutlivedPart(kind=one.kind, keep_until=one.keep_until.isoformat()) for one in kept
    )
    run.certificate = run.certificate.model_copy(
        update={"erased_at": instant_text(erased_at), "log": log, "outlived": outlived}
    )


# -- what is left to prove ------------------------------------------------------------------------


async def _finish(tools: Tools, run: Run) -> Certificate:
    """Look everywhere once more, and certify what was found: nothing."""
    dossier, tenant, stream = run.dossier, run.dossier.tenant, run.dossier.stream
    late = await _forget(tools, dossier)
    left = await _nothing_left(tools, tenant, stream)
    await _not_opened(tools, tenant, stream)
    exports = await _remove_exports(tools, tenant, stream)
    evidence = {"runs": 0, "late_runs": late, "late_exports": exports["removed"], "left": left}
    run.took("looked", {**evidence, "bodies": dossier.version, "opened": 0})
    certificate = run.certificate.model_copy(
        update={"steps": tuple(run.steps), "finished_at": _now()}
    )
    certificate = await tools.ledger.finish(certificate)
    tools.strike("finished")
    await tools.eraser.certify(tenant, stream, certificate.text())
    return certificate


async def _remove_exports(tools: Tools, tenant: str, stream: str) -> dict[str, Any]:
    """Those of this installation, and who took copies away."""
    connection = tools.eraser.connection
    gone = await remove_exports(connection, tools.exports, tenant, stream)
    return {**asdict(gone), "copies": await tools.eraser.copies(tenant, stream)}


async def _nothing_left(tools: Tools, tenant: str, stream: str) -> dict[str, int]:
    """Whoever was reading when the key was destroyed may have written after the purge."""
    for _ in range(TRIES):
        left = await tools.eraser.left(tenant, stream)
        if not any(left.values()):
            return left
        await tools.eraser.purge(tenant, stream)
    raise NotGone(f"Rows of {stream} come back again and again. Run this again later.")


async def _not_opened(tools: Tools, tenant: str, stream: str) -> None:
    try:
        await tools.store.load_json(tenant, stream)
    except Erased:
        return
    raise NotGone(f"The events of {stream} can still be read.")


def _now() -> str:
    return instant_text(datetime.now(UTC))
