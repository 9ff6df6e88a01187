"""What may be asked of a departure (docs/contract.md 5)."""

from __future__ import annotations

from workflows.decision import Command
from workflows.fields import Local, Staff
from workflows.persons import commands_of
from workflows.rectifying import CorrectRecord


class StaffLeft(Command):
    person: Staff
    date: Local | None = None


COMMANDS = {**commands_of(__name__), "CorrectRecord": CorrectRecord}
