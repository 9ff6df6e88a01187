"""What else is on a day: closed days, and what those who have to be there have planned already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from events.settings import TenantSettings
from web.api.lists import LIMIT_MAX, Query, page_of_cases
from web.listed import Looks
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

NEAR = timedelta(hours=2)
"""Nothing in an agenda says how long it lasts; a visit and the way to it take about this long."""
_PAGES = 5


@dataclass(frozen=True, slots=True)
class Item:
    """Something in somebody's agenda; ``row`` is what lists say of its case."""

    at: str
    process: str
    stream: str
    told: dict[str, Any]
    row: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def agenda_of(
    site: Site, person: PersonRow, now: datetime, settings: TenantSettings
) -> list[Item]:
    """All that is planned for somebody, as that person may know it, by moment."""
    found: list[Item] = []
    looks = Looks(row=True, agenda=True)
    query = Query(None, True, "created_at", None, LIMIT_MAX, own=True, looks=looks)
    for process in sorted(await site.store.processes_of(person.tenant, person.id)):
        if process not in site.rules:
            continue
        cursor: str | None = None
        for _ in range(_PAGES):
            asked = replace(query, cursor=cursor)
            cases, cursor = await page_of_cases(site, person, process, asked, now, settings)
            found += [
                Item(str(told["at"]), process, case.stream, told, case.row)
                for case in cases
                for told in case.agenda
            ]
            if cursor is None:
                break
    return sorted(found, key=lambda item: item.at)


def on_day(items: list[Item], day: str) -> list[Item]:
    """Those on a local day."""
    return [item for item in items if item.at[:10] == day]


def near(item: Item, at: str) -> bool:
    """Whether it is so close to a local moment that nobody can do both."""
    if "T" not in item.at or "T" not in at:
        return False
    return abs(datetime.fromisoformat(item.at) - datetime.fromisoformat(at)) < NEAR


def closed(day: date, settings: TenantSettings) -> str | None:
    """Why nobody works that day: the name of a holiday, or ``weekend``; None on a working day."""
    for span in settings.closed:
        if span.from_ <= day <= span.to:
            return span.name
    return "weekend" if day.weekday() >= 5 else None
