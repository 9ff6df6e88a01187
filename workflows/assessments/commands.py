"""What may be asked of an assessment trajectory."""

from __future__ import annotations

from collections.abc import Mapping

from events.event import PersonId
from workflows.decision import Command


class AssignAssessor(Command):
    assessor: PersonId


COMMANDS: dict[str, type[Command]] = {"AssignAssessor": AssignAssessor}


def people(command: Command) -> Mapping[str, tuple[str, str | None]]:
    """The assessor: any person of the board."""
    assert isinstance(command, AssignAssessor)
    return {"assessor": (command.assessor, None)}
