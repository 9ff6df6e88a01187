"""What stands behind the ids and codes of the logs, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime

from events.process import View
from web.api.looking import AUDITOR
from web.site import Site, reader_of
from web.texts import Texts
from web.wording import Wording, ids_in

if TYPE_CHECKING:
    from datetime import datetime

    from events.settings import TenantSettings
    from events.store.directory import PersonRow


def exactly(wording: Wording, at: datetime) -> str:
    """An instant by the board's clock to the second: for who checks what came first."""
    local = at.astimezone(wording.settings.zone)
    return format_datetime(local, "EEE d MMM y, HH:mm:ss", locale=wording.texts.language)


def warnings_in_words(wording: Wording, codes: Iterable[str]) -> list[str]:
    """What the giver was warned of."""
    return [wording.texts.warning(code) for code in codes]


class Names:
    """What people and cases of a board are called in one page of results."""

    def __init__(
        self, site: Site, person: PersonRow, words: Texts, settings: TenantSettings
    ) -> None:
        self._site, self._person, self._words, self._settings = site, person, words, settings
        self._names: dict[str, str] = {}
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._process: dict[str, str] = {}

    async def learn(
        self, now: datetime, people: Iterable[str | None], cases: Mapping[str, str]
    ) -> None:
        """Looks up people, and cases by their process as far as they are open to the reader."""
        self._process |= cases
        known = await self._site.store.models.rows(self._person.tenant, list(cases))
        reader = reader_of(self._person)
        for stream, shown in known.items():
            if shown.held.open_to(reader) and not shown.held.names(reader.person):
                self._rows[stream] = shown.row
        await self._fold(now, {s: p for s, p in cases.items() if s not in self._rows})
        ids = {one for one in people if one}
        ids |= {one for row in self._rows.values() for one in ids_in(row)}
        self._names |= await self._site.store.names(self._person.tenant, ids)

    async def _fold(self, now: datetime, cases: Mapping[str, str]) -> None:
        """Those that are not in the read models yet."""
        reader = reader_of(self._person)
        for process in set(cases.values()) & self._site.rules.keys():
            story = self._site.rules[process].story
            streams = [stream for stream, of in cases.items() if of == process]
            found = await self._site.dossiers.read_many(self._person.tenant, process, streams)
            for stream, dossier in found.items():
                rights = story.rights(dossier.state, reader)
                if AUDITOR in rights and dossier.events:
                    view = View(reader, rights, now, self._settings)
                    self._rows[stream] = story.summary(dossier.state, view)

    def person(self, id_: str | None, process: str | None = None) -> str:
        """Somebody's name; the system's where there is nobody.

        The system acts in cases: nobody where there is none, such as at the door, is unknown.
        """
        if id_ is None and (process is None or process in self._site.rules):
            return str(self._words.events["roles"]["process"])
        return self._names.get(id_ or "") or str(self._words.pages["unknown_person"])

    def case(self, stream: str | None, process: str) -> tuple[str, str]:
        """What a case is called and where its page is; no page where it is not open to one."""
        wording = self.wording(process)
        if stream is None:
            return wording.about(process, "one"), ""
        row = self._rows.get(stream)
        if row is None:
            return wording.about(process, "one"), ""
        return wording.case(row), f"/audit/{process}/{stream}"

    def wording(self, process: str) -> Wording:
        """The words of a process, with the names that are known."""
        rules = self._site.rules.get(process)
        facts = rules.story.facts if rules else {}
        return Wording(self._words, self._settings, self._names, process, facts=facts)


def in_order(options: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """The values of a choice and their words, in the order of the words."""
    return sorted(options.items(), key=lambda option: option[1].casefold())
