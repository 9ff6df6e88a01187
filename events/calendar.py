"""Working days: which days count, and the moments that terms of n working days lead to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.settings import TenantSettings

ONE_DAY = timedelta(days=1)
MORNING = time(9, 0)
FAR = timedelta(days=366 * 20)


class NoWorkingDays(ValueError):
    """The calendar closes every day for twenty years: a term would never end."""


def local_day(at: datetime, settings: TenantSettings) -> date:
    """The board's local day of an instant."""
    return at.astimezone(settings.zone).date()


def local_instant(text: str, zone: ZoneInfo) -> datetime:
    """A local date and time such as ``2026-02-10T08:30`` as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def instant(day: date, at: time, settings: TenantSettings) -> datetime:
    """A local day and time of day as an instant in UTC."""
    return datetime.combine(day, at, settings.zone).astimezone(UTC)


def is_working_day(day: date, settings: TenantSettings, paused: Collection[date] = ()) -> bool:
    """Monday to Friday, outside the closed days and the paused (suspended) days."""
    return day.weekday() < 5 and day not in settings.closed_days and day not in paused


def add_working_days(
    day: date, count: int, settings: TenantSettings, paused: Collection[date] = ()
) -> date:
    """The ``count``-th working day after ``day`` (before it, when negative)."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    limit = day + FAR if count > 0 else day - FAR
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, settings, paused):
            day += step
            if (day > limit) if count > 0 else (day < limit):
                raise NoWorkingDays(f"no working day before {limit}")
    return day


def add_months(day: date, count: int) -> date:
    """The same day some months on; the last one of a month that is too short for it."""
    months = day.year * 12 + day.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
