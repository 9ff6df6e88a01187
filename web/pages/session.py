"""Who looks at the pages: a personal token in a cookie, given out by the demo's sign-in page."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.pages.tabs import tabs_of
from web.site import Site
from web.texts import LANGUAGES, Texts, choose, texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

COOKIE = "traject_session"
LANGUAGE_COOKIE = "traject_language"
_HOURS_12 = 12 * 3600
_YEAR = 365 * 24 * 3600


async def visitor(request: Request, site: Site) -> PersonRow | None:
    """The person behind the session cookie; None when there is none, or it was withdrawn."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    person = await site.store.by_token(token)
    request.scope["traject.person"] = person
    if person is not None:
        request.scope["traject.tabs"] = await tabs_of(site, person)
    return person


def page_language(request: Request) -> Texts:
    """The words of the page: as chosen on it, else of the browser, else of the person."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return texts(chosen)
    person = request.scope.get("traject.person")
    return texts(choose(request.headers.get("accept-language"), person and person.language))


def keep_session(response: Response, token: str) -> None:
    """Gives the browser its session for a working day."""
    _set(response, COOKIE, token, _HOURS_12)


def keep_language(response: Response, language: str) -> None:
    """Gives the browser the language that was chosen."""
    _set(response, LANGUAGE_COOKIE, language, _YEAR)


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    # The demo speaks plain HTTP on loopback, so the cookie cannot be Secure there.
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", path="/")


def may_choose(request: Request, site: Site) -> bool:
    """Is this the demo, called from this very machine under its own name."""
    return (
        site.installation == "demo"
        and _loopback(request.client.host if request.client else "")
        and _own_name(request.url.hostname or "")
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _own_name(name: str) -> bool:
    return name == "localhost" or _loopback(name)


def same_site(request: Request) -> bool:
    """Was this form sent from our own pages (or by a program, which sends no such header)."""
    fetched: Any = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def sent_from_elsewhere(request: Request) -> bool:
    """Was this form sent from another site, for a page whose address is a secret itself.

    Such a page sends no referrer, and an older browser then tells no origin either.
    """
    untold = request.headers.get("origin") == "null" and "sec-fetch-site" not in request.headers
    return not (untold or same_site(request))
