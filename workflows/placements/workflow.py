"""A student placement as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.placements import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="placements")
class PlacementProcess(Process):
    """One placement, from the request to its end."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until the placement has ended."""
        await self.live()
