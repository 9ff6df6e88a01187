"""What lies on somebody's desk in words: things to do, things planned, and cases that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from string import Formatter
from typing import Any

from events.settings import TenantSettings
from events.store.desk import OfCase
from web.pages.home.links import href
from web.texts import Texts
from web.wording import Wording, ids_in

GROUPS = ("late", "week", "later", "free")
"""In which what waits is told: too late, by the end of this week, later, without a last day."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that waits or is planned: ``href`` is where it is done, ``case_href`` the case.

    ``at`` is a local day, or a local date and time; ``days`` how many days from today that is.
    """

    what: str
    case: str
    href: str
    case_href: str
    kind: str
    at: str = ""
    when: str = ""
    days: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that happened: what, by whom, and when (an instant)."""

    what: str
    by: str
    when: str
    at: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A case with what happened in it, the latest first; ``more`` counts what is not told."""

    case: str
    href: str
    kind: str
    pieces: Sequence[Piece]
    more: int = 0


class Titles:
    """What cases are called, for one reader; ``names`` are those of people, by id."""

    def __init__(self, words: Texts, settings: TenantSettings, names: Mapping[str, str]) -> None:
        self._words = words
        self._settings = settings
        self._names = dict(names)
        self._wordings: dict[str, Wording] = {}

    def wording(self, process: str) -> Wording:
        """The words of a process."""
        if process not in self._wordings:
            made = Wording(self._words, self._settings, self._names, process)
            self._wordings[process] = made
        return self._wordings[process]

    def case(self, process: str, row: Mapping[str, Any]) -> str:
        """What a case is called; a row that says too little gives what its kind is called."""
        wording = self.wording(process)
        fields = called_by(self._words, process)
        if any(not row.get(field) for field in fields):
            return wording.about(process, "one")
        return wording.case({field: row[field] for field in fields})


def called_by(words: Texts, process: str) -> list[str]:
    """The fields of a summary after which a case of a process is called."""
    template = str(words.pages["process"].get(process, {}).get("case", ""))
    return [field for _, field, _, _ in Formatter().parse(template) if field]


def people_in(words: Texts, items: Iterable[OfCase]) -> set[str]:
    """The ids of those after whom these cases are called."""
    return {
        id_
        for one in items
        for field in called_by(words, one.process)
        for id_ in ids_in(one.shown.get(field), field=field)
    }


def waiting(items: Iterable[OfCase], titles: Titles, today: date) -> list[Entry]:
    """What waits, in the order given."""
    found: list[Entry] = []
    for one in items:
        wording, due = titles.wording(one.process), one.item["due"] or ""
        found.append(
            Entry(
                what=wording.task(one.item["task"]),
                case=titles.case(one.process, one.shown),
                href=href(one.process, one.stream, one.item["task"], one.shown),
                case_href=f"/{one.process}/{one.stream}",
                kind=one.process,
                at=due,
                when=wording.moment(due),
                days=_days(due, today),
                late=one.item["overdue"],
            )
        )
    return found


def planned(items: Iterable[OfCase], titles: Titles, today: date) -> list[Entry]:
    """What is planned, in the order given; ``late`` is what was to be before today."""
    found: list[Entry] = []
    for one in items:
        wording, at, case = titles.wording(one.process), one.item["at"], one.shown
        where = f"/{one.process}/{one.stream}"
        days = _days(at, today)
        found.append(
            Entry(
                what=wording.planned(one.item),
                case=titles.case(one.process, case),
                href=where,
                case_href=where,
                kind=one.process,
                at=at,
                when=at[11:16],
                days=days,
                late=days is not None and days < 0,
            )
        )
    return found


def _days(at: str, today: date) -> int | None:
    return (date.fromisoformat(at[:10]) - today).days if at else None


def grouped(entries: Iterable[Entry], today: date) -> dict[str, list[Entry]]:
    """What waits by how soon it is due; groups without anything are left out."""
    found: dict[str, list[Entry]] = {group: [] for group in GROUPS}
    sunday = (today + timedelta(days=6 - today.weekday())).isoformat()
    for one in entries:
        if one.late:
            found["late"].append(one)
        elif not one.at:
            found["free"].append(one)
        else:
            found["week" if one.at <= sunday else "later"].append(one)
    return {group: those for group, those in found.items() if those}


def by_day(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """What is planned by its local day."""
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.at[:10], []).append(one)
    return found
