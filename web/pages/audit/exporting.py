"""The pages of exports: of a case, of an event, or of all that the board has."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.audit.note import parse
from events.audit.selection import Asked, NothingThere
from events.event import instant_text
from web.api.paths import private, process_of, stream_of
from web.api.problems import Problem
from web.downloads import Download
from web.naming import wording_for
from web.pages.audit.access import audited, now_at
from web.pages.audit.event import event_of
from web.pages.audit.published import published
from web.pages.audit.taking import counts, pieces, prepared, progress_of
from web.pages.page import page
from web.pages.session import page_language, same_site
from web.reading import ErasedCase
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_JOB = re.compile(r"[A-Za-z0-9_-]{1,40}")
Which = Callable[[Request, Site, "PersonRow"], Awaitable[Asked]]


async def of_case(request: Request, site: Site, person: PersonRow) -> Asked:
    """The case of the path, erased or not. Raises Problem (404)."""
    with suppress(ErasedCase):
        await audited(request, site, person)
    return Asked("stream", stream_of(request))


async def of_event(request: Request, site: Site, person: PersonRow) -> Asked:
    """The event of the path. Raises Problem (404)."""
    return Asked("event", str((await event_of(request, site, person))["event_id"]))


async def of_board(_request: Request, _site: Site, person: PersonRow) -> Asked:
    """All that is recorded of the board."""
    return Asked("all", board=person.tenant)


async def case_export(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/{process}/{id}/export``: what the file holds, and how to check it."""
    wanted = await of_case(request, site, person)
    process, _ = process_of(request, site)
    return await _page(request, site, person, wanted, process)


async def board_export(request: Request, site: Site, person: PersonRow) -> Response:
    """``GET /audit/export``: the same of all that the board has."""
    return await _page(request, site, person, await of_board(request, site, person), None)


async def _page(
    request: Request, site: Site, person: PersonRow, wanted: Asked, process: str | None
) -> Response:
    settings, words = await site.settings(person.tenant), page_language(request)
    try:
        found = await prepared(site, person, wanted)
    except NothingThere:
        found = None
    stream = wanted.id or ""
    name, erased = "", False
    if process is not None:
        try:
            reading = await audited(request, site, person)
            summary = reading.summary
        except ErasedCase:
            erased, summary = True, {}
        wording = await wording_for(site, person.tenant, process, summary, words, settings)
        name = wording.about(process, "one") if erased else wording.case(summary)
    else:
        wording = await wording_for(site, person.tenant, "supervision", [], words, settings)
    says = parse(found.note) if found else None
    return page(
        request,
        "audit/export.html",
        process=process,
        stream=stream,
        name=name,
        wording=wording,
        counts=counts(found) if found and not found.taken.is_empty else None,
        number=found.number if found else None,
        at=wording.instant(instant_text(says.at)) if says else "",
        job=secrets.token_urlsafe(12),
        file=_name(wanted),
        keys=(await published(site)).keys,
    )


def zipped(which: Which) -> Callable[[Request, Site, PersonRow], Awaitable[Response]]:
    """``GET .../export.zip?job=``: the file itself, piece by piece."""

    async def answer(request: Request, site: Site, person: PersonRow) -> Response:
        if not same_site(request):
            raise Problem("not_found")
        job = request.query_params.get("job", "")
        if not _JOB.fullmatch(job):
            job = secrets.token_urlsafe(12)
        wanted = await which(request, site, person)
        try:
            found = await prepared(site, person, wanted)
        except NothingThere:
            raise Problem("proof.not_yet") from None
        if found.taken.is_empty:
            raise Problem("proof.not_yet")
        now, language = now_at(request, site), page_language(request).language
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="{_name(wanted)}"',
        }
        content = pieces(site, person, found, now, language, job)
        return Download(content, headers, "application/zip")

    return answer


def _name(wanted: Asked) -> str:
    return "traject.zip" if wanted.id is None else f"traject-{wanted.id}.zip"


async def progress(request: Request, _site: Site, person: PersonRow) -> Response:
    """``GET /audit/export/progress?job=``: how far the file of that name is."""
    found = progress_of(person.id, request.query_params.get("job", ""))
    return private({"done": found.done, "total": found.total} if found else {"done": None})
