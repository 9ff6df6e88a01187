"""Every command in every state, from the right person with data that fit (contract 3, states)."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from random import Random

import pytest

from tests.properties.choices import GIVERS, LATE, SUSPENDED, giver
from tests.properties.desk import Desk
from tests.properties.payloads import Canaries, Seeded, Source, right
from tests.properties.roads import PHASES, travel
from workflows.supervision.commands import COMMANDS

PREPARING = ("intake", "diagnosis", "goal_setting", "guidance")
ACCEPTED = ("requested", *PREPARING, "reporting", "reported")
BEFORE = ("requested", "intake", "diagnosis", "goal_setting")
GUIDANCE = ("guidance",)
WRITING = ("guidance", "reporting")
CONSENT = (*PREPARING, "reporting")

ALLOWED: dict[str, tuple[str, ...]] = {
    "AcceptRequest": ("requested",),
    "DeclineRequest": ("requested",),
    "AssignAdvisor": ACCEPTED,
    "ReplaceAdvisor": ACCEPTED,
    "EstimateScope": ("requested", "intake"),
    "PlanIntake": ("requested", "intake"),
    "RecordIntake": ("requested", "intake"),
    "AgreePeriod": PREPARING,
    "ExtendPeriod": PREPARING,
    "AgreeVisitMode": PREPARING,
    "RecordTeacherConsent": CONSENT,
    "RefuseConsent": CONSENT,
    "WithdrawConsent": CONSENT,
    "PlanDiagnosisVisit": ("diagnosis",),
    "RecordDiagnosisVisit": ("diagnosis",),
    "DraftGoal": ("goal_setting", "guidance"),
    "RewordGoal": ("goal_setting", "guidance"),
    "DropGoal": ("goal_setting", "guidance"),
    "RecordClientConsultation": ("goal_setting", "guidance"),
    "FixGoalList": ("goal_setting", "guidance"),
    "PlanVisit": GUIDANCE,
    "RescheduleVisit": GUIDANCE,
    "CancelVisit": GUIDANCE,
    "RecordVisit": GUIDANCE,
    "PlanFollowUpTalk": GUIDANCE,
    "RecordFollowUpTalk": GUIDANCE,
    "SubmitSelfAssessment": GUIDANCE,
    "RecordSelfAssessmentOmission": GUIDANCE,
    "ReportTimetableChange": ACCEPTED,
    "LogHours": ACCEPTED,
    "CorrectHours": ACCEPTED,
    "Suspend": ACCEPTED,
    "Resume": ACCEPTED,
    "IssueInterimReport": GUIDANCE,
    "DraftFinalReport": WRITING,
    "AddTeacherResponse": (*WRITING, "reported"),
    "IssueFinalReport": WRITING,
    "RecordClosingTalk": ("reported",),
    "ConfirmReceipt": ("reported",),
    "CloseTrajectory": ("reported",),
    "EscalateTrajectory": ("reported",),
    "AbortTrajectory": ACCEPTED[:-1],
    "CorrectRecord": ACCEPTED,
}
"""The column "allowed in" of domain 2.1, with the contract's words where they differ."""

OWN_CODE: dict[str, tuple[str, tuple[str, ...]]] = {
    "PlanVisit": ("goals.not_fixed", BEFORE),
    "RescheduleVisit": ("goals.not_fixed", BEFORE),
    "CancelVisit": ("goals.not_fixed", BEFORE),
    "IssueFinalReport": ("report.too_few_visits", BEFORE),
    "EscalateTrajectory": ("escalation.no_report", (*BEFORE, *WRITING)),
    "AbortTrajectory": ("abort.report_issued", ("reported",)),
}
"""Where a step is missing, or may no longer come, a command has a code of its own."""

PHASE = {"accepted": "requested", "visiting": "guidance", "talked": "guidance"}
"""The state at a milestone, where it is called otherwise."""

BEFORE_ACCEPTANCE = ("AcceptRequest", "DeclineRequest", "AbortTrajectory", "CorrectRecord")


def _refusal(desk: Desk, stream: str, command: str) -> str | None:
    """The code that the right person gets, whose data fit the case."""
    chance = Seeded(Random(command))
    state = desk.state(stream)
    source = Source(chance, desk, state, stream, Canaries())
    by = giver(chance, desk, state, command)
    return desk.give(by, command, right(source, command), stream).refused


@cache
def _stage(to: str, *, suspended: bool = False) -> tuple[Desk, str]:
    """A case that refusals leave as it is, so that it serves for many."""
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, to, pace=timedelta(0))
    if suspended:
        assert desk.give("hr", "Suspend", {"category": "other"}, stream).refused is None
    return desk, stream


OTHERS = [command for command in COMMANDS if command != "RequestTrajectory"]


def test_the_table_knows_every_command() -> None:
    assert set(ALLOWED) == set(OTHERS)


@pytest.mark.parametrize(
    ("to", "command"),
    [(to, c) for to in PHASES[1:] for c in OTHERS if PHASE.get(to, to) not in ALLOWED[c]],
)
def test_what_may_not_come_in_a_state(to: str, command: str) -> None:
    desk, stream = _stage(to)
    phase = desk.state(stream).phase
    assert phase == PHASE.get(to, to)
    code, phases = OWN_CODE.get(command, ("", ()))
    assert _refusal(desk, stream, command) == (code if phase in phases else "state.not_allowed")


@pytest.mark.parametrize(
    "command",
    [
        command
        for command in GIVERS
        if command not in (*BEFORE_ACCEPTANCE, "RequestTrajectory", "EscalateTrajectory")
        and "advisor" not in GIVERS[command]
    ],
)
def test_little_may_come_before_acceptance(command: str) -> None:
    """From those who have a part by then; there is no advisor yet."""
    desk, stream = _stage("requested")
    assert _refusal(desk, stream, command) == "state.not_allowed"


@pytest.mark.parametrize("to", ["closed", "escalated", "aborted"])
@pytest.mark.parametrize("command", [c for c in OTHERS if c not in LATE])
def test_a_final_state_is_final(to: str, command: str) -> None:
    desk, stream = _stage(to)
    assert _refusal(desk, stream, command) == "state.final"


@pytest.mark.parametrize("to", PHASES[1:])
@pytest.mark.parametrize("command", [c for c in OTHERS if c not in SUSPENDED])
def test_little_may_come_while_suspended(to: str, command: str) -> None:
    desk, stream = _stage(to, suspended=True)
    assert _refusal(desk, stream, command) == "state.suspended"


@pytest.mark.parametrize("to", ["closed", "escalated", "aborted"])
@pytest.mark.parametrize("command", [c for c in LATE if c != "AddTeacherResponse"])
def test_what_may_still_come_after_the_end(to: str, command: str) -> None:
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, to, pace=timedelta(0))
    data = {
        "LogHours": {"intervention": "intake", "hours": "0.25"},
        "CorrectHours": {"intervention": "intake", "hours": "0", "reason": "vergissing"},
    }
    if command == "CorrectRecord":
        assert _refusal(desk, stream, command) is None
        return
    answer = desk.give("advisor", command, data[command], stream)
    assert [event["type"] for event in answer.body["events"]][1:] == ["InvoiceBasisPrepared"]
    assert answer.body["events"][1]["data"]["version"] == 2


@pytest.mark.parametrize(
    ("to", "code"), [("closed", None), ("escalated", None), ("aborted", "state.final")]
)
def test_a_response_after_the_end(to: str, code: str | None) -> None:
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, to, pace=timedelta(0))
    assert desk.give("teacher", "AddTeacherResponse", {"text": "Nog iets"}, stream).refused == code


@pytest.mark.parametrize("command", ["Resume", "AbortTrajectory", "ReplaceAdvisor", "LogHours"])
def test_what_may_come_while_suspended(command: str) -> None:
    data = {
        "Resume": ("client", {}),
        "AbortTrajectory": ("coordinator", {"reason": "stopt"}),
        "LogHours": ("advisor", {"intervention": "intake", "hours": "0.25"}),
    }
    desk = Desk()
    desk.move("2026-01-05T10:00")
    stream = travel(desk, "suspended_visits", pace=timedelta(0))
    if command == "ReplaceAdvisor":
        new = {"advisor": desk.person("other_advisor").id, "category": "unavailable"}
        assert desk.give("coordinator", command, new, stream).refused is None
        return
    by, content = data[command]
    assert desk.give(by, command, content, stream).refused is None
