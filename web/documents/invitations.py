"""What a mail brings along for its reader's calendar: something planned, moved or off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from icalendar import Calendar, vCalAddress

from events.process import Reader, View
from events.settings import TenantSettings
from events.store.errors import Erased
from web.documents.calendars import (
    Change,
    Method,
    Planned,
    calendar_at,
    called_off,
    changed,
    entry,
    page_of,
    planned,
    wording_of,
)
from web.dossiers import Dossier, Dossiers
from web.reading import Reading
from web.texts import DEFAULT, LANGUAGES, texts
from workflows.decision import Rules

if TYPE_CHECKING:
    from events.store.outbox import Mail

Attached = list[tuple[Method, bytes]]


class CalendarParts:
    """Makes them as the case is now: what moved since the mail was due is where it moved to."""

    def __init__(
        self,
        dossiers: Dossiers,
        rules: Mapping[str, Rules[Any]],
        settings: Callable[[str], Awaitable[TenantSettings]],
        public_address: str,
        sender: str,
    ) -> None:
        self._dossiers = dossiers
        self._rules = rules
        self._settings = settings
        self._public_address = public_address
        self._sender = sender

    async def of(self, mail: Mail) -> Attached:
        """How its calendar changes for the reader, an iCalendar file each (RFC 6047).

        Nothing for a mail about nothing planned, and of a case that its reader never saw.
        """
        if mail.process not in self._rules:
            return []
        try:
            dossier = await self._dossiers.read(mail.tenant, mail.process, mail.notice.stream)
        except Erased:
            return []
        if dossier is None:
            return []
        settings = await self._settings(mail.tenant)
        return await asyncio.to_thread(self._files, dossier, settings, mail)

    def _files(self, dossier: Dossier, settings: TenantSettings, mail: Mail) -> Attached:
        rules, reader = self._rules[mail.process], Reader(mail.to.id, mail.to.roles)
        event = dossier.events[mail.notice.version - 1]
        before = self._dossiers.cut(dossier, event.version - 1)

        def read(of: Dossier, rights: frozenset[str]) -> Reading:
            view = View(reader, rights, datetime.now(UTC), settings)
            return Reading(rules, of, view, current=of is dossier)

        had = rules.story.rights(before.state, reader)
        has = rules.story.rights(dossier.state, reader)
        changes: list[Change] = []
        if has and (had or not before.events):
            changes = changed(read(dossier, has), event.version)
        elif has:
            # Who takes over a part takes over what is planned with it.
            changes = [("REQUEST", one) for one in planned(read(dossier, has))]
        elif had:
            changes = called_off(read(before, had), event.recorded_at)
        reading = read(dossier, has)
        return [(method, self._file(reading, mail, method, one)) for method, one in changes]

    def _file(self, reading: Reading, mail: Mail, method: Method, one: Planned) -> bytes:
        language = next((known for known in LANGUAGES if known == mail.to.language), DEFAULT)
        wording = wording_of(reading, texts(language))
        # The clock's changes around what is planned are enough, and stay the same at every try.
        calendar: Calendar = calendar_at(one.set_at, wording.settings.zone, method)
        event = entry(one, wording, page_of(reading, self._public_address))
        organizer, attendee = (
            vCalAddress(f"mailto:{self._sender}"),
            vCalAddress(f"mailto:{mail.to.email}"),
        )
        organizer.params["CN"] = "Traject"
        attendee.params.update({"ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE"})
        event.add("organizer", organizer)
        event.add("attendee", attendee)
        event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        calendar.add_component(event)
        return calendar.to_ical()
