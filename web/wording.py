"""Facts put into words: events as sentences, and values as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from string import Formatter
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from events.event import Fact
from events.settings import TenantSettings
from web.plain import one_line, plain
from web.texts import Language, Texts
from web.written import TOLD, Written, written

NOT_SHOWN = frozenset({"id", "event", "event_id"})
"""Fields whose ids stand for themselves."""

_EUROS = {"supervision": frozenset({"amount", "hourly_rate", "total"})}
"""Decimals that are amounts of money, by process; all others are hours."""
_DECIMAL = re.compile(r"\d+\.\d\d")
_SHARE = re.compile(r"\d+\.\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
_SPAN = {"from", "to"}
_CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9]")
"""A time of the day: until then, and not a day later."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def ids_in(value: Any, texts: frozenset[str] = frozenset[str](), field: str = "") -> Iterable[str]:
    """The ids in a summary, a timeline or an event's data that stand for something with a name.

    ``texts`` are fields in which people write, of which nothing stands for anything else.
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from ids_in(inner, texts, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from ids_in(inner, texts, field)
    elif isinstance(value, str) and _UUID.fullmatch(value) and field not in NOT_SHOWN | texts:
        yield value


@dataclass(frozen=True, slots=True)
class Detail:
    """A label and what it says, with where it leads; ``parts`` are details of their own."""

    label: str
    text: str = ""
    parts: tuple[Detail, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one reader: language, the board's time zone, and what ids are called.

    ``process`` is the one whose words come first; ``addresses`` are pages of other cases that the
    reader may open, by the case's id. ``facts`` are those of the process: what people wrote in
    them is given as they wrote it.
    """

    texts: Texts
    settings: TenantSettings
    names: dict[str, str]
    process: str = ""
    addresses: dict[str, str] = field(default_factory=dict)
    facts: Mapping[str, type[Fact]] = field(default_factory=dict[str, type[Fact]])

    @property
    def words(self) -> Mapping[str, Any]:
        return self.texts.of(self.process)

    def written(self, kind: str = "") -> Written:
        """Where people write in events of a kind; without one: in all that the process tells."""
        if kind in self.facts:
            return written(self.facts[kind])
        found = written(*self.facts.values())
        return Written(found.texts | TOLD.get(self.process, frozenset()), found.keyed)

    def name(self, id_: str | None) -> str:
        """What a person or another case is called."""
        if id_ is None:
            return str(self.texts.pages["nobody"])
        return one_line(self.names.get(id_, str(self.texts.pages["unknown_person"])))

    def about(self, process: str, word: str) -> str:
        """A word about a process as a whole, such as what ``one`` of its cases is called.

        Of what belongs to no case, such as signing in, that it does.
        """
        told = self.texts.pages["process"].get(process, {}).get(word)
        return str(told or self.texts.pages["outside"].get(process, process))

    def case(self, summary: Mapping[str, Any], word: str = "case") -> str:
        """What a case is called, after who or what it is about; or ``more`` about it."""
        values = {
            field: self.value(field, value) if isinstance(value, str) else ""
            for field, value in summary.items()
        }
        template = self.texts.pages["process"].get(self.process, {}).get(word, "")
        return str(template).format_map(values).strip()

    def party(self, party: str) -> str:
        """The name of somebody who signs."""
        return str(self.texts.pages["parties"].get(party) or self.label(party))

    def day(self, text: str) -> str:
        """A local day, or the local day of a local instant, such as ``di 10 februari 2026``."""
        return _day(date.fromisoformat(text[:10]), self.texts.language)

    def local(self, text: str) -> str:
        """A local date and time."""
        return f"{self.day(text)}, {datetime.fromisoformat(text):%H:%M}"

    def moment(self, text: str) -> str:
        """A local day, or a local date and time; nothing for nothing."""
        if not text:
            return ""
        return self.local(text) if "T" in text else self.day(text)

    def instant(self, text: str) -> str:
        """An instant as local date and time of the board."""
        moment = datetime.fromisoformat(text).astimezone(self.settings.zone)
        return f"{_day(moment.date(), self.texts.language)}, {moment:%H:%M}"

    def money(self, text: str) -> str:
        """An amount in euros, as this language writes it."""
        amount = format_decimal(Decimal(text), "#,##0.00", locale=self.texts.language)
        return f"€\u00a0{amount}"

    def decimal(self, text: str) -> str:
        """A decimal string with the decimal mark of this language."""
        return text.replace(".", ",") if self.texts.language == "nl" else text

    def state(self, state: str) -> str:
        """The name of a state."""
        return self._word("states", state)

    def role(self, role: str) -> str:
        """The name of a role."""
        return self._word("roles", role)

    def term(self, word: str) -> str:
        """An enumerated word."""
        return self._word("terms", word)

    def timer(self, timer: str) -> str:
        """The step that a timer stands for, such as ``talk:V2``."""
        return self._named("timers", timer)

    def task(self, task: str) -> str:
        """What waits for somebody: a task of its own, or the step that a timer stands for."""
        if task.partition(":")[0] in self.words["tasks"]:
            return self._named("tasks", task)
        return self.timer(task)

    def planned(self, item: Mapping[str, Any]) -> str:
        """What an item of an agenda is, such as ``klassenbezoek V1``."""
        kind = str(item["kind"])
        for part in ("agenda", "timers", "tasks"):
            if kind in self.words.get(part, {}):
                named = {field: self.value(field, value) for field, value in item.items()}
                return self._word(part, kind).format(**{"name": "", **named}).strip()
        return self.term(kind)

    def intervention(self, intervention: str) -> str:
        """An intervention, such as ``visit:V1``."""
        return self._named("interventions", intervention)

    def label(self, field: str, kind: str = "") -> str:
        """The name of a field; an event of some ``kind`` may have another for it."""
        labels = self.words["labels"]
        return str(labels.get(f"{kind}.{field}") or labels.get(field, field))

    def title(self, kind: str) -> str:
        """The name of an event type."""
        entry = self.words["types"].get(kind)
        return entry["title"] if entry else kind

    def sentence(self, kind: str, data: Mapping[str, Any]) -> str:
        """What happened, in a sentence; the type's name where a value is not there."""
        entry = self.words["types"].get(kind)
        if entry is None:
            return kind
        values = {
            field: self.value(field, value, kind)
            for field, value in data.items()
            if value is not None
        }
        try:
            return entry["text"].format_map(values)
        except KeyError:
            return entry["title"]

    def said(self, kind: str, data: Mapping[str, Any]) -> frozenset[str]:
        """The fields whose values stand in that sentence as they are."""
        entry = self.words["types"].get(kind)
        if entry is None:
            return frozenset()
        found = {field for _, field, _, _ in Formatter().parse(entry["text"]) if field}
        whole = all(data.get(field) is not None for field in found)
        return frozenset(found) if whole else frozenset()

    def value(self, field: str, value: Any, kind: str = "") -> str:
        """A plain value as people read it; ``kind`` is the type of the event it is from, if any."""
        match value:
            case bool():
                return self.term("true" if value else "false")
            case int():
                return str(self.words["terms"].get(f"{field}.{value}", value))
            case list() | tuple():
                return ", ".join(self.value(field, inner, kind) for inner in value)
            case str():
                free = field in self.written(kind).texts
                return plain(value if free else self._text(field, value))
            case _:
                return str(value)

    def choice(self, field: str, word: str) -> str:
        """A word out of a closed list, also of a field in which people write elsewhere."""
        return plain(self._text(field, word))

    def details(self, data: Mapping[str, Any], kind: str = "") -> list[Detail]:
        """All of an event's data that says something, labelled."""
        return [self._detail(field, value, kind) for field, value in data.items() if _says(value)]

    def _detail(self, field: str, value: Any, kind: str) -> Detail:
        label = self.label(field, kind)
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            label = str(self.words["labels"].get(f"{field}_time", label))
        if isinstance(value, Mapping) and value.keys() == _SPAN:
            return Detail(label, self._span(value))
        if isinstance(value, Mapping):
            named = field in self.written(kind).keyed
            told = [
                Detail(plain(key), self.value(field, it, kind))
                if named
                else self._named_detail(key, it, kind)
                for key, it in value.items()
                if _says(it)
            ]
            return Detail(label, parts=tuple(told))
        if parts := self._listed(value, kind):
            return Detail(label, parts=parts)
        free = field in self.written(kind).texts
        href = "" if free or not isinstance(value, str) else self.addresses.get(value, "")
        return Detail(label, self._told(field, value, kind), href=href)

    def _listed(self, value: Any, kind: str) -> tuple[Detail, ...]:
        """Of a list of things that have parts each of them; nothing of anything else."""
        if not isinstance(value, list | tuple):
            return ()
        if not any(isinstance(inner, Mapping) for inner in value):
            return ()
        return tuple(Detail("", parts=tuple(self.details(inner, kind))) for inner in value)

    def _told(self, field: str, value: Any, kind: str) -> str:
        """A value beside its label: in a sentence it stands without the sign of the euro."""
        if field in _EUROS.get(self.process, ()) and isinstance(value, str) and _money(value):
            return self.money(value)
        return self.value(field, value, kind)

    def _span(self, value: Mapping[str, Any]) -> str:
        days = {"from": self.value("from", value["from"]), "to": self.value("to", value["to"])}
        return str(self.texts.pages["case"]["period_value"]).format(**days)

    def _named_detail(self, key: str, value: Any, kind: str) -> Detail:
        words = self.words
        label = words["terms"].get(key) or words["labels"].get(key) or self.intervention(key)
        if isinstance(value, Mapping):
            return Detail(label, parts=tuple(self.details(value, kind)))
        if parts := self._listed(value, kind):
            return Detail(label, parts=parts)
        return Detail(label, self._told(key, value, kind))

    def _text(self, field: str, value: str) -> str:
        """A value that is no text of somebody's; what it turns out not to be, it stays."""
        if field not in NOT_SHOWN and _UUID.fullmatch(value):
            return self.name(value)
        if field == "timer":
            return self.timer(value)
        if field == "intervention":
            return self.intervention(value)
        if _DECIMAL.fullmatch(value):
            return format_decimal(Decimal(value), "#,##0.00", locale=self.texts.language)
        if _SHARE.fullmatch(value):
            return format_decimal(Decimal(value), "#,##0.#", locale=self.texts.language)
        with suppress(ValueError):
            if _LOCAL.fullmatch(value):
                return self.local(value)
            if _DAY.fullmatch(value):
                return self.day(value)
        terms = self.words["terms"]
        return str(terms.get(f"{field}.{value}") or terms.get(value, value))

    def _word(self, part: str, word: str) -> str:
        return str(self.words[part].get(word, word))

    def _named(self, part: str, text: str) -> str:
        kind, _, name = text.partition(":")
        known = self.words[part].get(kind)
        return plain(text if known is None else str(known).format(name=name).strip())


@lru_cache(1024)
def _day(day: date, language: Language) -> str:
    """A page names the same few days many times."""
    return format_date(day, "EEE d MMMM y", locale=language)


def _money(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None


def _says(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_says(inner) for inner in value.values())
    return value is not None and value not in ("", [], ())
