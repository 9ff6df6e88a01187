"""Begins a session, however somebody proved who they are."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.store.sessions import How
from web.signin.cookies import keep_session, session_key
from web.signin.device import device_of
from web.site import site_of


async def come_in(request: Request, tenant: str, person: str, how: How, back: str) -> Response:
    """Begins a session and goes on to ``back``.

    Its key is a new one, whatever the browser brought: nobody can have put it there before. The
    session that the browser had ends.
    """
    site = site_of(request)
    if before := session_key(request, site):
        await site.store.end_session(before)
    key = await site.store.begin_session(
        tenant,
        person,
        how,
        idle=site.access.idle,
        lasting=site.access.lasting,
        device=device_of(request.headers.get("user-agent", "")),
    )
    response = RedirectResponse(back, 303, {"Cache-Control": "no-store"})
    keep_session(response, site, key)
    return response
