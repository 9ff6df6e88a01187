"""Instants as the store keeps them: whole microseconds since 1970, the same in every hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """An aware instant as microseconds since 1970; raises TypeError for a naive one."""
    return (at - EPOCH) // MICROSECOND


def instant(us: int) -> datetime:
    """The inverse of `microseconds`, in UTC."""
    return EPOCH + us * MICROSECOND
