"""``/administration/holidays``: days on which nobody works, by region and of the board itself."""

from __future__ import annotations

from calendar import monthcalendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.calendar import local_day
from events.holidays import closed_days
from events.settings import ClosedDays, TenantSettings
from events.store.administration import SettingsChanged
from web.administration.typed import WRONG, Typed, filled, typed
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import Texts
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

REGIONS = ("noord", "midden", "zuid")
FIRST_MONTH = 8
"""School years begin in August."""
LONGEST_DAYS = 100
MOST_SPANS = 300


@dataclass(frozen=True, slots=True)
class Span:
    """Days off in a row, as the page lists them; ``own``: of this board alone."""

    key: str
    name: str
    days: str
    own: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar; ``name`` is why nobody works, empty where somebody may."""

    number: int
    name: str = ""
    weekend: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar, by weeks; 0 stands for a day of another month."""

    name: str
    weeks: tuple[tuple[Day, ...], ...]


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/holidays``, with the calendar of a school year."""
    settings = await site.settings(person.tenant)
    return _page(request, settings, filled({"region": settings.region}))


async def take(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/holidays/region``: those of a region, and the board's own stay."""
    sent = await typed(request)
    region = sent.raw("region")
    settings = await site.settings(person.tenant)
    if region not in REGIONS:
        sent.wrong["region"] = "missing"
        return _page(request, settings, sent, WRONG)
    own = [span for span in settings.closed if span not in _published(settings.region)]
    days = {_key(span): span for span in (*closed_days(region), *own)}
    wanted = {"region": region, "closed": [_json(days[key]) for key in sorted(days)]}
    return await _saved(request, site, person, settings, wanted, sent)


async def add(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/holidays``: days off of the board itself."""
    sent = await typed(request)
    settings = await site.settings(person.tenant)
    name, start = sent.needed("name", 80), sent.day("from")
    to = sent.day("to") or start
    if start is None:
        sent.wrong.setdefault("from", "missing")
    elif to is not None and to < start:
        sent.wrong.setdefault("to", "order")
    elif to is not None and (to - start).days >= LONGEST_DAYS:
        sent.wrong.setdefault("to", "long")
    if len(settings.closed) >= MOST_SPANS:
        sent.wrong.setdefault("name", "full")
    if sent.wrong or start is None or to is None:
        return _page(request, settings, sent, WRONG)
    span = ClosedDays.model_validate({"from": start, "to": to, "name": name})
    days = {_key(one): one for one in (*settings.closed, span)}
    wanted = {"closed": [_json(days[key]) for key in sorted(days)]}
    return await _saved(request, site, person, settings, wanted, sent)


async def drop(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/holidays/drop``: these days are working days again."""
    sent = await typed(request)
    settings = await site.settings(person.tenant)
    left = [span for span in settings.closed if _key(span) != sent.raw("key")]
    if len(left) == len(settings.closed):
        raise Problem("not_found")
    wanted = {"closed": [_json(one) for one in left]}
    return await _saved(request, site, person, settings, wanted, sent)


async def _saved(
    request: Request,
    site: Site,
    person: PersonRow,
    settings: TenantSettings,
    wanted: dict[str, Any],
    sent: Typed,
) -> Response:
    values = settings.model_dump(mode="json", by_alias=True)
    try:
        await site.store.change_settings(
            person.tenant,
            person.id,
            TenantSettings.model_validate({**values, **wanted}),
            over=settings,
            what="settings.holidays",
        )
    except SettingsChanged:
        sent.wrong["over"] = "changed"
        return _page(request, await site.settings(person.tenant), sent, WRONG)
    return RedirectResponse("/administration/holidays?done=saved", 303)


def _json(span: ClosedDays) -> dict[str, Any]:
    return span.model_dump(mode="json", by_alias=True)


def _key(span: ClosedDays) -> str:
    return f"{span.from_.isoformat()}/{span.to.isoformat()}/{span.name}"


def _published(region: str) -> Sequence[ClosedDays]:
    return closed_days(region) if region in REGIONS else ()


def _page(request: Request, settings: TenantSettings, sent: Typed, status: int = 200) -> Response:
    words = page_language(request)
    today = local_day(datetime.now(UTC), settings)
    year = year_of(request.query_params.get("year", ""), today)
    published = set(_published(settings.region))
    start, end = date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1)
    spans = [
        Span(_key(one), one.name, _days(one, words, settings), one not in published, one.to < today)
        for one in settings.closed
        if one.from_ < end and one.to >= start
    ]
    return page(
        request,
        "administration/holidays.html",
        status,
        sent=sent,
        spans=spans,
        months=months(year, settings.closed, words),
        year=year,
        region_options=[(one, words.pages["administration"]["regions"][one]) for one in REGIONS],
        region=settings.region,
        done=request.query_params.get("done", ""),
    )


def year_of(asked: str, today: date) -> int:
    """The year in which the school year begins that is asked for, else the present one."""
    now = today.year if today.month >= FIRST_MONTH else today.year - 1
    near = {str(year): year for year in range(now - 10, now + 11)}
    return near.get(asked, now)


def _days(span: ClosedDays, words: Texts, settings: TenantSettings) -> str:
    wording = Wording(words, settings, {})
    first, last = wording.day(span.from_.isoformat()), wording.day(span.to.isoformat())
    if span.from_ == span.to:
        return first
    return str(words.pages["administration"]["days_to"]).format(**{"from": first, "to": last})


def months(year: int, closed: Iterable[ClosedDays], words: Texts) -> list[Month]:
    """The twelve months of a school year."""
    names: dict[date, str] = {}
    for span in closed:
        for n in range(span.from_.toordinal(), span.to.toordinal() + 1):
            names.setdefault(date.fromordinal(n), span.name)
    found: list[Month] = []
    for place in range(FIRST_MONTH - 1, FIRST_MONTH + 11):
        of, month = year + place // 12, place % 12 + 1
        title = format_date(date(of, month, 1), "LLLL y", locale=words.language)
        weeks = [
            tuple(
                Day(number, names.get(date(of, month, number), ""), weekday >= 5)
                if number
                else Day(0)
                for weekday, number in enumerate(week)
            )
            for week in monthcalendar(of, month)
        ]
        found.append(Month(title, tuple(weeks)))
    return found
