"""Looking back at a case: what changed between two moments, and who could know what at one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import JSONResponse

from events.audit.difference import difference
from events.event import instant_text
from events.process import Reader
from web.api.clock import moment_in, now_of
from web.api.paths import private, process_of, stream_of
from web.api.problems import Problem, invalid
from web.api.signin import signed_in
from web.reading import Reading, log_reading, read_case
from web.site import site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

AUDITOR = "auditor"
KNOWN_TO = "known_to"
_NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for whoever holds a role that has no part of its own in a case, such as hr."""


def known_to(request: Request, person: PersonRow, reading: Reading) -> Reading:
    """The case before whoever had the role of ``?known_to=`` in it at the moment looked at.

    The party is that of then, and so are its rights. Raises Problem: auth.role for who is not
    this case's auditor, command.invalid where nobody in that role could see anything.
    """
    role = request.query_params.get(KNOWN_TO)
    if role is None:
        return reading
    # Who is a party too, such as the teacher, reads the own case as no auditor.
    if AUDITOR not in reading.view.rights or AUDITOR not in person.roles:
        raise Problem("auth.role")
    story, state = reading.rules.story, reading.dossier.state
    reader = Reader(story.index(state).parties.get(role, _NOBODY), (role,))
    rights = story.rights(state, reader)
    if not rights:
        raise invalid(KNOWN_TO, "value")
    return replace(reading, view=replace(reading.view, reader=reader, rights=rights))


async def changes(request: Request) -> JSONResponse:
    """``GET /{process}/{id}/difference``: as this person may see it, of what was recorded after
    ``from`` and up to ``to``."""
    site = site_of(request)
    person = await signed_in(request, site)
    process, _ = process_of(request, site)
    stream = stream_of(request)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    since = moment_in(request, "from", settings)
    until = moment_in(request, "to", settings)
    if since is None:
        raise invalid("from", "missing")
    since, moment = min(since, now), None if until is None else min(until, now)
    if since > (moment or now):
        raise invalid("from", "order")
    after = await read_case(site, person, process, stream, now, settings, moment)
    await log_reading(site, person, after, "difference", now, moment)
    earlier = replace(
        after,
        dossier=site.dossiers.at(after.dossier, since),
        view=replace(after.view, now=since),
    )
    before = earlier.summary if earlier.dossier.events else {}
    return private(
        {
            "id": stream,
            "process": process,
            "from": instant_text(since),
            "to": instant_text(moment or now),
            "changes": [change.json() for change in difference(before, after.summary)],
            "items": [item for item in after.timeline if _later(item["recorded_at"], since)],
        }
    )


def _later(recorded_at: str, since: datetime) -> bool:
    return datetime.fromisoformat(recorded_at) > since
