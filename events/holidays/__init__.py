"""The days on which the schools of a region are closed, read from a file anybody may edit."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from events.settings import ClosedDays

DUTCH = Path(__file__).with_name("nl.toml")


class UnknownRegion(ValueError):
    """The file has no such region; the message names those it has."""


def closed_days(region: str, path: Path = DUTCH) -> tuple[ClosedDays, ...]:
    """The region's closed days, by date. Raises UnknownRegion, OSError, TOMLDecodeError."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    regions = sorted(set(raw) - {"everywhere"})
    if region not in regions:
        raise UnknownRegion(f"no region {region!r}; there are {', '.join(regions)}")
    holidays = [*raw.get("everywhere", []), *raw[region]]
    days = [span for holiday in holidays for span in _spans(holiday)]
    return tuple(sorted(days, key=lambda span: (span.from_, span.to)))


def _spans(holiday: dict[str, Any]) -> list[ClosedDays]:
    spans = [*holiday.get("spans", []), *({"from": d, "to": d} for d in holiday.get("days", []))]
    return [ClosedDays.model_validate({**span, "name": holiday["name"]}) for span in spans]
