"""An assessment trajectory as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.assessments import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="assessments")
class AssessmentProcess(Process):
    """One assessment trajectory, opened by the escalation of a supervision trajectory."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until the assessment has ended."""
        await self.live()
