"""A teacher internship as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.internships import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="internships")
class InternshipProcess(Process):
    """One teacher internship."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until the internship has ended."""
        await self.live()
