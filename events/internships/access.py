"""Who may see what of a teacher internship: the host's people less than the school's."""

from __future__ import annotations

from typing import Any

from events.event import Event, fact_json
from events.internships.state import Internship
from events.process import ALL_CASES, Reader, View

OF_THE_HOST = frozenset({"contact", "supervisor"})
_HIDDEN = {
    "InternshipApproved": ("note",),
    "EvaluationSubmitted": ("text", "worth"),
    "RecordCorrected": ("reason", "correction"),
}
"""What the host's people do not read of events that hold words of another party."""


def case_roles(state: Internship, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    """The roles under which a person has a part in this case; a supervisor is a contact there."""
    held = set(ALL_CASES & set(roles))
    for part, party in state.parts.items():
        needed = "contact" if part == "supervisor" else part
        if party == person and needed in roles:
            held.add(part)
    return frozenset(held)


def rights(state: Internship, reader: Reader) -> frozenset[str]:
    """The reader's roles in this case."""
    return case_roles(state, reader.person, reader.roles)


def redacted(state: Internship, event: Event, view: View) -> dict[str, Any]:
    """The event's data; without evaluations of others and the leader's note for the host."""
    data = fact_json(event.data)
    whose = state.words_of.get(event.event_id)
    if whose is None or not view.rights <= OF_THE_HOST:
        return data
    if whose == "host" and "contact" in view.rights:
        return data
    hidden = _HIDDEN[event.type]
    return {key: value for key, value in data.items() if key not in hidden}
