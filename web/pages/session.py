"""Who looks at the pages: the person behind the session of this browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.pages.tabs import tabs_of
from web.signin.access import is_loopback
from web.signin.cookies import session_key
from web.site import Site
from web.texts import LANGUAGES, Texts, choose, texts

if TYPE_CHECKING:
    from events.store.directory import PersonRow

LANGUAGE_COOKIE = "traject_language"
_YEAR = 365 * 24 * 3600
EMERGENCY_ROLES = frozenset({"administrator"})
"""What somebody is who came in by an emergency password, whatever else the board says."""


async def visitor(request: Request, site: Site) -> PersonRow | None:
    """The person behind the session cookie; None when there is none, or it has ended."""
    if "traject.session" in request.scope:  # the gate looked already
        return request.scope["traject.person"]
    key = session_key(request, site)
    signed_in = await site.store.by_session(key, used=not by_itself(request)) if key else None
    if signed_in is None:
        return None
    person = signed_in.person
    if signed_in.how == "emergency":
        person = replace(person, roles=tuple(EMERGENCY_ROLES.intersection(person.roles)))
    request.scope["traject.person"] = person
    request.scope["traject.session"] = signed_in
    request.scope["traject.tabs"] = await tabs_of(site, person)
    return person


def by_itself(request: Request) -> bool:
    """Did the page ask, with nobody there: an open window keeps nobody signed in."""
    listens = "text/event-stream" in request.headers.get("accept", "")
    return listens or request.headers.get("traject-by-itself") == "yes"


def page_language(request: Request) -> Texts:
    """The words of the page: as chosen on it, else of the browser, else of the person."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return texts(chosen)
    person = request.scope.get("traject.person")
    return texts(choose(request.headers.get("accept-language"), person and person.language))


def keep_language(response: Response, language: str) -> None:
    """Gives the browser the language that was chosen."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict", path="/"
    )


def may_choose(request: Request, site: Site) -> bool:
    """Is this the demo, called from this very machine under its own name."""
    return (
        site.installation == "demo"
        and is_loopback(request.client.host if request.client else "")
        and is_loopback(request.url.hostname or "")
    )


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
