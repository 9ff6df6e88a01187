"""Who makes a call of the API: the person behind a personal token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

from web.api.problems import Problem
from web.site import Site

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_TOKEN_MAX = 200


async def signed_in(request: Request, site: Site) -> PersonRow:
    """The person of the Bearer token, with the roles held now. Raises Problem (401) without."""
    if (known := request.scope.get("traject.token_of")) is not None:  # the gate looked already
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _TOKEN_MAX:
        raise Problem("auth.required")
    person = await site.store.by_token(token)
    if person is None:
        raise Problem("auth.required")
    request.scope["traject.person"] = request.scope["traject.token_of"] = person
    return person
