"""What an auditor searches for, as the address says it, so that a link finds the same again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlencode

from events.calendar import instant
from events.settings import TenantSettings
from web.api.problems import uuid_or_none
from web.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.audit.seeking import FoundPerson

Kind = Literal["cases", "people", "commands", "refusals", "reads"]
KINDS: tuple[Kind, ...] = ("cases", "people", "commands", "refusals", "reads")
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "cases": ("q", "process", "state", "status", "from", "until"),
    "people": ("q",),
    "commands": ("who", "process", "type", "from", "until"),
    "refusals": ("who", "process", "code", "from", "until"),
    "reads": ("who", "process", "what", "from", "until"),
}
"""What each search is narrowed down by; ``stream`` and ``person`` come with links."""
_TEXT_MAX = 200
_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """``given`` are the fields that say something; ``person`` whom ``who`` turned out to be.

    ``choices`` are those of that name where there are several, the first of them where there are
    ``more``; ``unknown``: there is none.
    """

    kind: Kind
    given: Mapping[str, str]
    cursor: str | None = None
    person: str | None = None
    name: str = ""
    choices: Sequence[FoundPerson] = ()
    more: bool = False
    unknown: bool = False
    since: datetime | None = None
    until: datetime | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return FIELDS[self.kind]

    @property
    def undecided(self) -> bool:
        """Whether it is not clear yet whom it is about."""
        return self.unknown or bool(self.choices)

    @property
    def narrowed(self) -> bool:
        return bool(self.given)

    def value(self, name: str) -> str:
        return self.given.get(name, "")

    def address(self, path: str = "/audit/search", **changes: str) -> str:
        """The search with what was chosen, and these changes."""
        kept = {"kind": self.kind, **self.given, **changes}
        return f"{path}?{urlencode({name: value for name, value in kept.items() if value})}"

    def beside(self) -> dict[str, str]:
        """What the form does not ask itself, and keeps."""
        return {name: self.given[name] for name in ("stream",) if name in self.given}


async def asked(
    query: Mapping[str, str], site: Site, tenant: str, reader: str, settings: TenantSettings
) -> Asked:
    """As the address says; what says nothing, or nothing that there is, is left out."""
    kind = cast("Kind", query.get("kind")) if query.get("kind") in KINDS else KINDS[0]
    known = (*FIELDS[kind], "person", "stream")
    given = {
        name: value.strip()[:_TEXT_MAX]
        for name, value in query.items()
        if name in known and value.strip() and "\0" not in value
    }
    for name in ("person", "stream"):
        if name in given and uuid_or_none(given[name]) is None:
            del given[name]
    for name in ("from", "until"):
        if name in given and _day(given[name]) is None:
            del given[name]
    found = Asked(
        kind,
        given,
        query.get("cursor") or None,
        person=given.get("person"),
        since=_start(given.get("from"), settings),
        until=_end(given.get("until"), settings),
    )
    return await _with_person(found, site, tenant, reader)


async def _with_person(found: Asked, site: Site, tenant: str, reader: str) -> Asked:
    if found.person is not None:
        names = await site.store.names(tenant, [found.person])
        return replace(found, name=names.get(found.person, ""))
    who = found.value("who")
    if not who:
        return found
    named = await site.store.audit.find_people(tenant, who, None, _CHOICES, reader)
    people = named.found
    exactly = [one for one in people if one.name.casefold() == who.casefold()]
    people = exactly if len(exactly) == 1 else people
    if len(people) == 1:
        return replace(found, person=people[0].person, name=people[0].name)
    more = named.next is not None
    return replace(found, name=who, choices=people, more=more, unknown=not people)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _start(text: str | None, settings: TenantSettings) -> datetime | None:
    day = _day(text)
    return None if day is None or day.year < 1900 else instant(day, time.min, settings)


def _end(text: str | None, settings: TenantSettings) -> datetime | None:
    day = _day(text)
    if day is None or day.year > 9000:
        return None
    return instant(day + timedelta(days=1), time.min, settings) - timedelta(microseconds=1)
