"""A student placement as its events have made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from events.agreement import SignedCase, Version
from events.case import days_until
from events.handover import HandedCase
from events.placements.facts import SIGNERS, PlacementRequested, VogRecorded
from events.process import Paper
from events.settings import TenantSettings

SIGNING = frozenset({"agreement_drafted", "agreement_partially_signed", "agreement_signed"})
ARRANGING = frozenset({"accepted", "transferred"}) | SIGNING
"""There is a place, and the student has not started there."""
BEFORE_START = frozenset({"requested", "offered"}) | ARRANGING
BEGUN = frozenset({"running", "interrupted", "final_assessed"})
OPEN = BEFORE_START | BEGUN


@dataclass(frozen=True, slots=True)
class Place:
    """Where the student is placed, and who answers for that there."""

    school: str
    kind: str
    school_trainer: str
    school_leader: str


@dataclass(frozen=True, slots=True)
class Mentor:
    person: str
    qualification: str


@dataclass(frozen=True, slots=True)
class Talks:
    """Local days on which talks were held, and how progress was judged, in order."""

    start: str | None = None
    progress: tuple[str, ...] = ()
    three_party: str | None = None
    final: str | None = None


@dataclass
class Placement(SignedCase, HandedCase):
    """The fold of a placements stream.

    ``end`` is the last day of the period as it is now. ``requested_at``, ``offered_at``,
    ``arranging_since``, ``started_at`` and ``extended_at`` are when the latest of their events
    was recorded, ``three_party_since`` when the talk of three parties became due. ``voided`` is
    how many versions of the agreement a transfer has left behind; ``papers`` keeps what each said.
    ``planned`` tells when a talk that lies ahead is to be held.
    """

    ends = frozenset({"completed", "rejected", "withdrawn", "ended_early"})

    request: PlacementRequested | None = None
    institute_trainer: str = ""
    requested_at: datetime | None = None
    route: str = ""
    end: date = date.min
    place: Place | None = None
    offered_at: datetime | None = None
    arranging_since: datetime | None = None
    mentor: Mentor | None = None
    vog: VogRecorded | None = None
    voided: int = 0
    papers: Mapping[int, Paper] = field(default_factory=dict)
    started_at: datetime | None = None
    extended_at: datetime | None = None
    interrupted_since: date | None = None
    talks: Talks = Talks()
    planned: Mapping[str, str] = field(default_factory=dict)
    three_party_since: datetime | None = None
    lesson_visits: int = 0
    self_assessments: int = 0
    advice: Mapping[str, str] = field(default_factory=dict)
    outcome: str | None = None
    cosigned: bool = False
    hours: Mapping[str, Decimal] = field(default_factory=dict)
    transfers: int = 0

    @property
    def suspended(self) -> bool:
        return self.phase == "interrupted"

    @property
    def agreement(self) -> Version | None:
        """The version that counts; none of those made with a school that was left."""
        return self.versions[-1] if len(self.versions) > self.voided else None

    @property
    def start(self) -> date:
        """The first day of the period."""
        assert self.request is not None
        return date.fromisoformat(self.request.from_)

    @property
    def halfway(self) -> date:
        """The day halfway the period, rounded down."""
        return self.start + (self.end - self.start) // 2

    @property
    def advised(self) -> bool:
        return {"mentor", "school_trainer"} <= set(self.advice)

    @property
    def talks_ahead(self) -> frozenset[str]:
        """The talks that may still be held; after the assessment only what was forgotten."""
        may_come = {
            "start": self.talks.start is None,
            "progress": self.outcome is None or not self.talks.progress,
            "three_party": self.three_party_since is not None,
            "final": self.talks.final is None,
        }
        return frozenset(talk for talk, comes in may_come.items() if comes)

    @property
    def talks_complete(self) -> bool:
        """Start, progress and final talk held, and no talk of three parties still due."""
        held = self.talks.start and self.talks.progress and self.talks.final
        return bool(held) and self.three_party_since is None

    @property
    def parties(self) -> dict[str, str]:
        """Who has a part in it, by role; whoever was replaced or left behind has none any more."""
        if self.request is None:
            return {}
        found = {
            "student": self.request.student,
            "institute_trainer": self.institute_trainer,
        }
        if self.place is not None:
            found["school_trainer"] = self.place.school_trainer
            found["school_leader"] = self.place.school_leader
        if self.mentor is not None:
            found["mentor"] = self.mentor.person
        return found

    @property
    def signatories(self) -> dict[str, str]:
        """Who signs for each party; the board may do so for the school."""
        parties = self.parties
        return {party: parties[part] for party, part in SIGNERS.items() if part in parties}

    def vog_needed(self, settings: TenantSettings) -> bool:
        """Whether the board's policy asks for a certificate of conduct here (domain 3.8)."""
        appointed = self.request is not None and self.request.contract
        return settings.vog_policy == "always" or (settings.vog_policy == "contract" and appointed)

    def paused_by(self, today: date) -> frozenset[date]:
        """The interrupted days up to, not including, today: as if it went on today."""
        if self.interrupted_since is None:
            return self.paused
        return self.paused | days_until(self.interrupted_since, today)
