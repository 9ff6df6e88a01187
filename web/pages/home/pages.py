"""``/``, ``/tasks`` and ``/agenda`` for who is signed in, and the button that says all was seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.calendar import local_day
from events.event import instant_text
from events.settings import TenantSettings
from web.api.body import form
from web.api.clock import offset_of
from web.api.problems import Problem, invalid
from web.pages.home.desk import News, desk, news, openings, since_of
from web.pages.home.entries import (
    Changed,
    Entry,
    Piece,
    Titles,
    by_day,
    grouped,
    people_in,
    planned,
    waiting,
)
from web.pages.page import page
from web.pages.session import page_language, same_site, visitor
from web.privacy.lines import own_words
from web.signin.expired import to_sign_in
from web.site import Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

WAITING = 12
PLANNED = 8
CHANGED = 8
PIECES = 3
A_PAGE = 50
PAGES_MAX = 20

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


async def home(visit: Visit) -> Response:
    """``/`` for who is signed in."""
    site, person, settings, now = visit.site, visit.person, visit.settings, visit.now
    found = await desk(site, person, now, settings, (WAITING, PLANNED))
    since, first = await since_of(site, person, now)
    changed = await news(site, person, since, now, settings, CHANGED)
    titles = await visit.titles(
        found.waiting.items,
        found.planned.items,
        [one.of_case for one in changed],
        also={e.actor.person for one in changed for e in one.events[:PIECES] if e.actor.person},
    )
    ahead = planned(found.planned.items, titles, visit.today)
    return page(
        visit.request,
        "home.html",
        groups=grouped(waiting(found.waiting.items, titles, visit.today), visit.today),
        waiting=found.waiting,
        more_waiting=found.waiting.total - len(found.waiting.items),
        past=[one for one in ahead if one.late],
        days=by_day(one for one in ahead if not one.late),
        more_planned=found.planned.total - len(found.planned.items),
        changes=[_changed(one, titles) for one in changed],
        since=titles.wording("").instant(instant_text(since)),
        first=first,
        until=instant_text(now),
        begins=openings(site, person, now, settings),
        role=_main_role(person),
        visit=visit,
        own=own_words(visit.words),
    )


def _changed(one: News, titles: Titles) -> Changed:
    dossier = one.reading.dossier
    wording = titles.wording(dossier.process)
    return Changed(
        case=titles.case(dossier.process, one.reading.summary),
        href=f"/{dossier.process}/{dossier.stream}",
        kind=dossier.process,
        pieces=[
            Piece(
                what=wording.title(event.type),
                by=wording.name(event.actor.person)
                if event.actor.person
                else wording.role(event.actor.role),
                when=wording.instant(instant_text(event.recorded_at)),
                at=instant_text(event.recorded_at),
            )
            for event in one.events[:PIECES]
        ],
        more=max(0, len(one.events) - PIECES),
    )


_OF_ROLES = (
    "hr", "coordinator", "advisor", "client", "teacher", "manager", "school_leader",
    "school_trainer", "institute_trainer", "mentor", "student", "auditor", "board",
)  # fmt: skip


def _main_role(person: PersonRow) -> str:
    """The role for which the page is put into words where it is empty."""
    return next((role for role in _OF_ROLES if role in person.roles), "")


async def tasks(visit: Visit) -> Response:
    """``/tasks``: all that waits, a page at a time."""
    number = _page_number(visit.request)
    found = await desk(visit.site, visit.person, visit.now, visit.settings, (number * A_PAGE, 0))
    items = found.waiting.items[(number - 1) * A_PAGE :]
    titles = await visit.titles(items)
    return page(
        visit.request,
        "home_tasks.html",
        groups=grouped(waiting(items, titles, visit.today), visit.today),
        total=found.waiting.total,
        visit=visit,
        pager=_pager("/tasks", number, found.waiting.total),
    )


async def agenda(visit: Visit) -> Response:
    """``/agenda``: all that is planned, a page at a time."""
    number = _page_number(visit.request)
    found = await desk(visit.site, visit.person, visit.now, visit.settings, (0, number * A_PAGE))
    items = found.planned.items[(number - 1) * A_PAGE :]
    ahead = planned(items, await visit.titles(items), visit.today)
    return page(
        visit.request,
        "home_agenda.html",
        past=[one for one in ahead if one.late],
        days=by_day(one for one in ahead if not one.late),
        total=found.planned.total,
        visit=visit,
        pager=_pager("/agenda", number, found.planned.total),
    )


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= PAGES_MAX):
        raise invalid("page", "value")
    return int(text[:4])


def _pager(path: str, number: int, total: int) -> dict[str, str | None]:
    more = total > number * A_PAGE and number < PAGES_MAX
    return {
        "previous": f"{path}?page={number - 1}" if number > 1 else None,
        "following": f"{path}?page={number + 1}" if more else None,
    }


async def seen(visit: Visit) -> Response:
    """``POST /seen``: what changed up to the moment at which the page was made is known now."""
    if not same_site(visit.request):
        raise Problem("not_found")
    text = (await form(visit.request)).get("until", "")
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("until", "value") from None
    if until.tzinfo is None:
        raise invalid("until", "value")
    # Nobody has seen what is yet to happen.
    await visit.site.store.desks.look(visit.person.tenant, visit.person.id, min(until, visit.now))
    return RedirectResponse("/", 303)


PAGES = (
    ("GET", "/tasks", signed_in(tasks)),
    ("GET", "/agenda", signed_in(agenda)),
    ("POST", "/seen", signed_in(seen)),
)
