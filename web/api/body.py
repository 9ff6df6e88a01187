"""What a call carries: a JSON object or a small form, never more than anybody would send."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic_core import from_json

from web.api.problems import Problem, invalid

JSON_MAX_BYTES = 1_000_000
FORM_MAX_BYTES = 10_000
MOST_FIELDS = 1_000
FORM = "application/x-www-form-urlencoded"


class TooLarge(Problem):
    """More was sent than anybody would; ``most`` is the number of bytes that is allowed."""

    def __init__(self, most: int) -> None:
        super().__init__("body.too_large")
        self.most = most


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object of a call. Raises Problem (413, 415, 422)."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise Problem("body.not_json")
    try:
        body = from_json(await _bytes(request, JSON_MAX_BYTES), allow_inf_nan=False)
    except ValueError:
        raise invalid("body", "json") from None
    if not isinstance(body, dict):
        raise invalid("body", "object")
    return body


async def form(request: Request, most: int = FORM_MAX_BYTES) -> dict[str, str]:
    """The fields of a page's form; empty for anything else. Raises Problem (413)."""
    raw = await _bytes(request, most)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    try:
        return dict(_typed(raw, 20))
    except ValueError:
        return {}


async def fields(request: Request, most: int) -> dict[str, str | list[str]]:
    """The fields of a large form; those that stand in it more than once have all their values.

    Empty for anything that is no form. Raises Problem (413).
    """
    raw = await _bytes(request, most)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return {}
    found: dict[str, list[str]] = {}
    try:
        for name, value in _typed(raw, MOST_FIELDS, blank=True):
            found.setdefault(name, []).append(value)
    except ValueError:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _typed(raw: bytes, most: int, *, blank: bool = False) -> list[tuple[str, str]]:
    """Fields and values without the one sign that nobody types and no database keeps as text."""
    found = parse_qsl(raw.decode(), blank, max_num_fields=most)
    return [(name.replace("\0", ""), value.replace("\0", "")) for name, value in found]


async def _bytes(request: Request, most: int) -> bytes:
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > most:
            raise TooLarge(most)
    return bytes(raw)
