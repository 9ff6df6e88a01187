"""A read model of a further version is made beside the one before, and then read instead of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from events.audit.seeking import WantedCases
from events.projections import builds, projector
from events.projections.agenda import AGENDA
from events.projections.cases import CASES
from events.projections.projector import connect
from events.projections.tasks import TASKS
from tests.events.projections.conftest import Desk


async def test_a_new_version_takes_the_place_of_the_one_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has rows of its own in their table, for as long as somebody may be of the older one."""
    outings = desk.outings()
    stream = await outings.begin("Het Baken")
    await desk.project(projections=(replace(CASES, version=1, since=None), TASKS, AGENDA))
    before = await desk.live()
    worker = await connect(desk.database.projector_dsn)
    assert await builds.lead(worker, before.number)
    await outings.visit(stream)
    await desk.project()

    async def read() -> list[tuple[int, str, bool]]:
        rows = await desk.raw.fetch(
            "select build, visits_held from traject.cases_v1 order by build"
        )
        held = {row["build"]: row["visits_held"] for row in rows}
        return [
            (one.version, one.state, held[one.number] == 1)
            for one in await desk.builds()
            if one.name == "cases"
        ]

    assert await read() == [(1, "live", False), (2, "live", True)]
    sought, nobody = WantedCases(school="baken"), str(uuid4())
    found = await desk.store.audit.find_cases(outings.tenant, sought, None, 9, nobody)
    assert [one.row.stream for one in found.found] == [stream]
    monkeypatch.setattr(projector, "KEPT", timedelta(0))
    await desk.project()
    assert len(await read()) == 2, "a worker leads it"
    await builds.leave(worker, before.number)
    await worker.close()
    monkeypatch.undo()
    await desk.project()
    assert len(await read()) == 2, "a web process may read it"
    monkeypatch.setattr(projector, "KEPT", timedelta(0))
    await desk.project()
    assert await read() == [(2, "live", True)]
    left = "select count(*) from traject.projected where build = $1"
    assert await desk.raw.fetchval(left, before.number) == 0
