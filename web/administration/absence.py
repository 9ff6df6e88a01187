"""``/administration/absence``: who is not there from when to when, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.calendar import local_day
from events.store.succession import Absence, AbsenceOverlaps, Part
from web.administration.choosing import choices, named
from web.administration.successors import may_follow
from web.administration.typed import WRONG, Typed, typed
from web.api.problems import Problem, uuid_or_none
from web.pages.page import page
from web.pages.session import page_language
from web.permissions.table import may
from web.site import Site
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow


@dataclass(frozen=True, slots=True)
class Shown:
    """An absence as the page tells it; ``parts`` open cases in which somebody has a part.

    ``unfit``: who stands in has not the roles to take all of those over.
    """

    person: str
    name: str
    start: str
    when: str
    stands_in: str
    now: bool
    parts: int
    unfit: bool


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/absence``: those that last or lie ahead, and a form for another."""
    sent = Typed({"person": request.query_params.get("person", "")})
    return await _page(request, site, person, sent)


async def add(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/absence``. No reason is asked: why is nobody's business here."""
    sent = await typed(request)
    await named(site, person.tenant, sent, "person", "stands_in")
    asked = [one for name in ("person", "stands_in") if (one := uuid_or_none(sent.raw(name)))]
    known = await site.store.persons(person.tenant, asked)
    who, start, to = sent.needed("person"), sent.day("from"), sent.day("to")
    stands_in = sent.raw("stands_in")
    if who and who not in known:
        sent.wrong.setdefault("person", "missing")
    if start is None:
        sent.wrong.setdefault("from", "missing")
    if start and to and to < start:
        sent.wrong.setdefault("to", "order")
    if stands_in and (stands_in not in known or stands_in == who):
        sent.wrong.setdefault("stands_in", "other_person")
    if not sent.wrong and start is not None:
        try:
            absence = Absence(who, start, to, stands_in or None)
            await site.store.keep_absence(person.tenant, person.id, absence)
        except AbsenceOverlaps:
            sent.wrong["from"] = "overlap"
    if sent.wrong:
        return await _page(request, site, person, sent, WRONG)
    return RedirectResponse(f"/administration/absence?done={who}", 303)


async def end(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/absence/end``: it was not so, or is over."""
    sent = await typed(request)
    who, start = uuid_or_none(sent.raw("person")), sent.day("from")
    if who is None or start is None:
        raise Problem("not_found")
    if not await site.store.end_absence(person.tenant, person.id, who, start):
        raise Problem("not_found")
    return RedirectResponse("/administration/absence?done=ended", 303)


async def _page(
    request: Request, site: Site, person: PersonRow, sent: Typed, status: int = 200
) -> Response:
    settings = await site.settings(person.tenant)
    today = local_day(datetime.now(UTC), settings)
    found = await site.store.absences(person.tenant, today)
    done = request.query_params.get("done", "")
    told = [one.stands_in for one in found if one.stands_in]
    told += [kept] if (kept := uuid_or_none(done)) else []
    names = await site.store.names(person.tenant, told)
    fit = await site.store.persons(person.tenant, told)
    wording = Wording(page_language(request), settings, names)
    shown: list[Shown] = []
    for one in found:
        parts = await site.store.parts_of(person.tenant, one.person)
        when, name = _when(one, wording), names.get(one.stands_in or "", "")
        unfit = bool(name) and not _fits(site, parts, fit.get(one.stands_in or ""))
        first = one.start.isoformat()
        shown.append(
            Shown(one.person, one.name, first, when, name, one.start <= today, len(parts), unfit)
        )
    return page(
        request,
        "administration/absence.html",
        status,
        absences=shown,
        options=await choices(site, person.tenant, sent, "person", "stands_in"),
        sent=sent,
        done="kept" if done in names else done,
        kept=done if done in names else "",
        passes=may(person, "administration.handover"),
    )


def _fits(site: Site, parts: Sequence[Part], by: PersonRow | None) -> bool:
    """Whether all of it could be handed over to this person."""
    roles = by.roles if by else ()
    return all(
        may_follow(site.rules[one.process], one.part, roles)
        for one in parts
        if one.process in site.rules
    )


def _when(absence: Absence, wording: Wording) -> str:
    said = wording.texts.pages["administration"]
    first = wording.day(_text(absence.start))
    if absence.to is None:
        return str(said["days_from"]).format(**{"from": first})
    if absence.to == absence.start:
        return first
    return str(said["days_to"]).format(**{"from": first, "to": wording.day(_text(absence.to))})


def _text(day: date) -> str:
    return day.isoformat()
