"""An assessment trajectory as it is read; access is stricter than elsewhere (domain 2.2)."""

from __future__ import annotations

from typing import Any

from events.assessments.state import Assessment
from events.event import fact_json
from events.process import Reader, View
from events.recording import CaseIndex

ALL_CASES = frozenset({"hr", "auditor"})
"""Who acts for all assessments of the board: not its coordinators."""


def case_roles(state: Assessment, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """The roles under which a person has a part in this case; the assessor whatever the roles."""
    held = set(ALL_CASES & set(roles))
    for part, party in state.parties.items():
        if party == person and (part == "assessor" or part in roles):
            held.add(part)
    return frozenset(held)


def rights(state: Assessment, reader: Reader) -> frozenset[str]:
    """The reader's roles in this case; nobody reads the own one as anything but its teacher."""
    held = case_roles(state, reader.person, reader.roles)
    if held and state.opened is not None and reader.person == state.opened.teacher:
        return frozenset({"teacher"})
    return held


def index(state: Assessment) -> CaseIndex:
    """What lists need to find the case."""
    return CaseIndex(state=state.phase, open=not state.ended, parties=state.parties)


def summary(state: Assessment, _view: View) -> dict[str, Any]:
    """Where it stands, and the trajectory it came from."""
    assert state.opened is not None
    period = state.period
    return {
        "process": "assessments",
        "state": state.phase,
        **fact_json(state.opened),
        "assessor": state.assessor,
        "period": {"from": period[0], "to": period[1]} if period else None,
        "hearings": state.hearings,
        "outcome": state.outcome,
        "overdue": [],
        "next": [],
    }


def tasks(state: Assessment, view: View) -> list[dict[str, Any]]:
    """What waits for this reader: no source names a term, so nothing is ever late."""
    found: list[str] = []
    if state.phase == "opened" and state.assessor is None and "hr" in view.rights:
        found.append("assign_assessor")
    if "assessor" in view.rights:
        found += {"opened": ["plan"], "plan_set": ["start"], "running": ["hearing"]}.get(
            state.phase, []
        )
        if state.phase == "running" and state.hearings:
            found = ["assessment"]
    if state.phase == "assessed" and "hr" in view.rights:
        found.append("close")
    return [{"task": task, "due": None, "overdue": False} for task in found]
