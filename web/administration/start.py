"""``/administration``: where everything is that this person may administer, and what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.store.administration import Sought
from web.administration.health import Level, findings, look, worst
from web.administration.told import Told, told_changes
from web.pages.page import page
from web.permissions.table import may
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

PARTS: tuple[tuple[str, str, str], ...] = (
    ("people", "administration.people", "/administration/people"),
    ("absence", "administration.absence", "/administration/absence"),
    ("handover", "administration.handover", "/administration/handover"),
    ("settings", "administration.settings", "/administration/settings"),
    ("holidays", "administration.holidays", "/administration/holidays"),
    ("letters", "administration.texts", "/administration/letters"),
    ("health", "administration.health", "/administration/health"),
)
"""Name in the words, the view that opens it, and where it is."""
SHOWN, SHOWN_FIRST = 8, 4
"""So many changes stand here, and on the first page of who keeps the system running."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the first page has for who looks after the system: its parts, and how all is."""

    parts: Sequence[tuple[str, str]]
    worst: Level
    changes: Sequence[Told]


async def keeping(request: Request, site: Site, person: PersonRow) -> Keeping | None:
    """None for who is no administrator."""
    if "administrator" not in person.roles:
        return None
    looked, changes = await asyncio.gather(
        look(site, person.tenant),
        site.store.changes(person.tenant, Sought(), limit=SHOWN_FIRST),
    )
    told = await told_changes(request, site, person.tenant, changes)
    return Keeping(_parts(person), worst(findings(looked)), told)


def _parts(person: PersonRow) -> list[tuple[str, str]]:
    return [(name, href) for name, view, href in PARTS if may(person, view)]


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration``."""
    changes = []
    if may(person, "administration.people"):
        changes = await site.store.changes(person.tenant, Sought(), limit=SHOWN)
    return page(
        request,
        "administration/start.html",
        parts=_parts(person),
        changes=await told_changes(request, site, person.tenant, changes),
    )
