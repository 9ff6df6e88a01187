"""From the start to the end: half-days, evaluations, sharing, and the ways in which it ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.internships.office import EVALUATION, OUTCOME, ROAD, SIGNERS, at, id_of

UNSIGNED = ("proposed", "approved", "matched", "supervised", "drafted", "partly")
STARTED = ("running", "recorded", "evaluated", "shared")
BEFORE = (*UNSIGNED, "signed")
REASON = {"reason": "Het kan niet"}
MORNING: dict[str, Any] = {"date": "2026-04-13", "part": "morning", "attended": True}


@pytest.mark.parametrize("milestone", UNSIGNED)
def test_it_starts_signed_by_all(milestone: str) -> None:
    office = at(milestone)
    office.move("2026-04-13T08:00")
    for by in ("coordinator", "teacher"):
        assert office.refuse(by, "StartInternship") == ("agreement.not_fully_signed", None)


def test_it_starts_on_its_first_day_at_the_soonest() -> None:
    office = at("signed")
    office.move("2026-04-12T23:59")
    assert office.refuse("teacher", "StartInternship") == ("state.not_allowed", None)
    office.move("2026-04-13T00:00")
    early = {"date": "2026-04-12"}
    assert office.refuse("teacher", "StartInternship", early) == ("state.not_allowed", None)
    ahead = {"date": "2026-04-14"}
    assert office.refuse("teacher", "StartInternship", ahead) == ("command.invalid", "date")
    assert office.refuse("leader", "StartInternship") == ("auth.role", None)
    assert office.refuse("other_teacher", "StartInternship") == ("auth.not_assigned", None)
    assert office.accept("teacher", "StartInternship") == ["InternshipStarted"]
    assert office.events[-1].occurred_on == "2026-04-13"
    assert office.refuse("teacher", "StartInternship") == ("state.not_allowed", None)


def test_a_start_may_be_recorded_later() -> None:
    office = at("signed")
    office.move("2026-04-15T08:00")
    office.accept("coordinator", "StartInternship", {"date": "2026-04-13"})
    assert office.events[-1].occurred_on == "2026-04-13"


def test_half_days_are_of_the_agreement_and_each_once() -> None:
    office = at("running")
    office.move("2026-04-18T10:00")
    for changes, field in (
        ({"date": "2026-04-12"}, "date"),
        ({"date": "2026-04-18"}, "date"),
        ({"date": "2026-04-19"}, "date"),
        ({"attended": False}, "reason"),
        ({"attended": False, "reason": " "}, "reason"),
        ({"part": "evening"}, "part"),
    ):
        data = {**MORNING, **changes}
        assert office.refuse("teacher", "RecordHalfDay", data) == ("command.invalid", field)
    assert office.accept("teacher", "RecordHalfDay", MORNING) == ["HalfDayAttended"]
    assert office.refuse("arno", "RecordHalfDay", MORNING) == ("command.invalid", "part")
    missed = {"date": "2026-04-17", "part": "afternoon", "attended": False, "reason": "Overleg"}
    assert office.accept("arno", "RecordHalfDay", missed) == ["HalfDayMissed"]
    assert office.summary()["attendance"] == {"agreed": 2, "attended": 1, "missed": 1}
    more = {**MORNING, "date": "2026-04-14"}
    assert office.refuse("coordinator", "RecordHalfDay", more) == ("state.not_allowed", None)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("leader", "auth.role"),
        ("hr", "auth.role"),
        ("jeroen", "auth.not_assigned"),
        ("other_teacher", "auth.not_assigned"),
    ],
)
def test_teacher_coordinator_and_contact_record_half_days(by: str, code: str) -> None:
    assert at("running").refuse(by, "RecordHalfDay", MORNING) == (code, None)


@pytest.mark.parametrize("milestone", [*BEFORE, "evaluated", "shared"])
def test_half_days_come_while_it_runs(milestone: str) -> None:
    office = at(milestone)
    office.move("2026-04-20T08:00")
    half_day = {**MORNING, "part": "afternoon"}
    assert office.refuse("teacher", "RecordHalfDay", half_day) == ("state.not_allowed", None)


@pytest.mark.parametrize("milestone", [*BEFORE, "running"])
def test_what_comes_after_waits(milestone: str) -> None:
    office = at(milestone)
    for signer in SIGNERS[:2]:
        assert office.refuse(signer, "SubmitEvaluation", EVALUATION)[0] == "state.not_allowed"
    assert office.refuse("teacher", "ShareOutcome", OUTCOME) == ("state.not_allowed", None)


def test_what_comes_after_comes_once_the_last_day_has_passed() -> None:
    office = at("running")
    office.move("2026-04-17T23:59")
    assert office.refuse("arno", "SubmitEvaluation", EVALUATION) == ("state.not_allowed", None)
    assert office.refuse("teacher", "ShareOutcome", OUTCOME) == ("state.not_allowed", None)
    office.move("2026-04-18T00:00")
    assert office.accept("arno", "SubmitEvaluation", EVALUATION) == ["EvaluationSubmitted"]
    assert office.accept("teacher", "ShareOutcome", OUTCOME) == ["OutcomeShared"]


def test_each_party_evaluates_once_and_the_third_one_counts() -> None:
    office = at("recorded")
    assert office.refuse("coordinator", "SubmitEvaluation", EVALUATION) == ("auth.role", None)
    assert office.refuse("jeroen", "SubmitEvaluation", EVALUATION) == ("auth.not_assigned", None)
    for signer, state in (("arno", "running"), ("teacher", "running"), ("leader", "evaluated")):
        office.accept(signer, "SubmitEvaluation", EVALUATION)
        assert office.summary()["state"] == state
        assert office.refuse(signer, "SubmitEvaluation", EVALUATION)[0] == "state.not_allowed"
    assert office.summary()["evaluations"]["missing"] == []


@pytest.mark.parametrize("worth", [0, 6, "4", 2.5])
def test_worth_is_one_to_five(worth: object) -> None:
    data = {"text": "Leerzaam", "worth": worth}
    assert at("recorded").refuse("teacher", "SubmitEvaluation", data)[0] == "command.invalid"


def test_the_teacher_shares_once() -> None:
    office = at("evaluated")
    for by in ("coordinator", "leader", "other_teacher"):
        assert office.refuse(by, "ShareOutcome", OUTCOME) == ("auth.not_subject", None)
    office.accept("teacher", "ShareOutcome", OUTCOME)
    assert (office.summary()["state"], office.summary()["shared"]) == ("shared", True)
    assert office.refuse("teacher", "ShareOutcome", OUTCOME) == ("state.not_allowed", None)


def test_sharing_may_come_before_the_evaluations() -> None:
    office = at("recorded")
    office.accept("teacher", "ShareOutcome", OUTCOME)
    assert office.summary()["state"] == "running"
    assert office.refuse("teacher", "ShareOutcome", OUTCOME) == ("state.not_allowed", None)
    for signer in SIGNERS:
        office.accept(signer, "SubmitEvaluation", EVALUATION)
    assert office.summary()["state"] == "shared"


def test_it_closes_when_all_that_comes_after_is_there() -> None:
    for milestone in BEFORE:
        assert at(milestone).refuse("coordinator", "CloseInternship")[0] == "state.not_allowed"
    for milestone in ("running", "recorded", "evaluated"):
        assert at(milestone).refuse("coordinator", "CloseInternship") == (
            "sandwich.after_missing",
            None,
        )
    office = at("recorded")
    office.accept("teacher", "ShareOutcome", OUTCOME)
    assert office.refuse("coordinator", "CloseInternship")[0] == "sandwich.after_missing"
    office = at("shared")
    assert office.refuse("teacher", "CloseInternship") == ("auth.role", None)
    assert office.accept("coordinator", "CloseInternship") == ["InternshipClosed"]


@pytest.mark.parametrize("milestone", BEFORE)
@pytest.mark.parametrize("by", ["teacher", "leader", "coordinator"])
def test_it_is_cancelled_before_the_start(milestone: str, by: str) -> None:
    office = at(milestone)
    assert office.refuse("hr", "CancelInternship", REASON) == ("auth.role", None)
    assert office.accept(by, "CancelInternship", REASON) == ["InternshipCancelled"]
    assert office.summary()["state"] == "cancelled"


@pytest.mark.parametrize("milestone", STARTED)
def test_it_ends_early_after_the_start(milestone: str) -> None:
    office = at(milestone)
    assert office.refuse("teacher", "CancelInternship", REASON) == ("state.not_allowed", None)
    assert office.refuse("teacher", "EndInternshipEarly", REASON) == ("auth.role", None)
    assert office.refuse("other_leader", "EndInternshipEarly", REASON)[0] == "auth.not_assigned"
    assert office.accept("leader", "EndInternshipEarly", REASON) == ["InternshipEndedEarly"]
    assert office.summary()["state"] == "ended_early"


@pytest.mark.parametrize("milestone", BEFORE)
def test_it_does_not_end_early_before_the_start(milestone: str) -> None:
    assert at(milestone).refuse("coordinator", "EndInternshipEarly", REASON) == (
        "state.not_allowed",
        None,
    )


@pytest.mark.parametrize(
    ("milestone", "command"), [("signed", "CancelInternship"), ("running", "EndInternshipEarly")]
)
def test_a_lapse_gives_the_days_free(milestone: str, command: str) -> None:
    office = at(milestone)
    days = {"from": "2026-04-13", "to": "2026-04-17"}
    assert office.propose(**days).refused == "internship.overlap"
    office.accept("coordinator", command, REASON)
    assert office.propose(**days).refused is None


def test_closing_gives_no_days_free() -> None:
    office = at("closed")
    assert office.propose(**{"from": "2026-04-17", "to": "2026-04-20"}).refused == (
        "internship.overlap"
    )


COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "ApproveInternship": ("leader", {"replacement": "arranged"}),
    "NameHostSupervisor": ("coordinator", {"supervisor": id_of("jeroen")}),
    "AmendAgreement": ("coordinator", {"half_days": 3, "reason": "Meer"}),
    "SignAgreement": ("arno", {"version": 1}),
    "RequestFreshLink": ("arno", {}),
    "StartInternship": ("teacher", {}),
    "RecordHalfDay": ("teacher", MORNING),
    "CompleteHandover": ("coordinator", {"task": "supervisor:1"}),
    "SubmitEvaluation": ("leader", EVALUATION),
    "ShareOutcome": ("teacher", OUTCOME),
    "CloseInternship": ("coordinator", {}),
    "CancelInternship": ("teacher", REASON),
    "EndInternshipEarly": ("leader", REASON),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_after_the_end_nothing_comes_but_corrections(command: str) -> None:
    office = at("closed")
    by, data = COMMANDS[command]
    assert office.refuse(by, command, data) == ("state.final", None)


@pytest.mark.parametrize("milestone", ROAD)
def test_a_record_is_corrected_at_any_time(milestone: str) -> None:
    office = at(milestone)
    data = {
        "event": office.events[0].event_id,
        "reason": "Vergissing",
        "correction": "Het ging om twee robots",
        "approved_by": id_of("auditor"),
    }
    assert office.refuse("coordinator", "CorrectRecord", data) == ("auth.role", None)
    unknown = {**data, "event": id_of("nobody")}
    assert office.refuse("hr", "CorrectRecord", unknown) == ("command.invalid", "event")
    assert office.accept("hr", "CorrectRecord", data) == ["RecordCorrected"]
