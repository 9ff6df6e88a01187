"""Rules of people who go: another stands for the school or the college from then on (003)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from events.handover import HandoverTaskOpened
from events.placements.state import Placement
from workflows.decision import Decision, Happened, Refused
from workflows.ruling import Case
from workflows.succeeding import succeed


def _followed(
    part: str, apart: Collection[str], *, assesses: bool = True
) -> Callable[[Case[Placement], Any], Decision]:
    """The rule by which somebody else takes over ``part``, told all by the one who goes.

    Nobody who has one of the parts of ``apart``; and who ``assesses`` is no mentor.
    """

    def follow(case: Case[Placement], command: Any) -> Decision:
        parties, person = case.state.parties, getattr(command, part)
        replaced = succeed(case, part, command, parties, apart)
        if assesses and person == parties.get("mentor"):
            raise Refused("mentor.own_assessor", part)
        task = case.state.next_task(part)
        opened = HandoverTaskOpened(task=task, of=parties[part], to=person)
        return replace(replaced, events=(*replaced.events, Happened(case.day(None), opened)))

    return follow


school_leader = _followed("school_leader", ("student", "institute_trainer"), assesses=False)
school_trainer = _followed("school_trainer", ("student", "institute_trainer"))
institute_trainer = _followed("institute_trainer", ("student", "school_leader", "school_trainer"))
