"""The sandbox in which processes run, and what it takes from outside instead of loading anew."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

LIBRARIES = ("events", "pydantic", "pydantic_core", "structlog", "cryptography", "yaml")
WATCHED = "workflows.process"


def sandboxed(processes: Sequence[type]) -> SandboxedWorkflowRunner:
    """Loads only the modules of the workflows themselves anew for every run.

    Rules and messages are pure and made of frozen values; to load them anew as well costs over
    100 ms for every start.
    """
    watched = {process.__module__ for process in processes} | {WATCHED}
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(
            *LIBRARIES, *_beside(watched)
        )
    )


def _beside(watched: set[str]) -> list[str]:
    """The loaded modules around the watched ones, without them and the packages they lie in."""
    roots = {name.split(".")[0] for name in watched}
    return [
        name
        for name in sys.modules
        if name.split(".")[0] in roots
        and not any(one == name or one.startswith(name + ".") for one in watched)
    ]
