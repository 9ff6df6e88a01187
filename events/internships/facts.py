"""What can happen in a teacher internship: one class an event type (docs/contract.md 2)."""

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

Kind = Literal["exploratory", "update", "investigating", "deepening"]
Replacement = Literal["arranged", "not_needed"]
Part = Literal["morning", "afternoon"]
Leaving = Literal["left", "absence", "other"]
Audience = Literal["team", "school", "region", "network"]
Party = Literal["teacher", "school", "host"]

PARTY_OF: dict[str, Party] = {"teacher": "teacher", "school_leader": "school", "contact": "host"}
"""Who signs and evaluates: for each part in the case its party."""
PARTIES = tuple(PARTY_OF.values())


class InternshipProposed(Fact):
    """``follows`` is the activity it continues (002 T2-42)."""

    teacher: PersonId
    question: Text
    kind: Kind
    half_days: int
    school: Text
    school_leader: PersonId
    follows: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class InternshipApproved(Fact):
    replacement: Replacement
    note: Text | None = None


class HostMatched(Fact):
    """``host`` is a partner's stream; whoever was to supervise before is so no more."""

    host: str
    contact: PersonId


class HostSupervisorNamed(Fact):
    supervisor: PersonId


class HostSupervisorReplaced(Fact):
    supervisor: PersonId
    previous: PersonId
    reason: Leaving


class HostContactReplaced(Fact):
    """Somebody else speaks and signs for the host, which may go on as another partner."""

    contact: PersonId
    previous: PersonId
    reason: Leaving
    host: str | None = None


class HalfDay(Frozen):
    """A half-day that is planned."""

    date: str
    part: Part


class InternshipAgreement(AgreementText):
    """What the parties agree on, in the order in which it is read (domain 2.3).

    ``supervisor`` is the one named when this version was made.
    """

    supervisor: PersonId

    goal: Text
    from_: str = Field(alias="from")
    to: str
    half_days: int
    schedule: tuple[HalfDay, ...] = ()
    times: Text
    tasks: Text
    insurance: Text
    confidentiality: Text
    costs: Text


class AgreementDrafted(InternshipAgreement):
    pass


class AgreementAmended(InternshipAgreement):
    reason: Text


class InternshipStarted(Fact):
    date: str


class HalfDayAttended(Fact):
    date: str
    part: Part
    reason: Text | None = None


class HalfDayMissed(Fact):
    date: str
    part: Part
    reason: Text


class EvaluationSubmitted(Fact):
    party: Party
    text: Text
    worth: int | None = None


class OutcomeShared(Fact):
    with_: Audience = Field(alias="with")
    what: Text
    material: Text | None = None


class InternshipClosed(Fact):
    pass


class InternshipCancelled(Fact):
    reason: Text


class InternshipEndedEarly(Fact):
    reason: Text


FACTS: dict[str, type[Fact]] = {
    fact.__name__: fact
    for fact in (
        InternshipProposed,
        InternshipApproved,
        HostMatched,
        HostSupervisorNamed,
        HostSupervisorReplaced,
        HostContactReplaced,
        PersonReplaced,
        HandoverTaskOpened,
        HandoverCompleted,
        AgreementDrafted,
        AgreementAmended,
        AgreementSigned,
        SigningLinkSent,
        SigningLinkRevoked,
        SignaturesMissing,
        InternshipStarted,
        HalfDayAttended,
        HalfDayMissed,
        EvaluationSubmitted,
        OutcomeShared,
        InternshipClosed,
        InternshipCancelled,
        InternshipEndedEarly,
        RecordCorrected,
        ReminderSent,
        StepOverdue,
    )
}

DOCUMENTS = {
    "AgreementDrafted": "internship_agreement",
    "AgreementAmended": "internship_agreement",
    "EvaluationSubmitted": "evaluation",
    "OutcomeShared": "outcome",
}
"""Events that hold a document of the case, and what kind it is."""
