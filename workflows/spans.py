"""Stretches of local days that claims hold, and how many of them share a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

Span = tuple[str, str] | None
"""Two local dates, both included; None is for ever."""


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    (a, b), (c, d) = _days(one), _days(other)
    return a <= d and c <= b


def most_at_once(held: Sequence[Span], during: Span) -> int:
    """How many of the spans that overlap ``during`` hold on the day of it with most of them."""
    spans, (first, _) = [_days(span) for span in held], _days(during)
    begins = {max(first, begin) for begin, _ in spans}
    return max((sum(a <= day <= b for a, b in spans) for day in begins), default=0)


def _days(span: Span) -> tuple[date, date]:
    if span is None:
        return date.min, date.max
    return date.fromisoformat(span[0]), date.fromisoformat(span[1])
