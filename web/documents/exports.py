"""What people read in an export of the log: its page and its explanation, in their language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from events.audit.export import SHOWN, Contents
from events.audit.tiles import LOGS
from events.event import instant_text
from events.settings import TenantSettings
from events.store.instants import instant
from web.forms.words import command_in_words
from web.plain import plain
from web.texts import Language, texts
from web.wording import Detail, Wording
from workflows.registry import RULES

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads; ``more`` says what is not shown."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: str = ""


def export_pages(contents: Contents, language: Language) -> dict[str, str]:
    """``index.html``, which needs nothing else and runs nothing, and ``README.txt``."""
    page = _Page(contents, language)
    return {"index.html": page.html(), "README.txt": page.readme()}


class _Page:
    def __init__(self, contents: Contents, language: Language) -> None:
        self._contents, self._language = contents, language
        self._words: Mapping[str, str] = texts(language).events["export"]
        self._wording = {name: self._worded(name) for name in ("", *RULES)}

    def _worded(self, process: str) -> Wording:
        facts = RULES[process].story.facts if process else {}
        names = dict(self._contents.names)
        return Wording(texts(self._language), TenantSettings(), names, process, facts=facts)

    def html(self) -> str:
        counts = self._contents.prepared.taken
        facts = [
            *self._facts(),
            (
                self._words["holds"],
                self._words["counts"].format(**{log: counts.count(log) for log in LOGS}),
            ),
        ]
        return _environment.get_template("export.html").render(
            language=self._language,
            w=self._words,
            sealed=self._contents.sealed,
            facts=facts,
            tables=[self._dossiers(), self._events(), self._reads(), self._refused()],
        )

    def readme(self) -> str:
        asked, made_at, proved_by = (value for _, value in self._facts())
        words = {**self._words, "what": asked, "at": made_at, "checkpoint": proved_by}
        return self._words["readme"].lstrip().format_map(words)

    def _facts(self) -> Iterator[tuple[str, str]]:
        words, prepared = self._words, self._contents.prepared
        asked = prepared.asked
        start = words["open_start"] if asked.start is None else self._at(asked.start.isoformat())
        until = words["open_end"] if asked.until is None else self._at(asked.until.isoformat())
        called = words[f"asked_{asked.what}"]
        told = called.format_map({"id": asked.id, "from": start, "until": until})
        if asked.board is not None:
            told = f"{told} {words['board'].format(board=asked.board)}"
        yield words["asked"], told
        yield words["made_at"], self._at(instant_text(self._contents.made_at))
        checkpoint = prepared.checkpoint
        at = self._at(checkpoint.at.isoformat())
        stated = {"number": prepared.number, "at": at, "size": checkpoint.size}
        yield words["proved_by"], words["checkpoint"].format_map(stated)

    def _dossiers(self) -> Table:
        words = self._words
        rows: list[list[str]] = []
        for stream, known in list(self._contents.streams.items())[:SHOWN]:
            state = "erased" if known["erased"] else "readable"
            rows.append(
                [
                    self._wording[""].about(known["process"] or "", "one"),
                    stream,
                    words["versions_value"].format_map(known),
                    words["stayed_sealed" if self._contents.sealed else state],
                ]
            )
        heads = [words["process"], words["dossier"], words["versions"], words["contents"]]
        more = self._more(len(self._contents.streams), "events.jsonl")
        return Table(words["dossiers"], heads, rows, more)

    def _events(self) -> Table:
        words = self._words
        heads = [words["position"], words["dossier"], words["moment"], words["who"], words["what"]]
        rows = [self._event(line) for line in self._contents.shown["events"]]
        count = self._contents.prepared.taken.count("events")
        return Table(words["events"], heads, rows, self._more(count, "events.jsonl"))

    def _event(self, line: Mapping[str, Any]) -> list[str]:
        header = json.loads(line["header"])
        wording = self._wording.get(line["process"] or "", self._wording[""])
        if "data" in line:
            type_, data = header["type"], line["data"]
            written = _written(wording.details(data, type_))
            what = "\n".join([wording.sentence(type_, data), *written])
        else:
            what = f"{wording.title(header['type'])} ({self._words['no_content']})"
        role = wording.role(header["actor"]["role"])
        who = f"{self._name(header['actor']['person'])}, {role}"
        place = f"{line['stream']}, {line['version']}"
        return [str(line["position"]), place, self._at(header["recorded_at"]), who, what]

    def _reads(self) -> Table:
        words, looks = self._words, texts(self._language).pages["audit"]["looks"]
        rows: list[list[str]] = []
        for line in self._contents.shown["reads"]:
            what = looks.get(line["what"], looks["other"])
            if line["as_of_us"] is not None:
                what = f"{what} ({words['as_of'].format(at=self._us(line['as_of_us']))})"
            who = self._name(line["person"])
            rows.append([str(line["position"]), line["stream"], self._us(line["at_us"]), who, what])
        heads = [words["position"], words["dossier"], words["moment"], words["who"], words["view"]]
        count = self._contents.prepared.taken.count("reads")
        return Table(words["reads"], heads, rows, self._more(count, "reads.jsonl"))

    def _refused(self) -> Table:
        words = self._words
        rows = [
            [
                str(line["position"]),
                line["stream"] or "",
                self._us(line["at_us"]),
                self._name(line["person"]),
                self._command(line["process"] or "", line["command"]),
                texts(self._language).problem(line["code"], TenantSettings()).title,
            ]
            for line in self._contents.shown["refused"]
        ]
        heads = [
            *(words["position"], words["dossier"], words["moment"]),
            *(words["who"], words["command"], words["code"]),
        ]
        count = self._contents.prepared.taken.count("refused")
        return Table(words["refused"], heads, rows, self._more(count, "refused.jsonl"))

    def _command(self, process: str, command: str) -> str:
        return command_in_words(self._wording.get(process, self._wording[""]), command)

    def _more(self, count: int, file: str) -> str:
        if count <= SHOWN:
            return ""
        return self._words["more"].format(shown=SHOWN, count=count, file=file)

    def _name(self, person: str | None) -> str:
        """A name, or the id where none is told."""
        if person is None:
            return self._words["nobody"]
        return plain(self._contents.names.get(person, person))

    def _us(self, us: int) -> str:
        return self._at(instant_text(instant(us)))

    def _at(self, text: str) -> str:
        return self._wording[""].instant(text)


def _written(details: Sequence[Detail], indent: str = "") -> Iterator[str]:
    """All that an event says, a line for each part."""
    for one in details:
        if one.label or one.text:
            yield f"{indent}{one.label}: {one.text}".rstrip()
        yield from _written(one.parts, f"{indent}\u2003")
