"""Before every handler: an address opens for whom the table says, and an unknown one for nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import HTTPException, Request
from fastapi.responses import Response
from starlette.routing import BaseRoute, Match

from web.api.paths import private
from web.api.problems import answered
from web.api.signin import signed_in
from web.pages.routes import shown
from web.pages.session import visitor
from web.permissions.routes import BY_SCRIPT, PREFIX, ROUTES, key_of
from web.permissions.table import FOR_ALL, require_access
from web.signin.expired import to_sign_in
from web.site import site_of

if TYPE_CHECKING:
    from starlette.routing import Router

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]

_KEY = "traject.address"
_GO_ON = Response()
"""What the gate answers where there is nothing to say: the handler answers."""


class Gate:
    """Stands between a router and its handlers.

    It finds the route as the router would, and runs it only where `ROUTES` knows its address and
    that lets this person in. What it does not decide is a person's part in a case: that is in the
    case, and each handler asks it (`Story.rights`).
    """

    def __init__(self, router: Router, processes: Iterable[str]) -> None:
        self._router = router
        self._processes = tuple(processes)
        self._keys: dict[tuple[str, str], str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = None if scope["type"] == "lifespan" else self._found(scope)
        if found is None:  # no such address, or not by this method: no handler runs
            await self._router.app(scope, receive, send)
            return
        route, more = found
        key = self._key(route, scope)
        if key not in ROUTES:
            _log.error("address unknown to the table of permissions", address=key)
            raise HTTPException(HTTPStatus.NOT_FOUND)
        scope.update(more)
        scope.setdefault("router", self._router)
        scope[_KEY] = key
        if ROUTES[key] not in FOR_ALL:
            check = _check_call if key.partition(" ")[2].startswith(PREFIX) else _check_page
            answer = await check(Request(scope, receive))
            if answer is not _GO_ON:
                await answer(scope, receive, send)
                return
        await route.handle(scope, receive, send)

    def _found(self, scope: Scope) -> tuple[BaseRoute, Scope] | None:
        for route in self._router.routes:
            match, more = route.matches(scope)
            if match is Match.FULL:
                return route, dict(more)
        return None

    def _key(self, route: BaseRoute, scope: Scope) -> str:
        """The route's address as the table has it. What has no methods of its own answers GET."""
        path = str(getattr(route, "path", ""))
        method = str(scope.get("method", "")) if getattr(route, "methods", None) else "GET"
        given = ("GET" if method == "HEAD" else method, path)
        if given not in self._keys:
            self._keys[given] = key_of(*given, self._processes)
        return self._keys[given]


async def _call(request: Request) -> Response:
    person = await signed_in(request, site_of(request))
    require_access(person, ROUTES[request.scope[_KEY]])
    return _GO_ON


async def _page(request: Request) -> Response:
    person = await visitor(request, site_of(request))
    key = request.scope[_KEY]
    if person is None:
        if key in BY_SCRIPT:
            return private({"code": "auth.required"}, HTTPStatus.UNAUTHORIZED)
        return await to_sign_in(request)
    require_access(person, ROUTES[key])
    return _GO_ON


_check_call, _check_page = answered(_call), shown(_page)
_log = structlog.get_logger("web")
