"""The one Temporal workflow shape of every process: it loads, decides, records, and waits.

A process is a subclass that names its rules and has its own one-line run, because the SDK refuses
an inherited one. The state is never kept in Temporal: it is folded from the events the store
returns, so a first start, a continuation and a restart after loss are one path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from events.event import PROCESS_ROLE, instant_text, own_id
    from events.recording import PASS_DEADLINE, RUN_ERRAND, Given, Loaded, Recorded
    from workflows.casefile import CaseFile
    from workflows.decision import (
        Context,
        Deadline,
        Decision,
        Errand,
        Giver,
        Refused,
        Rules,
    )
    from workflows.drafting import recording_of
    from workflows.failures import failure_of, is_erased, refusal
    from workflows.reaching import deliver, reach
    from workflows.wire import (
        COMMAND,
        FAILED,
        LOAD,
        POKE,
        RECALL,
        RECORD,
        STATUS,
        Envelope,
        Status,
        StreamRef,
    )

COMMANDS_PER_RUN = 25
"""Waking a case replays its run; more commands than this make that slow (about 9 ms each)."""
REST = timedelta(seconds=2)
"""How long a full run waits for a lull before it continues as new."""
PARK = timedelta(days=1)
"""How long a deadline that could not be passed waits for its next try."""
REDECISIONS = 20
WITHOUT_PERSON = Giver(None, (PROCESS_ROLE,))

Decide = Callable[[Context], Decision]


class Process:
    """Subclasses set ``rules`` and define ``run`` as ``await self.live()``."""

    rules: ClassVar[Rules[Any]]

    @workflow.init
    def __init__(self, ref: StreamRef) -> None:
        self._ref = ref
        self._case = CaseFile(ref, self.rules, self._log)
        self._loaded = False
        self._broken: ApplicationError | None = None
        self._lock = asyncio.Lock()
        self._parked: dict[str, datetime] = {}
        self._armed: datetime | None = None
        self._rest: datetime | None = None
        self._pending = 0
        self._commands = 0
        self._poked = False

    # -- the life of a run ---------------------------------------------------------------------

    async def live(self) -> None:
        """Until the case is over, or another run goes on with it."""
        try:
            await self._load()
            while not (self._broken or self._over):
                await self._pass_deadlines()
                await self._run_errands()
                if self._poked:
                    await self._look_again()
                    continue
                if self._may_continue_as_new():
                    workflow.continue_as_new(self._ref)
                await self._wait()
        except asyncio.CancelledError:
            await workflow.wait_condition(workflow.all_handlers_finished)
            raise
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._broken is not None:
            raise self._broken

    async def _load(self) -> None:
        try:
            await self._catch_up()
        except FailureError as failure:
            self._broken = failure_of(failure, "")
        self._loaded = True

    async def _wait(self) -> None:
        """Until the armed moment, or until there is something to do before it.

        A moment that moved later does not disarm the timer: to let it run out for nothing is
        cheaper than to set it anew with every command.
        """
        self._armed = self._next_moment()
        timeout = None if self._armed is None else self._armed - self._now()
        if timeout is not None and timeout <= timedelta(0):
            return
        with suppress(TimeoutError):
            await workflow.wait_condition(self._must_wake, timeout=timeout)
        self._armed = None

    def _must_wake(self) -> bool:
        if self._poked or self._over or self._errand() is not None:
            return True
        moment = self._next_moment()
        return moment is not None and (self._armed is None or moment < self._armed)

    def _next_moment(self) -> datetime | None:
        moments = [max(d.due, self._parked.get(d.key, d.due)) for d in self._case.deadlines]
        moments += [self._parked[e.key] for e in self._case.errands if e.key in self._parked]
        if self._rest is not None:
            moments.append(self._rest)
        return min(moments, default=None)

    @property
    def _over(self) -> bool:
        return self._case.ended and workflow.all_handlers_finished()

    def _may_continue_as_new(self) -> bool:
        """The run is full and a lull has come."""
        if self._rest is None or self._now() < self._rest:
            return False
        self._rest = self._now() + REST
        return workflow.all_handlers_finished()

    def _now(self) -> datetime:
        return workflow.now() + self._ref.clock_offset

    # -- commands ------------------------------------------------------------------------------

    @workflow.update(name=COMMAND)
    async def command(self, envelope: Envelope) -> Recorded:
        """Decides and records; the answer of a known command is its first one."""
        self._pending += 1
        try:
            await workflow.wait_condition(lambda: self._loaded)
            if self._broken is not None:
                raise self._broken
            async with self._lock:
                return await self._answer(envelope)
        except Refused as refused:
            raise refusal(refused, envelope.attempt) from None
        except Exception as fault:  # noqa: BLE001 - anything else would retry the task for ever
            self._log("command failed", fault, command_id=envelope.command_id)
            raise failure_of(fault, envelope.attempt) from None
        finally:
            self._pending -= 1
            self._count()

    @command.validator
    def _check(self, envelope: Envelope) -> None:
        if not self._loaded or self._broken or self._case.knows(envelope.command_id):
            return
        try:
            self._decide(envelope)(
                self._case.context(envelope.command_id, _giver(envelope), self._now())
            )
        except Refused as refused:
            raise refusal(refused, envelope.attempt) from None
        except Exception as fault:  # noqa: BLE001 - a fault of the rules is an answer too
            raise failure_of(fault, envelope.attempt) from None

    async def _answer(self, envelope: Envelope) -> Recorded:
        if self._case.knows(envelope.command_id):
            return await self._recall(envelope.command_id, envelope.content_hash)
        return await self._record(
            self._decide(envelope),
            command=envelope.command,
            command_id=envelope.command_id,
            content_hash=envelope.content_hash,
            giver=_giver(envelope),
            cause=envelope.cause,
            given=Given(
                rules=self.rules.version, roles=envelope.giver.roles, data=dict(envelope.data)
            ),
        )

    def _decide(self, envelope: Envelope) -> Decide:
        command = self._case.command(envelope.command, envelope.data)
        return lambda context: self.rules.decide(self._case.state, command, context)

    def _count(self) -> None:
        self._commands += 1
        if self._rest is None and (
            self._commands >= COMMANDS_PER_RUN or workflow.info().is_continue_as_new_suggested()
        ):
            self._rest = self._now() + REST

    # -- deadlines -----------------------------------------------------------------------------

    async def _pass_deadlines(self) -> None:
        while (deadline := self._passed()) is not None:
            async with self._lock:
                # A command that held the lock may have fulfilled it.
                if deadline in self._case.deadlines:
                    await self._pass(deadline)

    def _passed(self) -> Deadline | None:
        now = self._now()
        for deadline in self._case.deadlines:
            if deadline.due <= now and self._parked.get(deadline.key, now) <= now:
                return deadline
        return None

    async def _pass(self, deadline: Deadline) -> None:
        key = f"{deadline.key}|{instant_text(deadline.due)}"
        self._count()
        await self._record_own(
            PASS_DEADLINE,
            key,
            lambda context: self.rules.pass_deadline(self._case.state, deadline, context),
            Given(rules=self.rules.version, deadline=deadline.key),
        )
        # What was recorded is due no more; whatever else happened, it is not tried on and on.
        if deadline in self._case.deadlines:
            self._parked[deadline.key] = self._now() + PARK
        else:
            self._parked.pop(deadline.key, None)

    # -- errands -------------------------------------------------------------------------------

    def _errand(self) -> Errand | None:
        """The next one to run; one that could not be recorded waits for its next try."""
        now = self._now()
        for errand in self._case.errands:
            if self._parked.get(errand.key, now) <= now:
                return errand
        return None

    async def _run_errands(self) -> None:
        """Commands of this process to others; the case itself goes on taking commands meanwhile."""
        while (errand := self._errand()) is not None:
            await self._run_errand(errand)
            if errand.key in (left.key for left in self._case.errands):
                self._parked[errand.key] = self._now() + PARK

    async def _run_errand(self, errand: Errand) -> None:
        try:
            delivered = await deliver(self._ref, errand)
        except FailureError as failure:
            if is_cancelled_exception(failure):
                raise asyncio.CancelledError from None
            self._log("errand failed", failure, step=errand.key)
            return
        async with self._lock:
            await self._record_own(
                RUN_ERRAND,
                errand.key,
                lambda ctx: self.rules.run_errand(self._case.state, errand, delivered, ctx),
                Given(rules=self.rules.version, delivered=delivered),
            )

    # -- the store -----------------------------------------------------------------------------

    async def _record_own(self, command: str, key: str, decide: Decide, given: Given) -> None:
        """Records what the process does by itself; whatever happens, the run goes on."""
        command_id = own_id(self._ref.stream, key)
        try:
            await self._record(
                decide,
                command=command,
                command_id=command_id,
                content_hash=key,
                giver=WITHOUT_PERSON,
                given=given,
            )
        except Exception as fault:  # noqa: BLE001 - nothing may end the run
            # After the colon comes what somebody called a visit.
            step = key.partition("|")[0].partition(":")[0]
            self._log("own step refused", fault, command_id=command_id, step=step)

    async def _record(
        self,
        decide: Decide,
        *,
        command: str,
        command_id: str,
        content_hash: str,
        giver: Giver,
        given: Given,
        cause: str | None = None,
    ) -> Recorded:
        """Raises Refused. Decides again on every state that turns out to be behind the store's."""
        for _ in range(REDECISIONS):
            if self._case.knows(command_id):
                return await self._recall(command_id, content_hash)
            context = self._case.context(command_id, giver, self._now())
            decision = decide(context)
            if not decision.events:
                raise Refused("state.not_allowed")
            recording = recording_of(
                decision,
                context,
                self.rules,
                self._case.standing,
                command,
                content_hash,
                cause,
                given,
            )
            answer = await reach(Recorded, RECORD, recording)
            if answer.settings is not None:
                self._case.settings = answer.settings
            match answer.outcome:
                case "recorded":
                    self._case.fold(answer.events)
                    return answer.model_copy(update={"settings": None})
                case "repeated":
                    # The stored events may be further on than this state: the tail tells.
                    await self._catch_up()
                    return answer.model_copy(update={"settings": None})
                case "behind":
                    await self._catch_up()
                case "claimed":
                    raise Refused(answer.refusal or "state.not_allowed")
                case "reused":
                    raise Refused("command.id_reused")
        raise ApplicationError("never level with the store", type=FAILED, non_retryable=True)

    async def _recall(self, command_id: str, content_hash: str) -> Recorded:
        ref = self._ref
        answer = await reach(Recorded, RECALL, ref.tenant, ref.stream, command_id, content_hash)
        if answer.outcome == "reused":
            raise Refused("command.id_reused")
        return answer

    async def _look_again(self) -> None:
        self._poked = False
        async with self._lock:
            try:
                await self._catch_up()
            except FailureError as fault:
                if is_erased(fault):
                    self._broken = failure_of(fault, "")
                else:
                    self._log("could not look again", fault)

    async def _catch_up(self) -> None:
        more = True
        while more:
            ref, offset = self._ref, self._ref.clock_offset.total_seconds()
            page = await reach(Loaded, LOAD, ref.tenant, ref.stream, self._case.version, offset)
            self._case.turn(page)
            more = page.more

    def _log(self, what: str, fault: BaseException, **more: str) -> None:
        problem = fault.code if isinstance(fault, Refused) else type(fault).__name__
        where = {"tenant": self._ref.tenant, "stream": self._ref.stream, "problem": problem}
        workflow.logger.warning(what, extra=where | more)

    # -- from outside --------------------------------------------------------------------------

    @workflow.signal(name=POKE)
    def poke(self) -> None:
        """Somebody appended to this stream elsewhere, or thinks this run is behind."""
        self._poked = True

    @workflow.query(name=STATUS)
    def status(self) -> Status:
        """Where this run stands; for the reconciler, operators and tests."""
        due = self._next_moment()
        return Status(
            version=self._case.version,
            loaded=self._loaded,
            next_due=None if due is None else instant_text(due),
            armed=None if self._armed is None else instant_text(self._armed),
            pending=self._pending,
            parked=len(self._parked),
            commands=self._commands,
            errands=len(self._case.errands),
        )


def _giver(envelope: Envelope) -> Giver:
    return Giver(envelope.giver.person, envelope.giver.roles)
