"""How the cases of a board stand together, for those who look after all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import JSONResponse

from events.event import instant_text
from events.projections.cases import CASES
from events.projections.dashboard import dashboard
from web.api.clock import now_of
from web.api.paths import private
from web.api.problems import Problem, invalid
from web.api.signin import signed_in
from web.site import Site, site_of

if TYPE_CHECKING:
    from events.store.directory import PersonRow

OFFICE = frozenset({"hr", "coordinator"})
BOARD = "board"
PATIENCE = 1.0
"""Seconds that what was just recorded is waited for."""
ATTENTION = 100
"""So many cases at most are named that ask for attention, the longest overdue first."""

_RESPONSES = {"401": "Unauthorized", "403": "Forbidden", "422": "Invalid", "503": "Unavailable"}
PATH: dict[str, Any] = {
    "get": {
        "operationId": "dashboard",
        "tags": ["dashboard"],
        "summary": "How the board's cases stand together",
        "parameters": [
            {"$ref": f"#/components/parameters/{name}"} for name in ("Clock", "Language")
        ],
        "responses": {
            "200": {
                "description": "Counts by process, and by school year where they ended.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **{
                status: {"$ref": f"#/components/responses/{name}"}
                for status, name in _RESPONSES.items()
            },
        },
    }
}
"""As OpenAPI has it."""


async def show(request: Request) -> JSONResponse:
    """``GET /dashboard``: hr and coordinators, of the cases they see; the board as counts alone."""
    site = site_of(request)
    person = await signed_in(request, site)
    now = now_of(request, site)
    for name in request.query_params:
        raise invalid(name, "extra")
    office = OFFICE & set(person.roles)
    if not office and BOARD not in person.roles:
        raise Problem("auth.role")
    models = site.store.models
    if await models.position(CASES) is None:
        raise Problem("service.unavailable")
    current = await models.wait_for_all(CASES, person.tenant, PATIENCE)
    settings = await site.settings(person.tenant)
    counts = await models.counts(
        person.tenant, person.id, _processes(site, person), settings.timezone, ATTENTION
    )
    content = {"counted_at": instant_text(now), "current": current}
    return private(content | dashboard(counts, single_cases=bool(office)))


def _processes(site: Site, person: PersonRow) -> list[str]:
    """Those whose cases this person sees by an office; who sees no single case counts them all."""
    office = OFFICE & set(person.roles)
    return [
        name for name, rules in site.rules.items() if not office or rules.story.sees_all(office)
    ]
