"""The process clock of a request, which test and demo installations may set themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Request

from events.settings import TenantSettings
from web.api.problems import invalid
from web.site import Site

HEADER = "Traject-Clock"
STILL = timedelta(0)
FARTHEST = timedelta(days=100 * 365)


def offset_of(request: Request, site: Site) -> timedelta:
    """How far the process clock of this request runs ahead of real time.

    Raises Problem where the header is given outside a test or demo installation, or is no
    instant with a time zone, or lies too far away for terms to be counted from it.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return STILL
    if site.installation == "production":
        raise invalid(HEADER, "clock")
    try:
        moment = datetime.fromisoformat(given)
        if moment.tzinfo is None:
            raise invalid(HEADER, "instant")
        offset = moment.astimezone(UTC) - datetime.now(UTC)
        if abs(offset) > FARTHEST:
            raise invalid(HEADER, "instant")
        return offset
    except (ValueError, OverflowError):
        raise invalid(HEADER, "instant") from None


def now_of(request: Request, site: Site) -> datetime:
    """The moment of this request by the process clock, in UTC."""
    return datetime.now(UTC) + offset_of(request, site)


def as_of(request: Request, settings: TenantSettings, now: datetime) -> datetime | None:
    """The instant that ``?as_of=`` asks for, never later than now; None where it does not."""
    moment = moment_in(request, "as_of", settings)
    return None if moment is None else min(moment, now)


def moment_in(request: Request, name: str, settings: TenantSettings) -> datetime | None:
    """The instant that a parameter of the address names, in UTC; None where it is not there.

    Without a zone it is the board's local time. A ``+`` that arrived as a space is understood.
    """
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=settings.zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise invalid(name, "instant") from None
