"""Today's code takes the steps that runs of every released version took."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.workflows.recorded import CASES, PROCESSES, converter, histories
from workflows import registry
from workflows.process import Process
from workflows.sandbox import sandboxed
from workflows.supervision import RULES
from workflows.wire import StreamRef

KEPT = dict(histories())
LONGEST_SECONDS = 20.0


async def replay(
    history: WorkflowHistory,
    processes: Sequence[type] = PROCESSES,
    runner: WorkflowRunner | None = None,
) -> None:
    """Raises what differs; TimeoutError for a history in which something is missing."""
    replayer = Replayer(
        workflows=list(processes),
        data_converter=converter(),
        workflow_runner=runner or sandboxed(processes),
    )
    async with asyncio.timeout(LONGEST_SECONDS):
        await replayer.replay_workflow(history)


@pytest.mark.parametrize("name", KEPT)
async def test_released_runs_replay(name: str) -> None:
    await replay(KEPT[name])


def test_there_is_something_to_replay() -> None:
    shapes = {name.rpartition("/")[2].rpartition("-")[0] for name in KEPT}
    assert shapes >= set(CASES)
    assert {process for process, _ in CASES.values()} >= set(registry.RULES)


class Changed(Process):
    rules = RULES


@workflow.defn(name="supervision")
class SleepsFirst(Changed):
    """A timer that old runs did not have."""

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        await asyncio.sleep(1)
        await self.live()


@workflow.defn(name="supervision")
class NeverWaits(Changed):
    """A timer that old runs had is missing."""

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        await self.live()

    async def _wait(self) -> None:
        await workflow.wait_condition(lambda: self._poked or self._over)


@workflow.defn(name="supervision")
class LooksTwice(Changed):
    """One more activity."""

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        await self._catch_up()
        await self.live()


@workflow.defn(name="supervision")
class RestsLonger(Changed):
    """Another duration only: no step differs."""

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        await self.live()

    def _next_moment(self) -> datetime | None:
        moment = super()._next_moment()
        return moment and moment + timedelta(seconds=1)


@pytest.mark.parametrize("changed", [SleepsFirst, NeverWaits, LooksTwice])
async def test_an_incompatible_change_turns_red(changed: type) -> None:
    with pytest.raises((NondeterminismError, RuntimeError)):
        await replay(KEPT["0.1.0/overdue-1"], [changed], UnsandboxedWorkflowRunner())


async def test_a_compatible_change_stays_green() -> None:
    await replay(KEPT["0.1.0/ended-1"], [RestsLonger], UnsandboxedWorkflowRunner())
