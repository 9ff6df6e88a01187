"""A document as sections of blocks, so that one template sets all of them in type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from web.wording import Detail

TEMPLATE = "sheet"


@dataclass(frozen=True, slots=True)
class Passage:
    """Running text: what somebody wrote, or, ``aside``, a remark of ours."""

    text: str
    aside: bool = False

    def json(self) -> dict[str, Any]:
        return {"kind": "aside" if self.aside else "passage", "text": self.text}


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what they say."""

    details: Sequence[Detail]

    def json(self) -> dict[str, Any]:
        return {"kind": "facts", "items": _plain(self.details)}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``amounts`` are the columns that stand to the right, ``total`` its last row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    amounts: frozenset[int] = frozenset()
    total: Sequence[str] = ()

    def json(self) -> dict[str, Any]:
        return {
            "kind": "grid",
            "heads": list(self.heads),
            "rows": [list(row) for row in self.rows],
            "align": ["right" if n in self.amounts else "left" for n in range(len(self.heads))],
            "total": list(self.total),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened: when, what, by whom, and all that was said of it."""

    day: str
    title: str
    text: str
    by: str = ""
    details: Sequence[Detail] = ()

    def json(self) -> dict[str, Any]:
        return {
            "day": self.day,
            "title": self.title,
            "text": self.text,
            "by": self.by,
            "parts": _plain(self.details),
        }


@dataclass(frozen=True, slots=True)
class Course:
    """What happened, in order."""

    entries: Sequence[Entry]

    def json(self) -> dict[str, Any]:
        return {"kind": "course", "items": [one.json() for one in self.entries]}


Block = Passage | Facts | Grid | Course


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, which is a bookmark too, and what stands below it; without one if it is empty."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document. ``dated`` is the instant it is of; ``mark`` stands on top of each page."""

    title: str
    language: str
    dated: datetime
    lead: str
    footer: str
    sections: Sequence[Section]
    mark: str = ""

    def json(self) -> dict[str, Any]:
        """What the template is given; all of it is text there, never markup."""
        dated = self.dated.astimezone(UTC)
        content = {
            "title": self.title,
            "language": self.language,
            "dated": {part: getattr(dated, part) for part in _PARTS},
            "lead": self.lead,
            "footer": self.footer,
            "mark": self.mark,
            "sections": [
                {"title": one.title, "blocks": [block.json() for block in one.blocks]}
                for one in self.sections
            ],
        }
        return {name: _without_gaps(value) for name, value in content.items()}


_GAP = re.compile(r"\n\s*\n\s*\n")


def _without_gaps(value: Any) -> Any:
    """The same with one empty line for many, which would only take pages and time."""
    match value:
        case str():
            return _GAP.sub("\n\n", value)
        case Mapping():
            return {key: _without_gaps(inner) for key, inner in value.items()}
        case list():
            return [_without_gaps(inner) for inner in value]
        case _:
            return value


_PARTS = ("year", "month", "day", "hour", "minute", "second")


def _plain(details: Iterable[Detail]) -> list[Mapping[str, Any]]:
    return [{"label": one.label, "text": one.text, "parts": _plain(one.parts)} for one in details]
