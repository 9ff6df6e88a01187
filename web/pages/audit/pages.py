"""The addresses of the auditors' pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from web.pages.audit import exporting
from web.pages.audit.case import through_time, who_knew
from web.pages.audit.event import proof_json, proved
from web.pages.audit.search import search, search_csv
from web.pages.audit.start import checkpoint, keys, start
from web.permissions.door import behind
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Inside = Callable[[Request, Site, "PersonRow"], Awaitable[Response]]

_PAGES: tuple[tuple[str, Inside], ...] = (
    ("", start),
    ("/search", search),
    ("/search.csv", search_csv),
    ("/checkpoint.txt", checkpoint),
    ("/keys.txt", keys),
    ("/export", exporting.board_export),
    ("/export.zip", exporting.zipped(exporting.of_board)),
    ("/export/progress", exporting.progress),
    ("/events/{event_id}", proved),
    ("/events/{event_id}/proof.json", proof_json),
    ("/events/{event_id}/export.zip", exporting.zipped(exporting.of_event)),
    ("/{process}/{id}", through_time),
    ("/{process}/{id}/knew", who_knew),
    ("/{process}/{id}/export", exporting.case_export),
    ("/{process}/{id}/export.zip", exporting.zipped(exporting.of_case)),
)
"""In this order: what is called by name goes before what names a process."""

PAGES: tuple[tuple[str, str, Callable[[Request], Awaitable[Response]]], ...] = tuple(
    ("GET", f"/audit{path}", behind("audit", show)) for path, show in _PAGES
)
