"""What may be asked of an assessment trajectory (docs/contract.md 6)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from events.assessments.facts import Outcome
from workflows.decision import Command
from workflows.fields import Blank, Local, Required, Staff
from workflows.persons import commands_of
from workflows.rectifying import CorrectRecord


class AssignAssessor(Command):
    assessor: Staff


class SetPlan(Command):
    from_: Annotated[Local | None, Blank] = Field(default=None, alias="from")
    to: Annotated[Local | None, Blank] = None


class StartAssessment(Command):
    pass


class HearTeacher(Command):
    date: Local | None = None
    account: Required
    teacher_present: StrictBool


class IssueAssessment(Command):
    outcome: Outcome
    grounds: Required


class CloseAssessment(Command):
    pass


class WithdrawAssessment(Command):
    reason: Required


COMMANDS = {**commands_of(__name__), "CorrectRecord": CorrectRecord}
