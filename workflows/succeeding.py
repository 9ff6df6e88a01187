"""Succession, the same in every process: somebody else takes over a part in a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from events.succession import PersonReplaced
from workflows.decision import Command, Decision, Refused
from workflows.fields import InstituteTrainer, Required, SchoolLeader, SchoolTrainer
from workflows.ruling import Case


class ReplaceSchoolLeader(Command):
    school_leader: SchoolLeader
    reason: Required


class ReplaceSchoolTrainer(Command):
    school_trainer: SchoolTrainer
    reason: Required


class ReplaceInstituteTrainer(Command):
    institute_trainer: InstituteTrainer
    reason: Required


def succeed(
    case: Case[Any],
    part: str,
    command: ReplaceSchoolLeader | ReplaceSchoolTrainer | ReplaceInstituteTrainer,
    parties: Mapping[str, str],
    apart: Collection[str] = (),
    *,
    vacant: bool = False,
) -> Decision:
    """``part`` is a field of the command; parties: who has which part now.

    Refused while nobody has the part (unless it may be ``vacant``), for who has it already, and
    for who has one of ``apart``.
    """
    previous, person = parties.get(part), getattr(command, part)
    if previous is None and not vacant:
        raise Refused("state.not_allowed")
    if person in (previous, *(parties.get(other) for other in apart)):
        raise Refused("command.invalid", part)
    return case.accept(
        PersonReplaced(part=part, person=person, previous=previous, reason=command.reason)
    )
