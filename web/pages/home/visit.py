"""Somebody signed in who looks at a page, and how that person is told of days and moments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import Response

from events.calendar import local_day
from events.settings import TenantSettings
from web.api.clock import offset_of
from web.api.problems import invalid
from web.pages.home.entries import Entry, Titles, people_in
from web.pages.session import page_language, visitor
from web.signin.expired import to_sign_in
from web.site import Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Shown = Callable[["Visit"], Awaitable[Response]]


class Visit:
    """Somebody who looks at one of these pages, and when."""

    def __init__(
        self, request: Request, site: Site, person: PersonRow, settings: TenantSettings
    ) -> None:
        self.request = request
        self.site = site
        self.person = person
        self.settings = settings
        self.now = datetime.now(UTC) + offset_of(request, site)
        self.words = page_language(request)

    @property
    def today(self) -> date:
        return local_day(self.now, self.settings)

    async def titles(self, *piles: Any, also: set[str] | None = None) -> Titles:
        """What these cases are called, with the names of everybody in one look."""
        ids = set(also or ())
        for pile in piles:
            ids |= people_in(self.words, pile)
        names = await self.site.store.names(self.person.tenant, ids) if ids else {}
        return Titles(self.words, self.settings, names)

    def day(self, text: str) -> str:
        """A day of the agenda, such as ``vandaag`` or ``dinsdag 10 februari``."""
        day = date.fromisoformat(text)
        near = {0: "today", 1: "tomorrow"}.get((day - self.today).days)
        if near:
            return str(self.words.pages["desk"][near])
        pattern = "EEEE d MMMM" if day.year == self.today.year else "EEEE d MMMM y"
        return format_date(day, pattern, locale=self.words.language)

    def moment(self, at: datetime) -> str:
        """When something happened, such as ``vandaag 09:30`` or ``10 februari``."""
        local = at.astimezone(self.settings.zone)
        if local.date() == self.today:
            words = self.words.pages["desk"]
            return f"{words['today']} {local:%H:%M}"
        pattern = "d MMMM" if local.year == self.today.year else "d MMMM y"
        return format_date(local.date(), pattern, locale=self.words.language)

    def due(self, entry: Entry) -> str:
        """When something has to be done, in words of today."""
        words, days = self.words.pages["desk"], entry.days
        if days is None:
            return ""
        if days < 0:
            return str(words["days_late_one"] if days == -1 else words["days_late"]).format(
                days=-days
            )
        if days < 2:
            return str(words["today"] if days == 0 else words["tomorrow"])
        return self.day(entry.at[:10])


def signed_in(show: Shown) -> Callable[[Request], Awaitable[Response]]:
    """A page for who is signed in; others sign in first."""

    async def handle(request: Request) -> Response:
        site = site_of(request)
        person = await visitor(request, site)
        if person is None:
            return await to_sign_in(request)
        settings = await site.settings(person.tenant)
        return await show(Visit(request, site, person, settings))

    return handle


PAGES_MAX = 20
"""Nobody turns more pages than that; a filter or a file serves better."""


def page_number(request: Request) -> int:
    """Which page of a list is asked for, from 1. Raises Problem for what is none."""
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= PAGES_MAX):
        raise invalid("page", "value")
    return int(text[:4])


def pager(path: str, number: int, total: int, a_page: int) -> dict[str, str | None]:
    """The addresses of the page before and after; ``path`` may have a query."""
    more = total > number * a_page and number < PAGES_MAX
    to = f"{path}{'&' if '?' in path else '?'}page="
    return {
        "previous": f"{to}{number - 1}" if number > 1 else None,
        "following": f"{to}{number + 1}" if more else None,
    }
