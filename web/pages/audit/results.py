"""What a search found, as rows that people read and a spreadsheet takes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from events.audit.search import Line, SearchedLog, Wanted
from events.audit.seeking import FoundCase, FoundCommand, FoundPerson, WantedCases, WantedCommands
from events.settings import TenantSettings
from web.forms.words import command_in_words
from web.pages.audit.asked import Asked
from web.pages.audit.naming import Names, exactly
from web.plain import harmless
from web.site import Site
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow


@dataclass(frozen=True, slots=True)
class Cell:
    """A text with where it leads; ``beside`` is said more quietly, ``chip`` marks it."""

    text: str
    href: str = ""
    beside: str = ""
    chip: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """``heads`` name the columns by their words; ``next`` is the cursor to look on with."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]] = field(default_factory=list[Sequence[Cell]])
    next: str | None = None

    def csv(self, heads: Sequence[str]) -> bytes:
        """With semicolons and a mark of UTF-8, as Dutch spreadsheets open it.

        What a spreadsheet would take for a formula is made text.
        """
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow([harmless(head) for head in heads])
        for row in self.rows:
            parts = [" ".join(p for p in (one.text, one.chip, one.beside) if p) for one in row]
            writer.writerow([harmless(text) for text in parts])
        return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class Searching:
    """Everything a search needs to know of who asks it."""

    site: Site
    person: PersonRow
    words: Texts
    settings: TenantSettings
    now: datetime

    @property
    def names(self) -> Names:
        return Names(self.site, self.person, self.words, self.settings)

    def at(self, moment: datetime) -> str:
        return exactly(self.names.wording(""), moment)

    async def find(self, asked: Asked, limit: int) -> Found:
        """A page of what is asked for. Raises BadCursor."""
        match asked.kind:
            case "cases":
                return await self._cases(asked, limit)
            case "people":
                return await self._people(asked, limit)
            case "commands":
                return await self._commands(asked, limit)
            case "refusals" | "reads":
                return await self._lines(asked.kind, asked, limit)

    async def _cases(self, asked: Asked, limit: int) -> Found:
        reader, status = ("auditor",), asked.value("status")
        wanted = WantedCases(
            words=asked.value("q") or None,
            person=asked.person,
            process=asked.value("process") or None,
            processes=tuple(
                name for name, rules in self.site.rules.items() if rules.story.sees_all(reader)
            ),
            state=asked.value("state") or None,
            open={"open": True, "ended": False}.get(status),
            erased=status == "erased" if status in ("open", "ended", "erased") else None,
            since=asked.since,
            until=asked.until,
        )
        audit = self.site.store.audit
        page = await audit.find_cases(
            self.person.tenant, wanted, asked.cursor, limit, self.person.id
        )
        names = self.names
        await names.learn(
            self.now, (), {one.row.stream: one.process for one in page.found if not one.erased}
        )
        rows = [self._case(one, names) for one in page.found]
        return Found(("case", "state", "last", "begun"), rows, page.next)

    def _case(self, one: FoundCase, names: Names) -> Sequence[Cell]:
        wording, row = names.wording(one.process), one.row
        text, href = names.case(row.stream, one.process)
        search = self.words.pages["audit"]["search"]
        if one.erased:
            state = Cell("", chip=search["erased"])
            href = f"/audit/{one.process}/{row.stream}"
        else:
            state = Cell(wording.state(row.state), beside="" if row.open else search["ended"])
        return (
            Cell(text, href, wording.about(one.process, "one")),
            state,
            Cell(self.at(row.updated_at)),
            Cell(self.at(row.created_at)),
        )

    async def _people(self, asked: Asked, limit: int) -> Found:
        page = await self.site.store.audit.find_people(
            self.person.tenant, asked.value("q") or None, asked.cursor, limit, self.person.id
        )
        rows = [self._person(one) for one in page.found]
        return Found(("name", "roles", "parts", "did", "read", "tried"), rows, page.next)

    def _person(self, one: FoundPerson) -> Sequence[Cell]:
        search, roles = self.words.pages["audit"]["search"], self.words.events["roles"]

        def of(kind: str) -> str:
            return f"/audit/search?kind={kind}&person={one.person}"

        if one.cases:
            key = "parts_one" if one.cases == 1 else "parts_value"
            parts = Cell(search[key].format(count=one.cases), of("cases"))
        else:
            parts = Cell(search["parts_none"])
        return (
            Cell(one.name, chip="" if one.active else search["gone"]),
            Cell(", ".join(str(roles.get(role, role)) for role in one.roles)),
            parts,
            Cell(search["commands"], of("commands")),
            Cell(search["reads"], of("reads")),
            Cell(search["refusals"], of("refusals")),
        )

    async def _commands(self, asked: Asked, limit: int) -> Found:
        wanted = WantedCommands(
            person=asked.person,
            type=asked.value("type") or None,
            process=asked.value("process") or None,
            stream=asked.value("stream") or None,
            since=asked.since,
            until=asked.until,
        )
        page = await self.site.store.audit.find_commands(
            self.person.tenant, wanted, asked.cursor, limit, self.person.id
        )
        names = self.names
        actors = [one.header["actor"]["person"] for one in page.found]
        await names.learn(self.now, actors, {one.stream: one.process for one in page.found})
        rows = [self._command(one, names) for one in page.found]
        return Found(("when", "who", "what", "case"), rows, page.next)

    def _command(self, one: FoundCommand, names: Names) -> Sequence[Cell]:
        wording, actor = names.wording(one.process), one.header["actor"]
        text, href = names.case(one.stream, one.process)
        search = self.words.pages["audit"]["search"]
        role = wording.role(actor["role"]) if actor["person"] else ""
        return (
            Cell(self.at(one.at)),
            Cell(names.person(actor["person"]), beside=role),
            Cell(
                wording.title(one.header["type"]),
                f"/audit/events/{one.event_id}",
                chip=search["warned"] if one.warnings else "",
            ),
            Cell(text, f"{href}?at={one.version}" if href else ""),
        )

    async def _lines(self, log: SearchedLog, asked: Asked, limit: int) -> Found:
        own = "what" if log == "reads" else "code"
        wanted = Wanted(
            person=asked.person,
            stream=asked.value("stream") or None,
            process=asked.value("process") or None,
            since=asked.since,
            until=asked.until,
        )
        wanted = replace(wanted, **{own: asked.value(own) or None})
        page = await self.site.store.audit.search(
            self.person.tenant, log, wanted, asked.cursor, limit, self.person.id
        )
        names = self.names
        people = [line.person for line in page.lines]
        cases = {line.stream: line.process for line in page.lines if line.stream}
        await names.learn(self.now, people, cases)
        if log == "reads":
            rows = [self._read(line, names) for line in page.lines]
            return Found(("when", "who", "what", "case"), rows, page.next)
        rows = [self._refused(line, names) for line in page.lines]
        return Found(("when", "who", "what", "code", "case"), rows, page.next)

    def _read(self, line: Line, names: Names) -> Sequence[Cell]:
        looks = self.words.pages["audit"]["looks"]
        text, href = names.case(line.stream, line.process)
        then = ""
        if line.as_of is not None:
            search = self.words.pages["audit"]["search"]
            then = search["seen_then"].format(at=self.at(line.as_of))
        return (
            Cell(self.at(line.at)),
            Cell(names.person(line.person)),
            Cell(looks.get(line.what, looks["other"]), beside=then),
            Cell(text, href),
        )

    def _refused(self, line: Line, names: Names) -> Sequence[Cell]:
        text, href = names.case(line.stream, line.process)
        return (
            Cell(self.at(line.at)),
            Cell(names.person(line.person, line.process)),
            Cell(command_in_words(names.wording(line.process), line.what)),
            Cell(self.words.problem(line.code or "", self.settings).title),
            Cell(text, href),
        )
