"""What can happen with a partner of the school: the facts of the register (docs/contract.md 4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from events.event import Fact, Frozen, Id, PersonId, Text
from events.handover import HandoverCompleted, HandoverTaskOpened
from events.partners import words as w
from events.rectification import RecordCorrected
from events.succession import PersonReplaced
from events.terms import StepOverdue

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""A name as organisations and agreements have them."""


class Window(Frozen):
    """When somebody can be reached: from one time of day to another, every week."""

    day: w.Day
    from_: str = Field(alias="from")
    to: str


class AgreementTerms(Frozen):
    """What is agreed with a partner, and for how long."""

    agreement: Title
    subject: Text
    from_: str = Field(alias="from")
    to: str
    signed_on: str | None = None


class PartnerRegistered(Fact):
    name: Title
    kind: w.Kind
    levels: tuple[w.Level, ...]
    obligation: w.Obligation
    origin: w.Origin
    school_leader: PersonId
    schools: tuple[Title, ...] = ()
    co_location: w.CoLocation | None = None
    attendance: Text | None = None
    contribution: Text | None = None
    purpose: Text | None = None


class PartnerChanged(Fact):
    """Only what is different from now on."""

    name: Title | None = None
    kind: w.Kind | None = None
    levels: tuple[w.Level, ...] | None = None
    obligation: w.Obligation | None = None
    origin: w.Origin | None = None
    schools: tuple[Title, ...] | None = None
    co_location: w.CoLocation | None = None
    attendance: Text | None = None
    contribution: Text | None = None
    purpose: Text | None = None


class FitAssessed(Fact):
    """``capacity`` is what the school has for it: a number, or in words."""

    motive: w.Motive
    explanation: Text
    profile_match: w.ProfileMatch
    capacity: Text | int | None = None


class PartnerActivated(Fact):
    primary_contact: PersonId
    coordinator: PersonId
    deputy: PersonId


class ContactAdded(Fact):
    contact: PersonId
    function: Title | None = None


class ContactLeft(Fact):
    contact: PersonId
    reason: w.LeftReason


class CoordinatorAssigned(Fact):
    """Without ``deputy`` the one who is deputy stays it."""

    coordinator: PersonId
    deputy: PersonId | None = None
    previous: PersonId | None = None


class CoordinatorHandedOver(Fact):
    successor: PersonId
    previous: PersonId | None = None
    note: Text | None = None


class CoordinatorVacant(Fact):
    """The coordinator left the school."""

    person: PersonId


class DeputyStoodIn(Fact):
    """The deputy is the coordinator from this moment."""

    coordinator: PersonId


class DeputyVacant(Fact):
    """The deputy left the school."""

    person: PersonId


class SchoolLeaderVacant(Fact):
    """The school leader left the school."""

    person: PersonId


class ContactMomentLogged(Fact):
    date: str
    channel: w.Channel
    text: Text
    contact: PersonId | None = None


class RelationCarePlanned(Fact):
    on: str
    what: Text


class AvailabilitySet(Fact):
    windows: tuple[Window, ...]


class SubsidyStatusRecorded(Fact):
    scheme: Title
    status: w.SubsidyStatus
    until: str | None = None


class PartnerAgreementRecorded(AgreementTerms, Fact):
    pass


class PartnerMarkedDormant(Fact):
    reason: Text | None = None


class PartnerEnded(Fact):
    reason: Text


class PartnersMerged(Fact):
    """This partner ends; what is kept of it goes to ``into``."""

    into: Id
    reason: Text


class MergeCompleted(Fact):
    """Whether the other partner took over; it does not where it had ended just before."""

    taken_over: bool


class PartnerTakenOver(Fact):
    """Another ``partner`` became part of this one, with its contacts and agreements."""

    partner: Id
    contacts: tuple[PersonId, ...] = ()
    agreements: tuple[AgreementTerms, ...] = ()


class AgreementEnding(Fact):
    """``days`` are calendar days before the last one, ``to``."""

    agreement: Title
    to: str
    days: int


class RelationCareDue(Fact):
    on: str
    what: Text


class DormancyProposed(Fact):
    """Nothing was heard of each other since that local day."""

    since: str


FACTS: dict[str, type[Fact]] = {
    fact.__name__: fact
    for fact in (
        RecordCorrected,
        StepOverdue,
        HandoverTaskOpened,
        HandoverCompleted,
        PersonReplaced,
    )
} | {fact.__name__: fact for fact in Fact.__subclasses__() if fact.__module__ == __name__}

ABOUT = {"ContactAdded": "contact", "ContactLeft": "contact", "ContactMomentLogged": "contact"}
"""Events about somebody of the partner, who reads nothing of it: that person may have them."""
