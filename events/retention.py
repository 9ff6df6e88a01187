"""Retention: how long a case is kept after its end, by its class and the board's ground for it."""

from __future__ import annotations

from datetime import date, datetime

from events.calendar import add_months, local_day
from events.settings import RetentionClass, TenantSettings


def due(ended_at: datetime, kind: RetentionClass, settings: TenantSettings) -> date:
    """The first local day on which a case that ended then may be erased: its term is over.

    Counted in calendar months from the day on which the end was recorded; a case that has not
    ended is never due. The terms are the board's own (`TenantSettings.retention`), by default the
    Dutch ones of `events.settings.RETENTION`.
    """
    return add_months(local_day(ended_at, settings), settings.retention[kind].months)


def is_due(
    ended_at: datetime | None, kind: RetentionClass, settings: TenantSettings, now: datetime
) -> bool:
    """Whether the term of a case is over; ``ended_at`` is None while it runs."""
    if ended_at is None:
        return False
    return local_day(now, settings) >= due(ended_at, kind, settings)
