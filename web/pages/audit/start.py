"""``/audit``: whether all is sealed and published, and what was read and refused lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from events.audit.proofs import Latest, NotYet
from events.audit.search import SearchedLog, Wanted
from events.calendar import instant, local_day
from events.settings import TenantSettings
from web.api.problems import Problem
from web.forms.words import command_in_words
from web.pages.audit.access import now_at
from web.pages.audit.naming import Names, exactly
from web.pages.audit.published import Published, published
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

DAYS = 14
LINES = 5
OLD = timedelta(hours=1)
_KEPT = 100
_over: dict[tuple[str, str, str], dict[date, int]] = {}
"""How many there were on days that are over, by board, reader and log."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a chart: its name, how many, and its height of 100."""

    day: str
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """How many there were on each of the last days."""

    bars: list[Bar]
    total: int


@dataclass(frozen=True, slots=True)
class Seal:
    """The latest checkpoint. ``waiting``: events that it does not hold yet."""

    latest: Latest
    waiting: int
    place: str
    old: bool


async def start(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit``."""
    settings = await site.settings(person.tenant)
    now, words = now_at(request, site), page_language(request)
    store = site.store.audit
    tenant = person.tenant
    reads = await _by_day(site, person, "reads", now, settings)
    refused = await _by_day(site, person, "refusals", now, settings)
    lines = (await store.search(tenant, "refusals", Wanted(), None, LINES, person.id)).lines
    names = Names(site, person, words, settings)
    cases = {line.stream: line.process for line in lines if line.stream}
    await names.learn(now, [line.person for line in lines], cases)
    return page(
        request,
        "audit/start.html",
        wording=names.wording("supervision"),
        number=lambda value: format_decimal(value, locale=words.language),
        seal=await _seal(site, now),
        reads=_chart(reads, now, settings, words),
        refusals=_chart(refused, now, settings, words),
        days=DAYS,
        lines=[
            {
                "at": exactly(names.wording(line.process), line.at),
                "who": names.person(line.person, line.process),
                "command": command_in_words(names.wording(line.process), line.what),
                "why": words.problem(line.code or "", settings).title,
                "case": names.case(line.stream, line.process),
            }
            for line in lines
        ],
    )


async def _seal(site: Site, now: datetime) -> Seal | None:
    try:
        latest = await site.store.audit.checkpoint()
    except NotYet:
        return None
    waiting = max(await site.store.audit.last_position() - latest.says.size, 0)
    outside: Published = await published(site, latest.note)
    if outside.latest is None:
        place = "published_unknown"
    else:
        place = "published_yes" if outside.latest == latest.note else "published_behind"
    return Seal(latest, waiting, place, waiting > 0 and now - latest.signed_at > OLD)


async def _by_day(
    site: Site, person: PersonRow, log: SearchedLog, now: datetime, settings: TenantSettings
) -> Mapping[date, int]:
    """How many there were on each of the last days; of days that are over it is kept."""
    today = local_day(now, settings)
    key = (person.tenant, person.id if log == "refusals" else "", log)
    kept = _over.setdefault(key, {})
    while len(_over) > _KEPT:
        del _over[next(iter(_over))]
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    first = next((day for day in days if day not in kept), today)
    since, until = instant(first, time.min, settings), now + timedelta(minutes=1)
    found = await site.store.audit.by_day(
        person.tenant, log, since, until, settings.timezone, person.id
    )
    for day in days:
        # Yesterday may still get what a slow request is about to write.
        if first <= day < today - timedelta(days=1):
            kept[day] = found.get(day, 0)
    return {day: found.get(day, 0) if day >= first else kept[day] for day in days}


def _chart(
    counts: Mapping[date, int], now: datetime, settings: TenantSettings, words: Texts
) -> Chart:
    last = local_day(now, settings)
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    most = max([1, *counts.values()])
    bars = [
        Bar(
            format_date(day, "EEE d MMM", locale=words.language),
            counts.get(day, 0),
            round(100 * counts.get(day, 0) / most, 1),
        )
        for day in days
    ]
    return Chart(bars, sum(bar.count for bar in bars))


async def checkpoint(_request: Request, site: Site, _person: PersonRow) -> Response:
    """``GET /audit/checkpoint.txt``: the latest signed note, to keep elsewhere."""
    try:
        latest = await site.store.audit.checkpoint()
    except NotYet:
        raise Problem("proof.not_yet") from None
    return _file(latest.note, f"checkpoint-{latest.number}.txt")


async def keys(_request: Request, site: Site, _person: PersonRow) -> Response:
    """``GET /audit/keys.txt``: the verifier keys of the log as they are published."""
    found = (await published(site)).keys
    if not found:
        raise Problem("proof.not_yet")
    return _file("".join(f"{key}\n" for key in found), "keys.txt")


def _file(text: str, name: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return PlainTextResponse(text, headers=headers)
