"""Which cases an auditor looks into as their auditor: those that are about somebody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request

from web.api.clock import offset_of
from web.api.looking import AUDITOR
from web.api.paths import process_of, stream_of
from web.api.problems import Problem
from web.reading import Reading, read_case
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow


def now_at(request: Request, site: Site) -> datetime:
    """The moment of this page by the process clock."""
    return datetime.now(UTC) + offset_of(request, site)


async def audited(request: Request, site: Site, person: PersonRow) -> Reading:
    """The case of the path before its auditor.

    Raises Problem (404) also for who is its teacher, student or other subject: they read the own
    case as that. Raises ErasedCase.
    """
    process, _ = process_of(request, site)
    settings = await site.settings(person.tenant)
    now = now_at(request, site)
    reading = await read_case(site, person, process, stream_of(request), now, settings)
    if AUDITOR not in reading.view.rights:
        raise Problem("not_found")
    return reading
