"""``/administration/health``: how the system is doing, in words and with what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from events.audit.proofs import NotYet
from events.calendar import is_working_day, local_day
from events.event import instant_text
from events.settings import TenantSettings
from events.store.condition import Condition, Waiting
from web.api.paths import private
from web.pages.page import page
from web.pages.session import page_language
from web.site import Site
from web.texts import Texts
from workflows.gateway import Unavailable, WorkerSeen

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Level = Literal["ok", "warn", "bad"]
NOW = timedelta(seconds=10)
SOON = timedelta(minutes=1)
LONG = timedelta(minutes=5)
MAIL_DAYS = 2
"""Mail waits for a day on which it may go; from then on it goes that day."""
SEEN = timedelta(minutes=2)
PATIENCE = 3
"""Seconds for what Temporal answers; it may take calls and say nothing."""
CHECKPOINT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``values`` stand in its sentence."""

    name: str
    level: Level
    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def json(self) -> dict[str, Any]:
        """As programs read it."""
        plain = {
            key: instant_text(value) if isinstance(value, datetime) else value
            for key, value in self.values.items()
        }
        return {"name": self.name, "level": self.level, **plain}


@dataclass(frozen=True, slots=True)
class Looked:
    """All that was looked at, at the same time."""

    condition: Condition
    temporal: bool
    workers: Sequence[WorkerSeen] | None
    signed_at: datetime | None
    signed: int
    settings: TenantSettings


def findings(looked: Looked) -> Iterator[Finding]:
    """What there is to say about it, in the order of the page."""
    told, now = looked.condition, looked.condition.at
    away = 0 if looked.temporal else 1
    yield Finding("temporal", "bad" if away else "ok", {"count": away})
    yield _workers(looked, now)
    yield _waiting("numbering", told.unnumbered, now, NOW, SOON)
    yield from (
        Finding(
            "model",
            _since(one.since, now, SOON, LONG),
            {"model": one.name, "behind": one.behind},
        )
        for one in told.models
    )
    if not told.models:
        yield Finding("no_model", "bad")
    stuck = len(told.stuck)
    yield Finding("parked", "bad" if stuck else "ok", {"count": stuck})
    yield _mail(looked, now)
    failed = told.mail.get("parked", Waiting()).count
    yield Finding("mail_failed", "bad" if failed else "ok", {"count": failed})
    late = told.late
    yield Finding(
        "late", "warn" if late.cases else "ok", {"cases": late.cases, "steps": late.steps}
    )
    yield Finding("stalled", "warn" if late.stalled else "ok", {"count": late.stalled})
    yield _checkpoint(looked, now)


def _workers(looked: Looked, now: datetime) -> Finding:
    if looked.workers is None:
        return Finding("workers_unknown", "warn")
    seen = [one for one in looked.workers if now - one.at <= SEEN]
    builds = len({one.build for one in seen})
    level: Level = "bad" if not seen else ("warn" if builds > 1 else "ok")
    return Finding("workers", level, {"count": len(seen), "builds": builds})


def _waiting(name: str, what: Waiting, now: datetime, warn: timedelta, bad: timedelta) -> Finding:
    level = _since(what.since, now, warn, bad) if what.count else "ok"
    return Finding(name, level, {"count": what.count, "since": what.since})


def _mail(looked: Looked, now: datetime) -> Finding:
    mail = looked.condition.mail
    waits = [mail[state] for state in ("waiting", "sending") if state in mail]
    oldest = min((one.since for one in waits if one.since), default=None)
    passed = _mail_days(oldest, now, looked.settings) if oldest else 0
    level: Level = "ok" if passed < MAIL_DAYS else ("warn" if passed < MAIL_DAYS * 2 else "bad")
    return Finding("mail", level, {"count": sum(one.count for one in waits), "since": oldest})


def _mail_days(since: datetime, now: datetime, settings: TenantSettings) -> int:
    """On how many days after that one mail could go, the present one included."""
    first, today = local_day(since, settings), local_day(now, settings)
    days = (first + timedelta(days=more) for more in range(1, (today - first).days + 1))
    return sum(is_working_day(day, settings) for day in days)


def _since(moment: datetime | None, now: datetime, warn: timedelta, bad: timedelta) -> Level:
    age = now - moment if moment else timedelta(0)
    return "bad" if age > bad else ("warn" if age > warn else "ok")


def _checkpoint(looked: Looked, now: datetime) -> Finding:
    if looked.signed_at is None:
        return Finding("no_checkpoint", "bad" if looked.condition.position else "ok")
    behind = looked.condition.position > looked.signed
    level: Level = "bad" if behind and now - looked.signed_at > CHECKPOINT else "ok"
    return Finding("checkpoint", level, {"signed_at": looked.signed_at, "size": looked.signed})


async def look(site: Site, tenant: str) -> Looked:
    """Looks at everything at once; what is away is said so, and waited for no longer than 3 s."""
    condition, status, workers, signed, settings = await asyncio.gather(
        site.store.condition(tenant),
        _temporal(site),
        _seen(site),
        _signed(site),
        site.settings(tenant),
    )
    return Looked(condition, status, workers, *signed, settings)


async def _temporal(site: Site) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return (await site.gateway.status())["temporal"] == "ok"
    except TimeoutError:
        return False


async def _seen(site: Site) -> Sequence[WorkerSeen] | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await site.gateway.workers()
    except (Unavailable, TimeoutError):
        return None


async def _signed(site: Site) -> tuple[datetime | None, int]:
    try:
        latest = await site.store.audit.checkpoint()
    except NotYet:
        return None, 0
    return latest.says.at, latest.says.trees["events"].size


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration/health``."""
    looked = await look(site, person.tenant)
    settings = await site.settings(person.tenant)
    words = page_language(request)
    return page(
        request,
        "administration/health.html",
        findings=[_told(one, words, settings.zone) for one in findings(looked)],
        worst=worst(findings(looked)),
        stuck=looked.condition.stuck,
        stuck_rows=_stuck(looked, words, settings.zone),
        workers=looked.workers or (),
        worker_rows=_worker_rows(looked, words, settings.zone),
        asked=looked.condition.retry_asked,
        at=looked.condition.at.astimezone(settings.zone).strftime("%H:%M:%S"),
    )


async def as_json(request: Request, site: Site, person: PersonRow) -> JSONResponse:
    """``GET /administration/health.json``: the same for programs, and for the page itself."""
    looked = await look(site, person.tenant)
    settings, words = await site.settings(person.tenant), page_language(request)
    items = [one.json() | _told(one, words, settings.zone) for one in findings(looked)]
    at = looked.condition.at
    return private(
        {
            "at": instant_text(at),
            "clock": at.astimezone(settings.zone).strftime("%H:%M:%S"),
            "level": worst(findings(looked)),
            "position": looked.condition.position,
            "findings": items,
        }
    )


async def retry(request: Request, site: Site, person: PersonRow) -> Response:
    """``POST /administration/health/retry``: a worker tries again what is parked."""
    await site.store.ask_retry(person.tenant, person.id)
    return RedirectResponse("/administration/health", 303)


def _stuck(looked: Looked, words: Texts, zone: Any) -> list[dict[str, str]]:
    said = words.pages["administration"]["health"]["stuck_row"]
    return [
        {
            "href": f"/{one.process}/{one.stream}",
            "text": said.format(
                process=words.pages["process"].get(one.process, {}).get("one", ""),
                since=_clock(one.since, zone),
                attempts=one.attempts,
            ),
        }
        for one in looked.condition.stuck
    ]


def _worker_rows(looked: Looked, words: Texts, zone: Any) -> list[str]:
    said = words.pages["administration"]["health"]["worker"]
    return [
        said.format(name=one.name, build=one.build[:12], at=_clock(one.at, zone))
        for one in looked.workers or ()
    ]


def _clock(moment: datetime | None, zone: Any) -> str:
    return moment.astimezone(zone).strftime("%d-%m-%Y %H:%M") if moment else ""


def worst(found: Iterator[Finding]) -> Level:
    """How all is: as the thing that is worst."""
    levels: list[Level] = [one.level for one in found]
    return max(levels, key=("ok", "warn", "bad").index)


def _told(finding: Finding, words: Texts, zone: Any) -> dict[str, Any]:
    """The finding in words: what it is, how it is, and what to do if it is not well."""
    said: dict[str, Any] = words.pages["administration"]["health"]
    own: dict[str, str] = said["finding"][finding.name]
    values = dict(finding.values)
    values["since"] = _clock(values.get("since") or values.get("signed_at"), zone)
    if "model" in values:
        values["model"] = said["models"].get(values["model"], said["model_other"])
    which = "one" if values.get("count", values.get("cases")) == 1 and "one" in own else "many"
    nothing = values.get("count", values.get("cases", values.get("behind"))) == 0 and "none" in own
    sentence = own["none"] if nothing else own[which]
    return {
        "name": finding.name,
        "level": finding.level,
        "title": own["title"].format(**values),
        "text": sentence.format(**values),
        "do": own.get("do", "") if finding.level != "ok" else "",
        "word": said["levels"][finding.level],
    }
