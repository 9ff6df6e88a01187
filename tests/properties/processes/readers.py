"""Who may read a case, and what of it is kept from them (contract, Who acts and Access)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from events.event import OUTSIDE, Event
from tests.properties.processes.board import IDS, ROLES
from tests.properties.processes.play import EVERYWHERE
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
    if process == "placements" and "board" in roles and witness.state == "final_assessed":
        return True
    barred = NEVER.get(process, ())
    named = {who for part, who in witness.people.items() if who and part not in barred}
    if person in named:
        return True
    if process == "placements" and ("board" in roles or witness.state == "requested"):
        return None
    return None if person in witness.formerly - witness.gone else False


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
