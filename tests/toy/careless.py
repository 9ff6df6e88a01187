"""A loan whose code looks at the real clock, which a replay would see differently."""

from __future__ import annotations

import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from tests.toy.rules import RULES
    from workflows.wire import StreamRef

from workflows.process import Process


@workflow.defn(name="loans")
class CarelessLoan(Process):
    rules = RULES

    @workflow.run
    async def run(self, ref: StreamRef) -> None:
        datetime.datetime.now(datetime.UTC)
        await self.live()
