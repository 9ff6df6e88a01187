"""Filters that somebody keeps under a name."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from fastapi.responses import RedirectResponse, Response

from events.store.desk import FILTERS_MAX, TooManyFilters
from web.api.body import form
from web.api.dashboard import Office, office_of
from web.api.problems import Problem, invalid, uuid_or_none
from web.pages.dashboard.filters import CLEARED, Filters, filters_of
from web.pages.dashboard.view import shown
from web.pages.home.visit import Visit
from web.pages.session import same_site

NAME_MAX = 80
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def save(visit: Visit) -> Response:
    """``POST /dashboard/filters``: keep what is chosen now. Only what can be chosen is kept."""
    sent = await _sent(visit)
    office, typed = office_of(visit.site, visit.person), sent.get("name", "")
    name = " ".join(typed.split())
    words = visit.words.pages["dashboard"]["save"]
    try:
        query = dict(parse_qsl(sent.get("query", ""), strict_parsing=True))
        filters, _ = filters_of(office, query)
    except (ValueError, Problem):
        return await shown(visit, {}, status=422, typed=typed, wrong=words["no_filter"])
    if not _offered(visit, office, filters):
        return await shown(visit, {}, status=422, typed=typed, wrong=words["no_filter"])
    if not 0 < len(name) <= NAME_MAX or "\x00" in name:
        wrong = words["too_long" if name else "missing"].format(most=NAME_MAX)
        return await shown(visit, query, status=422, typed=typed, wrong=wrong)
    try:
        await visit.site.store.desks.save_filter(
            visit.person.tenant,
            visit.person.id,
            name,
            filters.query,
            preferred="preferred" in sent,
        )
    except TooManyFilters:
        wrong = words["too_many"].format(most=FILTERS_MAX)
        return await shown(visit, query, status=409, typed=typed, wrong=wrong)
    return RedirectResponse(filters.address() if filters.chosen else CLEARED, 303)


def _offered(visit: Visit, office: Office, filters: Filters) -> bool:
    """Whether a case could fit: what nothing is called would be an empty dashboard for good."""
    chosen = filters.chosen
    processes = [chosen["process"]] if "process" in chosen else office.processes
    known = [visit.words.of(one) for one in processes]
    return (
        set(processes) <= set(office.processes)
        and ("advisor" not in chosen or uuid_or_none(chosen["advisor"]) is not None)
        and ("state" not in chosen or any(chosen["state"] in one["states"] for one in known))
        and ("outcome" not in chosen or any(chosen["outcome"] in one["terms"] for one in known))
    )


async def change(visit: Visit) -> Response:
    """``POST /dashboard/filters/{id}``: begin with it, begin with none, or keep it no more."""
    sent = await _sent(visit)
    office_of(visit.site, visit.person)
    desks, tenant, person = visit.site.store.desks, visit.person.tenant, visit.person.id
    filter_id = visit.request.path_params["id"]
    if not _ID.fullmatch(filter_id):
        raise Problem("not_found")
    match sent.get("do"):
        case "prefer":
            await desks.prefer_filter(tenant, person, filter_id)
        case "unprefer":
            await desks.prefer_filter(tenant, person, None)
        case "drop":
            await desks.drop_filter(tenant, person, filter_id)
        case _:
            raise invalid("do", "value")
    return RedirectResponse(CLEARED, 303)


async def _sent(visit: Visit) -> dict[str, str]:
    if not same_site(visit.request):
        raise Problem("not_found")
    return await form(visit.request)
