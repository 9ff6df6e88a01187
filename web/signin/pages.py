"""The pages on which people come in and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from events.event import may_sign_in
from web.api.body import form
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import may_choose, page_language, same_site, visitor
from web.signin import emergency, mine, provided
from web.signin.back import DONE, HOME, own_path
from web.signin.begin import come_in
from web.signin.cookies import drop_session, session_key
from web.signin.limits import limit
from web.site import DEMO_BOARD, Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow


async def welcome(request: Request, back: str = HOME) -> Response:
    """How to come in; ``back`` is the page that was asked for."""
    site = site_of(request)
    open_here = may_choose(request, site)
    words = page_language(request)
    return page(
        request,
        "start.html",
        people=await _with_account(site) if open_here else [],
        open_here=open_here,
        provider=site.access.issuer is not None,
        back=back,
        role=lambda name: words.events["roles"].get(name, name),
    )


async def _with_account(site: Site) -> list[PersonRow]:
    """Those of the demo's board who may sign in: the many teachers after one of each role."""
    everyone = [one for one in await site.store.everyone(DEMO_BOARD) if may_sign_in(one.roles)]
    return sorted(everyone, key=lambda one: (list(one.roles) == ["teacher"], one.name))


async def look(request: Request) -> Response:
    """``GET /sign-in``: how to come in; who is in already goes on at once."""
    back = own_path(request.query_params.get("back"))
    if await visitor(request, site_of(request)) is not None:
        return RedirectResponse(back, 303)
    return await welcome(request, back)


async def choose(request: Request) -> Response:
    """``POST /sign-in``: a session as the chosen person; a program gets a token as JSON."""
    site = site_of(request)
    if not may_choose(request, site) or not same_site(request):
        raise Problem("not_found")
    limit(request, "sign-in")
    sent = await form(request)
    chosen = sent.get("person", "")
    known = {person.id: person for person in await site.store.everyone(DEMO_BOARD)}
    person = known.get(chosen) or next((p for p in known.values() if p.email == chosen), None)
    if person is None:
        raise Problem("not_found")
    if "application/json" in request.headers.get("accept", ""):
        token = await site.store.issue_token(person.tenant, person.id)
        content = {"token": token, "person": person.id, "name": person.name}
        return JSONResponse(content, headers={"Cache-Control": "no-store"})
    return await come_in(request, person.tenant, person.id, "chosen", own_path(sent.get("back")))


async def leave(request: Request) -> Response:
    """``POST /sign-out``: the session ends here and in the store."""
    site = site_of(request)
    response = RedirectResponse("/", 303)
    if not same_site(request):
        return response
    if key := session_key(request, site):
        await site.store.end_session(key)
        if site.provider is not None:
            response = RedirectResponse("/sign-in/left", 303)
    drop_session(response, site)
    # Files that were read stand in the browser's memory, for whoever uses this machine next.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def done(request: Request) -> Response:
    """``GET /sign-in/done``: one is in, and may go on in the tab where the form still is."""
    if await visitor(request, site_of(request)) is None:
        return RedirectResponse("/sign-in?back=" + DONE, 303)
    return page(request, "signin/done.html")


PAGES = (
    *provided.PAGES,
    *emergency.PAGES,
    *mine.PAGES,
    ("GET", "/sign-in", look),
    ("POST", "/sign-in", choose),
    ("GET", "/sign-in/done", done),
    ("POST", "/sign-out", leave),
)
