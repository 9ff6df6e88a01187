"""A partner as it is read: by all staff of the board (000 T0-10)."""

from __future__ import annotations

from typing import Any

from events.calendar import local_day
from events.event import OUTSIDE
from events.partners.state import LIVE, Partner
from events.partners.terms import leading, open_terms
from events.process import ALL_CASES, Reader, View
from events.recording import CaseIndex
from events.terms import steps_json, tasks_json

READER = "reader"
"""The right that all staff has."""
FOR_ALL = ALL_CASES | {"teacher"}
"""Who acts for every partner of the board: teachers too, for whom the log of contacts is."""


def case_roles(state: Partner, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """The roles under which a person has a part here: its coordinator and deputy by name."""
    held = set(FOR_ALL & set(roles))
    if person is not None:
        if person == state.school_leader and "school_leader" in roles:
            held.add("school_leader")
        if person == state.coordinator:
            held.add("partner_coordinator")
        if person == state.deputy:
            held.add("deputy")
    return frozenset(held)


def rights(state: Partner, reader: Reader) -> frozenset[str]:
    """Contacts, students and institute trainers are no staff and read nothing."""
    if OUTSIDE.issuperset(reader.roles):
        return frozenset()
    return case_roles(state, reader.person, reader.roles) | {READER}


def index(state: Partner) -> CaseIndex:
    """What lists and other processes need to find it; a merged one is open until taken over."""
    named = {
        "school_leader": state.school_leader,
        "coordinator": state.coordinator,
        "deputy": state.deputy,
        **{f"contact:{n}": person for n, person in enumerate(state.contacts, 1)},
    }
    parties = {part: person for part, person in named.items() if person is not None}
    return CaseIndex(state=state.phase, open=not state.ended or state.merging, parties=parties)


def summary(state: Partner, view: View) -> dict[str, Any]:
    """Where it stands (docs/contract.md 4)."""
    known, fit = state.registered, state.fit
    assert known is not None
    return {
        "process": "partners",
        "state": state.phase,
        "name": known.name,
        "kind": known.kind,
        "levels": list(known.levels),
        "obligation": known.obligation,
        "origin": known.origin,
        "schools": list(known.schools),
        "co_location": known.co_location,
        "attendance": known.attendance or None,
        "contribution": known.contribution or None,
        "purpose": known.purpose or None,
        "motive": fit.motive if fit else None,
        "profile_match": fit.profile_match if fit else None,
        "capacity": fit.capacity if fit else None,
        "school_leader": state.school_leader,
        "primary_contact": state.primary_contact,
        "contacts": list(state.contacts),
        "coordinator": state.coordinator,
        "deputy": state.deputy,
        "vacant": state.vacant,
        "school_leader_vacant": state.leader_vacant_since is not None,
        "availability": [window.model_dump(by_alias=True) for window in state.availability],
        "agreements": [
            {key: getattr(one.terms, field) for key, field in _AGREEMENT.items()}
            for one in state.agreements.values()
        ],
        "subsidies": [one.model_dump() for one in state.subsidies.values()],
        "contact_moments": state.contact_moments,
        "last_contact": state.last_contact,
        "relation_care": [{"on": care.on, "what": care.what} for care in state.care],
        "merged_into": state.merge.into if state.merge else None,
        "handovers": [task.json() for task in state.handovers.values()],
        "overdue": sorted(state.overdue, key=lambda timer: (state.overdue[timer], timer)),
        "next": steps_json(open_terms(state, view.settings)),
    }


_AGREEMENT = {"agreement": "agreement", "subject": "subject", "from": "from_", "to": "to"}


def tasks(state: Partner, view: View) -> list[dict[str, Any]]:
    """What waits for this reader; handovers also stand among the coordinators' tasks."""
    today = local_day(view.now, view.settings)
    rights = view.rights
    if "coordinator" in rights:
        rights |= {"partner_coordinator"}
    found = tasks_json(open_terms(state, view.settings), rights, today)
    if leading(state) in view.rights and state.phase in _NEXT:
        found.append({"task": _NEXT[state.phase], "due": None, "overdue": False})
    if "partner_coordinator" in view.rights and state.phase in LIVE:
        found += [
            {"task": "relation_care", "due": care.on, "overdue": care.on < today.isoformat()}
            for care in state.care
            if care.on <= today.isoformat()
        ]
    return found


_NEXT = {"prospect": "assess_fit", "assessed": "activate"}


def agenda(state: Partner, view: View) -> list[dict[str, Any]]:
    """The relation care that its coordinator and deputy have planned."""
    if state.ended or not view.rights & {"partner_coordinator", "deputy"}:
        return []
    today = local_day(view.now, view.settings).isoformat()
    return [{"kind": "relation_care", "at": care.on} for care in state.care if care.on >= today]
