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
    found: list[Detail] = []
    for field, value in summary.items():
        if value in _NOTHING:
            continue
        parts = _said(wording, [field], value)
        label = label_of(wording, [field])
        if len(parts) == 1 and not parts[0].label and not parts[0].parts:
            found.append(Detail(label, parts[0].text, href=parts[0].href))
        elif parts:
            found.append(Detail(label, parts=parts))
    return found


def label_of(wording: Wording, parts: Iterable[str]) -> str:
    """Where in a summary, such as ``Doelenlijst › G2 › Omschrijving``."""
    return " › ".join(name[:1].upper() + name[1:] for name in (_name(wording, x) for x in parts))


def _name(wording: Wording, part: str) -> str:
    words, own = wording.words, wording.texts.pages["audit"]["labels"]
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
    if value is None or value in ("", [], {}):
        return ()
    if parts[-1] == "state" and isinstance(value, str):
        return (Detail("", wording.state(value)),)
    if parts[-1] == "by" and isinstance(value, str) and value in wording.words["roles"]:
        return (Detail("", wording.role(value)),)
    if parts[-1] in ("overdue", "step"):
        names = [value] if isinstance(value, str) else value
        return (Detail("", ", ".join(wording.task(str(name)) for name in names)),)
    value = _readable(value, wording)
    if isinstance(value, Mapping):
        return tuple(wording.details(value))
    labels = wording.words["labels"]
    field = next((part for part in reversed(parts) if part in labels), parts[0])
    shown = wording.details({field: value})
    if len(shown) == 1 and shown[0].parts:
        return shown[0].parts
    return tuple(Detail("", one.text, href=one.href) for one in shown)


def _readable(value: Any, wording: Wording) -> Any:
    """With names for steps and who takes them, and instants as the board's clock has them."""
    if isinstance(value, Mapping):
        found = {key: _readable(inner, wording) for key, inner in value.items()}
        if {"step", "by"} <= found.keys():
            found["by"] = wording.role(str(found["by"]))
            found["step"] = wording.timer(str(found["step"]))
        return found
    if isinstance(value, list | tuple):
        return [_readable(inner, wording) for inner in value]
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return wording.instant(value)
    return value
