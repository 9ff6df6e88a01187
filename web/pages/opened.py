"""The case of a page's address, read for its visitor, with the words for what is shown of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request

from web.api.clock import offset_of
from web.api.paths import stream_of
from web.naming import wording_for
from web.pages.session import by_itself, page_language
from web.reading import Reading, log_reading, read_case
from web.site import Site
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow


async def opened(
    request: Request, site: Site, person: PersonRow, process: str, what: str | None = None
) -> Reading:
    """The case as this visitor may see it; that it was read is noted as ``what``.

    The page that an open window asks by itself is noted as that: nobody need have been there.
    """
    settings = await site.settings(person.tenant)
    now = datetime.now(UTC) + offset_of(request, site)
    reading = await read_case(site, person, process, stream_of(request), now, settings)
    if what == "page" and by_itself(request):
        await log_reading(site, person, reading, "refresh", now)
    elif what is not None:
        await log_reading(site, person, reading, what, now)
    return reading


async def worded(request: Request, site: Site, person: PersonRow, reading: Reading) -> Wording:
    """The words for all that the case tells this visitor."""
    shown, settings = [reading.summary, reading.timeline], reading.view.settings
    process, words = reading.dossier.process, page_language(request)
    return await wording_for(site, person.tenant, process, shown, words, settings, person)
