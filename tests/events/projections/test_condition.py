"""Since when a read model does not show what there is, for the page that says how all is."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.events.projections.conftest import Desk


async def test_a_model_is_behind_since_the_first_event_that_it_misses(desk: Desk) -> None:
    """A quiet night before it is no fault, and events of other boards are not missed here."""
    outings = desk.outings()
    stream = await outings.begin()
    await desk.project()
    await desk.raw.execute("update traject.projection set advanced_at = now() - interval '9 hours'")
    await outings.visit(stream)
    await outings.visit(stream)
    await desk.number()
    told = await desk.store.condition(outings.tenant)
    assert told.models
    for one in told.models:
        assert one.behind == 2
        assert one.since is not None
        assert abs(told.at - one.since) < timedelta(minutes=1)
    other = await desk.store.condition(str(uuid4()))
    assert {(one.behind, one.since) for one in other.models} == {(0, None)}
