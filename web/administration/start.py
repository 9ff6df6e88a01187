"""``/administration``: where everything is that this person may administer, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.store.administration import Sought
from web.administration.told import told_changes
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
SHOWN = 8


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /administration``."""
    parts = [(name, href) for name, view, href in PARTS if may(person, view)]
    changes = []
    if may(person, "administration.people"):
        changes = await site.store.changes(person.tenant, Sought(), limit=SHOWN)
    return page(
        request,
        "administration/start.html",
        parts=parts,
        changes=await told_changes(request, site, person.tenant, changes),
    )
