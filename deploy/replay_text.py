"""A replay as people read it on a terminal: rows, a case with its timeline, or step by step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.audit.difference import Change
from events.settings import TenantSettings
from web.texts import Language, texts
from web.wording import Wording

Told = Mapping[str, Any]


def row(told: Told, language: Language) -> str:
    """One line for a case."""
    words = _words(told["process"], language)
    return "  ".join(
        (
            f"{told['process']:<12}",
            told["stream"],
            f"{told['events']:>5}",
            _local(told["last_recorded_at"], told),
            _standing(told, words),
        )
    )


def whole(told: Told, language: Language) -> Iterator[str]:
    """A case as it was: its summary, then what had happened."""
    words = _words(told["process"], language)
    yield from _head(told, words)
    for name, value in (told["summary"] or {}).items():
        yield f"  {name}: {_plain(value)}"
    rows = [_event(item, told, words) for item in told.get("timeline", ())]
    if rows:
        yield ""
        yield from _columns([(str(number), *row) for number, row in enumerate(rows, 1)])


def stepwise(told: Told, language: Language) -> Iterator[str]:
    """A case event by event, each with what it changed of the summary."""
    words = _words(told["process"], language)
    yield from _head(told, words)
    for number, step in enumerate(told.get("steps", ()), 1):
        yield ""
        for item in step["events"]:
            yield f"{number}. " + "  ".join(_event(item, told, words))
        for change in step["changes"]:
            yield f"     {Change(**change).line()}"


def _words(process: str, language: Language) -> Wording:
    return Wording(texts(language), TenantSettings(), {}, process)


def _head(told: Told, words: Wording) -> Iterator[str]:
    yield f"{words.about(told['process'], 'one')} {told['stream']} of board {told['board']}"
    yield (
        f"As of {_local(told['as_of'], told)}: {told['events']} events,"
        f" the last at {_local(told['last_recorded_at'], told)}; {_standing(told, words)}"
    )


def _standing(told: Told, words: Wording) -> str:
    if told["erased"]:
        return "erased"
    if told["fault"]:
        return f"not readable: {told['fault']}"
    if told["summary"] is None:
        return "not known to whoever had that role"
    return words.state(told["summary"]["state"])


def _event(item: Mapping[str, Any], told: Told, words: Wording) -> tuple[str, ...]:
    by = words.role(item["by"]["role"])
    return _local(item["recorded_at"], told), words.title(item["type"]), by, item["occurred_on"]


def _local(instant: str, told: Told) -> str:
    at = datetime.fromisoformat(instant).astimezone(ZoneInfo(told["timezone"]))
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for cells in rows:
        yield "  ".join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip()
