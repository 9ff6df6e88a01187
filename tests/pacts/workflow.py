"""The pact as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from tests.pacts.rules import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="pacts")
class PactProcess(Process):
    """One pact, from drafting to its end."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until it has ended."""
        await self.live()
