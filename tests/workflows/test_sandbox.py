"""The sandbox watches the workflows' own code, and takes the rest as it is."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from tests.toy.careless import CarelessLoan
from tests.toy.workflow import LoanProcess
from tests.workflows.recorded import PROCESSES
from tests.workflows.test_replay import KEPT, replay
from workflows.patches import Patch, takes
from workflows.sandbox import _beside


def test_rules_and_messages_come_from_outside_and_workflows_do_not() -> None:
    watched = {process.__module__ for process in PROCESSES} | {"workflows.process"}
    beside = set(_beside(watched))
    assert {"workflows.wire", "workflows.decision", "workflows.supervision.rules"} <= beside
    assert "tests.toy.rules" in beside
    assert not beside & (watched | {"workflows", "workflows.supervision", "tests", "tests.toy"})
    assert watched <= set(sys.modules)
    assert "workflows.wire" not in SandboxRestrictions.default.passthrough_modules


async def test_a_look_at_the_real_clock_turns_red() -> None:
    history = KEPT["0.1.0/loan-1"]
    await replay(history, [LoanProcess])
    with pytest.raises(RuntimeError, match="RestrictedWorkflowAccessError"):
        await replay(history, [CarelessLoan])


def test_a_patch_that_is_not_in_the_list_is_none() -> None:
    with pytest.raises(LookupError):
        takes(Patch("loose", date(2026, 11, 1), "nobody knows", "never"))
