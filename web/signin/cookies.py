"""The cookie that holds the key of a session, and how a browser is told to keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

if TYPE_CHECKING:
    from web.site import Site

COOKIE = "traject_session"
_HOST = "__Host-"
"""Browsers keep a cookie of such a name only from this host, over TLS, for all its paths."""


def named(site: Site, name: str = COOKIE) -> str:
    """What a cookie of ours is called here."""
    return f"{_HOST}{name}" if site.access.secure else name


def session_key(request: Request, site: Site) -> str | None:
    """The key that the browser sent, if any."""
    return request.cookies.get(named(site)) or None


def keep_session(response: Response, site: Site, key: str) -> None:
    """Gives the browser its session."""
    keep(response, site, COOKIE, key, int(site.access.lasting.total_seconds()))


def drop_session(response: Response, site: Site) -> None:
    """Takes it away again."""
    drop(response, site, COOKIE)


def keep(response: Response, site: Site, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads.

    Lax and not strict: somebody who follows a link in a mail, or comes back from the identity
    provider, comes from another site. Forms are guarded by `same_site`.
    """
    response.set_cookie(
        named(site, name),
        value,
        max_age=seconds,
        path="/",
        secure=site.access.secure,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, site: Site, name: str) -> None:
    """Takes away a cookie of ours."""
    response.delete_cookie(
        named(site, name), path="/", secure=site.access.secure, httponly=True, samesite="lax"
    )
