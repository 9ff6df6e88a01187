"""Everything that is planned for one person as a calendar that other programs follow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from icalendar import vDuration

from events.settings import TenantSettings
from events.store.desk import OfCase
from web.documents.calendars import LASTS, calendar_at, entry, page_of, planned, wording_of
from web.pages.home.desk import desk
from web.plain import one_line
from web.reading import Reading, read_dossier
from web.site import Site
from web.texts import Texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

MOST = 500
"""So many planned things at most, the first ones."""
_OFTEN = timedelta(hours=1)
"""How often a program may look (RFC 7986, 5.7)."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is planned for somebody, and a word that is another when any of it is."""

    items: Sequence[OfCase]
    etag: str


async def agenda_of(
    site: Site, person: PersonRow, words: Texts, now: datetime, settings: TenantSettings
) -> Agenda:
    """From the read models: what this person may not know of is in none of its rows."""
    found = await desk(site, person, now, settings, (1, MOST))
    items = found.planned.items
    # A file also tells the clock's changes around this year, and follows the board's settings.
    told = [words.language, settings.version, now.year, site.public_address, str(LASTS)]
    rows = sorted(json.dumps([one.process, one.stream, one.item], sort_keys=True) for one in items)
    return Agenda(items, f'"{sha256(json.dumps([told, rows]).encode()).hexdigest()}"')


async def readings_of(
    site: Site, person: PersonRow, agenda: Agenda, now: datetime, settings: TenantSettings
) -> list[Reading]:
    """The cases in which something is planned for this person, as that person may see them."""
    streams: dict[str, list[str]] = {}
    for one in agenda.items:
        of_process = streams.setdefault(one.process, [])
        if one.stream not in of_process:
            of_process.append(one.stream)
    found: list[Reading] = []
    for process, wanted in streams.items():
        dossiers = await site.dossiers.read_many(person.tenant, process, wanted)
        for stream in wanted:
            dossier = dossiers.get(stream)
            reading = dossier and read_dossier(site, person, dossier, now, settings)
            if reading:
                found.append(reading)
    return found


async def feed_file(
    site: Site, readings: Sequence[Reading], words: Texts, now: datetime, settings: TenantSettings
) -> bytes:
    """The calendar, with the same entries as those of the cases and of the mails about them."""
    return await asyncio.to_thread(_file, site.public_address, readings, words, now, settings)


def _file(
    address: str,
    readings: Sequence[Reading],
    words: Texts,
    now: datetime,
    settings: TenantSettings,
) -> bytes:
    calendar = calendar_at(now, settings.zone)
    calendar.add("x-wr-calname", words.pages["product"])
    calendar.add("refresh-interval", vDuration(_OFTEN, params={"VALUE": "DURATION"}))
    for reading in readings:
        wording = wording_of(reading, words)
        # Where it is tells somebody's cases apart without naming whom they are about.
        where = one_line(str(reading.summary.get("school") or ""))
        for one in planned(reading):
            event = entry(one, wording, page_of(reading, address))
            if where:
                event.add("location", where)
            calendar.add_component(event)
    return calendar.to_ical()
