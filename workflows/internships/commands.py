"""What may be asked of a teacher internship (docs/contract.md 2)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, ValidationInfo, field_validator

from events.event import Id, Text
from events.internships.facts import Audience, HalfDay, Kind, Leaving, Part, Replacement
from workflows.agreements import (
    RequestFreshLink,
    RevokeSigningLink,
    SendSigningLink,
    SignAgreement,
)
from workflows.decision import Command
from workflows.fields import Blank, Clause, Contact, Local, Required, RequiredClause, SchoolLeader
from workflows.persons import commands_of
from workflows.rectifying import CorrectRecord
from workflows.succeeding import ReplaceSchoolLeader

HALF_DAYS = 200
"""More than a school year has room for, and what fits in a document."""
HalfDays = Annotated[StrictInt, Field(ge=1)]
Missable = Annotated[Clause | None, Blank]
"""What the agreement says, whose missing has a code of its own."""


class ProposeInternship(Command):
    question: RequiredClause
    kind: Kind
    half_days: HalfDays
    school: RequiredClause
    school_leader: SchoolLeader
    follows: Id | None = None
    from_: Local | None = Field(default=None, alias="from")
    to: Local | None = Field(default=None, validate_default=True)

    @field_validator("to")
    @classmethod
    def _both_days_in_order(cls, to: str | None, before: ValidationInfo) -> str | None:
        start = before.data.get("from_")
        if (start is None) != (to is None) or (start and to and to < start):
            raise ValueError("the days go together, the first one first")
        return to


class ApproveInternship(Command):
    replacement: Replacement
    note: Text | None = None


class MatchHost(Command):
    host: Id
    contact: Contact


class NameHostSupervisor(Command):
    supervisor: Annotated[Contact | None, Blank] = None


class ReplaceHostSupervisor(Command):
    supervisor: Annotated[Contact | None, Blank] = None
    reason: Leaving


class ReplaceHostContact(Command):
    """``host`` is another partner, as which this one goes on or that takes its place."""

    contact: Contact
    reason: Leaving
    host: Id | None = None


class PlannedHalfDay(HalfDay):
    """As it is given: checked on its own, before it is held against the agreement."""

    date: Local


class DraftAgreement(Command):
    """The fields of the agreement, in the order in which they are read."""

    goal: Missable = None
    from_: Annotated[Local | None, Blank] = Field(default=None, alias="from")
    to: Annotated[Local | None, Blank] = None
    half_days: Annotated[HalfDays | None, Blank] = None
    schedule: Annotated[tuple[PlannedHalfDay, ...], Field(max_length=HALF_DAYS)] | None = None
    times: Missable = None
    tasks: Missable = None
    insurance: Missable = None
    confidentiality: Missable = None
    costs: Missable = None


class AmendAgreement(DraftAgreement):
    """The fields that change; what is not given stays."""

    reason: Required


class StartInternship(Command):
    date: Local | None = None


class RecordHalfDay(Command):
    date: Local
    part: Part
    attended: StrictBool
    reason: Annotated[Text | None, Blank] = Field(default=None, validate_default=True)

    @field_validator("reason")
    @classmethod
    def _missed_for_a_reason(cls, reason: str | None, before: ValidationInfo) -> str | None:
        if before.data.get("attended") is False and reason is None:
            raise ValueError("a half-day is missed for a reason")
        return reason


class CompleteHandover(Command):
    task: Required
    note: Text | None = None


class SubmitEvaluation(Command):
    text: Required
    worth: Annotated[StrictInt, Field(ge=1, le=5)] | None = None


class ShareOutcome(Command):
    with_: Audience = Field(alias="with")
    what: Required
    material: Text | None = None


class CloseInternship(Command):
    pass


class CancelInternship(Command):
    reason: Required


class EndInternshipEarly(Command):
    reason: Required


SHARED = (
    ReplaceSchoolLeader,
    SignAgreement,
    RequestFreshLink,
    SendSigningLink,
    RevokeSigningLink,
    CorrectRecord,
)
COMMANDS: dict[str, type[Command]] = {
    **commands_of(__name__),
    "AmendAgreement": AmendAgreement,
    **{command.__name__: command for command in SHARED},
}
