"""Who may read a case, and what of it is kept from them (contract, Who acts and Access)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from events.event import OUTSIDE, Event
from tests.properties.processes.board import IDS, ROLES
from tests.properties.processes.play import EVERYWHERE
from tests.properties.processes.seen_placements import Placement
from tests.properties.processes.witness import Witness

_MARKED = re.compile(r"\w+-\d+-")
SEES_ALL = {"assessments": frozenset({"hr", "auditor"})}
NEVER = {"assessments": ("client",)}
"""Parties that a case names and that may not read it."""


def may_read(process: str, witness: Witness, key: str) -> bool | None:
    """Whether this person may; None where the contract leaves it open."""
    roles, person = set(ROLES[key]), IDS[key]
    if process == "partners":
        return not OUTSIDE.issuperset(roles)
    if roles & SEES_ALL.get(process, EVERYWHERE):
        return True
    if isinstance(witness, Placement) and _may_read_placement(witness, roles):
        return True
    barred = NEVER.get(process, ())
    named = {who for part, who in witness.people.items() if who and part not in barred}
    if person in named:
        return True
    if process == "placements" and "board" in roles and witness.ended:
        return None
    return None if person in witness.formerly - witness.gone else False


def _may_read_placement(case: Placement, roles: set[str]) -> bool:
    """School trainers while they may offer; the board while it may sign, and from the decision."""
    if "school_trainer" in roles and case.state == "requested":
        return True
    signing = case.agreement.valid and case.state.startswith("agreement_")
    return "board" in roles and (signing or case.outcome is not None)


def secrets(witness: Witness, events: Sequence[Event], key: str) -> list[str]:
    """Texts that the host's people may not see: evaluations of others, the leader's note."""
    person, people = IDS[key], witness.people
    if "contact" not in people or person not in (people["contact"], people["supervisor"]):
        return []
    if person in (people["teacher"], people["school_leader"]) or set(ROLES[key]) & EVERYWHERE:
        return []
    return [
        text
        for event in events
        if event.type in ("EvaluationSubmitted", "InternshipApproved")
        and event.actor.person != person
        for text in (event.json()["data"].get("text"), event.json()["data"].get("note"))
        if text and _MARKED.fullmatch(text)
    ]
