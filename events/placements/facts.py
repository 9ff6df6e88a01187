"""What can happen in a student placement: one class an event type (docs/contract.md 3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from events.agreement import (
    AgreementSigned,
    AgreementText,
    SignaturesMissing,
    SigningLinkRevoked,
    SigningLinkSent,
)
from events.event import Fact, Frozen, PersonId, Text
from events.handover import HandoverCompleted, HandoverTaskOpened
from events.rectification import RecordCorrected
from events.succession import PersonReplaced
from events.terms import ReminderSent, StepOverdue

Route = Literal["full_time", "part_time", "career_switcher", "other"]
SchoolKind = Literal["core", "shell"]
Qualification = Literal["qualified", "in_training"]
Leaving = Literal["left", "absence", "on_request", "other"]
Judgement = Literal["sufficient", "insufficient"]
Talk = Literal["start", "progress", "three_party", "final"]
Interruption = Literal["absence", "leave", "study", "other"]
Day = Literal["mon", "tue", "wed", "thu", "fri"]
Adviser = Literal["mentor", "school_trainer"]
Guide = Literal["mentor", "school_trainer", "institute_trainer"]

SIGNERS: dict[str, str] = {
    "student": "student",
    "school": "school_leader",
    "college": "institute_trainer",
}
"""Who is asked to sign for each party; the board may do so for the school too."""
PARTIES: tuple[str, ...] = tuple(SIGNERS)
GUIDES: tuple[Guide, ...] = ("mentor", "school_trainer", "institute_trainer")
"""Whose tasks an agreement describes, in content and size (003 T3-29), and who book hours."""


class PlacementRequested(Fact):
    """``phase`` is how far the study is; ``contract`` tells of a student who is appointed."""

    student: PersonId
    institute_trainer: PersonId
    route: Route
    phase: Text
    from_: str = Field(alias="from")
    to: str
    questions: tuple[Text, ...]
    qualities: Text | None = None
    contract: bool = False


class PlacementRejected(Fact):
    reason: Text


class PlaceOffered(Fact):
    """``school_kind`` is what the school was for training at that moment (003 T3-27)."""

    school: str
    school_kind: SchoolKind
    school_trainer: PersonId
    school_leader: PersonId


class PlaceAccepted(Fact):
    pass


class OfferDeclined(Fact):
    school: str
    reason: Text


class MentorAssigned(Fact):
    mentor: PersonId
    qualification: Qualification


class MentorReplaced(Fact):
    mentor: PersonId
    previous: PersonId
    qualification: Qualification
    reason: Leaving


class VogRecorded(Fact):
    """Dates only: the certificate itself is not kept (domain 3.8)."""

    issued_on: str
    date: str


class RoleTasks(Frozen):
    """What somebody in a role does for the student, and for how many hours (003 T3-29)."""

    tasks: Text
    hours: str


class PlacementAgreement(AgreementText):
    """What the parties agree on, in the order in which it is read (domain 3.13).

    ``mentor`` is who was that when this version was made.
    """

    mentor: PersonId
    assignment: Text
    days: tuple[Day, ...]
    hours_per_week: str
    supervision: Text
    assessment: Text
    confidentiality: Text
    allowance: Text
    roles: dict[Guide, RoleTasks]


class AgreementDrafted(PlacementAgreement):
    pass


class AgreementAmended(PlacementAgreement):
    reason: Text


class PlacementStarted(Fact):
    date: str


class TalkPlanned(Fact):
    """``at`` is a local date and time; the last one of a talk counts."""

    talk: Talk
    at: str


class StartTalkHeld(Fact):
    date: str
    text: Text


class ProgressTalkHeld(Fact):
    date: str
    judgement: Judgement
    text: Text


class ThreePartyTalkHeld(Fact):
    date: str
    text: Text


class FinalTalkHeld(Fact):
    date: str
    text: Text


class LessonVisitHeld(Fact):
    date: str
    text: Text


class SelfAssessmentSubmitted(Fact):
    text: Text


class AssessmentAdvised(Fact):
    role: Adviser
    advice: Judgement
    text: Text


class AssessmentDecided(Fact):
    outcome: Judgement
    grounds: Text


class AssessmentCosigned(Fact):
    """The board is answerable for the assessment too (003 T3-11)."""


class PlacementCompleted(Fact):
    pass


class RouteChanged(Fact):
    route: Route
    previous_route: Route
    reason: Text


class PlacementInterrupted(Fact):
    """Never the reason itself: it might be somebody's health."""

    category: Interruption


class PlacementResumed(Fact):
    """``days`` are the calendar days it stood still."""

    days: int


class PeriodExtended(Fact):
    to: str
    previous_to: str


class PlacementTransferred(Fact):
    """The placement goes on at another school; what happened so far stays with the student."""

    school: str
    school_kind: SchoolKind
    school_trainer: PersonId
    school_leader: PersonId
    previous_school: str
    reason: Text


class PlacementWithdrawn(Fact):
    reason: Text


class PlacementEndedEarly(Fact):
    reason: Text


class GuidanceHoursRegistered(Fact):
    role: Guide
    hours: str
    date: str


FACTS: dict[str, type[Fact]] = {
    fact.__name__: fact
    for fact in (
        *(fact for fact in Fact.__subclasses__() if fact.__module__ == __name__),
        *(AgreementDrafted, AgreementAmended, AgreementSigned),
        *(SigningLinkSent, SigningLinkRevoked, SignaturesMissing),
        *(PersonReplaced, HandoverTaskOpened, HandoverCompleted),
        *(RecordCorrected, ReminderSent, StepOverdue),
    )
}

DOCUMENTS = {
    "AgreementDrafted": "placement_agreement",
    "AgreementAmended": "placement_agreement",
    "AssessmentDecided": "assessment",
}
"""Events that hold a document of the case, and what kind it is."""
