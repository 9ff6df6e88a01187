"""The first page: choose a person in the demo; else what waits, is planned and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.event import may_sign_in
from web.pages.home.pages import Visit, home
from web.pages.page import page
from web.pages.session import may_choose, page_language, visitor
from web.site import DEMO_BOARD, Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow


async def start(request: Request) -> Response:
    """``/``: how to come in, and what there is to do for who is in."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is not None:
        return await home(Visit(request, site, person, await site.settings(person.tenant)))
    open_here = may_choose(request, site)
    words = page_language(request)
    return page(
        request,
        "start.html",
        people=await _with_account(site) if open_here else [],
        open_here=open_here,
        role=lambda name: words.events["roles"].get(name, name),
    )


async def _with_account(site: Site) -> list[PersonRow]:
    """Those of the demo's board who may sign in."""
    everyone = await site.store.everyone(DEMO_BOARD)
    return [person for person in everyone if may_sign_in(person.roles)]
