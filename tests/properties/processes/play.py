"""What a player needs of the contract: who gives what, when, and with which data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any, TypeVar

from events.calendar import is_working_day, local_day
from tests.properties.payloads import Chance
from tests.properties.processes.board import IDS, ROLES, SCHOOLS, Board

T = TypeVar("T")
Data = dict[str, Any]
Case = Mapping[str, Any]
"""The summary of a case, as hr reads it."""

TEXTS = ("Goed gegaan", "Rustig en duidelijk", "Meer tijd nodig; en meer rust")
EVERYWHERE = frozenset({"hr", "coordinator", "auditor"})
UNKNOWN = "11111111-1111-4111-8111-111111111111"

Turn = tuple[str, str | None]
"""A command, and who is to give it (an id) where that is not just anybody who may."""


@dataclass(frozen=True)
class Play:
    """One process as the contract has it.

    by: the column "by". when: the states in which a command may come. parts: of a summary, the
    persons whom the case names, by the word for them in the column "by". forward: the next step
    towards the end, None to wait for a day. hasty: steps that need much before them. required:
    what has a code of its own when it is missing. warns: what an answer warns of. paused: all
    that an interrupted case accepts. endings: commands by which a case lapses. anybody: what
    whoever holds the role may give, and in which state. everywhere: roles that act in all cases.
    subject: commands whose only giver is the one whom the case is about. lenient: commands of
    which the contract leaves open how those are turned away who may not.
    """

    process: str
    opening: str | None
    by: Mapping[str, tuple[str, ...]]
    when: Mapping[str, frozenset[str]]
    data: Mapping[str, Callable[[Source], Data]]
    parts: Callable[[Case], Mapping[str, Sequence[str | None]]]
    forward: Callable[[Source], Turn | None]
    states: frozenset[str]
    ends: frozenset[str]
    summary: frozenset[str]
    paused: frozenset[str] | None = None
    everywhere: frozenset[str] = EVERYWHERE
    subject: frozenset[str] = frozenset()
    lenient: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    anybody: Mapping[str, str] = field(default_factory=dict)
    hasty: tuple[str, ...] = ()
    required: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    warns: Mapping[str, Callable[[Data], str | None]] = field(default_factory=dict)

    def mine(self, case: Case, command: str, person: str, roles: Sequence[str]) -> list[str]:
        """The words of the column "by" under which this person may give the command here."""
        if not case or self.anybody.get(command) == case["state"]:
            return [word for word in self.by[command] if word in roles]
        parts = self.parts(case)
        return [
            word
            for word in self.by[command]
            if (word in self.everywhere and word in roles) or person in parts.get(word, ())
        ]

    def barred(self, case: Case, command: str, person: str, roles: Sequence[str]) -> set[str]:
        """The codes with which somebody is turned away who may not give it; none if one may."""
        if self.mine(case, command, person, roles):
            return set()
        if command in self.subject:
            return {"auth.not_subject"}
        return {"auth.not_assigned" if set(self.by[command]) & set(roles) else "auth.role"}


@dataclass
class Source:
    """Draws data for one case, which mostly suit it."""

    chance: Chance
    board: Board
    stream: str
    case: Case
    giver: str
    cases: Callable[[str], Sequence[tuple[str, Case]]]
    numbers: count[int] = field(default_factory=lambda: count(1))
    odd: bool = False

    @property
    def today(self) -> date:
        return local_day(self.board.engine.now, self.board.settings)

    def one(self, options: Sequence[T]) -> T:
        return self.chance.one(options)

    def maybe(self, likely: int = 2) -> bool:
        """True ``likely`` times of three."""
        return self.chance.number(0, 2) < likely

    def seldom(self) -> bool:
        return self._oddly(4)

    def rarely(self) -> bool:
        return self._oddly(11)

    def _oddly(self, times: int) -> bool:
        """Once so many times and one; the data may then well be wrong."""
        odd = self.chance.number(0, times) == times
        self.odd = self.odd or odd
        return odd

    def day(self, low: int, high: int) -> str:
        return str(self.today + timedelta(days=self.chance.number(low, high)))

    def span(self, soonest: int, latest: int, longest: int) -> Data:
        """A first day so far ahead, and a last day at most so much later; rarely earlier."""
        start = self.today + timedelta(days=self.chance.number(soonest, latest))
        end = start + timedelta(days=self.chance.number(1, longest))
        if self.rarely():
            start, end = end, start
        return {"from": str(start), "to": str(end)}

    def text(self) -> str:
        return self.one(TEXTS)

    def note(self) -> Data:
        return {"note": self.text()} if self.maybe(1) else {}

    def dated(self) -> Data:
        return {} if self.maybe() else {"date": self.day(-3, 0)}

    def mark(self, word: str) -> str:
        """A text that nothing else in a run uses."""
        return f"{word}-{next(self.numbers)}-"

    def holder(self, role: str) -> str:
        return self.one(self.board.holders(role))

    def school(self) -> str:
        return self.one([*SCHOOLS, "Het Baken", "Het Baken"])

    def works(self, day: date) -> bool:
        return is_working_day(day, self.board.settings)

    def correction(self) -> Data:
        events = self.board.events(self.stream) if self.stream in self.board.engine.streams else []
        return {
            "event": self.one([event.event_id for event in events] or [UNKNOWN]),
            "reason": self.text(),
            "correction": self.text(),
            "approved_by": self.holder("auditor"),
        }


CORRECTION: Mapping[str, Callable[[Source], Data]] = {"CorrectRecord": lambda s: s.correction()}


def reasoned(s: Source) -> Data:
    return {"reason": s.text()}


def nothing(_: Source) -> Data:
    return {}


def signature(s: Source) -> Data:
    """Of the last version, now and then of another; with the hash that was read, or without."""
    agreement = s.case.get("agreement") or {}
    version = agreement.get("version", 1)
    if version > 1 and s.seldom():
        version -= 1
    elif s.rarely():
        version += s.one((-1, 1))
    document = agreement.get("document")
    if document and s.maybe(1):
        return {"version": version, "document": "0" * 64 if s.rarely() else document}
    return {"version": version}


def handed_over(s: Source) -> Data:
    open_tasks = [task["task"] for task in s.case.get("handovers", ())]
    return {"task": s.one(open_tasks or ["supervisor:1"]), **s.note()}


_ODD: tuple[Any, ...] = (
    None, "", " ", [], {}, 0, -1, 7, True, "x", "2026-02-30", "1990-01-01", "2090-12-31",
    "0.1", "9999.75", "x" * 20_001, ["x"], {"x": 1}, UNKNOWN,
)  # fmt: skip


def lacking(source: Source, play: Play, name: str, data: Data) -> tuple[Data, str]:
    """The data without something that has a code of its own, and that code."""
    fields = play.required[name]
    key = source.one(sorted(fields))
    without = {other: value for other, value in data.items() if other != key}
    empty: Sequence[Any] = (None, "") if isinstance(data.get(key), str) else (None,)
    return (without if source.maybe(1) else {**data, key: source.one(empty)}), fields[key]


def spoiled(source: Source, data: Mapping[str, Any]) -> Data:
    """The data with one fault (which the command may well put up with)."""
    how = source.chance.number(0, 4)
    wrong = dict(data)
    if how == 0 or not wrong:
        wrong[source.one(("note", "unknown", "category", "hours", "date"))] = source.one(_ODD)
        return wrong
    key = source.one(sorted(wrong))
    if how == 1:
        del wrong[key]
    elif how == 2:
        wrong[key] = source.one([IDS[person] for person in ROLES])
    elif how == 3 and isinstance(wrong[key], list) and wrong[key]:
        wrong[key] = wrong[key][:-1]
    else:
        wrong[key] = source.one(_ODD)
    return wrong
