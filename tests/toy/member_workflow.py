"""The member as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from tests.toy.member import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="members")
class MemberProcess(Process):
    """One member who leaves."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until every loan has answered."""
        await self.live()
