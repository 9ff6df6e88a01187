"""The sandbox watches the workflows' own code, and takes the rest as it is."""

from __future__ import annotations

import sys
from datetime import date
from importlib.util import module_from_spec

import pytest
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from tests.toy.careless import CarelessLoan
from tests.toy.workflow import LoanProcess
from tests.workflows.recorded import PROCESSES
from tests.workflows.test_replay import KEPT, replay
from workflows.patches import Patch, takes
from workflows.sandbox import _Anew, _beside, sandboxed


def test_rules_and_messages_come_from_outside_and_workflows_do_not() -> None:
    watched = {process.__module__ for process in PROCESSES} | {"workflows.process"}
    beside = set(_beside(watched))
    assert {"workflows.wire", "workflows.decision", "workflows.supervision.rules"} <= beside
    assert "tests.toy.rules" in beside
    assert not beside & (watched | {"workflows", "workflows.supervision", "tests", "tests.toy"})
    assert watched <= set(sys.modules)
    assert "workflows.wire" not in SandboxRestrictions.default.passthrough_modules


def test_a_run_gets_modules_of_its_own_in_packages_as_they_are() -> None:
    sandboxed(PROCESSES)
    finder = next(one for one in sys.meta_path if isinstance(one, _Anew))
    made = {}
    for name in ("workflows.supervision", "workflows.supervision.workflow"):
        spec = finder.find_spec(name, None)
        assert spec is not None
        made[name] = module_from_spec(spec)
        finder.exec_module(made[name])
    package, module = made.values()
    assert package.RULES is sys.modules["workflows.supervision"].RULES
    assert not hasattr(package, "workflow")
    outside = sys.modules["workflows.supervision.workflow"]
    assert module.SupervisionProcess is not outside.SupervisionProcess
    assert module.__file__ == outside.__file__
    for name in ("workflows.supervision.rules", "events", "os"):
        assert finder.find_spec(name, None) is None


async def test_a_look_at_the_real_clock_turns_red() -> None:
    history = KEPT["0.1.0/loan-1"]
    await replay(history, [LoanProcess])
    with pytest.raises(RuntimeError, match="RestrictedWorkflowAccessError"):
        await replay(history, [CarelessLoan])


def test_a_patch_that_is_not_in_the_list_is_none() -> None:
    with pytest.raises(LookupError):
        takes(Patch("loose", date(2026, 11, 1), "nobody knows", "never"))
