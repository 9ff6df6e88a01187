"""What happens when somebody is not signed in (any more): nothing that was typed is lost."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from web.api.body import FORM, TooLarge
from web.api.problems import Problem
from web.pages.page import page
from web.pages.session import same_site
from web.signin.back import DONE, asked_for, with_back

MOST_BYTES = 1_000_000
MOST_FIELDS = 5_000
_SAFE = ("GET", "HEAD")


async def to_sign_in(request: Request) -> Response:
    """For a handler that finds nobody signed in.

    Whoever looks for a page signs in first and gets that page then. Whoever sent a form gets a
    page (401) that holds all of it and sends it again, once signed in in another tab. Call it
    before the form is read. Raises Problem (404) for a form of another site, 413 for one that is
    too large to hold.
    """
    if request.method in _SAFE:
        return RedirectResponse(with_back("/sign-in", asked_for(request)), 303)
    if not same_site(request):
        raise Problem("not_found")
    return page(
        request,
        "signin/expired.html",
        HTTPStatus.UNAUTHORIZED,
        action=asked_for(request),
        fields=await _fields(request),
        sign_in=with_back("/sign-in", DONE),
    )


async def _fields(request: Request) -> list[tuple[str, str]]:
    """Everything that was typed, in order, empty fields too."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MOST_BYTES:
            raise TooLarge(MOST_BYTES)
    if kind != FORM:
        return []
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []
