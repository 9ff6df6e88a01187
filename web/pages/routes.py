"""The addresses of the pages, and what belongs to none of them: signing in, language, faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from events.settings import TenantSettings
from web import drafts
from web.administration import pages as administration
from web.api.body import form
from web.api.problems import Problem, as_problem
from web.documents import papers
from web.pages import processes, signing
from web.pages.audit import pages as audit
from web.pages.dashboard.pages import PAGES as DASHBOARD
from web.pages.erased import erased_page
from web.pages.home.pages import PAGES as DESK
from web.pages.overview import start
from web.pages.page import page
from web.pages.people import PAGES as PEOPLE
from web.pages.refused import error_page
from web.pages.session import keep_language, page_language, same_site, visitor
from web.pages.statics import Statics
from web.patience import in_time
from web.permissions import page as permissions
from web.post.pages import PAGES as POST
from web.privacy.answers import my_file
from web.reading import ErasedCase
from web.signin import pages as signin
from web.signin.back import own_path
from web.site import site_of
from web.tasks import ordering
from web.texts import LANGUAGES

Handler = Callable[[Request], Awaitable[Response]]
Page = tuple[str, str, Handler]
MORE: tuple[Page, ...] = (
    *signin.PAGES,
    *drafts.PAGES,
    *ordering.PAGES,
    *DESK,
    *DASHBOARD,
    *papers.PAGES,
    *PEOPLE,
    *POST,
    *permissions.PAGES,
    *administration.PAGES,
    *audit.PAGES,
)
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


async def language(request: Request) -> Response:
    """``POST /language``: keeps the language that was chosen and goes back."""
    sent = await form(request)
    back = own_path(sent.get("back"))
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
