"""The rest of the example board: trajectories of years behind and of now, as commands by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from deploy.demo.examples import FOLDER, Example, person_id, working_day

STAGES = (
    "requested", "declined", "accepted", "assigned", "intake", "aborted", "diagnosis", "goals",
    "suspended", "visit1", "visit2", "visit3", "reported", "closed", "escalated",
)  # fmt: skip
"""How far a trajectory may come; what ends one comes from the stage before it."""
CONSENT = (
    "visits", "timetable_changes", "follow_up_talks", "reflection", "alternatives",
    "experimenting", "self_assessment",
)  # fmt: skip
POINTS = (
    "lesson_change", "differentiated_instruction", "differentiated_processing",
    "working_with_strategies",
)  # fmt: skip
GOALS = {
    "G1": "De leerkracht controleert halverwege wie de stof beheerst",
    "G2": "De les begint met een vast signaal",
    "G3": "De leerkracht geeft verlengde instructie aan een vooraf gekozen groep",
}
CONCERNS = (
    "Onrust bij het wisselen van les",
    "Weinig zicht op wie de stof beheerst",
    "De uitleg is voor iedereen gelijk",
)
BETWEEN_VISITS = 25
FIRST_VISIT = 45


@dataclass(frozen=True, slots=True)
class Given:
    """A command on a local day. ``by`` is the key of a person."""

    on: date
    by: str
    command: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """A case and the commands that lead it, the first one on the day it began.

    ``upto`` is the stage that a trajectory comes to.
    """

    name: str
    process: str
    steps: Sequence[Given]
    upto: str = ""


@cache
def _read() -> Mapping[str, Any]:
    return yaml.safe_load((FOLDER / "crowd.yaml").read_text(encoding="utf-8"))


def crowd() -> list[Example]:
    """The people who are here and not among the first ones."""
    return [
        Example(key, it["name"], tuple(it["roles"]), "nl") for key, it in _read()["people"].items()
    ]


def plans(today: date) -> list[Plan]:
    """All cases, as seen from a day."""
    found = [
        Plan(f"crowd/{nth}", "supervision", list(_trajectory(nth, it, today)), it["to"])
        for nth, it in enumerate(_read()["trajectories"])
    ]
    return found + [
        Plan(f"crowd/partner/{nth}", "partners", list(_partner(it, today)))
        for nth, it in enumerate(_read()["partners"])
    ]


def _trajectory(nth: int, it: Mapping[str, Any], today: date) -> Iterator[Given]:
    upto, advisor, teacher = STAGES.index(it["to"]), it["advisor"], it["teacher"]
    client = "marijke" if nth % 3 == 2 else "hendrik"
    named = {"client": person_id(client)}

    def day(after: int) -> date:
        return working_day(today, after - it["begun"])

    def reached(stage: str) -> bool:
        ends = ("declined", "aborted", "suspended", "escalated")
        return it["to"] == stage or (stage not in ends and upto >= STAGES.index(stage))

    concern = {"concern": "C1", "text": CONCERNS[nth % len(CONCERNS)]}
    yield Given(
        day(0),
        "saskia" if nth % 2 else client,
        "RequestTrajectory",
        {
            "teacher": person_id(teacher),
            **named,
            "manager": person_id("petra"),
            "school": it["school"],
            "concerns": [concern],
        },
    )
    if reached("declined"):
        yield Given(
            day(3), "rik", "DeclineRequest", {"reason": "De vraag past beter bij intervisie"}
        )
        return
    if not reached("accepted"):
        return
    yield Given(day(2), "rik", "AcceptRequest", {"hourly_rate": "118.00"})
    if not reached("assigned"):
        return
    yield Given(day(3), "rik", "AssignAdvisor", {"advisor": person_id(advisor)})
    if not reached("intake"):
        return
    intake = {
        "date": day(10).isoformat(),
        "present": ["teacher", "manager", "advisor"],
        "topics": ["acquaintance", "reason", "agreements"],
        "agreements": ["Het rooster gaat per mail"],
        "hours": "1.5",
    }
    yield Given(day(10), advisor, "RecordIntake", intake)
    period = {"from": day(12).isoformat(), "to": day(12 + 150).isoformat(), **named}
    yield Given(day(12), advisor, "AgreePeriod", period)
    yield Given(day(12), advisor, "AgreeVisitMode", {"mode": "announced", **named})
    if reached("aborted"):
        yield Given(
            day(20), client, "AbortTrajectory", {"reason": "De leerkracht gaat elders werken"}
        )
        return
    if not reached("diagnosis"):
        return
    yield Given(day(13), teacher, "RecordTeacherConsent", {"items": list(CONSENT)})
    at = f"{day(22)}T08:45"
    yield Given(day(14), advisor, "PlanDiagnosisVisit", {"at": at, "announced": True})
    seen = {
        point: {"seen": nth % 2 == 0, "note": "Besproken met de leerkracht"} for point in POINTS
    }
    held = {"date": day(22).isoformat(), "observations": seen, "hours": "3"}
    yield Given(day(22), advisor, "RecordDiagnosisVisit", held)
    if not reached("goals"):
        return
    yield from _goals(nth, advisor, day(26), named)
    if reached("suspended"):
        yield Given(day(60), client, "Suspend", {"category": "leave"})
        return
    for number in (1, 2, 3):
        if reached(f"visit{number}"):
            yield from _visit(number, nth, it, day)
    if reached("reported"):
        yield from _end(nth, it, client, day)


def _goals(nth: int, advisor: str, on: date, named: Mapping[str, str]) -> Iterator[Given]:
    kept = list(GOALS)[: 2 + nth % 2]
    for goal in kept:
        data = {
            "goal": goal,
            "text": GOALS[goal],
            "area": "organisational" if goal == "G2" else "didactic",
            "grounds": ["necessity"],
            "single": True,
            "concerns": ["C1"],
        }
        yield Given(on, advisor, "DraftGoal", data)
    consulted = {"version": len(kept), **named, "remark": "Helder", "hours": "0.5"}
    yield Given(on, advisor, "RecordClientConsultation", consulted)
    yield Given(on, advisor, "FixGoalList", {})


def _visit(number: int, nth: int, it: Mapping[str, Any], day: Any) -> Iterator[Given]:
    advisor, name = it["advisor"], f"V{number}"
    after = FIRST_VISIT + BETWEEN_VISITS * (number - 1)
    goals = list(GOALS)[: 2 + nth % 2]
    announced = {"visit": name, "at": f"{day(after)}T08:45", "announced": True}
    yield Given(day(after - 7), advisor, "PlanVisit", announced)
    seen = ("not_seen", "partly", "seen")[min(number - 1, 2)]
    findings = [{"goal": goal, "seen": seen, "example": "Gezien bij rekenen"} for goal in goals]
    held = {"visit": name, "date": day(after).isoformat(), "findings": findings}
    yield Given(day(after), advisor, "RecordVisit", held)
    rating = ("not_reached", "partly", "reached")[min(number - 1, 2)]
    ratings = {"visit": name, "ratings": dict.fromkeys(goals, rating)}
    yield Given(day(after + 1), it["teacher"], "SubmitSelfAssessment", ratings)
    talk = {
        "visit": name,
        "date": day(after + 2).isoformat(),
        "channel": "in_person",
        "goal_list": "Alle doelen",
        "reflection": "Ziet zelf wat er beter ging",
        "instructions": ["Houd het signaal vast"],
        "hours": "2.5",
    }
    yield Given(day(after + 2), advisor, "RecordFollowUpTalk", talk)


def _end(nth: int, it: Mapping[str, Any], client: str, day: Any) -> Iterator[Given]:
    advisor, teacher = it["advisor"], it["teacher"]
    well = it["overall"] == "sufficient"
    goals = list(GOALS)[: 2 + nth % 2]
    results = dict.fromkeys(goals, "reached" if well else "not_reached")
    if well and nth % 3 == 0:
        results[goals[-1]] = "partly"
    after = FIRST_VISIT + 3 * BETWEEN_VISITS + nth % 5 * 6
    report = {
        "sections": {
            "results": "Zie de doelen",
            "process": "Drie bezoeken en drie gesprekken",
            "attention_points": "De controle halverwege",
            "further_guidance": "Niet nodig" if well else "Wel nodig",
            "next_steps": "Collegiale consultatie",
        },
        "goal_results": results,
        "overall": it["overall"],
    }
    yield Given(day(after), advisor, "DraftFinalReport", report)
    yield Given(day(after + 2), advisor, "IssueFinalReport", {"hours": "4"})
    if it["to"] == "reported":
        return
    yield Given(day(after + 6), teacher, "ConfirmReceipt", {})
    yield Given(day(after + 7), client, "ConfirmReceipt", {})
    if it["to"] == "escalated":
        response = {"text": "Ik zie het anders dan in het verslag staat."}
        yield Given(day(after + 8), teacher, "AddTeacherResponse", response)
        yield Given(day(after + 12), client, "EscalateTrajectory", {"mandate": person_id("wim")})
    else:
        outcome = "basic_level_reached" if well else "further_guidance"
        yield Given(day(after + 9 + nth % 7), client, "CloseTrajectory", {"outcome": outcome})


def _partner(it: Mapping[str, Any], today: date) -> Iterator[Given]:
    def day(after: int) -> date:
        return working_day(today, after - it["active"])

    data = {
        "name": it["name"],
        "kind": it["kind"],
        "levels": it["levels"],
        "obligation": "additional",
        "origin": "network",
        "school_leader": person_id("dirk"),
        "schools": ["De Windvaan"],
        "co_location": "elsewhere",
        "contribution": "Gastlessen",
        "purpose": "Leerlingen zien het vak van dichtbij",
    }
    yield Given(day(0), "nienke", "RegisterPartner", data)
    fit = {
        "motive": "vision",
        "explanation": "Past bij wat de school wil",
        "profile_match": "good",
        "capacity": "Een groep tegelijk",
    }
    yield Given(day(4), "dirk", "AssessFit", fit)
    parts = {"primary_contact": person_id("jeroen"), "coordinator": person_id("nienke")}
    if "deputy" in it:
        parts["deputy"] = person_id(it["deputy"])
    yield Given(day(8), "nienke", "ActivatePartner", parts)
