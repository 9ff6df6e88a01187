"""By which command somebody follows somebody else in each part of a case, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from events.process import SUBJECTS
from workflows.decision import Command, Rules
from workflows.persons import fits

Data = Callable[[str, str, Any], dict[str, Any]]
"""(who follows, why, the state of the case) -> the data of the command."""


@dataclass(frozen=True, slots=True)
class Succession:
    """A command and what it is given."""

    command: str
    data: Data


def _named(command: str, field: str) -> Succession:
    return Succession(command, lambda to, reason, _state: {field: to, "reason": reason})


FOLLOW: Mapping[tuple[str, str], Succession] = {
    ("supervision", "advisor"): Succession(
        "ReplaceAdvisor", lambda to, _reason, _state: {"advisor": to, "category": "unavailable"}
    ),
    ("assessments", "assessor"): Succession(
        "AssignAssessor", lambda to, _reason, _state: {"assessor": to}
    ),
    ("internships", "school_leader"): _named("ReplaceSchoolLeader", "school_leader"),
    ("placements", "school_leader"): _named("ReplaceSchoolLeader", "school_leader"),
    ("placements", "school_trainer"): _named("ReplaceSchoolTrainer", "school_trainer"),
    ("placements", "institute_trainer"): _named("ReplaceInstituteTrainer", "institute_trainer"),
    ("placements", "mentor"): Succession(
        "ReplaceMentor", lambda to, _reason, _state: {"mentor": to, "reason": "other"}
    ),
    ("partners", "school_leader"): _named("ReplaceSchoolLeader", "school_leader"),
    ("partners", "coordinator"): Succession(
        "AssignCoordinator", lambda to, _reason, _state: {"coordinator": to}
    ),
    ("partners", "deputy"): Succession(
        "AssignCoordinator",
        lambda to, _reason, state: {"coordinator": state.coordinator, "deputy": to},
    ),
}
"""By process and part: the command by which all work of somebody goes to another at once."""
IN_THE_CASE = frozenset({("internships", "contact"), ("internships", "supervisor")})
"""Who has such a part is replaced in the case, and by somebody of the same company."""
NAMED = frozenset({"client", "manager"})
"""Who has such a part was named in the request, and nothing replaces them."""


def otherwise(process: str, part: str) -> str:
    """What there is for a part that is not handed over here: by_hand, subject, named or never."""
    kind, _, number = part.partition(":")
    if number or (process, part) in IN_THE_CASE:
        return "by_hand"
    if kind in SUBJECTS:
        return "subject"
    return "named" if process == "supervision" and kind in NAMED else "never"


_SOMEBODY, _ANOTHER = str(UUID(int=1)), SimpleNamespace(coordinator=str(UUID(int=2)))


def may_follow(rules: Rules[Any], part: str, roles: Collection[str]) -> bool:
    """Whether somebody with these roles fits a part, as far as it can be handed over at all."""
    found = command_of(rules, part, _SOMEBODY, "-", _ANOTHER)
    named = rules.people(found[1]) if found else {}
    return all(fits(roles, role) for who, role in named.values() if who == _SOMEBODY)


def command_of(
    rules: Rules[Any], part: str, to: str, reason: str, state: Any
) -> tuple[str, Command] | None:
    """The command by which ``to`` takes over the part; None where there is none."""
    follow = FOLLOW.get((rules.story.name, part))
    if follow is None:
        return None
    data = follow.data(to, reason, state)
    return follow.command, rules.commands[follow.command].model_validate(data)
