"""Honest histories conform to the rules; forged ones, whose chain holds, are told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest

from deploy.demo.examples import case_names, lead, people, person_id, training_schools
from events.audit.history import History, Kept
from events.event import event_id, own_id
from events.holidays import closed_days
from events.recording import PASS_DEADLINE, Given, command_hash
from events.settings import TenantSettings
from tests.properties.desk import Desk, drive
from tests.properties.roads import request, travel
from tests.scenarios.played import FILES, played
from tests.workflows.histories import board_of, findings, histories, said
from web.site import DEMO_BOARD
from workflows.conformance import Board, Finding, Saved, conform
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


def scenario(letter: str) -> PureEngine:
    return next(one.witness for name, one in played().items() if name.startswith(f"{letter}-"))


def case(letter: str, number: int = 0) -> History:
    return histories(scenario(letter))[number]


def place(history: History, command: str, nth: int = 0) -> int:
    """Where the command stands in the stream."""
    return [n for n, kept in enumerate(history.commands) if kept.command == command][nth]


def forged(history: History, commands: Sequence[Kept]) -> History:
    """The stream with these commands, its versions counted anew: its hashes can be made to hold."""
    versions = count(1)
    counted = [
        replace(kept, events=tuple({**raw, "version": next(versions)} for raw in kept.events))
        for kept in commands
    ]
    return replace(history, commands=tuple(counted))


def changed(history: History, at: int, **more: Any) -> History:
    commands = list(history.commands)
    commands[at] = replace(commands[at], **more)
    return forged(history, commands)


def with_event(history: History, at: int, **more: Any) -> History:
    """The first event of a command says something else."""
    events = history.commands[at].events
    return changed(history, at, events=({**events[0], **more}, *events[1:]))


def alone(history: History, letter: str, **more: Any) -> list[Finding]:
    return conform(history, board_of(scenario(letter), **more)).findings


def codes(found: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in found]


def injected(history: History, at: int, type_: str, data: Any, command: str, given: Given) -> Kept:
    """A command nobody gave, right before another one, with all that goes with it."""
    after = history.commands[at - 1]
    person, id_ = history.commands[at].events[0]["actor"]["person"], own_id(history.stream, "x")
    id_ = id_[:14] + "4" + id_[15:]
    raw = {
        **after.events[0],
        "event_id": event_id(history.stream, id_, 0),
        "command_id": id_,
        "type": type_,
        "actor": {"person": person, "role": history.commands[at].events[0]["actor"]["role"]},
        "causation_id": None,
        "data": data,
    }
    hash_ = command_hash(history.process, history.stream, command, given.data or {}, person)
    return Kept((raw,), after.stored_at, after.place, command, hash_, (), given)


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


# -- deadlines -------------------------------------------------------------------------------------


def test_a_deadline_whose_event_was_dropped_is_found() -> None:
    history = case("h")
    at = place(history, PASS_DEADLINE)
    dropped = history.commands[at]
    found = alone(forged(history, [kept for kept in history.commands if kept is not dropped]), "h")
    (missed,) = [one for one in found if one.code == "deadline.missed"]
    assert dropped.given is not None
    assert f"{dropped.given.deadline} was due" in missed.sentence
    assert missed.late is not None
    assert missed.late > HOUR


def test_a_deadline_that_waits_for_long_is_found_at_the_end() -> None:
    desk = Desk()
    desk.move("2026-01-05T09:30")
    stream = travel(desk, "guidance")
    (history,) = [one for one in histories(desk.engine) if one.stream == stream]
    last = history.commands[-1].stored_at
    assert conform(history, board_of(desk.engine, last + HOUR)).findings == []
    later = board_of(desk.engine, last + timedelta(days=60))
    found = conform(history, later).findings
    assert set(codes(found)) == {"deadline.missed"}
    lateness = [one.late for one in found if one.late is not None]
    assert max(lateness) < timedelta(days=60)
    assert conform(history, replace(later, tolerance=timedelta(days=61))).findings == []


def test_a_deadline_recorded_too_early_is_found() -> None:
    history = case("h")
    at = place(history, PASS_DEADLINE)
    (raw,) = history.commands[at].events
    early = datetime.fromisoformat(raw["recorded_at"]) - timedelta(minutes=1)
    spoiled = with_event(history, at, recorded_at=early.isoformat(timespec="microseconds"))
    assert codes(alone(spoiled, "h")) == ["deadline.early"]
    given = Given(rules=1, deadline="never")
    unknown = codes(alone(changed(history, at, given=given), "h"))
    assert unknown == ["content.differs", "deadline.unknown"]


def test_a_deadline_recorded_late_is_a_note() -> None:
    """The worker was away; somebody's command may even have come before the deadline's event."""
    history = case("h")
    at = place(history, PASS_DEADLINE)
    (raw,) = history.commands[at].events
    late = datetime.fromisoformat(raw["recorded_at"]) + timedelta(hours=5)
    spoiled = with_event(history, at, recorded_at=late.isoformat(timespec="microseconds"))
    (found,) = alone(spoiled, "h")
    assert (found.code, found.weight, found.late) == (
        "deadline.late",
        "note",
        timedelta(hours=5),
    )


def test_nobody_tells_a_waiting_case_of_other_settings() -> None:
    """Shorter terms than those it knows do not make its deadlines late; its own terms do."""
    desk = Desk()
    desk.move("2026-01-05T09:30")
    stream = travel(desk, "requested")
    (history,) = [one for one in histories(desk.engine) if one.stream == stream]
    began = history.commands[-1].stored_at
    shorter = desk.settings.model_copy(update={"version": 2, "accept": 1})
    told = [Saved(desk.settings), Saved(shorter, began + HOUR)]
    before = replace(board_of(desk.engine, began + timedelta(days=5)), settings=told)
    assert conform(history, before).findings == []
    after = replace(before, now=began + timedelta(days=9))
    assert set(codes(conform(history, after).findings)) == {"deadline.missed"}
    knew = replace(before, settings=[Saved(shorter.model_copy(update={"version": 1}))])
    assert set(codes(conform(history, knew).findings)) == {"deadline.missed"}


def test_a_shifted_clock_moves_the_moment_of_the_check() -> None:
    desk = Desk()
    desk.move("2026-01-05T09:30")
    travel(desk, "requested")
    (history,) = histories(desk.engine)
    real = datetime(2025, 11, 1, tzinfo=UTC)
    shifted = replace(
        history, commands=tuple(replace(kept, stored_at=real) for kept in history.commands)
    )
    board = Board(RULES, [Saved(desk.settings)], real + timedelta(days=20), shifted=True)
    assert set(codes(conform(shifted, board).findings)) == {"deadline.missed"}
    assert conform(shifted, replace(board, now=real + timedelta(days=1))).findings == []


# -- where streams meet ----------------------------------------------------------------------------

Forge = Callable[[list[History]], list[History]]


def together(letter: str, forge: Forge) -> list[str]:
    engine = scenario(letter)
    return codes(said(forge(histories(engine)), board_of(engine)))


@cache
def opened() -> int:
    """Of scenario b, the first stream that an escalation opened."""
    return [one.process for one in histories(scenario("b"))].index("assessments")


def test_what_opened_a_stream_otherwise_is_found() -> None:
    def other_mandate(all_: list[History]) -> list[History]:
        mine = all_[opened()]
        data = mine.commands[0].events[0]["data"]
        all_[opened()] = with_event(mine, 0, data={**data, "mandate": DEMO_BOARD})
        return all_

    def not_there(all_: list[History]) -> list[History]:
        del all_[opened()]
        return all_

    def by_nobody(all_: list[History]) -> list[History]:
        id_ = all_[opened()].commands[0].events[0]["data"]["trajectory"]
        return [one for one in all_ if one.stream != id_]

    def by_itself(all_: list[History]) -> list[History]:
        given = Given(rules=1, roles=("client",), data={})
        all_[opened()] = changed(all_[opened()], 0, command="Open", given=given)
        return all_

    assert together("b", other_mandate) == ["opening.differs"]
    assert together("b", not_there) == ["opening.missing"]
    assert together("b", by_nobody) == ["opening.unknown"]
    assert {"opening.differs", "command.refused"} <= set(together("b", by_itself))


def test_an_errand_that_nobody_had_is_found() -> None:
    def without_source(all_: list[History]) -> list[History]:
        return [one for one in all_ if one.process != "departures"]

    def to_one_less(all_: list[History]) -> list[History]:
        took = next(
            n
            for n, one in enumerate(all_)
            if any((kept.content_hash or "").startswith("errand|") for kept in one.commands)
        )
        del all_[took]
        return all_

    def for_another_cause(all_: list[History]) -> list[History]:
        for n, one in enumerate(all_):
            for at, kept in enumerate(one.commands):
                if (kept.content_hash or "").startswith("errand|"):
                    all_[n] = with_event(one, at, causation_id=DEMO_BOARD)
                    return all_
        raise AssertionError("no errand")

    assert set(together("s", without_source)) == {"errand.unknown"}
    assert "errand.count" in together("s", to_one_less)
    assert "errand.differs" in together("s", for_another_cause)


def test_an_errand_that_was_never_run_is_found() -> None:
    history = next(one for one in histories(scenario("s")) if one.process == "departures")
    unrun = replace(history, commands=history.commands[:1])
    assert codes(alone(unrun, "s")) == ["errand.not_run"]


class Lax(PureEngine):
    """Does not look at other streams."""

    def _check_others(self, decision: Decision, stream: str) -> None:
        pass


def test_what_others_held_and_what_was_needed_is_checked_in_the_order_of_the_store() -> None:
    desk = Desk(engine=Lax())
    desk.move("2026-01-05T09:30")
    for client in ("client", "client_hr"):
        desk.request(client, request("teacher", client, "manager"))
    found = findings(desk.engine)
    assert [(one.code, one.weight) for one in found] == [("claim.taken", "wrong")]
    assert "trajectory.already_open" in found[0].sentence

    def not_yet(all_: list[History]) -> list[History]:
        """The host's events stand behind those that needed it."""
        return [
            one
            if one.process != "partners"
            else replace(
                one,
                commands=tuple(
                    replace(kept, place=9_999 + n) for n, kept in enumerate(one.commands)
                ),
            )
            for one in all_
        ]

    assert "need.unmet" in together("n", not_yet)
