"""The way into pages that belong to no case: who is not signed in goes to the first page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from web.api.problems import Problem
from web.pages.session import same_site, visitor
from web.permissions.table import require
from web.signin.expired import to_sign_in
from web.site import Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Handler = Callable[[Request], Awaitable[Response]]
Inside = Callable[[Request, Site, "PersonRow"], Awaitable[Response]]


def behind(view: str, show: Inside) -> Handler:
    """A page for who may open ``view``; to others it answers 403 (`require`).

    A form that another site sent is not found.
    """

    async def handle(request: Request) -> Response:
        site = site_of(request)
        person = await visitor(request, site)
        if person is None:
            return await to_sign_in(request)
        require(person, view)
        if request.method == "POST" and not same_site(request):
            raise Problem("not_found")
        return await show(request, site, person)

    return handle
