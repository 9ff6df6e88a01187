"""``/audit/administration``: who changed what of people, settings and texts, for auditors."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response

from events.store.administration import Sought
from web.administration.choosing import choices, named
from web.administration.told import told_changes
from web.administration.typed import Typed
from web.api.problems import uuid_or_none
from web.pages.page import page
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

KINDS = ("person", "sessions", "absence", "handover", "settings", "letter", "retry")
A_PAGE = 50
YEARS = (1900, 9000)


def _kept(day: date | None) -> date | None:
    """None for a day outside the years in which anything can have been changed."""
    return day if day is not None and YEARS[0] <= day.year <= YEARS[1] else None


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/administration``: by who, what, about whom and when; the latest first."""
    given = request.query_params
    sent = Typed({name: given.get(name, "") for name in ("by", "what", "about", "from", "to")})
    names = ("by.typed", "about.typed", "by.pick", "about.pick")
    sent.sent = {**sent.sent, **{name: given[name] for name in names if name in given}}
    await named(site, person.tenant, sent, "by", "about")
    settings = await site.settings(person.tenant)
    start, to = _kept(sent.day("from")), _kept(sent.day("to"))
    midnight = time(0, 0, tzinfo=settings.zone)
    sought = Sought(
        person=uuid_or_none(sent.raw("by")),
        what=sent.raw("what") if sent.raw("what") in KINDS else None,
        subject=uuid_or_none(sent.raw("about")),
        since=datetime.combine(start, midnight) if start else None,
        until=datetime.combine(to + timedelta(days=1), midnight) if to else None,
    )
    before = given.get("before", "")
    found = await site.store.changes(
        person.tenant,
        sought,
        before=int(before) if before.isdecimal() and len(before) < 16 else None,
        limit=A_PAGE + 1,
    )
    kept = {key: value for key, value in sent.sent.items() if value}
    options = await choices(site, person.tenant, sent, "by", "about")
    more = urlencode({**kept, "before": found[A_PAGE - 1].id}) if len(found) > A_PAGE else ""
    return page(
        request,
        "administration/changes.html",
        changes=await told_changes(request, site, person.tenant, found[:A_PAGE]),
        sent=sent,
        kinds=KINDS,
        options=options,
        more=f"/audit/administration?{more}" if more else "",
        narrowed=bool(kept),
    )
