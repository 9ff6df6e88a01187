"""What concerns the person who asks: who that is, what waits, and what is planned."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from web.api.clock import now_of
from web.api.lists import Query, page_of_cases
from web.api.paths import private
from web.api.problems import invalid
from web.api.signin import signed_in
from web.listed import Listed, Looks
from web.site import Site, site_of

CASES_A_PAGE = 100


async def me(request: Request) -> JSONResponse:
    """``GET /me``: the person of the token."""
    person = await signed_in(request, site_of(request))
    content = {
        "id": person.id,
        "name": person.name,
        "language": person.language,
        "roles": sorted(person.roles),
        "board": person.tenant,
    }
    return private(content)


async def tasks(request: Request) -> JSONResponse:
    """``GET /me/tasks``: what waits for this person in open cases."""
    cases, following = await _open_cases(request, Looks(tasks=True))
    items: list[dict[str, Any]] = []
    for case in cases:
        items += [_of_case(case, item) for item in case.tasks]
    items.sort(key=lambda item: str(item.get("due") or "9999"))
    return _listed(items, following)


async def agenda(request: Request) -> JSONResponse:
    """``GET /me/agenda``: what is planned in open cases, as this person may know it."""
    cases, following = await _open_cases(request, Looks(agenda=True))
    items: list[dict[str, Any]] = []
    for case in cases:
        items += [_of_case(case, item) for item in case.agenda]
    items.sort(key=lambda item: str(item.get("at") or "9999"))
    return _listed(items, following)


def _of_case(case: Listed, item: dict[str, Any]) -> dict[str, Any]:
    return {"process": case.process, "id": case.stream} | item


def _listed(items: list[dict[str, Any]], following: str | None) -> JSONResponse:
    content = {"items": items, "next": following}
    return private(content)


async def _open_cases(request: Request, looks: Looks) -> tuple[list[Listed], str | None]:
    """A page of open cases of every process; the cursor names the process it stands in."""
    site: Site = site_of(request)
    person = await signed_in(request, site)
    now = now_of(request, site)
    settings = await site.settings(person.tenant)
    for name in request.query_params:
        if name != "cursor":
            raise invalid(name, "extra")
    processes = list(site.rules)
    place, _, cursor = request.query_params.get("cursor", "").partition(".")
    if place and place not in processes:
        raise invalid("cursor", "value")
    cases: list[Listed] = []
    for process in processes[processes.index(place) if place else 0 :]:
        query = Query(None, True, "created_at", cursor or None, CASES_A_PAGE, own=True, looks=looks)
        found, following = await page_of_cases(site, person, process, query, now, settings)
        cases += found
        if following is not None:
            return cases, f"{process}.{following}"
        cursor = ""
    return cases, None
