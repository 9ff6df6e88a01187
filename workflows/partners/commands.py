"""What may be asked of a partner (docs/contract.md 4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from events.event import Frozen, Id, PersonId, Text
from events.partners import words as w
from events.partners.facts import AgreementTerms, Title
from workflows.decision import Command
from workflows.fields import Blank, Clock, Contact, Few, Local, Required, SchoolLeader, Staff
from workflows.persons import commands_of
from workflows.rectifying import CorrectRecord
from workflows.succeeding import ReplaceSchoolLeader

Levels = Annotated[Few[w.Level], Field(min_length=1)]


class RegisterPartner(Command):
    name: Title
    kind: w.Kind
    levels: Levels
    obligation: w.Obligation
    origin: w.Origin
    school_leader: SchoolLeader
    schools: Few[Title] = ()
    co_location: w.CoLocation | None = None
    attendance: Text | None = None
    contribution: Text | None = None
    purpose: Text | None = None


class ChangePartner(Command):
    name: Title | None = None
    kind: w.Kind | None = None
    levels: Levels | None = None
    obligation: w.Obligation | None = None
    origin: w.Origin | None = None
    schools: Few[Title] | None = None
    co_location: w.CoLocation | None = None
    attendance: Text | None = None
    contribution: Text | None = None
    purpose: Text | None = None


class AssessFit(Command):
    motive: Annotated[w.Motive | None, Blank] = None
    explanation: Required
    profile_match: w.ProfileMatch
    capacity: Text | StrictInt | None = None


class ActivatePartner(Command):
    primary_contact: Annotated[Contact | None, Blank] = None
    coordinator: Annotated[Staff | None, Blank] = None
    deputy: Annotated[Staff | None, Blank] = None


class AddContact(Command):
    contact: Contact
    function: Title | None = None


class EndContact(Command):
    contact: Contact
    reason: w.LeftReason


class CompleteHandover(Command):
    task: str
    successor: Contact
    note: Text | None = None


class AssignCoordinator(Command):
    coordinator: Annotated[Staff | None, Blank] = None
    deputy: Staff | None = None


class HandOver(Command):
    successor: Staff
    note: Text | None = None


class LogContactMoment(Command):
    date: Local | None = None
    channel: w.Channel
    contact: Contact | None = None
    text: Required


class PlanRelationCare(Command):
    on: Local
    what: Required


class Window(Frozen):
    day: w.Day
    from_: Clock = Field(alias="from")
    to: Clock


class SetAvailability(Command):
    windows: Few[Window]


class RecordSubsidyStatus(Command):
    scheme: Title
    status: w.SubsidyStatus
    until: Local | None = None


class RecordAgreement(Command):
    agreement: Title
    subject: Required
    from_: Local = Field(alias="from")
    to: Local
    signed_on: Local | None = None


class MarkDormant(Command):
    reason: Text | None = None


class EndPartner(Command):
    reason: Required


class MergePartners(Command):
    into: Id
    reason: Required


class VacateCoordinator(Command):
    """By the process that handles a departure only."""

    person: PersonId


class TakeOverPartner(Command):
    """By the process of a partner that was merged into this one only."""

    partner: Id
    contacts: tuple[PersonId, ...] = ()
    agreements: tuple[AgreementTerms, ...] = ()


COMMANDS = {
    **commands_of(__name__),
    "ReplaceSchoolLeader": ReplaceSchoolLeader,
    "CorrectRecord": CorrectRecord,
}
