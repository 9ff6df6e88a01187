"""Cases of the processes beside supervision that are played once to keep their histories."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.workflows.recorded import Player

Play = Callable[["Player"], Awaitable[str]]

CONSENT = (
    *("visits", "timetable_changes", "follow_up_talks", "reflection", "alternatives"),
    *("experimenting", "self_assessment"),
)
POINTS = (
    *("lesson_change", "differentiated_instruction", "differentiated_processing"),
    "working_with_strategies",
)
SECTIONS = ("results", "process", "attention_points", "further_guidance", "next_steps")


def _day(ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).date().isoformat()


async def partner(player: Player, deputy: str | None = None) -> str:
    """An active partner with the player as its coordinator."""
    others = player.others
    data = {
        "name": "Metaalwerken Van Stralen BV",
        "kind": "company",
        "levels": ["organisation"],
        "obligation": "additional",
        "origin": "sought",
        "school_leader": others["school_leader"].person,
    }
    stream, _ = await player.begin("partners", "RegisterPartner", data)
    fit = {"motive": "vision", "explanation": "Techniek van nu", "profile_match": "good"}
    active = {
        "primary_contact": others["contact"].person,
        "coordinator": player.giver.person,
        "deputy": deputy or others["school_leader"].person,
    }
    me = player.giver
    await player.lead("partners", stream, [(me, "AssessFit", fit), (me, "ActivatePartner", active)])
    return stream


async def left(player: Player) -> str:
    """A departure: its errand goes to two partners."""
    await partner(player)
    await partner(player)
    person = {"person": player.giver.person}
    stream, _ = await player.begin("departures", "StaffLeft", person)
    await player.ended("departures", stream)
    return stream


async def vacant(player: Player) -> str:
    """A partner that gets a command of another process, and whose deadlines pass."""
    stream = await partner(player)
    person = {"person": player.giver.person}
    departure, _ = await player.begin("departures", "StaffLeft", person)
    await player.ended("departures", departure)
    moment = {"channel": "phone", "text": "Gebeld over het voorjaar"}
    await player.give("partners", stream, "LogContactMoment", moment)
    await player.skip("partners", stream, 40)
    return stream


async def internship(player: Player) -> str:
    """Two versions of an agreement, reminders, a start that is too late."""
    host = await partner(player)
    teacher = player.teacher()
    leader, contact, me = player.others["school_leader"], player.others["contact"], player.giver
    proposal = {
        "question": "Hoe wordt een lasrobot geprogrammeerd?",
        "kind": "deepening",
        "half_days": 10,
        "school": "De Klinker",
        "school_leader": leader.person,
    }
    stream, _ = await player.begin("internships", "ProposeInternship", proposal, by=teacher)
    words = ("goal", "times", "tasks", "insurance", "confidentiality", "costs")
    text = dict.fromkeys(words, "zoals besproken")
    dates = {"from": _day(28), "to": _day(35), "half_days": 10}
    await player.lead(
        "internships",
        stream,
        [
            (leader, "ApproveInternship", {"replacement": "arranged"}),
            (me, "MatchHost", {"host": host, "contact": contact.person}),
            (me, "NameHostSupervisor", {"supervisor": contact.person}),
            (me, "DraftAgreement", {**text, **dates}),
            (teacher, "SignAgreement", {"version": 1}),
            (me, "AmendAgreement", {"half_days": 9, "reason": "een dagdeel minder"}),
            (contact, "SignAgreement", {"version": 1}),
            (contact, "RequestFreshLink", {}),
            (contact, "SignAgreement", {"version": 2}),
        ],
    )
    await player.skip("internships", stream, 40)
    return stream


async def placement(player: Player) -> str:
    """A request that nobody answers in time, then a place that is not to be had."""
    student = player.others["student"]
    request = {
        "student": student.person,
        "institute_trainer": player.others["school_trainer"].person,
        "route": "full_time",
        "phase": "jaar 3",
        "from": _day(60),
        "to": _day(200),
        "questions": ["Hoe houd ik overzicht?"],
    }
    stream, _ = await player.begin("placements", "RequestPlacement", request)
    await player.skip("placements", stream, 25)
    offer = {"school": "De Windvaan", "school_leader": player.others["school_leader"].person}
    trainer = player.others["school_trainer"]
    await player.lead(
        "placements",
        stream,
        [
            (trainer, "OfferPlace", offer),
            (player.giver, "RejectRequest", {"reason": "geen plaats"}),
        ],
    )
    return stream


async def assessment(player: Player) -> str:
    """A trajectory up to its escalation, and the assessment that this opens, to its end."""
    client, teacher, me = player.others["client"], player.teacher(), player.giver
    request = player.request() | {"teacher": teacher.person, "client": client.person}
    stream, _ = await player.begin("supervision", "RequestTrajectory", request)
    seen = {point: {"seen": True, "note": "gezien"} for point in POINTS}
    draft = {"goal": "G1", "text": "Een vast signaal", "area": "organisational"}
    ratings = {"ratings": {"G1": "not_reached"}}
    steps: list[tuple[Any, str, dict[str, Any]]] = [
        (me, "AcceptRequest", {"hourly_rate": "95.00"}),
        (me, "AssignAdvisor", {"advisor": me.person}),
        (
            me,
            "RecordIntake",
            {
                "present": ["teacher", "manager"],
                "topics": ["acquaintance", "reason", "agreements"],
            },
        ),
        (me, "AgreePeriod", {"from": _day(0), "to": _day(90), "client": client.person}),
        (me, "AgreeVisitMode", {"mode": "announced", "client": client.person}),
        (teacher, "RecordTeacherConsent", {"items": list(CONSENT)}),
        (me, "PlanDiagnosisVisit", {"at": f"{_day(0)}T08:30", "announced": True}),
        (me, "RecordDiagnosisVisit", {"observations": seen}),
        (me, "DraftGoal", {**draft, "grounds": ["necessity"], "single": True}),
        (me, "RecordClientConsultation", {"version": 1, "client": client.person}),
        (me, "FixGoalList", {}),
    ]
    finding = {"goal": "G1", "seen": "not_seen", "example": "onrust bij de leswissel"}
    for visit in ("V1", "V2", "V3"):
        named = {"visit": visit}
        talk = {"channel": "phone", "goal_list": "G1", "reflection": "-", "instructions": ["-"]}
        steps += [
            (me, "PlanVisit", {**named, "at": f"{_day(0)}T09:00", "announced": True}),
            (me, "RecordVisit", {**named, "findings": [finding]}),
            (teacher, "SubmitSelfAssessment", {**named, **ratings}),
            (me, "RecordFollowUpTalk", {**named, **talk}),
        ]
    report = {
        "sections": dict.fromkeys(SECTIONS, "zoals besproken"),
        "goal_results": {"G1": "not_reached"},
        "overall": "insufficient",
    }
    steps += [(me, "DraftFinalReport", report), (me, "IssueFinalReport", {})]
    steps.append((teacher, "AddTeacherResponse", {"text": "gelezen"}))
    await player.lead("supervision", stream, steps)
    opened = await player.escalate(stream, client)
    assessor = player.others["school_leader"]
    await player.lead(
        "assessments",
        opened,
        [
            (me, "AssignAssessor", {"assessor": me.person}),
            (me, "AssignAssessor", {"assessor": assessor.person}),
            (assessor, "SetPlan", {"from": _day(0), "to": _day(60)}),
            (assessor, "StartAssessment", {}),
            (assessor, "HearTeacher", {"account": "gehoord", "teacher_present": True}),
            (assessor, "IssueAssessment", {"outcome": "insufficient", "grounds": "zie verslag"}),
            (me, "CloseAssessment", {}),
        ],
    )
    return opened


PLAYS: dict[str, tuple[str, Play]] = {
    "left": ("departures", left),
    "vacant": ("partners", vacant),
    "internship": ("internships", internship),
    "placement": ("placements", placement),
    "assessment": ("assessments", assessment),
}
"""Name: the process whose history is kept, and how it is played."""
