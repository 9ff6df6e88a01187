"""The web application: every address of the API and the pages, around one site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from web.api import auditing, cases, commands, dashboard, lists, looking, me
from web.api.health import health
from web.api.openapi import document
from web.api.problems import Problem, answered, problem_response
from web.compression import Compression
from web.documents import papers
from web.dossiers import Dossiers
from web.headers import SecurityHeaders
from web.live import Live
from web.pages.refused import error_page
from web.pages.routes import add_pages
from web.permissions.gate import Gate
from web.privacy import answers as privacy
from web.signin.access import Access
from web.signin.provider import Provider
from web.site import Installation, Site
from workflows.decision import Rules

if TYPE_CHECKING:
    from events.store.store import Store
    from workflows.gateway import Gateway

PREFIX = "/api/v1"
Handler = Callable[[Request], Awaitable[Response]]


class WebSettings(Protocol):
    """What the web application needs to know of the installation."""

    @property
    def installation(self) -> Installation: ...

    @property
    def public_address(self) -> str: ...

    @property
    def published(self) -> str: ...


def create_app(
    store: Store,
    gateway: Gateway,
    rules: Mapping[str, Rules[Any]],
    settings: WebSettings,
    access: Access | None = None,
) -> FastAPI:
    """The application over an open store and gateway; who made those closes them.

    Handlers are plain Starlette routes: models are checked where the command is known, and a
    second check of every answer would cost a tenth of a command. ``access`` is how people come in;
    without it by no identity provider.
    """
    access = access or Access()
    app = FastAPI(title="Traject", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(
        store=store,
        gateway=gateway,
        rules=rules,
        dossiers=Dossiers(store, rules),
        installation=settings.installation,
        public_address=settings.public_address,
        access=access,
        provider=Provider(access.issuer) if access.issuer else None,
        published=settings.published,
    )
    app.state.live = Live()
    described = document(rules)
    app.openapi = lambda: described

    async def openapi(_request: Request) -> JSONResponse:
        return JSONResponse(described)

    def add(method: str, path: str, handler: Handler) -> None:
        app.add_route(PREFIX + path, answered(handler), methods=[method])

    app.add_route("/health", answered(health), methods=["GET"])
    add("GET", "/openapi.json", openapi)
    add("GET", "/health", health)
    add("GET", "/me", me.me)
    add("GET", "/me/tasks", me.tasks)
    add("GET", "/me/agenda", me.agenda)
    add("GET", "/me/file", privacy.me_file)
    add("GET", "/people/{id}/file", privacy.people_file)
    add("GET", "/dashboard", dashboard.show)
    add("GET", "/audit/reads", auditing.reads)
    add("GET", "/audit/refusals", auditing.refusals)
    add("GET", "/audit/checkpoint", auditing.checkpoint)
    add("GET", "/audit/events/{event_id}/proof", auditing.proof)
    add("GET", "/{process}/{id}/difference", looking.changes)
    add("POST", "/{process}/{id}/commands/{command}", commands.give_command)
    add("GET", "/{process}/{id}/commands", cases.commands)
    add("GET", "/{process}/{id}/timeline", cases.timeline)
    add("GET", "/{process}/{id}/export", cases.export)
    add("GET", "/{process}/{id}/agreement/{version}.pdf", cases.agreement_pdf)
    add("GET", "/{process}/{id}/calendar.ics", cases.calendar)
    for method, path, handler in papers.API:
        add(method, path, handler)
    add("GET", "/{process}/{id}", cases.summary)
    app.add_route(f"{PREFIX}/{{process}}", answered(_collection), methods=["GET", "POST"])
    add_pages(app, rules)
    # Around the router itself, so that it also stands before what is added later.
    app.router.middleware_stack = Gate(app.router, rules)
    app.add_exception_handler(404, _unrouted)
    app.add_exception_handler(405, _unrouted)
    app.add_middleware(Compression)
    app.add_middleware(SecurityHeaders, over_tls=access.secure)
    return app


async def _collection(request: Request) -> Response:
    if request.method == "POST":
        return await commands.open_stream(request)
    return await lists.list_cases(request)


async def _unrouted(request: Request, fault: Exception) -> Response:
    """No such address, or not by this method."""
    code = "method.not_allowed" if getattr(fault, "status_code", 404) == 405 else "not_found"
    problem = Problem(code, headers=getattr(fault, "headers", None))
    if request.url.path.startswith("/api/"):
        return problem_response(request, problem)
    return error_page(request, problem)
