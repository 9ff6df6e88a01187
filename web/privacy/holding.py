"""What is held about a person in one case: all they may read of it, or where it names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.event import Event, fact_json, instant_text
from events.process import Reader, Story, View
from events.settings import TenantSettings
from events.store.errors import Erased
from web.dossiers import Dossier
from web.reading import Reading
from web.site import Site

if TYPE_CHECKING:
    from events.store.attempts import ReadRow
    from events.store.subjects import Concerned, Entry

FOLLOWED = frozenset({"feed", "refresh"})
"""What the log of readings calls a look by a calendar or an open window, with nobody there."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a case: in which roles, and whether that was the person itself."""

    at: datetime
    what: str
    roles: tuple[str, ...]
    oneself: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """An event of a case that the person does not read.

    ``fields`` are those that name them; ``data`` is all of an event that is about them.
    """

    event: Event
    fields: tuple[str, ...]
    data: dict[str, Any] | None

    def json(self) -> dict[str, Any]:
        said = {"data": self.data} if self.data is not None else {"named_as": list(self.fields)}
        return {
            "type": self.event.type,
            "occurred_on": self.event.occurred_on,
            "recorded_at": instant_text(self.event.recorded_at),
            **said,
        }


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held in one case.

    ``parts`` are what the person is in it; ``reading`` is there where they may read it.
    """

    dossier: Dossier
    story: Story[Any]
    parts: tuple[str, ...]
    reading: Reading | None
    mentions: tuple[Mention, ...]


async def holding(
    site: Site,
    tenant: str,
    person: Entry,
    case: Concerned,
    now: datetime,
    settings: TenantSettings,
) -> Holding | None:
    """None where the case says nothing of the person. Raises Erased."""
    if case.erased:
        raise Erased(case.stream)
    if case.process not in site.rules:
        return None
    dossier = await site.dossiers.read(tenant, case.process, case.stream)
    if dossier is None or not dossier.events:
        return None
    rules = site.rules[case.process]
    story, state = rules.story, dossier.state
    parties = story.index(state).parties
    parts = tuple(part for part, who in parties.items() if who == person.id)
    reader = Reader(person.id, person.roles)
    rights = story.rights(state, reader)
    if parts and rights:
        view = View(reader, rights, max(now, dossier.events[-1].recorded_at), settings)
        return Holding(dossier, story, parts, Reading(rules, dossier, view, True), ())
    mentions = tuple(_mentions(story, dossier.events, person.id))
    return Holding(dossier, story, parts, None, mentions) if mentions else None


def _mentions(story: Story[Any], events: Iterable[Event], person: str) -> Iterable[Mention]:
    """What else stands in such events is about others, whose rights go before (AVG art. 15(4))."""
    for event in events:
        data = fact_json(event.data)
        fields = tuple(field for field, value in data.items() if _names(value, person))
        if data.get(story.about.get(event.type, "")) == person:
            yield Mention(event, fields, data)
        elif fields:
            yield Mention(event, fields, None)


def _names(value: Any, person: str) -> bool:
    if isinstance(value, Mapping):
        return any(_names(inner, person) for pair in value.items() for inner in pair)
    if isinstance(value, list | tuple):
        return any(_names(inner, person) for inner in value)
    return value == person


async def looks(site: Site, tenant: str, case: Holding, person: str) -> list[Look]:
    """Who read the case and when, by the roles in which they could: the names of those who do
    their work are theirs (AVG art. 15(1)(c), recipients; CJEU C-579/21).

    A calendar follows a case while something is planned in it, an open window whatever happens in
    it. Of what is left out of an open case that would tell, so that those of others are told of
    once it has ended.
    """
    rows: list[ReadRow] = await site.store.reads(tenant, case.dossier.stream)
    if _leaves_out(case):
        rows = [row for row in rows if row.what not in FOLLOWED or row.person == person]
    readers = await site.store.entries(tenant, {row.person for row in rows})
    roles = {
        id_: tuple(sorted(case.story.rights(case.dossier.state, Reader(id_, one.roles))))
        or one.roles
        for id_, one in readers.items()
    }
    return [Look(row.at, row.what, roles.get(row.person, ()), row.person == person) for row in rows]


def _leaves_out(case: Holding) -> bool:
    story, state = case.story, case.dossier.state
    rights = case.reading.view.rights if case.reading else frozenset[str]()
    return story.index(state).open and not story.positions(rights)
