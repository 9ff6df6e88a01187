"""Files as answers: for one reader, fresh at every look, and named as people would."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from web.texts import texts

if TYPE_CHECKING:
    from events.store.documents import Document

PDF = "application/pdf"
CALENDAR = "text/calendar; charset=utf-8"
_VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A browser shows a PDF by a page of its own making, which this lets it build."""


def agreement_file(request: Request, document: Document, version: int) -> Response:
    """The agreement, or that the reader's copy is still right: every look comes by here."""
    name = texts("nl").pages["document"]["file"].format(version=version)
    return _file(request, document.content, document.sha256, name)


def pdf_file(request: Request, content: bytes, name: str) -> Response:
    """A document made for this look, or that the reader's copy is still right."""
    return _file(request, content, sha256(content).hexdigest(), name)


def _file(request: Request, content: bytes, digest: str, name: str) -> Response:
    etag = f'"{digest}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    wanted = request.headers.get("if-none-match", "")
    if etag in (one.strip().removeprefix("W/") for one in wanted.split(",")):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}"'
    headers["Content-Security-Policy"] = _VIEWER
    return Response(content, headers=headers, media_type=PDF)


def calendar_file(content: bytes) -> Response:
    """A calendar to take over into one's own."""
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="traject.ics"',
    }
    return Response(content, headers=headers, media_type=CALENDAR)
