"""The way in for an administrator when the identity provider is away: a password, and a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.body import form
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import EMERGENCY_ROLES, same_site, visitor
from web.signin.begin import come_in
from web.signin.limits import limit, limit_account
from web.site import Site, site_of

PROCESS, COMMAND = "access", "EmergencySignIn"
"""By which the log of refusals knows every try and every use."""
USED, REFUSED = "auth.emergency_used", "auth.emergency_refused"
_LONGEST = 500


async def look(request: Request) -> Response:
    """``GET /sign-in/emergency``: the form."""
    if await visitor(request, site_of(request)) is not None:
        return RedirectResponse("/", 303)
    return _form(request)


async def come_in_by_password(request: Request) -> Response:
    """``POST /sign-in/emergency``: a session as the emergency administrator.

    Every try with a known name is a line of the log of refusals, the good ones too, and a
    warning of the installation's own log.
    """
    site = site_of(request)
    if not same_site(request):
        raise Problem("not_found")
    limit(request, "emergency")
    sent = await form(request)
    login, password = sent.get("login", "").strip(), sent.get("password", "")
    wrong = {name for name, value in (("login", login), ("password", password)) if not value}
    if wrong:
        return _form(request, HTTPStatus.UNPROCESSABLE_ENTITY, login, wrong)
    if max(len(login), len(password)) > _LONGEST:
        return _form(request, HTTPStatus.UNAUTHORIZED, login, {"both"})
    await limit_account(site, login)
    found = await site.store.by_emergency(login, password)
    tenant, person = found or (None, None)
    if tenant is not None and person is not None:
        known = (await site.store.persons(tenant, [person])).get(person)
        if known is not None and EMERGENCY_ROLES.issuperset(known.roles) and known.roles:
            await _note(site, tenant, person, USED)
            return await come_in(request, tenant, person, "emergency", "/")
    if tenant is not None:
        await _note(site, tenant, None, REFUSED)
    else:
        _log.warning("emergency sign-in refused", tenant=None)
    return _form(request, HTTPStatus.UNAUTHORIZED, login, {"both"})


async def _note(site: Site, tenant: str, person: str | None, code: str) -> None:
    told = "emergency sign-in" if code == USED else "emergency sign-in refused"
    _log.warning(told, tenant=tenant, person=person)
    await site.store.log_refused(
        tenant,
        person=person,
        at=datetime.now(UTC),
        stream=None,
        process=PROCESS,
        command=COMMAND,
        code=code,
    )


def _form(
    request: Request,
    status: HTTPStatus = HTTPStatus.OK,
    login: str = "",
    wrong: set[str] | None = None,
) -> Response:
    """A password is never shown again."""
    return page(request, "signin/emergency.html", status, login=login, wrong=wrong or set())


_log = structlog.get_logger("web")

PAGES = (
    ("GET", "/sign-in/emergency", look),
    ("POST", "/sign-in/emergency", come_in_by_password),
)
