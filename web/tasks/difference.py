"""What changed in the list of goals since somebody last looked at it, down to the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal

from events.event import Event
from events.supervision import facts as f

_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, came or went."""

    how: Literal["same", "new", "gone"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A goal now beside what it was; ``pieces`` where its words changed."""

    goal: str
    how: Literal["same", "new", "changed", "gone"]
    text: str
    area: str
    pieces: Sequence[Piece] = ()
    reason: str = ""


def pieces(before: str, after: str) -> list[Piece]:
    """The words of both texts, each run once."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[a:b])))
            continue
        found += _marked("gone", "".join(old[a:b]))
        found += _marked("new", "".join(new[c:d]))
    joined: list[Piece] = []
    for piece in found:
        if joined and joined[-1].how == piece.how:
            joined[-1] = replace(piece, text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined


def _marked(how: Literal["new", "gone"], text: str) -> list[Piece]:
    """The words alone: a mark under the space beside them would look like a word of its own."""
    words = text.strip()
    if not words:
        return [Piece("same", text)] if text and how == "new" else []
    before, _, after = text.partition(words)
    all_three = (Piece("same", before), Piece(how, words), Piece("same", after))
    return [one for one in all_three if one.text]


def changes(events: Iterable[Event], since: int | None) -> list[Change]:
    """Every goal of the draft list now, and those dropped since version ``since`` (None: ever)."""
    before: dict[str, str] = {}
    now: dict[str, str] = {}
    areas: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for event in events:
        data: Any = event.data
        match data:
            case f.GoalDrafted():
                now[data.goal] = data.text
                areas[data.goal] = data.area
            case f.GoalReworded():
                now[data.goal] = data.text
            case f.GoalDropped():
                del now[data.goal]
                reasons[data.goal] = data.reason
            case _:
                continue
        if since is not None and data.version <= since:
            before = dict(now)
    return [
        *(_change(name, text, before, areas[name]) for name, text in now.items()),
        *(
            Change(name, "gone", text, areas[name], reason=reasons.get(name, ""))
            for name, text in before.items()
            if name not in now
        ),
    ]


def _change(name: str, text: str, before: Mapping[str, str], area: str) -> Change:
    if name not in before:
        return Change(name, "new", text, area)
    if before[name] == text:
        return Change(name, "same", text, area)
    return Change(name, "changed", text, area, pieces(before[name], text))
