"""``/``, ``/tasks`` and ``/agenda`` for who is signed in, and the button that says all was seen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi.responses import RedirectResponse, Response

from events.event import instant_text
from web.administration.start import keeping
from web.api.body import form
from web.api.dashboard import OFFICE, office_of
from web.api.problems import Problem, invalid
from web.pages.dashboard.cases import attention, told
from web.pages.dashboard.say import Say
from web.pages.home.desk import News, desk, news, openings, since_of
from web.pages.home.entries import (
    Changed,
    Piece,
    Titles,
    by_day,
    grouped,
    planned,
    waiting,
)
from web.pages.home.unplanned import to_plan, unplanned
from web.pages.home.visit import Visit, page_number, pager, signed_in
from web.pages.page import page
from web.pages.session import same_site
from web.privacy.lines import own_words

if TYPE_CHECKING:
    from events.store.directory import PersonRow

WAITING = 12
PLANNED = 8
CHANGED = 6
PIECES = 10
ATTENTION = 5
A_PAGE = 50


async def home(visit: Visit) -> Response:
    """``/`` for who is signed in."""
    site, person, settings, now = visit.site, visit.person, visit.settings, visit.now
    found = await desk(site, person, now, settings, (WAITING, PLANNED))
    since, first = await since_of(site, person, now)
    changed = await news(site, person, since, now, settings, CHANGED)
    to_do = await unplanned(visit)
    titles = await visit.titles(
        found.waiting.items,
        found.planned.items,
        to_do,
        [one.of_case for one in changed],
        also={e.actor.person for one in changed for e in one.events[:PIECES] if e.actor.person},
    )
    ahead = planned(found.planned.items, titles, visit.today)
    groups = grouped(waiting(found.waiting.items, titles, visit.today), visit.today)
    return page(
        visit.request,
        "home.html",
        groups={**groups, "unplanned": to_plan(to_do, titles)} if to_do else groups,
        waiting=found.waiting,
        more_waiting=found.waiting.total - len(found.waiting.items),
        past=[one for one in ahead if one.late],
        days=by_day(one for one in ahead if not one.late),
        more_planned=found.planned.total - len(found.planned.items),
        changes=[_changed(one, titles, visit) for one in changed],
        since=titles.wording("").instant(instant_text(since)),
        first=first,
        until=instant_text(now),
        begins=openings(site, person, now, settings),
        role=_main_role(person),
        visit=visit,
        own=own_words(visit.words),
        attention=await _attention(visit),
        keeping=await keeping(visit.request, site, person),
        no_cases=not any(tab.name in site.rules for tab in visit.request.scope["traject.tabs"]),
    )


async def _attention(visit: Visit) -> list[dict[str, Any]]:
    """For an office, the cases that wait the longest for whomever it is."""
    if not OFFICE & set(visit.person.roles):
        return []
    rows, titles, _ = await attention(visit, office_of(visit.site, visit.person), limit=ATTENTION)
    return told(rows, titles, Say(titles.wording(""), single_cases=True))


def _changed(one: News, titles: Titles, visit: Visit) -> Changed:
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
                when=visit.moment(event.recorded_at),
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
    number = page_number(visit.request)
    found = await desk(visit.site, visit.person, visit.now, visit.settings, (number * A_PAGE, 0))
    items = found.waiting.items[(number - 1) * A_PAGE :]
    titles = await visit.titles(items)
    return page(
        visit.request,
        "home_tasks.html",
        groups=grouped(waiting(items, titles, visit.today), visit.today),
        total=found.waiting.total,
        visit=visit,
        pager=pager("/tasks", number, found.waiting.total, A_PAGE),
    )


async def agenda(visit: Visit) -> Response:
    """``/agenda``: all that is planned, a page at a time."""
    number = page_number(visit.request)
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
        pager=pager("/agenda", number, found.planned.total, A_PAGE),
    )


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
