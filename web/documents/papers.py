"""The documents of a case at their addresses, on the pages and in the API alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.api.body import fields
from web.api.clock import now_of, offset_of
from web.api.paths import stream_of
from web.api.problems import Problem, language_of
from web.api.signin import signed_in
from web.documents.answers import pdf_file
from web.documents.dossier import SUPERVISION, dossier_sheet
from web.documents.invoices import invoice_sheet, invoice_version
from web.documents.press import PRESS
from web.documents.reports import report_preview, report_sheet, report_version
from web.documents.sheet import TEMPLATE, Sheet
from web.naming import wording_for
from web.pages.session import page_language, same_site, visitor
from web.reading import Reading, log_reading, offered, read_case
from web.signin.expired import to_sign_in
from web.site import Site, site_of
from web.texts import LANGUAGES, Texts, texts
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
Write = Callable[[Request, Reading, Wording, "PersonRow"], Sheet]

DRAFT_REPORT = "DraftFinalReport"
_PREVIEW_BYTES = 500_000
_DIGITS = 4


def _report(request: Request, reading: Reading, wording: Wording, _reader: PersonRow) -> Sheet:
    if reading.dossier.process != SUPERVISION:
        raise Problem("not_found")
    version = report_version(reading.timeline, _number(request))
    if version is None:
        raise Problem("not_found")
    return report_sheet(reading, version, wording)


def _invoice(request: Request, reading: Reading, wording: Wording, _reader: PersonRow) -> Sheet:
    item = invoice_version(reading.timeline, _number(request))
    if item is None:
        raise Problem("not_found")
    return invoice_sheet(reading, item, wording)


def _dossier(_request: Request, reading: Reading, wording: Wording, reader: PersonRow) -> Sheet:
    return dossier_sheet(reading, wording, reader.name)


PAPERS: Mapping[str, Write] = {"report": _report, "invoice": _invoice, "dossier": _dossier}
"""By the name in its address and in the log of readings, how each is written."""


def _page(what: str) -> Handler:
    """``/{process}/{id}/<what>.pdf`` for whoever is signed in; others sign in first."""

    async def show(request: Request) -> Response:
        site = site_of(request)
        person = await visitor(request, site)
        if person is None:
            return await to_sign_in(request)
        now = datetime.now(UTC) + offset_of(request, site)
        return await _made(request, site, person, what, now, page_language(request))

    return show


def _call(what: str) -> Handler:
    """``GET /{process}/{id}/<what>.pdf`` of the API."""

    async def answer(request: Request) -> Response:
        site = site_of(request)
        person = await signed_in(request, site)
        now = now_of(request, site)
        return await _made(request, site, person, what, now, language_of(request))

    return answer


async def _made(
    request: Request, site: Site, person: PersonRow, what: str, now: datetime, words: Texts
) -> Response:
    reading = await _read(request, site, person, now)
    wording = await _wording(request, site, person, reading, words)
    sheet = PAPERS[what](request, reading, wording, person)
    content = await PRESS.pdf(TEMPLATE, sheet.json())
    await log_reading(site, person, reading, what, now)
    return pdf_file(request, content, wording.texts.pages["papers"]["file"][what])


async def preview(request: Request) -> Response:
    """``POST /supervision/{id}/report/preview.pdf``: the report of what the form holds now.

    For who may draft it; nothing is kept of what was sent.
    """
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return await to_sign_in(request)
    if not same_site(request):
        raise Problem("not_found")
    now = datetime.now(UTC) + offset_of(request, site)
    reading = await _read(request, site, person, now)
    if DRAFT_REPORT not in offered(reading, person, now, reading.view.settings):
        raise Problem("not_found")
    data = draft_of(await fields(request, _PREVIEW_BYTES))
    wording = await _wording(request, site, person, reading, page_language(request))
    content = await report_preview(reading, data, wording)
    return pdf_file(request, content, wording.texts.pages["papers"]["file"]["report"])


def draft_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a form holds of a report, named by dotted paths; what is missing or odd is left out."""
    data: dict[str, Any] = {"sections": {}, "goal_results": {}}
    for name, value in sent.items():
        part, _, inner = name.partition(".")
        if not isinstance(value, str) or not value.strip():
            continue
        if part in data and inner:
            data[part][inner] = value
        elif name == "overall":
            data[name] = value
    return data


async def _read(request: Request, site: Site, person: PersonRow, now: datetime) -> Reading:
    process = request.path_params.get("process", SUPERVISION)
    if process not in site.rules:
        raise Problem("not_found")
    settings = await site.settings(person.tenant)
    return await read_case(site, person, process, stream_of(request), now, settings)


async def _wording(
    request: Request, site: Site, person: PersonRow, reading: Reading, words: Texts
) -> Wording:
    """In the reader's language, or in that of ``?language=``."""
    asked = request.query_params.get("language")
    chosen = texts(asked) if asked in LANGUAGES else words
    shown = [reading.summary, reading.timeline]
    process, settings = reading.dossier.process, reading.view.settings
    return await wording_for(site, person.tenant, process, shown, chosen, settings)


def _number(request: Request) -> int | None:
    """The version of ``?version=``; raises Problem (404) for what is none."""
    text = request.query_params.get("version")
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return int(text)
    raise Problem("not_found")


PAGES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/supervision/{id}/report/preview.pdf", preview),
    *(("GET", f"/{{process}}/{{id}}/{what}.pdf", _page(what)) for what in PAPERS),
)
API: tuple[tuple[str, str, Handler], ...] = tuple(
    ("GET", f"/{{process}}/{{id}}/{what}.pdf", _call(what)) for what in PAPERS
)
