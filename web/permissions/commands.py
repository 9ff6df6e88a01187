"""Who may give which command, read from the tables by which the rules themselves decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from events.event import PROCESS_ROLE
from events.process import Reader
from events.supervision.access import case_roles
from workflows import stewardship
from workflows.assessments.rules import TABLE as ASSESSMENTS
from workflows.decision import Command, Rules
from workflows.departures.rules import TABLE as DEPARTURES
from workflows.internships.rules import TABLE as INTERNSHIPS
from workflows.partners.rules import TABLE as PARTNERS
from workflows.placements.rules import TABLE as PLACEMENTS
from workflows.rectifying import CorrectRecord
from workflows.registry import RULES
from workflows.steps import Step
from workflows.supervision.steps import STEPS as SUPERVISION
from workflows.table import CORRECTING, Table

Relation = Literal["new", "all", "some", "own"]
"""Before there is a case; in every case of the board; in every one, but only in some states; in
those in which somebody has a part."""

_TABLES: Mapping[str, Table[Any]] = {
    "internships": INTERNSHIPS,
    "placements": PLACEMENTS,
    "assessments": ASSESSMENTS,
    "partners": PARTNERS,
    "departures": DEPARTURES,
}
_STEPS: Mapping[str, Mapping[type[Command], Step]] = {
    "supervision": SUPERVISION,
    **{name: {**table.steps, CorrectRecord: CORRECTING} for name, table in _TABLES.items()},
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "supervision": ("teacher", "client", "manager", "advisor"),
    "internships": ("teacher", "school_leader", "contact", "supervisor"),
    "placements": (
        "student", "mentor", "school_leader", "school_trainer", "institute_trainer",
    ),
    "assessments": ("teacher", "client", "manager", "advisor", "assessor"),
    "partners": ("school_leader", "partner_coordinator", "deputy"),
    "departures": (),
}  # fmt: skip
"""By process, the parts by which somebody reads a case: in that case, and in no other."""
WORDED: Mapping[str, str] = {"offering": "school_trainer"}
"""Roles that are a part of their own in a certain state of the case."""
_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that may give a command, and in which cases."""

    role: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Row:
    """A command, and everybody who may give it while the case is in the right state."""

    process: str
    command: str
    grants: tuple[Grant, ...]


def acts_for_all(process: str, role: str) -> bool:
    """Whether who holds the role has it in every case of the board, named there or not."""
    roles = _TABLES[process].roles if process in _TABLES else case_roles
    return role in roles(RULES[process].story.initial(), _NOBODY, (role,))


def steps_of(process: str) -> Mapping[type[Command], Step]:
    """The steps of a process's commands, those of stewardship among them."""
    return {**_STEPS[process], **stewardship.STEPS}


def rows(process: str) -> list[Row]:
    """The commands of a process that people give, in the order of its table."""
    rules = RULES[process]
    return [
        Row(process, kind.__name__, tuple(_grants(rules, kind, step)))
        for kind, step in steps_of(process).items()
        if kind.__name__ not in rules.own
    ]


def _grants(rules: Rules[Any], kind: type[Command], step: Step) -> Iterator[Grant]:
    seen: set[str] = set()
    for giver in step.givers:
        role = WORDED.get(giver, giver)
        if role == PROCESS_ROLE or role in seen:
            continue
        seen.add(role)
        if kind.__name__ == rules.opening:
            yield Grant(role, "new")
        else:
            everywhere = giver == "offering" or acts_for_all(rules.story.name, role)
            yield Grant(role, "all" if everywhere else "own")


def reads(process: str) -> list[Grant]:
    """Who reads cases of a process: all of the board, or those with a part in them."""
    story = RULES[process].story
    found: list[Grant] = []
    for role in BOARD_ROLES:
        if story.sees_all((role,)):
            always = story.rights(story.initial(), Reader(_NOBODY, (role,)))
            found.append(Grant(role, "all" if always else "some"))
        if role in PARTS[process] and not (found and found[-1] == Grant(role, "all")):
            found.append(Grant(role, "own"))
    return found + [Grant(p, "own") for p in PARTS[process] if p not in BOARD_ROLES]


BOARD_ROLES: tuple[str, ...] = (
    "hr", "coordinator", "auditor", "board", "client", "teacher", "manager", "advisor",
    "school_leader", "mentor", "school_trainer", "student", "institute_trainer", "contact",
    "administrator",
)  # fmt: skip
"""The roles of a board, those that look after all cases first."""
