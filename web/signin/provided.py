"""Signing in with an account at the identity provider: going there, coming back, leaving there."""

from __future__ import annotations

import re
from http import HTTPStatus

import structlog
from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.problems import Problem
from web.pages.page import page
from web.signin.back import own_path, with_back
from web.signin.begin import come_in
from web.signin.cookies import drop, keep, named
from web.signin.entering import Stranger, account_of, entered
from web.signin.handshake import PURPOSE, SECONDS, Handshake, Seals, begun, cookie_of
from web.signin.limits import limit
from web.signin.provider import NotProven, Provider, ProviderAway
from web.site import Site, site_of

_CODE_MAX = 4000
_ERROR = re.compile(r"[a-z_]{1,40}")


async def start(request: Request) -> Response:
    """``GET /sign-in/start``: off to the provider.

    A link and no form: browsers let no form lead to another site here.
    """
    site = site_of(request)
    provider = _provider(site)
    limit(request, "sign-in")
    way = begun(own_path(request.query_params.get("back")))
    try:
        address = await provider.sign_in_address(
            _return_to(site), way.state, way.nonce, way.verifier
        )
    except ProviderAway as away:
        return _away(request, away, way.back)
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    keep(response, site, way.cookie, _seals(site).seal(way), SECONDS)
    return response


async def come_back(request: Request) -> Response:
    """``GET /sign-in/return``: back from the provider, with a code that proves who somebody is."""
    site = site_of(request)
    provider = _provider(site)
    limit(request, "sign-in")
    state = request.query_params.get("state", "")
    cookie = cookie_of(state)
    way = _seals(site).open(request.cookies.get(named(site, cookie)), state)
    if way is None:
        # Some providers say that it was broken off without saying of which way.
        why = _broken_off(request) if "error" in request.query_params else "stale"
        return _refused(request, why, HTTPStatus.BAD_REQUEST)
    response = await _back_by(request, site, provider, way)
    drop(response, site, cookie)
    return response


async def _back_by(request: Request, site: Site, provider: Provider, way: Handshake) -> Response:
    given = request.query_params
    code = given.get("code", "")
    if not code or len(code) > _CODE_MAX:
        return _refused(request, _broken_off(request), HTTPStatus.BAD_REQUEST, way.back)
    try:
        claims = await provider.claims(
            code, _return_to(site), way.nonce, way.verifier, given.get("iss")
        )
        person = await entered(site.store, account_of(claims, provider.issuer), provider.issuer)
    except ProviderAway as away:
        return _away(request, away, way.back)
    except NotProven as fault:
        _log.warning("sign-in not proven", check=str(fault))
        return _refused(request, "not_proven", HTTPStatus.BAD_REQUEST, way.back)
    except Stranger as stranger:
        _log.info("sign-in refused", why=stranger.why)
        # The provider lets them in at once the next time: another account comes after leaving it.
        leave = await provider.sign_out_address(f"{site.public_address}/")
        return _refused(
            request, stranger.why, HTTPStatus.FORBIDDEN, way.back, stranger.subject, leave
        )
    return await come_in(request, person.tenant, person.id, "provider", way.back)


def _broken_off(request: Request) -> str:
    """Notes it, with the provider's own word for why, such as ``invalid_scope``."""
    word = request.query_params.get("error", "")
    _log.info("sign-in broken off", error=word if _ERROR.fullmatch(word) else None)
    return "broken_off"


async def left(request: Request) -> Response:
    """``GET /sign-in/left``: signed out here; at the provider, who wants to.

    The school's own sign-in goes on otherwise: whoever uses this machine next would be let in
    with one press.
    """
    site = site_of(request)
    address = await _provider(site).sign_out_address(f"{site.public_address}/")
    return page(request, "signin/left.html", address=address)


def _provider(site: Site) -> Provider:
    if site.provider is None:
        raise Problem("not_found")
    return site.provider


def _seals(site: Site) -> Seals:
    return Seals(site.store.key_for(PURPOSE))


def _return_to(site: Site) -> str:
    return f"{site.public_address}/sign-in/return"


def _away(request: Request, away: ProviderAway, back: str) -> Response:
    _log.warning("identity provider out of reach", kind=str(away))
    return _refused(request, "away", HTTPStatus.SERVICE_UNAVAILABLE, back)


def _refused(
    request: Request,
    why: str,
    status: HTTPStatus,
    back: str = "/",
    subject: str = "",
    leave: str | None = None,
) -> Response:
    """The page that says why somebody does not come in, and what can be done."""
    told = {"why": why, "again": with_back("/sign-in", back), "subject": subject, "leave": leave}
    return page(request, "signin/refused.html", status, **told)


_log = structlog.get_logger("web")

PAGES = (
    ("GET", "/sign-in/start", start),
    ("GET", "/sign-in/return", come_back),
    ("GET", "/sign-in/left", left),
)
