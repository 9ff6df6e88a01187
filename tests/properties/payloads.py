"""Data for every command: what fits the case, and the same data spoiled in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, Protocol, TypeVar

from events.calendar import local_day
from events.supervision.facts import RecordCorrected
from events.supervision.state import Trajectory
from tests.properties.desk import ROLES, Desk, id_of
from tests.properties.roads import CONSENT, POINTS, SECTIONS, request

T = TypeVar("T")
SUNDAY = 6
TEXTS = ("goed", "rustig en duidelijk", "meer tijd nodig; en meer rust")
HOURS = ("0.25", "1", "1.25", "2.5", "3.75", "12")
RATES = ("118.33", "0.01", "99.99", "87.5", "100", "66.67")


def holders(role: str) -> list[str]:
    """The keys of those who hold a role."""
    return [key for key, roles in ROLES.items() if role in roles]


class Chance(Protocol):
    """Where choices come from: hypothesis, or a seeded walk."""

    def one(self, options: Sequence[T]) -> T: ...
    def number(self, low: int, high: int) -> int: ...


@dataclass(frozen=True)
class Seeded:
    """Choices of a generator whose seed says which walk it is."""

    random: Random

    def one(self, options: Sequence[T]) -> T:
        return self.random.choice(list(options))

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)


@dataclass
class Canaries:
    """Names and days of unannounced visits that nothing else in a run uses.

    Their days are Sundays: no clock stops there and no other data names one.
    """

    numbers: count[int] = field(default_factory=lambda: count(1))

    def visit(self, announced: bool) -> str:
        return f"Openles {next(self.numbers)}" if announced else f"Zeearend-{next(self.numbers)}-"


@dataclass
class Source:
    """Draws data for one case."""

    chance: Chance
    desk: Desk
    state: Trajectory
    stream: str
    canaries: Canaries

    @property
    def today(self) -> date:
        return local_day(self.desk.engine.now, self.desk.settings)

    def one(self, options: Sequence[T]) -> T:
        return self.chance.one(options)

    def maybe(self, likely: int = 2) -> bool:
        """True ``likely`` times of three."""
        return self.chance.number(0, 2) < likely

    def weekday(self, low: int, high: int) -> date:
        """A day between so many days from today, never a Sunday."""
        day = self.today + timedelta(days=self.chance.number(low, high))
        return day + timedelta(days=1) if day.weekday() == SUNDAY else day

    def at(self, low: int = 0, high: int = 10) -> str:
        return f"{self.weekday(low, high)}T{self.one(('08:30', '13:15', '15:30'))}"

    def text(self) -> str:
        return self.one(TEXTS)

    def dated(self) -> dict[str, Any]:
        if self.maybe():
            return {}
        return {"date": self.weekday(-6, -1).isoformat()}

    def billed(self) -> dict[str, Any]:
        return {"hours": self.one(HOURS)} if self.maybe() else {}

    def visit(self, *wanted: Callable[[Any], bool]) -> str:
        """The name of a visit for which all of these hold; another's where there is none."""
        visits = list(self.state.visits.values())
        fit = [v.name for v in visits if all(test(v) for test in wanted)]
        return self.one(fit or [v.name for v in visits] or ["Openles 0"])

    def goal(self) -> str:
        return self.one(list(self.state.active_draft) or ["G1"])

    def client(self) -> dict[str, Any]:
        return {"client": self.state.client}

    def rated(self, words: Sequence[str]) -> dict[str, str]:
        return {name: self.one(words) for name in sorted(self.state.fixed_names)}


def right(source: Source, command: str) -> dict[str, Any]:
    """Data that suit the case, where any can."""
    return _RIGHT[command](source)


# -- what suits ----------------------------------------------------------------------------------


def _request(s: Source) -> dict[str, Any]:
    teacher = s.one(holders("teacher"))
    client = s.one(holders("client"))
    return request(teacher, client, s.one(holders("manager")))


def _intake(s: Source) -> dict[str, Any]:
    topics = ["acquaintance", "reason", "agreements"]
    present = ["teacher", "manager", *(["advisor"] if s.maybe() else [])]
    return {"present": present, "topics": topics, **s.dated(), **s.billed()}


def _period(s: Source) -> dict[str, Any]:
    start, end = s.weekday(-5, 5), s.weekday(10, 150)
    return {"from": start.isoformat(), "to": end.isoformat(), **s.client()}


def _extension(s: Source) -> dict[str, Any]:
    end = s.state.period.end if s.state.period else s.today
    to = end + timedelta(days=s.chance.number(1, 60))
    to += timedelta(days=1) if to.weekday() == SUNDAY else timedelta(0)
    return {"to": to.isoformat(), "reason": s.text(), **s.client()}


def _diagnosis(s: Source) -> dict[str, Any]:
    seen = {point: {"seen": s.maybe(1), "note": "gezien"} for point in POINTS}
    return {"observations": seen, **s.dated(), **s.billed()}


def _goal(s: Source) -> dict[str, Any]:
    names = [f"G{n}" for n in range(1, 40) if f"G{n}" not in s.state.goals]
    return {
        "goal": names[0],
        "text": s.text(),
        "area": s.one(("pedagogical", "organisational", "didactic")),
        "grounds": s.one((["necessity"], ["wish"], ["necessity", "wish"])),
        "single": True,
        "concerns": list(s.state.concerns[:1]),
    }


def _visit(s: Source) -> dict[str, Any]:
    announced = s.maybe(1)
    if announced:
        return {"visit": s.canaries.visit(True), "at": s.at(), "announced": True}
    return {"visit": s.canaries.visit(False), "at": _sunday(s), "announced": False}


def _sunday(s: Source) -> str:
    ahead = (SUNDAY - s.today.weekday()) % 7 + 7 * s.chance.number(0, 8)
    return f"{s.today + timedelta(days=ahead)}T{s.one(('08:45', '10:10'))}"


def _reschedule(s: Source) -> dict[str, Any]:
    name = s.visit(lambda v: v.planned)
    visit = s.state.visits.get(name)
    at = s.at() if visit is None or visit.announced else _sunday(s)
    return {"visit": name, "at": at}


def _held_visit(s: Source) -> dict[str, Any]:
    goals = sorted(s.state.fixed_names)[:2] or ["G1"]
    findings = [
        {"goal": goal, "seen": s.one(("seen", "partly", "not_seen")), "example": s.text()}
        for goal in goals
    ]
    observer = {"second_observer": id_of("board")} if s.maybe(1) else {}
    return {"visit": s.visit(lambda v: v.planned), "findings": findings, **observer, **s.billed()}


def _talk(s: Source) -> dict[str, Any]:
    def ready(visit: Any) -> bool:
        return visit.held_on is not None and visit.talk_held_on is None

    return {
        "visit": s.visit(ready, lambda v: v.assessment is not None),
        "channel": s.one(("in_person", "phone", "video")),
        "goal_list": s.text(),
        "reflection": s.text(),
        "instructions": [s.text()],
        **s.billed(),
    }


def _unassessed(s: Source) -> str:
    return s.visit(lambda v: v.held_on is not None, lambda v: v.assessment is None)


def _intervention(s: Source) -> str:
    """Mostly of something that was held."""
    held = ["intake", "diagnosis", "consultation", "report", "closing"]
    for visit in s.state.visits.values():
        held += [f"visit:{visit.name}"] if visit.held_on else []
        held += [f"talk:{visit.name}"] if visit.talk_held_on else []
    return s.one(held)


def _report(s: Source) -> dict[str, Any]:
    return {
        "sections": SECTIONS,
        "goal_results": s.rated(("reached", "partly", "not_reached")),
        "overall": s.one(("sufficient", "insufficient", "insufficient")),
    }


def _correction(s: Source) -> dict[str, Any]:
    """Any event of the stream; the text tells what a reader of that event knows."""
    events = s.desk.events(s.stream)
    about: dict[str, str] = {}
    for event in events:
        if isinstance(event.data, RecordCorrected):
            about[event.event_id] = about.get(event.data.event, "")
        else:
            about[event.event_id] = getattr(event.data, "visit", "")
    visits = [event for event in about if about[event]]
    event = s.one(s.one((list(about), visits[-6:] or list(about))))
    return {
        "event": event,
        "reason": s.text(),
        "correction": f"het ging om {about[event]}" if about[event] else s.text(),
        "approved_by": id_of(s.one(holders("auditor"))),
    }


def _reasoned(s: Source) -> dict[str, Any]:
    return {"reason": s.text()}


def _nothing(s: Source) -> dict[str, Any]:
    return {}


_RIGHT: Mapping[str, Callable[[Source], dict[str, Any]]] = {
    "RequestTrajectory": _request,
    "AcceptRequest": lambda s: {"hourly_rate": s.one(RATES)},
    "DeclineRequest": _reasoned,
    "AssignAdvisor": lambda s: {"advisor": id_of(s.one(holders("advisor")))},
    "ReplaceAdvisor": lambda s: {
        "advisor": id_of(s.one(holders("advisor"))),
        "category": s.one(("unavailable", "conflict", "on_request")),
    },
    "EstimateScope": lambda s: {
        "visits": s.one((3, 3, 4, 5, 6, 2)),
        "client_agrees": s.maybe(1),
    },
    "PlanIntake": lambda s: {"at": s.at()},
    "RecordIntake": _intake,
    "AgreePeriod": _period,
    "ExtendPeriod": _extension,
    "AgreeVisitMode": lambda s: {
        "mode": s.one(("announced", "unannounced", "both", "both")),
        **s.client(),
    },
    "RecordTeacherConsent": lambda s: {"items": list(CONSENT)},
    "RefuseConsent": lambda s: {"item": s.one(CONSENT), "reason": s.text()},
    "WithdrawConsent": _reasoned,
    "PlanDiagnosisVisit": lambda s: {"at": s.at(), "announced": True},
    "RecordDiagnosisVisit": _diagnosis,
    "DraftGoal": _goal,
    "RewordGoal": lambda s: {"goal": s.goal(), "text": s.text(), "single": True},
    "DropGoal": lambda s: {"goal": s.goal(), "reason": s.text()},
    "RecordClientConsultation": lambda s: {
        "version": s.state.draft_version,
        **s.client(),
        **s.billed(),
    },
    "FixGoalList": _nothing,
    "PlanVisit": _visit,
    "RescheduleVisit": _reschedule,
    "CancelVisit": lambda s: {"visit": s.visit(lambda v: v.planned), "reason": s.text()},
    "RecordVisit": _held_visit,
    "PlanFollowUpTalk": lambda s: {
        "visit": s.visit(lambda v: v.held_on is not None, lambda v: v.talk_held_on is None),
        "at": s.at(0, 6),
    },
    "RecordFollowUpTalk": _talk,
    "SubmitSelfAssessment": lambda s: {
        "visit": _unassessed(s),
        "ratings": s.rated(("reached", "partly", "not_reached")),
    },
    "RecordSelfAssessmentOmission": lambda s: {"visit": _unassessed(s), "reason": s.text()},
    "ReportTimetableChange": lambda s: {
        "date": s.weekday(-3, 20).isoformat(),
        "change": s.text(),
    },
    "LogHours": lambda s: {"intervention": _intervention(s), "hours": s.one(HOURS)},
    "CorrectHours": lambda s: {
        "intervention": _intervention(s),
        "hours": s.one(("0", *HOURS)),
        "reason": s.text(),
    },
    "Suspend": lambda s: {"category": s.one(("absence", "leave", "school", "other"))},
    "Resume": _nothing,
    "IssueInterimReport": lambda s: {"text": s.text()},
    "DraftFinalReport": _report,
    "AddTeacherResponse": lambda s: {"text": s.text()},
    "IssueFinalReport": lambda s: s.billed(),
    "RecordClosingTalk": lambda s: {**s.dated(), **s.billed()},
    "ConfirmReceipt": _nothing,
    "CloseTrajectory": lambda s: {
        "outcome": s.one(("basic_level_reached", "further_guidance", "no_follow_up"))
    },
    "EscalateTrajectory": lambda s: {"mandate": id_of("board")},
    "AbortTrajectory": _reasoned,
    "CorrectRecord": _correction,
}


# -- what does not -------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None,
    "",
    " ",
    [],
    {},
    0,
    -1,
    7,
    True,
    "x",
    "2026-02-30",
    "1990-01-01",
    "2090-12-31T23:59",
    "0",
    "0.1",
    "9999.75",
    "x" * 20_001,
    ["x"],
    {"x": 1},
    "11111111-1111-4111-8111-111111111111",
)


def spoiled(source: Source, command: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with one fault (which the command may well put up with)."""
    how = source.chance.number(0, 4)
    wrong = dict(data)
    if how == 0 or not wrong:
        wrong[source.one(("note", "unknown", "category", "hours", "date"))] = source.one(_ODD)
        return wrong
    key = source.one(sorted(wrong))
    if how == 1:
        del wrong[key]
    elif how == 2:
        wrong[key] = source.one([id_of(person) for person in ROLES])
    elif how == 3 and isinstance(wrong[key], list) and wrong[key]:
        wrong[key] = wrong[key][:-1]
    else:
        wrong[key] = source.one(_ODD)
    return wrong
