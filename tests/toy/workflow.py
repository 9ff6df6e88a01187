"""The loan as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from tests.toy.rules import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="loans")
class LoanProcess(Process):
    """One loan, from opening to return."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until the book is back."""
        await self.live()
