"""What an event changed in a case, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.audit.difference import Change
from web.plain import plain
from web.wording import Detail, Wording

_PART = re.compile(r"[^.\[\]]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
_NOTHING = (None, "", False, 0, "0.00", [], {})
"""What a fresh case says of all that did not happen yet."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Where, what it was and what it is; either may be empty."""

    label: str
    before: tuple[Detail, ...]
    after: tuple[Detail, ...]


def changed(changes: Iterable[Change], wording: Wording) -> list[Changed]:
    """The differences that say something to a reader, in their order."""
    found: list[Changed] = []
    for change in changes:
        parts = _PART.findall(change.path)
        first = change.before is None
        before = () if first else _said(wording, parts, change.before)
        after = () if first and change.after in _NOTHING else _said(wording, parts, change.after)
        if before or after:
            found.append(Changed(label_of(wording, parts), before, after))
    return found


def told(summary: Mapping[str, Any], wording: Wording) -> list[Detail]:
    """All that a summary says, as a reader sees it at a glance."""
    return [
        _detail(wording, field, value) for field, value in summary.items() if value not in _NOTHING
    ]


def label_of(wording: Wording, parts: Sequence[str]) -> str:
    """Where in a summary, such as ``Doelenlijst › G2 › Omschrijving``."""
    names = [_name(wording, part, above) for part, above in zip(parts, ["", *parts], strict=False)]
    return " › ".join(name[:1].upper() + name[1:] for name in names)


def _name(wording: Wording, part: str, above: str = "") -> str:
    """What a part is called; hours are those of what was done, which steps are named after too."""
    words, own = wording.words, wording.texts.pages["audit"]["labels"]
    if above == "hours" and part.partition(":")[0] in words["interventions"]:
        return wording.intervention(part)
    for table in (own, words["labels"], words["roles"]):
        if part in table:
            return str(table[part])
    kind, colon, _ = part.partition(":")
    if kind in words["timers"]:
        return wording.timer(part)
    if kind in words["interventions"]:
        return wording.intervention(part)
    if colon and kind in words["roles"]:
        return wording.role(kind)
    return str(words["terms"].get(part) or words["labels"].get(kind) or plain(part))


def _said(wording: Wording, parts: Sequence[str], value: Any) -> tuple[Detail, ...]:
    """A value in words; several where it has parts of its own."""
    if value is None or value in ("", [], {}):
        return ()
    field = parts[-1]
    if isinstance(value, Mapping):
        return tuple(
            _detail(wording, key, inner, field) for key, inner in value.items() if _says(inner)
        )
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        return tuple(Detail("", parts=_said(wording, parts, one)) for one in value)
    if field == "overdue" or field == "step":
        names = [value] if isinstance(value, str) else value
        return (Detail("", ", ".join(wording.task(str(name)) for name in names)),)
    if isinstance(value, str):
        if field == "state":
            return (Detail("", wording.state(value)),)
        if field in ("by", "role") and value in wording.words["roles"]:
            return (Detail("", wording.role(value)),)
        if _INSTANT.fullmatch(value):
            return (Detail("", wording.instant(value)),)
    known = next((part for part in reversed(parts) if part in wording.words["labels"]), parts[0])
    shown = wording.details({known: value})
    return tuple(Detail("", one.text, one.parts, one.href) for one in shown)


def _detail(wording: Wording, key: str, value: Any, above: str = "") -> Detail:
    told = _said(wording, [key], value)
    name = _name(wording, key, above)
    label = name[:1].upper() + name[1:]
    if len(told) == 1 and not told[0].label and not told[0].parts:
        return Detail(label, told[0].text, href=told[0].href)
    return Detail(label, parts=told)


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})
