"""Every timer of an internship at its very moment, the dates counted by hand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from events.settings import TenantSettings
from tests.workflows.internships.office import (
    AGREEMENT,
    EVALUATION,
    OUTCOME,
    SETTINGS,
    Office,
    at,
    id_of,
)
from workflows.internships import RULES

ZONE = ZoneInfo("Europe/Amsterdam")


def _passed(office: Office, *kinds: str) -> list[tuple[str, ...]]:
    """(local moment, what it says) of every deadline of these kinds, in order."""
    found: list[tuple[str, ...]] = []
    for event in office.events:
        if event.type in kinds:
            local = event.recorded_at.astimezone(ZONE).isoformat(timespec="minutes")[:16]
            found.append((local, *(str(value) for value in event.json()["data"].values())))
    return found


def _amend(office: Office, **changes: object) -> None:
    office.accept("coordinator", "AmendAgreement", {**changes, "reason": "Verschoven"})


def _receivers(office: Office, kind: str) -> list[str]:
    names = {id_of(key): key for key in office.scenario.people}
    return [names[one.to] for one in office.told if one.kind == kind]


def test_who_has_not_signed_is_reminded_five_working_days_before() -> None:
    # Back from Monday 13 April: 10, 9, 8, 7 April and, before Easter, Thursday the 2nd.
    office = at("partly")
    office.move("2026-04-02T08:59")
    assert _passed(office, "ReminderSent") == []
    office.move("2026-04-02T09:00")
    assert _passed(office, "ReminderSent") == [
        ("2026-04-02T09:00", "signatures", "2026-04-02", "1", "['school', 'host']")
    ]
    assert _receivers(office, "signature_due") == ["leader", "arno"]


def test_coordinators_hear_of_missing_signatures_two_working_days_before() -> None:
    office = at("partly")
    office.move("2026-04-12T00:00")
    assert _passed(office, "SignaturesMissing") == [
        ("2026-04-09T09:00", "1", "2026-04-09", "['school', 'host']")
    ]
    assert _receivers(office, "signatures_missing") == ["coordinator", "second"]


def test_nobody_is_reminded_of_a_complete_agreement() -> None:
    office = at("signed")
    office.move("2026-04-12T00:00")
    assert _passed(office, "ReminderSent", "SignaturesMissing") == []


def test_each_version_has_its_own_moments_and_skips_those_that_are_past() -> None:
    office = at("partly")
    office.move("2026-04-02T10:00")
    _amend(office, half_days=3)
    office.move("2026-04-12T00:00")
    assert [said[:3] for said in _passed(office, "ReminderSent", "SignaturesMissing")] == [
        ("2026-04-02T09:00", "signatures", "2026-04-02"),
        ("2026-04-09T09:00", "2", "2026-04-09"),
    ]


def test_a_version_made_at_the_very_moment_still_has_it() -> None:
    office = at("supervised")
    office.move("2026-04-02T09:00")
    office.accept("coordinator", "DraftAgreement", AGREEMENT)
    office.move("2026-04-02T09:01")
    assert len(_passed(office, "ReminderSent")) == 1


def test_another_first_day_gives_another_reminder() -> None:
    office = at("partly")
    office.move("2026-04-03T09:00")
    _amend(office, **{"from": "2026-04-20", "to": "2026-04-24"})
    office.move("2026-04-19T00:00")
    # Back from Monday 20 April: the five days of the week before.
    assert [said[0] for said in _passed(office, "ReminderSent")] == [
        "2026-04-02T09:00",
        "2026-04-13T09:00",
    ]
    assert _passed(office, "SignaturesMissing")[0][0] == "2026-04-16T09:00"


def test_the_numbers_are_the_board_s_own() -> None:
    office = at("drafted", SETTINGS.model_copy(update={"signatures_due": 3, "signatures_late": 1}))
    office.move("2026-04-12T00:00")
    assert [said[0] for said in _passed(office, "ReminderSent", "SignaturesMissing")] == [
        "2026-04-08T09:00",
        "2026-04-10T09:00",
    ]


@pytest.mark.parametrize("milestone", ["drafted", "partly", "signed"])
def test_nobody_starts_in_time(milestone: str) -> None:
    office = at(milestone)
    office.move("2026-05-01T00:00")
    # From Monday 13 April: Tuesday, five working days, ten working days.
    assert _passed(office, "StepOverdue") == [
        ("2026-04-14T09:00", "start", "2026-04-13", "0"),
        ("2026-04-20T09:00", "start", "2026-04-13", "1"),
        ("2026-04-27T09:00", "start", "2026-04-13", "2"),
    ]
    assert _receivers(office, "overdue") == ["coordinator", "second", "coordinator", "second", "hr"]
    assert office.summary()["overdue"] == ["start"]


def test_a_start_fulfils_its_term() -> None:
    office = at("signed")
    office.move("2026-04-14T10:00")
    assert office.summary()["overdue"] == ["start"]
    office.accept("coordinator", "StartInternship", {"date": "2026-04-13"})
    assert office.summary()["overdue"] == []
    office.move("2026-04-21T00:00")
    assert [said[3] for said in _passed(office, "StepOverdue")] == ["0"]


def test_another_first_day_is_another_term() -> None:
    office = at("partly")
    office.move("2026-04-20T10:00")
    assert [said[3] for said in _passed(office, "StepOverdue")] == ["0", "1"]
    _amend(office, **{"from": "2026-04-22", "to": "2026-04-24"})
    shown = office.summary()
    assert shown["overdue"] == []
    assert shown["next"] == [{"step": "start", "by": "coordinator", "due": "2026-04-22"}]
    office.move("2026-04-24T00:00")
    assert _passed(office, "StepOverdue")[-1] == ("2026-04-23T09:00", "start", "2026-04-22", "0")
    assert office.summary()["overdue"] == ["start"]


def test_a_first_day_in_the_past_skips_the_moments_that_are_past() -> None:
    office = at("partly")
    office.move("2026-04-20T10:00")
    _amend(office, **{"from": "2026-04-14"})
    assert office.summary()["overdue"] == ["start"]
    office.move("2026-05-01T00:00")
    # Of the term that ended on the 14th: five working days later is the 21st, ten the 28th.
    assert [(said[0], said[2], said[3]) for said in _passed(office, "StepOverdue")][2:] == [
        ("2026-04-21T09:00", "2026-04-14", "1"),
        ("2026-04-28T09:00", "2026-04-14", "2"),
    ]


def test_evaluations_are_asked_for_five_working_days_after() -> None:
    # After Friday 17 April: Friday the 24th; level 0 on Monday, then 1 and 8 May.
    office = at("recorded")
    office.accept("leader", "SubmitEvaluation", EVALUATION)
    office.accept("teacher", "ShareOutcome", OUTCOME)
    office.move("2026-05-20T00:00")
    assert _passed(office, "ReminderSent") == [
        ("2026-04-24T09:00", "evaluation", "2026-04-24", "last_day", "['teacher', 'host']")
    ]
    assert _receivers(office, "evaluation_due") == ["teacher", "arno"]
    assert _passed(office, "StepOverdue") == [
        ("2026-04-27T09:00", "evaluation", "2026-04-24", "0"),
        ("2026-05-01T09:00", "evaluation", "2026-04-24", "1"),
        ("2026-05-08T09:00", "evaluation", "2026-04-24", "2"),
    ]
    assert _receivers(office, "overdue") == ["coordinator", "second", "coordinator", "second", "hr"]
    office.accept("teacher", "SubmitEvaluation", EVALUATION)
    assert office.summary()["overdue"] == ["evaluation"]
    office.accept("arno", "SubmitEvaluation", EVALUATION)
    assert office.summary()["overdue"] == []


def test_sharing_is_asked_for_twenty_working_days_after() -> None:
    # After Friday 17 April: Friday 15 May; level 0 on Monday, then 22 and 29 May.
    office = at("evaluated")
    office.move("2026-06-10T00:00")
    assert _passed(office, "ReminderSent") == [
        ("2026-05-15T09:00", "sharing", "2026-05-15", "last_day", "['teacher']")
    ]
    assert _receivers(office, "sharing_due") == ["teacher"]
    assert [said[:2] + said[3:] for said in _passed(office, "StepOverdue")] == [
        ("2026-05-18T09:00", "sharing", "0"),
        ("2026-05-22T09:00", "sharing", "1"),
        ("2026-05-29T09:00", "sharing", "2"),
    ]
    assert _receivers(office, "overdue") == ["teacher", "coordinator", "second", "hr"]
    office.accept("teacher", "ShareOutcome", OUTCOME)
    assert office.summary()["overdue"] == []


def test_closed_days_move_the_terms() -> None:
    closed = {"from": "2026-04-20", "to": "2026-05-03", "name": "Meivakantie"}
    settings = TenantSettings.model_validate({"closed": [closed]})
    office = at("recorded", settings)
    assert [(term["step"], term["due"]) for term in office.summary()["next"]] == [
        ("evaluation", "2026-05-08"),
        ("sharing", "2026-05-29"),
    ]


def test_what_was_in_time_reminds_nobody() -> None:
    office = at("shared")
    office.move("2026-06-10T00:00")
    assert _passed(office, "ReminderSent", "StepOverdue") == []


def test_a_start_recorded_long_after_skips_what_is_past() -> None:
    office = at("signed")
    office.move("2026-04-28T10:00")
    office.accept("coordinator", "StartInternship", {"date": "2026-04-13"})
    office.move("2026-05-09T00:00")
    # The reminder of 24 April and level 0 of the 27th were past; sharing is still ahead.
    assert [said[:2] + said[3:] for said in _passed(office, "ReminderSent", "StepOverdue")][3:] == [
        ("2026-05-01T09:00", "evaluation", "1"),
        ("2026-05-08T09:00", "evaluation", "2"),
    ]
    assert office.summary()["overdue"] == ["evaluation"]


@pytest.mark.parametrize(
    ("milestone", "command"),
    [
        ("drafted", "CancelInternship"),
        ("recorded", "EndInternshipEarly"),
        ("shared", "CloseInternship"),
    ],
)
def test_nothing_passes_after_the_end(milestone: str, command: str) -> None:
    office = at(milestone)
    reason = {} if command == "CloseInternship" else {"reason": "Het kan niet"}
    office.accept("coordinator", command, reason)
    assert RULES.deadlines(office.state, SETTINGS) == []
    before = len(office.events)
    office.move("2026-08-01T00:00")
    assert len(office.events) == before
    assert (office.summary()["overdue"], office.summary()["next"]) == ([], [])


@pytest.mark.parametrize("milestone", ["proposed", "approved", "matched", "supervised"])
def test_nothing_is_due_before_an_agreement(milestone: str) -> None:
    office = at(milestone)
    assert RULES.deadlines(office.state, SETTINGS) == []
    office.propose("other_teacher", **{"from": "2026-04-13", "to": "2026-04-17"})
    assert RULES.deadlines(office.state, SETTINGS) == []


def test_deadlines_stand_in_order() -> None:
    for milestone in ("drafted", "running"):
        dues = [one.due for one in RULES.deadlines(at(milestone).state, SETTINGS)]
        assert dues
        assert dues == sorted(dues)
