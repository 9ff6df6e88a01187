"""A supervision trajectory as its events have made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from events.case import CaseState
from events.event import amount
from events.supervision.facts import FinalReportDrafted, Goal, InvoiceBasisPrepared
from events.supervision.words import Area, Ground

FINAL = frozenset({"declined", "closed", "escalated", "aborted"})
BEFORE_GUIDANCE = frozenset({"requested", "intake", "diagnosis", "goal_setting"})


@dataclass(frozen=True, slots=True)
class Meeting:
    """An intake talk or diagnosis visit: planned at a local time, held on a local day."""

    planned_at: str | None = None
    held_on: date | None = None
    held_recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftGoal:
    """A goal on the draft list; dropped ones stay, so that their names are not used again."""

    text: str
    area: Area
    grounds: tuple[Ground, ...]
    concerns: tuple[str, ...]
    dropped: bool = False


class Visit(NamedTuple):
    """A class visit and its talk. Instants are local text as given, days are local.

    A tuple, because of all values it is the one that events change most.
    """

    name: str
    order: int
    at: str
    announced: bool
    cancelled: bool = False
    held_on: date | None = None
    held_recorded: datetime | None = None
    assessment: str | None = None
    talk_at: str | None = None
    talk_planned_recorded: datetime | None = None
    talk_held_on: date | None = None

    @property
    def planned(self) -> bool:
        return self.held_on is None and not self.cancelled

    @property
    def secret(self) -> bool:
        """Unannounced and not held: it does not exist for teacher, manager and board."""
        return not self.announced and self.held_on is None


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the teacher's agreement stands; ``withdrawn_on`` is a local day."""

    status: Literal["none", "given", "outdated", "refused", "withdrawn"] = "none"
    withdrawn_on: date | None = None

    @property
    def valid(self) -> bool:
        return self.status == "given"


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """The issued final report."""

    recorded_at: datetime
    goal_results: Mapping[str, str]
    overall: str


@dataclass
class Trajectory(CaseState):
    """The fold of a stream."""

    ends = FINAL

    requested_at: datetime | None = None
    requested_on: date | None = None
    ended_at: datetime | None = None
    ended_on: date | None = None
    teacher: str = ""
    client: str = ""
    manager: str = ""
    school: str = ""
    concerns: tuple[str, ...] = ()
    accepted_at: datetime | None = None
    hourly_rate: Decimal | None = None
    advisor: str | None = None
    agreed_visits: int = 0
    intake: Meeting = Meeting()
    diagnosis: Meeting = Meeting()
    period: Period | None = None
    mode: str | None = None
    consent: Consent = Consent()
    goals: Mapping[str, DraftGoal] = field(default_factory=dict)
    draft_version: int = 0
    consulted_version: int | None = None
    consulted: bool = False
    fixed_version: int | None = None
    fixed: tuple[Goal, ...] = ()
    fixed_at: datetime | None = None
    visits: Mapping[str, Visit] = field(default_factory=dict)
    talks_held: int = 0
    agreed_talks_at: datetime | None = None
    hours: Mapping[str, Decimal] = field(default_factory=dict)
    suspended_at: datetime | None = None
    suspended_since: date | None = None
    draft: FinalReportDrafted | None = None
    report: Report | None = None
    response_after_issue: bool = False
    closing_held: bool = False
    receipts: frozenset[str] = frozenset()
    outcome: str | None = None
    invoice: InvoiceBasisPrepared | None = None
    last_intervention_at: datetime | None = None
    reminded: frozenset[tuple[str, str]] = frozenset()

    def subject(self, event_id: str) -> tuple[str, str | None]:
        """The type of an event, and the visit it is about.

        A correction is as secret as what it corrects, and so is the correction of that.
        """
        kind, about = self.recorded.get(event_id, ("", None))
        while kind == "RecordCorrected":
            kind, about = self.recorded.get(about, ("", None))
        return kind, about

    @property
    def suspended(self) -> bool:
        return self.suspended_since is not None and not self.ended

    @property
    def visits_complete(self) -> bool:
        """The agreed number held and talked over, and no held visit without its talk."""
        if self.talks_held < self.agreed_visits:
            return False
        return all(v.talk_held_on for v in self.visits.values() if v.held_on)

    @property
    def active_draft(self) -> dict[str, DraftGoal]:
        return {name: goal for name, goal in self.goals.items() if not goal.dropped}

    @property
    def fixed_names(self) -> frozenset[str]:
        return frozenset(goal.goal for goal in self.fixed)

    @property
    def held_visits(self) -> list[Visit]:
        """By date, then name."""
        held = [(v.held_on, v.name, v) for v in self.visits.values() if v.held_on]
        return [visit for _, _, visit in sorted(held, key=lambda item: item[:2])]

    @property
    def planned_visits(self) -> list[Visit]:
        """By planned instant."""
        planned = [v for v in self.visits.values() if v.planned]
        return sorted(planned, key=lambda v: (v.at, v.order))

    @property
    def hours_total(self) -> str:
        return amount(sum(self.hours.values(), Decimal(0)))
