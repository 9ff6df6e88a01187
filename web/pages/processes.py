"""The pages of the processes: a list of cases, and each case with its documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.body import fields
from web.api.clock import offset_of
from web.api.lists import Query, page_of_cases
from web.api.paths import stream_of, version_of
from web.api.problems import Problem, as_problem, status_of
from web.documents.agreements import agreement
from web.documents.answers import agreement_file, calendar_file
from web.documents.calendars import ics
from web.doing import FORM_BYTES, FORMS, Tried, forms, given
from web.drafts import forget
from web.naming import wording_for
from web.pages.case import ahead, moments, step_line, visit_rows
from web.pages.commands import ask_command, ask_new, do_command, do_new, has_form, said
from web.pages.own import OWN_PAGES
from web.pages.page import page
from web.pages.searching import search_of
from web.pages.session import page_language, same_site, visitor
from web.reading import Reading, log_reading, read_case
from web.signin.expired import to_sign_in
from web.site import Site, site_of
from web.tasks.pages import AFTERWARDS
from web.tasks.rows import completed
from web.wording import Detail, Wording
from workflows.decision import Refused
from workflows.gateway import Unavailable

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
Shown = Callable[[Request, Site, "PersonRow", str], Awaitable[Response]]
SUPERVISION = "supervision"
"""The process whose pages are made for it; those of all others are put together here."""
_ELSEWHERE = frozenset(
    {
        "id", "process", "state", "suspended", "version", "agreement", "handovers", "overdue",
        "next", "hold", "restricted", "erasure",
    }
)  # fmt: skip
"""What of a summary has a place of its own on the page."""


def pages(process: str) -> list[tuple[str, str, Shown]]:
    """Methods and paths below the name of a process, and what shows each."""
    return [
        ("GET", "", cases),
        ("GET", "/new", ask_new),
        ("POST", "/new", do_new),
        ("GET", "/{id}", trajectory if process == SUPERVISION else case),
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
    query = Query(open=wanted, cursor=given.get("cursor") or None, wanted=search.wanted)
    now = datetime.now(UTC)
    found, following = await page_of_cases(site, person, process, query, now, settings)
    rows = [one.row for one in found]
    words = page_language(request)
    return page(
        request,
        "cases.html" if process == SUPERVISION else "process.html",
        process=process,
        rows=rows,
        wording=await wording_for(site, person.tenant, process, rows, words, settings),
        wanted=wanted,
        paged=query.cursor is not None,
        more=search.address(cursor=following) if following else None,
        search=search,
    )


async def case(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}``: one case, put together from what its reader may see."""
    return await _case(request, site, person, process)


async def ask(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``GET /{process}/{id}/do/{command}``: the page of one command; of those that have their
    form on the case's page, that."""
    command = request.path_params["command"]
    own = OWN_PAGES.get((process, command))
    if own is None:
        return await ask_command(request, site, person, process, command)
    reading = await _read(request, site, person, process, "page")
    return await own(request, site, person, reading, command, None)


async def do(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``POST /{process}/{id}/do/{command}``: what a form of the case's page says."""
    command = request.path_params["command"]
    own = OWN_PAGES.get((process, command))
    if not same_site(request) or not has_form(site.rules[process], command):
        raise Problem("not_found")
    reading = await _read(request, site, person, process)
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
        return await _case(request, site, person, process, tried)
    await forget(site, person, process, stream_of(request), sent)
    onward = AFTERWARDS.get((process, command))
    where = f"/{process}/{stream_of(request)}" + (f"/do/{onward}" if onward else "")
    return RedirectResponse(f"{where}?done={command_id}#done", 303)


async def _case(
    request: Request, site: Site, person: PersonRow, process: str, tried: Tried | None = None
) -> Response:
    reading, wording = await _told(request, site, person, process)
    summary, words = reading.summary, page_language(request)
    open_forms = await forms(site, person, reading, words, tried)
    known = any(one.wrong for one in open_forms)
    people = set(reading.rules.story.index(reading.dossier.state).parties.values())
    facts = {key: value for key, value in summary.items() if key not in _ELSEWHERE}
    named = {key: value for key, value in facts.items() if _is_in(value, people)}
    return page(
        request,
        "dossier.html",
        int(status_of(tried.problem.code)) if tried else 200,
        process=process,
        case=summary,
        wording=wording,
        people=named,
        facts=wording.details({key: facts[key] for key in facts if key not in named}),
        ahead=ahead(summary, reading.tasks, [], wording, reading.agenda, _unsigned(reading)),
        forms=open_forms,
        problem=said(tried.problem, words, reading.view.settings) if tried and not known else None,
        done=_done(request, reading),
        agreed=_agreed(reading, summary, wording),
        moments=moments(reading.timeline, wording),
        plans=bool(reading.agenda),
    )


async def trajectory(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/supervision/{id}``: one trajectory with its goals, visits, hours and timeline."""
    reading, wording = await _told(request, site, person, process)
    summary, timeline = reading.summary, reading.timeline
    visits = visit_rows(timeline)
    return page(
        request,
        "case.html",
        case=summary,
        wording=wording,
        steps=step_line(summary["state"], timeline),
        ahead=ahead(summary, reading.tasks, visits, wording),
        visits=visits,
        moments=moments(timeline, wording),
        requested_at=timeline[0]["recorded_at"] if timeline else None,
        plans=bool(reading.agenda),
    )


def _done(request: Request, reading: Reading) -> str | None:
    """The type of what this reader has just had recorded by a form."""
    command_id, person = request.query_params.get("done"), reading.view.reader.person
    return next(
        (
            event.type
            for event in reading.dossier.events
            if event.command_id == command_id and event.actor.person == person
        ),
        None,
    )


def _unsigned(reading: Reading) -> Sequence[str]:
    """The parties whose signatures are waited for."""
    over = reading.rules.story.is_final(reading.dossier.state)
    told = None if over else reading.summary.get("agreement")
    return told["missing"] if told else ()


def _is_in(value: Any, people: set[str]) -> bool:
    return isinstance(value, str) and value in people


def _agreed(reading: Reading, summary: dict[str, Any], wording: Wording) -> dict[str, Any] | None:
    """The agreement with all its versions, the latest first; None before the first."""
    told = summary.get("agreement")
    if told is None:
        return None
    story, state = reading.rules.story, reading.dossier.state
    versions: list[dict[str, Any]] = []
    for version in reversed(told["versions"]):
        paper = story.paper(state, version["version"])
        signed = {one["party"]: one for one in version["signed"]}
        parties = paper.parties if paper else {}
        versions.append(version | {"parties": parties, "by": signed})
    latest = story.paper(state, told["version"])
    fields: list[Detail] = wording.details(latest.fields) if latest else []
    return {"complete": told["complete"], "versions": versions, "fields": fields}


async def agreement_pdf(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}/agreement/{version}.pdf``."""
    version = version_of(request)
    reading = await _read(request, site, person, process)
    document = await agreement(site, person.tenant, reading.dossier, version)
    if document is None:
        raise Problem("not_found")
    await log_reading(site, person, reading, "agreement", reading.view.now)
    return agreement_file(request, document, version)


async def calendar(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}/calendar.ics``."""
    reading = await _read(request, site, person, process, "calendar")
    return calendar_file(await ics(reading, page_language(request), site.public_address))


async def _told(
    request: Request, site: Site, person: PersonRow, process: str
) -> tuple[Reading, Wording]:
    """The case of the path, and the words for all that its page says."""
    reading = await _read(request, site, person, process, "page")
    shown, settings = [reading.summary, reading.timeline], reading.view.settings
    words = page_language(request)
    wording = await wording_for(site, person.tenant, process, shown, words, settings, person)
    return reading, wording


async def _read(
    request: Request, site: Site, person: PersonRow, process: str, what: str | None = None
) -> Reading:
    """The case of the path; its reading is noted as ``what``."""
    settings = await site.settings(person.tenant)
    now = datetime.now(UTC) + offset_of(request, site)
    reading = await read_case(site, person, process, stream_of(request), now, settings)
    if what is not None:
        await log_reading(site, person, reading, what, now)
    return reading
