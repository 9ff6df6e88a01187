"""A partner as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.partners import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="partners")
class PartnerProcess(Process):
    """One partner of the board, from its registration."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until the partner has ended, and what is kept of it was taken over."""
        await self.live()
