"""The page of the dashboard, also as it comes back when filters could not be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.responses import RedirectResponse, Response

from events.event import instant_text
from web.api.dashboard import Office, figures, office_of
from web.pages.dashboard import pictures
from web.pages.dashboard.cases import attention, told
from web.pages.dashboard.filters import CLEARED, Filters, distinct, filters_of, periods
from web.pages.dashboard.say import Say
from web.pages.dashboard.tables import Tables
from web.pages.dashboard.tiles import tiles
from web.pages.home.visit import Visit
from web.pages.page import page

PATIENCE = 0.1
"""Seconds that what was just recorded is waited for; a page that is a moment behind says so."""
ATTENTION = 8
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TABLES = ("running", "states", "ended", "outcomes", "schools")


async def dashboard(visit: Visit) -> Response:
    """``/dashboard``: for hr and coordinators, and as counts alone for the board."""
    given = visit.request.query_params
    if not given:
        person = visit.person
        for one in await visit.site.store.desks.filters(person.tenant, person.id):
            if one.preferred and one.query:
                return RedirectResponse(f"/dashboard?{one.query}", 303)
    return await shown(visit, given)


async def shown(
    visit: Visit,
    given: Mapping[str, str],
    *,
    status: int = 200,
    typed: str = "",
    wrong: str = "",
) -> Response:
    """The figures with these filters; ``wrong`` is said where the ``typed`` name is asked."""
    office, person = office_of(visit.site, visit.person), visit.person
    kept = await visit.site.store.desks.filters(person.tenant, person.id)
    filters, selection = filters_of(office, given)
    content, current = await figures(visit.site, office, selection, PATIENCE, 0)
    choices = await visit.site.store.models.choices(person.tenant, person.id, office.processes)
    advisors: list[str] = []
    if office.single_cases:
        known = await visit.site.store.with_role(person.tenant, "advisor")
        # Who has left still has cases.
        advisors = [one.id for one in known] + [filters.chosen.get("advisor", "")]
        advisors = sorted(id_ for id_ in {*advisors} if _ID.fullmatch(id_))
    rows, titles, total = await attention(
        visit, office, selection, limit=ATTENTION if office.single_cases else 0, also=advisors
    )
    say = Say(titles.wording(""), office.single_cases)
    made = Tables(content, filters, say.wording, links=office.single_cases)
    return page(
        visit.request,
        "dashboard.html",
        status,
        typed=typed,
        wrong=wrong,
        filters=filters,
        fields=_fields(office, filters, choices, advisors, say, visit),
        chosen=chosen(filters, say),
        saved=kept,
        cleared=CLEARED,
        current=current,
        counted=say.wording.instant(instant_text(visit.now)),
        say=say,
        tiles=tiles(content, filters, links=office.single_cases),
        tables={name: made.of(name) for name in TABLES},
        states=pictures.of_states(content, say),
        outcomes=pictures.of_outcomes(content, say),
        durations=pictures.of_durations(content, say),
        attention=told(rows, titles, say),
        attention_total=total,
        office=office,
    )


def _fields(
    office: Office,
    filters: Filters,
    choices: Any,
    advisors: Sequence[str],
    say: Say,
    visit: Visit,
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The filters that are offered, each with its values and their words."""
    wording = say.wording
    offered: dict[str, list[tuple[str, str]]] = {
        "process": [(name, wording.about(name, "many")) for name in office.processes],
        "period": [(one, one) for one in periods(visit.today)],
        "school": [(one, one) for one in distinct(choices, "school")],
        "advisor": [(one, wording.name(one)) for one in advisors],
        "state": [],
    }
    process = filters.chosen.get("process")
    of_states = {
        row["state"]: say.wording_of(row["process"]).state(row["state"])
        for row in choices
        if process in (None, row["process"])
    }
    offered["state"] = list(of_states.items())
    for name in ("advisor", "state"):
        offered[name].sort(key=lambda option: option[1].casefold())
    return [(name, options) for name, options in offered.items() if name in office.filters]


def chosen(filters: Filters, say: Say) -> list[tuple[str, str]]:
    """What is chosen in words, with the address without it."""
    found: list[tuple[str, str]] = []
    process = filters.chosen.get("process", "")
    wording = say.wording_of(process)
    for name, value in filters.chosen.items():
        words = {
            "process": lambda one: wording.about(one, "many"),
            "advisor": wording.name,
            "state": wording.state,
            "outcome": wording.term,
        }.get(name)
        text = words(value) if words else value
        label = say.words["filter"][name]
        found.append((f"{label}: {text}", filters.without(name)))
    return found
