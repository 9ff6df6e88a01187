"""The first page: choose a person in the demo; else what waits, is planned and changed."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from web.pages.home.pages import home
from web.pages.home.visit import Visit
from web.pages.session import visitor
from web.signin.pages import welcome
from web.site import site_of


async def start(request: Request) -> Response:
    """``/``: how to come in, and what there is to do for who is in."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is not None:
        return await home(Visit(request, site, person, await site.settings(person.tenant)))
    return await welcome(request)
