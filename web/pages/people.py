"""``/people``: who answers to a name, for a form that asks for one of many people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from web.api.paths import private
from web.api.problems import Problem
from web.forms.choosing import ANYBODY, look_up
from web.forms.shapes import shape_of
from web.pages.own import OWN_PAGES
from web.pages.session import visitor
from web.permissions.commands import BOARD_ROLES, rows
from web.permissions.table import may, require
from web.signin.buckets import Pace
from web.signin.limits import too_many
from web.site import Site, site_of
from workflows.registry import RULES

if TYPE_CHECKING:
    from events.store.directory import PersonRow

PACE = Pace(60, 0.5)
"""Of one person: quick typing for a while, and two more each second."""
LEAST = 2
"""So many letters have to be there before anybody is looked for."""
TEXT_MOST = 200
_BY_CASE = frozenset(
    {
        *((command, "client") for command in ("AgreePeriod", "ExtendPeriod", "AgreeVisitMode")),
        ("RecordClientConsultation", "client"),
        ("ActivatePartner", "primary_contact"),
        ("EndContact", "contact"),
        ("LogContactMoment", "contact"),
    }
)
"""Whom the case itself tells (`web.forms.known`): nobody is looked for there."""
_ONLY: Mapping[tuple[str, str], frozenset[str]] = {
    ("RequestTrajectory", "client"): frozenset({"hr"})
}
"""Who begins a case for oneself only, does not choose for whom."""
_IN_CASES: Mapping[tuple[str, str], str] = {
    ("partners", "coordinator"): "partner_coordinator",
    ("partners", "deputy"): "deputy",
}
"""Parts in a case that are no role of the board, as `web.permissions.commands` calls them."""
_LISTS = ("administration.absence", "administration.handover", "audit.administration")
"""Pages that ask for anybody at all."""


async def people(request: Request) -> Response:
    """``GET /people?fits=...&q=...``: at most twenty, and whether there are more.

    Raises Problem: 404 for a role that no form asks for, 403 where this person has no form that
    does, 429 for who asks without end.
    """
    site = site_of(request)
    person = await visitor(request, site)
    if person is None:
        return private({"code": "auth.required"}, HTTPStatus.UNAUTHORIZED)
    require(person, "people")
    role, text = request.query_params.get("fits", ""), request.query_params.get("q", "").strip()
    if role not in _askers():
        raise Problem("not_found")
    if not await may_choose(site, person, role):
        raise Problem("auth.role")
    if wait := site.buckets.take("people", person.id, PACE):
        raise too_many(wait)
    if not LEAST <= len(text) <= TEXT_MOST:
        return private({"people": [], "more": False})
    found = await look_up(site, person.tenant, None if role == ANYBODY else role, text)
    told = [
        {"id": option.value, "name": one.name, "text": option.text}
        for one, option in zip(found.people, found.options, strict=True)
    ]
    return private({"people": told, "more": found.more})


async def may_choose(site: Site, person: PersonRow, role: str) -> bool:
    """Whether this person may have a form before them that asks for somebody of this role."""
    if role == ANYBODY and any(may(person, view) for view in _LISTS):
        return True
    asking = _askers().get(role, frozenset())
    if not asking.isdisjoint(person.roles):
        return True
    if asking.issubset(BOARD_ROLES):
        return False
    parts = await site.store.parts_of(person.tenant, person.id)
    return any(_IN_CASES.get((one.process, one.part)) in asking for one in parts)


@cache
def _askers() -> Mapping[str, frozenset[str]]:
    """By role that a form asks for, those who may give its command."""
    found: dict[str, frozenset[str]] = {ANYBODY: frozenset()}
    for role, askers in _asked():
        found[role] = found.get(role, frozenset()) | askers
    return found


def _asked() -> Iterator[tuple[str, frozenset[str]]]:
    for process, rules in RULES.items():
        for row in rows(process):
            if (process, row.command) in OWN_PAGES:
                continue
            granted = frozenset(grant.role for grant in row.grants)
            for one in shape_of(rules.commands[row.command]).fields:
                place = (row.command, one.name)
                if one.kind == "person" and place not in _BY_CASE:
                    yield one.role or ANYBODY, _ONLY.get(place, granted)


PAGES = (("GET", "/people", people),)
