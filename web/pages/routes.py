"""The addresses of the pages, and what belongs to none of them: signing in, language, faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from events.settings import TenantSettings
from web import drafts
from web.api.body import form
from web.api.problems import RETRY_AFTER_SECONDS, Problem, as_problem, status_of
from web.documents import papers
from web.pages import processes, signing
from web.pages.erased import erased_page
from web.pages.home.pages import PAGES as DESK
from web.pages.overview import start
from web.pages.page import page
from web.pages.session import (
    COOKIE,
    keep_language,
    keep_session,
    may_choose,
    page_language,
    same_site,
    visitor,
)
from web.pages.statics import Statics
from web.patience import in_time
from web.privacy.answers import my_file
from web.reading import ErasedCase
from web.site import DEMO_BOARD, Site, site_of
from web.texts import LANGUAGES

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
Page = tuple[str, str, Handler]
MORE: tuple[Page, ...] = (*drafts.PAGES, *DESK, *papers.PAGES)
"""Method, address and handler of every page of the parts of the site that bring their own."""


def add_pages(app: FastAPI, names: Iterable[str]) -> None:
    """Adds the pages to the application, with those of these processes."""
    app.mount("/static", Statics())
    for process in names:
        for method, path, show in processes.pages(process):
            handler = shown(processes.of(process, show))
            app.add_route(f"/{process}{path}", handler, methods=[method])
    for method, path, handler in (
        ("GET", "/", start),
        ("POST", "/sign-in", sign_in),
        ("POST", "/sign-out", sign_out),
        ("POST", "/language", language),
        ("GET", "/sign/{code}", signing.look),
        ("POST", "/sign/{code}", signing.answer),
        ("GET", "/sign/{code}/agreement.pdf", signing.read_agreement),
        ("GET", "/problems/{code}", problem),
        ("GET", "/me/file", my_file),
        *MORE,
    ):
        app.add_route(path, shown(handler), methods=[method])


def shown(handler: Handler) -> Handler:
    """A handler whose failures are pages too."""

    async def show(request: Request) -> Response:
        try:
            return await in_time(_shown(handler, request))
        except Exception as fault:  # noqa: BLE001 - a reader is never left without a page
            return error_page(request, as_problem(fault, request))

    return show


async def _shown(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except ErasedCase as erased:
        return await erased_page(request, erased)


def error_page(request: Request, problem: Problem) -> Response:
    """The page that says what went wrong."""
    status = int(status_of(problem.code))
    names = {503: "away_", 500: "fault_", 405: "method_"}
    shown_as = page(request, "error.html", status, which=names.get(status, ""))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        shown_as.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return shown_as


async def _demo_people(site: Site) -> dict[str, PersonRow]:
    """Everybody of the demo's board, by id."""
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
    response = RedirectResponse("/", 303)
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
