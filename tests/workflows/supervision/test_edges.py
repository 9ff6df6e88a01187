"""Edges of the rules where a search once found them wanting."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.properties.desk import ROLES, TENANT, Desk, id_of
from tests.properties.roads import travel
from workflows.decision import Context, Giver
from workflows.supervision.offers import offered


def _at(to: str) -> tuple[Desk, str]:
    desk = Desk()
    desk.move("2026-01-05T10:00")
    return desk, travel(desk, to, pace=timedelta(0))


def _correct(desk: Desk, stream: str, event: str, text: str) -> str:
    data = {
        "event": event,
        "reason": "vergissing",
        "correction": text,
        "approved_by": id_of("auditor"),
    }
    answer = desk.give("hr", "CorrectRecord", data, stream)
    assert answer.refused is None
    return answer.body["events"][0]["event_id"]


def _secret_event(desk: Desk, stream: str) -> str:
    return next(e.event_id for e in desk.events(stream) if e.type == "UnannouncedVisitPlanned")


def test_a_correction_of_a_secret_is_a_secret() -> None:
    desk, stream = _at("visiting")
    _correct(desk, stream, _secret_event(desk, stream), "het was V2")
    assert "V2" not in json.dumps(desk.read("timeline", "teacher", stream).body)


def test_a_correction_of_that_correction_is_one_too() -> None:
    desk, stream = _at("visiting")
    first = _correct(desk, stream, _secret_event(desk, stream), "het was V2")
    _correct(desk, stream, first, "V2 was om 10:00")
    assert "V2" not in json.dumps(desk.read("timeline", "teacher", stream).body)


def test_a_period_in_the_first_years_is_refused_and_stops_no_clock() -> None:
    desk, stream = _at("intake")
    data = {"from": "0001-01-02", "to": "0001-01-05", "client": id_of("client")}
    assert desk.give("client", "AgreePeriod", data, stream).refused == "command.invalid"
    desk.move("2026-01-06T10:00")


def test_a_suspension_can_be_ended_whatever_the_period() -> None:
    desk, stream = _at("diagnosis")
    data = {"to": "9999-12-31", "client": id_of("client"), "reason": "ruim genomen"}
    assert desk.give("client", "ExtendPeriod", data, stream).refused == "command.invalid"
    latest = {**data, "to": "2099-12-31"}
    assert desk.give("client", "ExtendPeriod", latest, stream).refused is None
    desk.give("hr", "Suspend", {"category": "other"}, stream)
    desk.move("2026-01-07T10:00")
    assert desk.give("hr", "Resume", {}, stream).refused is None


def test_from_has_no_other_name() -> None:
    desk, stream = _at("intake")
    data = {"from_": "2026-01-05", "to": "2026-04-03", "client": id_of("client")}
    assert desk.give("client", "AgreePeriod", data, stream).refused == "command.invalid"


@pytest.mark.parametrize(
    ("to", "by", "command", "data"),
    [
        ("accepted", "coordinator", "AcceptRequest", {"hourly_rate": "118"}),
        ("accepted", "coordinator", "AssignAdvisor", {"advisor": id_of("other_advisor")}),
        ("accepted", "hr", "Resume", {}),
        (
            "diagnosis",
            "client",
            "AgreePeriod",
            {"from": "2026-01-05", "to": "2026-04-03", "client": id_of("client")},
        ),
        ("diagnosis", "teacher", "RefuseConsent", {"item": "visits", "reason": "nee"}),
        ("intake", "teacher", "WithdrawConsent", {"reason": "nee"}),
        ("guidance", "advisor", "FixGoalList", {}),
        ("guidance", "teacher", "AddTeacherResponse", {"text": "eens"}),
    ],
)
def test_what_can_only_be_refused_is_not_offered(
    to: str, by: str, command: str, data: dict[str, Any]
) -> None:
    desk, stream = _at(to)
    assert desk.give(by, command, data, stream).refused == "state.not_allowed"
    giver = Giver(id_of(by), ROLES[by])
    ctx = Context(TENANT, stream, desk.next_id(), giver, desk.engine.now, desk.settings)
    assert not offered(desk.state(stream), command, ctx)
