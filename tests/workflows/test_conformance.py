"""Honest histories conform to the rules; forged ones, whose chain holds, are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.examples import case_names, lead, people, person_id, training_schools
from events.event import event_id, own_id
from events.holidays import closed_days
from events.recording import Given
from events.settings import TenantSettings
from tests.properties.desk import drive
from tests.scenarios.played import FILES, played
from tests.workflows.forging import (
    alone,
    case,
    changed,
    codes,
    forged,
    injected,
    place,
    scenario,
    with_event,
)
from tests.workflows.histories import board_of, findings, histories
from web.site import DEMO_BOARD
from workflows.conformance import conform
from workflows.decision import Decision
from workflows.pure import PureEngine
from workflows.registry import RULES
from workflows.scenarios import Call, Person, Scenario

HOUR = timedelta(hours=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CLOSED = {"outcome": "no_follow_up"}


# -- honest histories ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [file.name for file in FILES])
def test_nothing_is_found_in_a_scenario(file: str) -> None:
    engine = played()[file].witness
    assert findings(engine) == []
    reports = [conform(history, board_of(engine)) for history in histories(engine)]
    begun = sum(report.begun is not None for report in reports)
    assert all(report.checked for report in reports if report.begun is None)
    assert sum(r.checked for r in reports) == sum(r.commands for r in reports) - begun


def test_nothing_is_found_in_the_cases_of_the_demo() -> None:
    settings = TenantSettings(closed=closed_days("midden"), schools=tuple(training_schools()))
    persons = {
        one.key: Person(one.key, person_id(one.key), one.name, one.roles) for one in people()
    }
    engine = PureEngine()
    drive(engine.begin(Scenario("demo", "supervision", DEMO_BOARD, settings, persons, [])))
    drive(engine.move_to(datetime(2026, 3, 2, 9, tzinfo=UTC)))
    given = 0
    for name in case_names():
        example, stream = lead(name, date(2026, 3, 2)), None
        for step in example.steps:
            by, now = persons[step.by], engine.now
            call = Call(by, example.process, stream, step.command_id, step.command, step.data, now)
            answer = drive(engine.give(call))
            assert answer.refused is None, (step, answer)
            stream, given = answer.body["id"], given + 1
    drive(engine.move_to(engine.now + timedelta(days=90)))
    assert given > 60
    assert findings(engine) == []


# -- forged histories ------------------------------------------------------------------------------


def test_an_event_that_no_command_could_make_is_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    for command, data in (("CloseTrajectory", {}), ("DraftGoal", {"goal": "G1"}), ("Nothing", {})):
        given = Given(rules=1, roles=("advisor", "coordinator"), data=data)
        kept = injected(history, at, "TrajectoryClosed", CLOSED, command, given)
        spoiled = forged(history, [*history.commands[:at], kept, *history.commands[at:]])
        first, *_ = alone(spoiled, "a")
        assert (first.code, first.command) == ("command.refused", command)
        assert first.version == history.commands[at].events[0]["version"]


def test_events_without_a_command_are_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    bare = replace(history.commands[at], command=None, content_hash=None, given=None)
    found = alone(forged(history, [*history.commands[:at], bare, *history.commands[at + 1 :]]), "a")
    assert "command.none" in codes(found)


def test_a_role_that_the_giver_did_not_hold_is_found() -> None:
    history = case("a")
    at = place(history, "AcceptRequest")
    given = history.commands[at].given
    assert given is not None
    without = changed(history, at, given=given.model_copy(update={"roles": ("teacher",)}))
    (found,) = alone(without, "a")
    assert (found.code, found.sentence) == ("command.refused", "the rules refuse it: auth.role")
    actor = history.commands[at].events[0]["actor"]
    other = with_event(history, at, actor={**actor, "role": "hr"})
    assert codes(alone(other, "a")) == ["actor.differs"]


def test_another_giver_is_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    actor = history.commands[at].events[0]["actor"]
    events = [
        {**raw, "actor": {**actor, "person": DEMO_BOARD}} for raw in history.commands[at].events
    ]
    found = alone(changed(history, at, events=tuple(events)), "a")
    assert {"command.refused", "content.differs"} <= set(codes(found))
    nobody = [{**raw, "actor": {**actor, "person": None}} for raw in history.commands[at].events]
    assert "giver.differs" in codes(alone(changed(history, at, events=tuple(nobody)), "a"))


def test_another_rate_is_found() -> None:
    history = case("a")
    at = place(history, "AcceptRequest")
    data = history.commands[at].events[0]["data"]
    found, *more = alone(with_event(history, at, data={**data, "hourly_rate": "180.00"}), "a")
    assert found.code == "data.differ"
    assert found.sentence == "TrajectoryAccepted: the rules give other hourly_rate"
    # And so is every invoice that was made by the true rate.
    assert {one.command for one in more} == {"CloseTrajectory"}, more
    assert found.version == history.commands[at].events[0]["version"]


def test_a_command_with_other_data_is_found() -> None:
    history = case("a")
    at = place(history, "AcceptRequest")
    given = history.commands[at].given
    assert given is not None
    assert given.data is not None
    data = {**given.data, "hourly_rate": "180.00"}
    spoiled = changed(history, at, given=given.model_copy(update={"data": data}))
    assert codes(alone(spoiled, "a")) == ["content.differs", "data.differ"]


def test_other_types_days_warnings_and_ids_are_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    assert codes(alone(with_event(history, at, occurred_on="2026-01-01"), "a")) == ["data.differ"]
    assert codes(alone(changed(history, at, warnings=("x",)), "a")) == ["warnings.differ"]
    fewer = changed(history, at, events=history.commands[at].events[:1])
    assert codes(alone(fewer, "a"))[0] == "events.differ"
    other = with_event(history, at, event_id=DEMO_BOARD)
    assert {"envelope.differs"} == set(codes(alone(other, "a")))
    own = own_id(history.stream, "x")
    events = [
        {**raw, "command_id": own, "event_id": event_id(history.stream, own, n)}
        for n, raw in enumerate(history.commands[at].events)
    ]
    events[1]["causation_id"] = events[0]["event_id"]
    assert codes(alone(changed(history, at, events=tuple(events)), "a")) == ["command.id"]


def test_what_is_no_event_is_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    assert codes(alone(with_event(history, at, type="Miracle"), "a")) == ["event.unreadable"]
    assert codes(alone(with_event(history, at, data={"x": 1}), "a")) == ["event.unreadable"]


def test_every_field_of_what_was_recorded_is_compared() -> None:
    """Whatever is changed in the data of the last event of any of these commands."""
    history, seen = case("a"), 0
    for at, kept in enumerate(history.commands):
        if kept.command not in ("RequestTrajectory", "AgreePeriod", "DraftGoal", "LogHours"):
            continue
        until = replace(history, commands=history.commands[: at + 1])
        *others, last = kept.events
        for name in last["data"]:
            data = {key: value for key, value in last["data"].items() if key != name}
            spoiled = changed(until, at, events=(*others, {**last, "data": data}))
            found = set(codes(alone(spoiled, "a", now=kept.stored_at)))
            assert found & {"data.differ", "event.unreadable"}, (kept.command, name)
            seen += 1
    assert seen > 20


def test_a_command_that_was_not_kept_is_told_from_one_that_was_removed() -> None:
    history = case("a")
    old = replace(history, commands=tuple(replace(kept, given=None) for kept in history.commands))
    (last,) = {kept.stored_at for kept in history.commands[-1:]}
    report = conform(old, board_of(scenario("a"), since=last + HOUR))
    assert set(codes(report.findings)) == {"not_checkable"}
    assert (report.wrong, report.checked) == ([], 0)
    assert set(codes(alone(old, "a", since=LONG_AGO))) == {"given.missing"}
    at = place(history, "RecordIntake")
    removed = changed(history, at, given=None)
    assert codes(alone(removed, "a", since=last + HOUR)) == ["given.missing"]
    sealed = changed(history, at, given=None, unreadable=True)
    assert codes(alone(sealed, "a")) == ["given.unreadable"]


def test_unknown_rules_and_settings_are_found() -> None:
    history = case("a")
    at = place(history, "RecordIntake")
    given = history.commands[at].given
    assert given is not None
    newer = changed(history, at, given=given.model_copy(update={"rules": 99}))
    assert codes(alone(newer, "a")) == ["rules.unknown"]
    events = tuple({**raw, "settings_version": 9} for raw in history.commands[at].events)
    found = codes(alone(changed(history, at, events=events), "a"))
    assert found[0] == "settings.unknown"
    assert "settings.backwards" in found


def test_earlier_rules_judge_what_they_decided() -> None:
    history, now = case("a"), RULES["supervision"]
    at = place(history, "RecordIntake")

    def lenient(state: Any, command: Any, ctx: Any) -> Decision:
        return replace(now.decide(state, command, ctx), role="coordinator")

    given = history.commands[at].given
    assert given is not None
    old = changed(history, at, given=given.model_copy(update={"rules": 0}))
    rules = replace(now, version=0, decide=lenient)
    found = alone(old, "a", earlier={("supervision", 0): rules})
    assert codes(found) == ["actor.differs"]
