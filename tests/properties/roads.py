"""Straight roads to every state of a trajectory, for tests that begin in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.properties.desk import Desk, id_of

CONSENT = [
    "visits",
    "timetable_changes",
    "follow_up_talks",
    "reflection",
    "alternatives",
    "experimenting",
    "self_assessment",
]
SECTIONS = {
    "results": "een van twee doelen bereikt",
    "process": "drie bezoeken en drie gesprekken",
    "attention_points": "een vast signaal",
    "further_guidance": "niet nodig",
    "next_steps": "geen",
}
POINTS = (
    "lesson_change",
    "differentiated_instruction",
    "differentiated_processing",
    "working_with_strategies",
)
PHASES = (
    "requested",
    "accepted",
    "intake",
    "diagnosis",
    "goal_setting",
    "guidance",
    "visiting",
    "talked",
    "reporting",
    "reported",
)
"""The milestones of the long road, in order."""

ENDS = ("declined", "closed", "escalated", "aborted", "suspended", "suspended_visits")
"""Further places: each with the milestone it turns off the long road at, in `travel`."""

Step = tuple[str, str, dict[str, Any]]


def request(teacher: str, client: str, manager: str) -> dict[str, Any]:
    """The data of a request."""
    return {
        "teacher": id_of(teacher),
        "client": id_of(client),
        "manager": id_of(manager),
        "school": "De Windvaan",
        "concerns": [
            {"concern": "C1", "text": "Onrust bij leswissels"},
            {"concern": "C2", "text": "Alle leerlingen krijgen dezelfde instructie"},
        ],
    }


def goal(name: str) -> dict[str, Any]:
    return {
        "goal": name,
        "text": f"De leerkracht doet {name}",
        "area": "didactic",
        "grounds": ["necessity"],
        "single": True,
        "concerns": ["C1"],
    }


def _milestone(
    name: str, who: dict[str, str], advisor: str, day: str, overall: str
) -> Iterator[Step]:
    """The commands that lead from the milestone before to this one."""
    client = {"client": id_of(who["client"])}
    if name == "accepted":
        yield "coordinator", "AcceptRequest", {"hourly_rate": "118.33"}
        yield "coordinator", "AssignAdvisor", {"advisor": id_of(advisor)}
    elif name == "intake":
        yield advisor, "PlanIntake", {"at": f"{day}T15:30"}
    elif name == "diagnosis":
        topics = ["acquaintance", "reason", "agreements"]
        intake = {"present": ["teacher", "manager"], "topics": topics, "hours": "1.25"}
        yield advisor, "RecordIntake", intake
        yield advisor, "AgreePeriod", {"from": "2026-01-07", "to": "2026-06-26", **client}
        yield advisor, "AgreeVisitMode", {"mode": "both", **client}
        yield who["teacher"], "RecordTeacherConsent", {"items": CONSENT}
        yield advisor, "PlanDiagnosisVisit", {"at": f"{day}T08:30", "announced": True}
    elif name == "goal_setting":
        seen = {point: {"seen": True, "note": "gezien"} for point in POINTS}
        yield advisor, "RecordDiagnosisVisit", {"observations": seen, "hours": "3"}
    elif name == "guidance":
        yield advisor, "DraftGoal", goal("G1")
        yield advisor, "DraftGoal", goal("G2")
        yield advisor, "RecordClientConsultation", {"version": 2, "hours": "0.25", **client}
        yield advisor, "FixGoalList", {}
    elif name == "visiting":
        for number in (1, 2, 3):
            at = f"2026-03-{20 + number}T08:30"
            data = {"visit": f"V{number}", "at": at, "announced": number != 2}
            yield advisor, "PlanVisit", data
        yield advisor, "RecordVisit", _visit("V1")
        yield advisor, "PlanFollowUpTalk", {"visit": "V1", "at": f"{day}T15:30"}
    elif name == "talked":
        for visit in ("V1", "V2", "V3"):
            if visit != "V1":
                yield advisor, "RecordVisit", _visit(visit)
            ratings = {"G1": "partly", "G2": "not_reached"}
            yield who["teacher"], "SubmitSelfAssessment", {"visit": visit, "ratings": ratings}
            yield advisor, "RecordFollowUpTalk", _talk(visit)
    elif name == "reporting":
        results = {"G1": "reached", "G2": "not_reached"}
        report = {"sections": SECTIONS, "goal_results": results, "overall": overall}
        yield advisor, "DraftFinalReport", report
    elif name == "reported":
        yield advisor, "IssueFinalReport", {"hours": "4"}


def _visit(visit: str) -> dict[str, Any]:
    finding = {"goal": "G1", "seen": "seen", "example": "een vast signaal"}
    return {"visit": visit, "findings": [finding], "hours": "2.5"}


def _talk(visit: str) -> dict[str, Any]:
    return {
        "visit": visit,
        "channel": "phone",
        "goal_list": "G1",
        "reflection": "meer rust",
        "instructions": ["hang het stappenplan op"],
        "hours": "0.75",
    }


def _turn(name: str, who: dict[str, str]) -> tuple[str, list[Step]]:
    """Where a further place leaves the long road, and how."""
    client = who["client"]
    suspend = (client, "Suspend", {"category": "leave"})
    turns: dict[str, tuple[str, list[Step]]] = {
        "declined": ("requested", [("coordinator", "DeclineRequest", {"reason": "al geregeld"})]),
        "closed": (
            "reported",
            [
                (who["teacher"], "ConfirmReceipt", {}),
                (client, "ConfirmReceipt", {}),
                (client, "CloseTrajectory", {"outcome": "no_follow_up"}),
            ],
        ),
        "escalated": (
            "reported",
            [
                (who["teacher"], "AddTeacherResponse", {"text": "Ik zie het anders"}),
                (client, "EscalateTrajectory", {"mandate": id_of("board")}),
            ],
        ),
        "aborted": ("visiting", [(client, "AbortTrajectory", {"reason": "andere functie"})]),
        "suspended": ("goal_setting", [suspend]),
        "suspended_visits": ("visiting", [suspend]),
    }
    return turns[name]


def travel(
    desk: Desk,
    to: str,
    *,
    teacher: str = "teacher",
    client: str = "client",
    manager: str = "manager",
    advisor: str = "advisor",
    overall: str = "insufficient",
    pace: timedelta = timedelta(days=1),
) -> str:
    """The stream of a new trajectory at a milestone; the clock moves on by ``pace`` between."""
    who = {"teacher": teacher, "client": client, "manager": manager}
    stop, further = _turn(to, who) if to in ENDS else (to, [])
    overall = "insufficient" if to == "escalated" else overall
    stream = desk.request("hr", request(teacher, client, manager))
    for name in PHASES[1 : PHASES.index(stop) + 1]:
        desk.move(desk.engine.now + pace)
        day = (desk.engine.now + pace).astimezone(desk.settings.zone).date().isoformat()
        for step in _milestone(name, who, advisor, day, overall):
            _go(desk, stream, step)
    for step in further:
        _go(desk, stream, step)
    return stream


def _go(desk: Desk, stream: str, step: Step) -> None:
    by, command, data = step
    answer = desk.give(by, command, data, stream)
    assert answer.refused is None, (command, answer)
