"""What was typed into a form of administration, and what is wrong with it, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any

from fastapi import Request

from web.api.body import fields
from web.forms.known import Options
from web.plain import one_line, plain

BYTES = 300_000
WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
Sent = Mapping[str, str | list[str]]


@dataclass
class Typed:
    """All that was sent, kept as it was; ``wrong`` names the sentence for a field.

    ``matches`` are by field the people who may be meant by what was typed there.
    """

    sent: Sent = field(default_factory=dict[str, "str | list[str]"])
    wrong: dict[str, str] = field(default_factory=dict[str, str])
    matches: dict[str, Options] = field(default_factory=dict[str, Options])

    def text(self, name: str, most: int = 200, *, lines: bool = False) -> str:
        """A line of text, or several, with nothing unseen in it; too long is wrong."""
        value = plain(self.raw(name)).strip() if lines else one_line(self.raw(name))
        if len(value) > most:
            self.wrong.setdefault(name, "too_long")
        return value[:most]

    def raw(self, name: str) -> str:
        """The text as it was typed; of more than one the first."""
        value = self.sent.get(name, "")
        return value if isinstance(value, str) else (value[0] if value else "")

    def all(self, name: str) -> list[str]:
        """Every value, as of checkboxes."""
        value = self.sent.get(name, [])
        return [value] if isinstance(value, str) else list(value)

    def needed(self, name: str, most: int = 200, *, lines: bool = False) -> str:
        """A text that has to be there."""
        value = self.text(name, most, lines=lines)
        if not value:
            self.wrong.setdefault(name, "missing")
        return value

    def day(self, name: str) -> date | None:
        """A day as the browser gives it; None for nothing."""
        text = self.raw(name).strip()
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong.setdefault(name, "day")
            return None


async def typed(request: Request) -> Typed:
    """The form of this request."""
    return Typed(await fields(request, BYTES))


def filled(values: Mapping[str, Any]) -> Typed:
    """A form as it stands before anybody typed."""
    return Typed({key: value for key, value in values.items() if value is not None})
