"""The addresses of the pages: signing in (demo), the list of trajectories, and one trajectory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from events.settings import TenantSettings
from web.api.body import form
from web.api.lists import Query, page_of_cases
from web.api.paths import stream_of
from web.api.problems import RETRY_AFTER_SECONDS, Problem, as_problem, status_of
from web.naming import wording_for
from web.pages import signing
from web.pages.case import ahead, moments, step_line, visit_rows
from web.pages.page import STATIC, page
from web.pages.session import (
    COOKIE,
    keep_language,
    keep_session,
    may_choose,
    page_language,
    same_site,
    visitor,
)
from web.patience import in_time
from web.reading import log_reading, read_case
from web.site import DEMO_BOARD, Site, site_of
from web.texts import LANGUAGES
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

PROCESS = "supervision"
Handler = Callable[[Request], Awaitable[Response]]


def add_pages(app: FastAPI) -> None:
    """Adds the pages to the application."""
    app.mount("/static", StaticFiles(directory=STATIC))
    for method, path, handler in (
        ("GET", "/", start),
        ("POST", "/sign-in", sign_in),
        ("POST", "/sign-out", sign_out),
        ("POST", "/language", language),
        ("GET", f"/{PROCESS}", cases),
        ("GET", f"/{PROCESS}/{{id}}", case),
        ("GET", "/sign/{code}", signing.look),
        ("POST", "/sign/{code}", signing.answer),
        ("GET", "/sign/{code}/agreement.pdf", signing.read_agreement),
        ("GET", "/problems/{code}", problem),
    ):
        app.add_route(path, shown(handler), methods=[method])


def shown(handler: Handler) -> Handler:
    """A handler whose failures are pages too."""

    async def show(request: Request) -> Response:
        try:
            return await in_time(handler(request))
        except Exception as fault:  # noqa: BLE001 - a reader is never left without a page
            return error_page(request, as_problem(fault, request))

    return show


def error_page(request: Request, problem: Problem) -> Response:
    """The page that says what went wrong."""
    status = int(status_of(problem.code))
    names = {503: "away_", 500: "fault_", 405: "method_"}
    shown_as = page(request, "error.html", status, which=names.get(status, ""))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        shown_as.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return shown_as


async def start(request: Request) -> Response:
    """``/``: choose a person in the demo; elsewhere, how to sign in."""
    site = site_of(request)
    if await visitor(request, site) is not None:
        return RedirectResponse(f"/{PROCESS}", 303)
    people: list[PersonRow] = []
    open_here = may_choose(request, site)
    if open_here:
        people = list((await _demo_people(site)).values())
    words = page_language(request)
    return page(
        request,
        "start.html",
        people=people,
        open_here=open_here,
        role=lambda name: words.events["roles"].get(name, name),
    )


async def _demo_people(site: Site) -> dict[str, PersonRow]:
    """Everybody of the demo's board, by name."""
    return {person.id: person for person in await site.store.everyone(DEMO_BOARD)}


async def sign_in(request: Request) -> Response:
    """``POST /sign-in``: a session as the chosen person; a program gets the token as JSON."""
    site = site_of(request)
    if not may_choose(request, site) or not same_site(request):
        raise Problem("not_found")
    chosen = (await form(request)).get("person", "")
    known = await _demo_people(site)
    person = known.get(chosen) or next((p for p in known.values() if p.email == chosen), None)
    if person is None:
        raise Problem("not_found")
    token = await site.store.issue_token(person.tenant, person.id)
    if "application/json" in request.headers.get("accept", ""):
        content = {"token": token, "person": person.id, "name": person.name}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})
    response = RedirectResponse(f"/{PROCESS}", 303)
    keep_session(response, token)
    return response


async def sign_out(request: Request) -> Response:
    """``POST /sign-out``: the session ends here and in the store."""
    site = site_of(request)
    token = request.cookies.get(COOKIE)
    if token and same_site(request):
        await site.store.revoke(token)
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


async def language(request: Request) -> Response:
    """``POST /language``: keeps the language that was chosen and goes back."""
    sent = await form(request)
    back = sent.get("back", "/")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    response = RedirectResponse(back, 303)
    chosen = sent.get("language", "")
    if chosen in LANGUAGES and same_site(request):
        keep_language(response, chosen)
    return response


async def cases(request: Request) -> Response:
    """``/supervision``: the trajectories this person may see."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return RedirectResponse("/", 303)
    settings = await site.settings(person.tenant)
    given = request.query_params
    wanted = {"open": True, "ended": False}.get(given.get("show", ""))
    query = Query(open=wanted, cursor=given.get("cursor") or None)
    now = datetime.now(UTC)
    readings, following = await page_of_cases(site, person, PROCESS, query, now, settings)
    summaries = [reading.summary for reading in readings]
    wording = await _wording(request, site, person, summaries)
    more = None
    if following is not None:
        more = "?" + urlencode({"show": given.get("show", ""), "cursor": following})
    return page(
        request,
        "cases.html",
        rows=summaries,
        wording=wording,
        wanted=wanted,
        paged=query.cursor is not None,
        more=more,
    )


async def case(request: Request) -> Response:
    """``/supervision/{id}``: one trajectory with its timeline."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return RedirectResponse("/", 303)
    settings = await site.settings(person.tenant)
    now = datetime.now(UTC)
    reading = await read_case(site, person, PROCESS, stream_of(request), now, settings)
    await log_reading(site, person, reading, "page", now)
    summary, timeline = reading.summary, reading.timeline
    wording = await _wording(request, site, person, [summary, timeline])
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
    )


async def problem(request: Request) -> Response:
    """``/problems/{code}``: what a refusal code means; the ``type`` of every problem."""
    words = page_language(request)
    site = site_of(request)
    person = await visitor(request, site)
    code = request.path_params["code"]
    if code not in words.problems:
        raise Problem("not_found")
    settings = await site.settings(person.tenant) if person else TenantSettings()
    return page(request, "problem.html", code=code, text=words.problem(code, settings))


async def _wording(request: Request, site: Site, person: PersonRow, shown: Any) -> Wording:
    """The words for this page, with the names of everybody who stands on it."""
    settings = await site.settings(person.tenant)
    return await wording_for(site, person.tenant, PROCESS, shown, page_language(request), settings)
