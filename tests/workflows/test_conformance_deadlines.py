"""Deadlines that passed in silence, too early or late are told apart from those that did well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from events.recording import PASS_DEADLINE, Given
from tests.properties.desk import Desk
from tests.properties.roads import travel
from tests.workflows.forging import (
    alone,
    case,
    changed,
    codes,
    forged,
    place,
    with_event,
)
from tests.workflows.histories import board_of, histories
from workflows.conformance import Board, Saved, conform
from workflows.registry import RULES

HOUR = timedelta(hours=1)


def test_a_deadline_whose_event_was_dropped_is_found() -> None:
    history = case("h")
    at = place(history, PASS_DEADLINE)
    dropped = history.commands[at]
    found = alone(forged(history, [kept for kept in history.commands if kept is not dropped]), "h")
    (missed,) = [one for one in found if one.code == "deadline.missed"]
    assert dropped.given is not None
    kind = (dropped.given.deadline or "").partition("/")[0]
    assert missed.sentence.startswith(f"{kind} was due at 2026-")
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
