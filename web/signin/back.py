"""Where somebody goes after signing in: only ever to a page of our own."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlencode

from fastapi import Request

HOME = "/"
MOST = 1000
_OWN = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")
DONE = "/sign-in/done"
"""Says only that one is signed in, to somebody who has another tab to go on in."""


def own_path(text: str | None) -> str:
    """``text`` where it is the path of a page of ours, else the first page.

    A browser takes ``//other.example`` and ``/\\other.example`` for another site, leaves out tabs
    and line breaks first, and some servers decode before they redirect: all of these are refused.
    """
    if not text or len(text) > MOST:
        return HOME
    seen = text
    for _ in range(3):
        if not _OWN.fullmatch(seen.partition("?")[0]):
            return HOME
        seen = unquote(seen)
    if not _OWN.fullmatch(text):
        return HOME
    around = text.startswith(("/sign-in", "/sign-out")) and text != DONE
    return HOME if around else text


def asked_for(request: Request) -> str:
    """The page that this request asks for, as a path with its query."""
    query = request.url.query
    return own_path(f"{request.url.path}?{query}" if query else request.url.path)


def with_back(path: str, back: str) -> str:
    """``path`` with where to go afterwards, unless that is the first page."""
    return path if back == HOME else f"{path}?{urlencode({'back': back})}"
