"""The read model of the agenda: what is planned in each open case, for who may know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.projections.projection import Case, Projection, array
from events.store.sealing import canonical

COLUMNS: Mapping[str, str] = {
    "person": "uuid",
    "place": "smallint",
    "roles": "text[]",
    "also": "text[]",
    "at": "text",
    "item": "json",
}


def rows(case: Case) -> Iterator[tuple[Any, ...]]:
    """A row an item of a person, or of anybody with one of the roles.

    What somebody may not know of, such as an unannounced visit, the story tells under none of
    that person's rights, and so no row of that person has it.
    """
    for told in case.seats.told(case.story.agenda, case.settings, case.now):
        also = array(told.also) if told.also else None
        text = canonical(told.item).decode()
        yield told.person, told.place, array(told.roles), also, told.item["at"], text


AGENDA = Projection("agenda", 1, COLUMNS, rows)
