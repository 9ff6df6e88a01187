"""A departure as a process that Temporal keeps alive."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.departures import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="departures")
class DepartureProcess(Process):
    """One departure, short-lived: it ends when every partner has answered."""

    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        """Until all that the person looked after was settled."""
        await self.live()
