"""The pages of the processes: a list of cases, and each case with its documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.body import fields
from web.api.clock import offset_of
from web.api.lists import Query, page_of_cases
from web.api.paths import stream_of, version_of
from web.api.problems import Problem, as_problem
from web.documents.agreements import agreement
from web.documents.answers import agreement_file, calendar_file
from web.documents.calendars import ics
from web.doing import FORM_BYTES, FORMS, Tried, given
from web.drafts import forget
from web.forms.words import title_of
from web.naming import wording_for
from web.pages.commands import ask_command, ask_new, do_command, do_new, has_form, may_begin
from web.pages.dossier import case, case_page, trajectory
from web.pages.lively import live
from web.pages.opened import opened
from web.pages.own import OWN_PAGES
from web.pages.page import page
from web.pages.searching import MOST_NAMED, search_of
from web.pages.session import page_language, same_site, visitor
from web.reading import log_reading
from web.signin.expired import to_sign_in
from web.site import Site, site_of
from web.tasks.pages import AFTERWARDS
from web.tasks.rows import completed
from workflows.decision import Refused
from workflows.gateway import Unavailable

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
Shown = Callable[[Request, Site, "PersonRow", str], Awaitable[Response]]
SUPERVISION = "supervision"
"""The process whose pages are made for it; those of all others are put together here."""


def pages(process: str) -> list[tuple[str, str, Shown]]:
    """Methods and paths below the name of a process, and what shows each."""
    return [
        ("GET", "", cases),
        ("GET", "/new", ask_new),
        ("POST", "/new", do_new),
        ("GET", "/{id}", trajectory if process == SUPERVISION else case),
        ("GET", "/{id}/live", live),
        ("GET", "/{id}/agreement/{version}.pdf", agreement_pdf),
        ("GET", "/{id}/calendar.ics", calendar),
        ("GET", "/{id}/do/{command}", ask),
        ("POST", "/{id}/do/{command}", do),
    ]


def of(process: str, show: Shown) -> Handler:
    """A page of a process, for who is signed in; others go to the first page."""

    async def handle(request: Request) -> Response:
        site = site_of(request)
        person = await visitor(request, site)
        if person is None:
            return await to_sign_in(request)
        return await show(request, site, person, process)

    return handle


async def cases(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}``: the cases this person may see."""
    settings = await site.settings(person.tenant)
    given = request.query_params
    search = search_of(process, given)
    wanted = {"open": True, "ended": False}.get(search.show)
    about = None
    if search.who and search.by_name:
        about = await site.store.known_as(person.tenant, search.who, MOST_NAMED)
    query = Query(
        open=wanted, cursor=given.get("cursor") or None, about=about, wanted=search.wanted
    )
    now = datetime.now(UTC)
    found, following = await page_of_cases(site, person, process, query, now, settings)
    rows = [one.row for one in found]
    words = page_language(request)
    wording = await wording_for(site, person.tenant, process, rows, words, settings)
    begins, may = site.rules[process].opening, may_begin(site, person, process, now, settings)
    return page(
        request,
        "cases.html" if process == SUPERVISION else "process.html",
        process=process,
        rows=rows,
        wording=wording,
        begin=title_of(wording, begins) if may and begins else "",
        wanted=wanted,
        paged=query.cursor is not None,
        more=search.address(cursor=following) if following else None,
        search=search,
    )


async def ask(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``GET /{process}/{id}/do/{command}``: the page of one command; of those that have their
    form on the case's page, that."""
    command = request.path_params["command"]
    own = OWN_PAGES.get((process, command))
    if own is None:
        return await ask_command(request, site, person, process, command)
    reading = await opened(request, site, person, process, "page")
    return await own(request, site, person, reading, command, None)


async def do(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``POST /{process}/{id}/do/{command}``: what a form of the case's page says."""
    command = request.path_params["command"]
    own = OWN_PAGES.get((process, command))
    if not same_site(request) or not has_form(site.rules[process], command):
        raise Problem("not_found")
    reading = await opened(request, site, person, process)
    sent = completed(await fields(request, FORM_BYTES))
    if own is None and command not in FORMS:
        return await do_command(request, site, person, reading, command, sent)
    try:
        offset = offset_of(request, site)
        command_id = await given(site, person, reading, command, sent, offset)
    except (Refused, Problem, Unavailable) as fault:
        tried = Tried(command, sent, as_problem(fault, request))
        if own is not None:
            return await own(request, site, person, reading, command, tried)
        return await case_page(request, site, person, process, tried)
    await forget(site, person, process, stream_of(request), sent)
    onward = AFTERWARDS.get((process, command))
    where = f"/{process}/{stream_of(request)}" + (f"/do/{onward}" if onward else "")
    return RedirectResponse(f"{where}?done={command_id}#done", 303)


async def agreement_pdf(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}/agreement/{version}.pdf``."""
    version = version_of(request)
    reading = await opened(request, site, person, process)
    document = await agreement(site, person.tenant, reading.dossier, version)
    if document is None:
        raise Problem("not_found")
    await log_reading(site, person, reading, "agreement", reading.view.now)
    return agreement_file(request, document, version)


async def calendar(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}/calendar.ics``."""
    reading = await opened(request, site, person, process, "calendar")
    return calendar_file(await ics(reading, page_language(request), site.public_address))
