"""The rest of the example board comes as far as its plan says, whatever day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from deploy.demo.crowd import crowd, plans
from deploy.demo.examples import people, training_schools
from deploy.demo.playing import play, recording
from events.holidays import closed_days
from events.settings import TenantSettings

PHASES = {
    "requested": "requested", "declined": "declined", "accepted": "requested",
    "assigned": "requested", "intake": "diagnosis", "aborted": "aborted",
    "diagnosis": "goal_setting", "goals": "guidance", "suspended": "guidance",
    "visit1": "guidance", "visit2": "guidance", "closed": "closed", "escalated": "escalated",
}  # fmt: skip
"""Where a trajectory stands that came so far."""
SETTINGS = TenantSettings(closed=closed_days("midden"), schools=tuple(training_schools()))


@pytest.mark.parametrize("today", [date(2026, 11, 26), date(2027, 1, 2)])
async def test_every_case_comes_as_far_as_its_plan(today: date) -> None:
    now = datetime.combine(today, time(17), UTC)
    ends: list[str] = []
    warned: list[str] = []
    for plan in plans(today):
        engine = await play(plan, SETTINGS, now)
        first, *opened = engine.streams.values()
        given = [asked for asked in first.asked if asked.given.deadline is None]
        assert len(given) == len(plan.steps), (plan.name, given[-1].command)
        if plan.process == "supervision":
            assert first.state.phase == PHASES[plan.upto], plan.name
            ends += [other.state.phase for other in opened]
        warned += [
            w for one in first.asked for w in recording(engine, one, first, SETTINGS).warnings
        ]
        recorded = [event.recorded_at for event in first.events]
        assert recorded == sorted(recorded)
        assert recorded[-1] <= now
    assert ends == ["opened"]
    assert "warning.improvement_track_incomplete" in warned


def test_nobody_is_there_twice() -> None:
    keys = [one.key for one in (*people(), *crowd())]
    assert len(keys) == len(set(keys))
