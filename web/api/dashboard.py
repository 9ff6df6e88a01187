"""How the cases of a board stand together, for those who look after all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import JSONResponse

from events.event import instant_text
from events.projections.cases import CASES
from events.projections.counting import Selection
from events.projections.dashboard import dashboard
from web.api.clock import now_of
from web.api.components import query
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

PERIOD = re.compile(r"(20[0-9]{2})-(20[0-9]{2})")
_TEXT_MAX = 200
_OF_COUNTS = frozenset({"process", "period"})
_OF_CASES = frozenset({"school", "advisor", "state", "outcome"})
"""Filters for who may know of single cases: by them anybody else could work out small counts."""

_RESPONSES = {"401": "Unauthorized", "403": "Forbidden", "422": "Invalid", "503": "Unavailable"}
_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "process": ({"type": "string"}, "Only cases of this process."),
    "period": (
        {"type": "string", "pattern": f"^{PERIOD.pattern}$"},
        "Only cases that ended in this school year (`2025-2026`), or begun in it and running.",
    ),
    "school": ({"type": "string"}, "Only cases of this school. Not for the board."),
    "advisor": (
        {"type": "string", "format": "uuid"},
        "Only cases of this advisor. Not for the board.",
    ),
    "state": ({"type": "string"}, "Only cases in this state. Not for the board."),
    "outcome": ({"type": "string"}, "Only cases that ended so. Not for the board."),
}
PATH: dict[str, Any] = {
    "get": {
        "operationId": "dashboard",
        "tags": ["dashboard"],
        "summary": "How the board's cases stand together",
        "parameters": [
            *(query(name, schema, says) for name, (schema, says) in _FILTERS.items()),
            *({"$ref": f"#/components/parameters/{name}"} for name in ("Clock", "Language")),
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


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody who looks after all cases of some processes, or after their counts alone."""

    person: PersonRow
    processes: list[str]
    single_cases: bool

    @property
    def filters(self) -> frozenset[str]:
        """What the figures may be narrowed down by."""
        return _OF_COUNTS | _OF_CASES if self.single_cases else _OF_COUNTS


def office_of(site: Site, person: PersonRow) -> Office:
    """hr and coordinators, of the cases they see; the board. Raises Problem for anybody else."""
    held = OFFICE & set(person.roles)
    if not held and BOARD not in person.roles:
        raise Problem("auth.role")
    names = [name for name, rules in site.rules.items() if not held or rules.story.sees_all(held)]
    return Office(person, names, single_cases=bool(held))


def selection_of(office: Office, given: Mapping[str, str]) -> Selection:
    """The filters of an address. Raises Problem for what is none, or none for this reader."""
    for name, value in given.items():
        if name not in office.filters:
            raise invalid(name, "extra")
        if not 0 < len(value) <= _TEXT_MAX or "\x00" in value:
            raise invalid(name, "value")
    named = {name: value for name, value in given.items() if name != "period"}
    year = None
    if period := given.get("period"):
        found = PERIOD.fullmatch(period)
        if found is None or int(found[2]) != int(found[1]) + 1:
            raise invalid("period", "value")
        year = int(found[1])
    return Selection(year=year, **named)


async def show(request: Request) -> JSONResponse:
    """``GET /dashboard``: hr and coordinators, of the cases they see; the board as counts alone."""
    site = site_of(request)
    person = await signed_in(request, site)
    now = now_of(request, site)
    given = dict(request.query_params)
    office = office_of(site, person)
    selection = selection_of(office, given)
    content, current = await figures(site, office, selection, PATIENCE)
    return private({"counted_at": instant_text(now), "current": current} | content)


async def figures(
    site: Site,
    office: Office,
    selection: Selection,
    patience: float,
    attention: int = ATTENTION,
) -> tuple[dict[str, Any], bool]:
    """The figures, and whether all that was recorded by now is in them.

    ``patience``: seconds that what was just recorded is waited for; ``attention``: so many cases
    at most are named. Raises Problem where nothing was counted yet.
    """
    models, tenant = site.store.models, office.person.tenant
    if await models.position(CASES) is None:
        raise Problem("service.unavailable")
    current = await models.wait_for_all(CASES, tenant, patience)
    settings = await site.settings(tenant)
    asked = tenant, office.person.id, office.processes, settings.zone, attention
    counts = await models.counts(*asked, selection)
    if not office.single_cases and selection.year is not None:
        # Those begun in a year and all of them would together tell of the few that began before.
        whole = await models.counts(*asked, replace(selection, year=None))
        counts = replace(counts, running=whole.running)
    return dashboard(counts, single_cases=office.single_cases), current
