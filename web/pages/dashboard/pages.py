"""``/dashboard``, the cases behind its figures, and both as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi.responses import Response

from events.projections.counting import FIGURES
from web.api.dashboard import figures, office_of
from web.api.problems import Problem, invalid
from web.pages.dashboard import saved
from web.pages.dashboard.cases import cases_table, of_cases, on_page, told
from web.pages.dashboard.files import TYPES, csv_file, xlsx_file
from web.pages.dashboard.filters import CLEARED, Filters, filters_of
from web.pages.dashboard.say import Say
from web.pages.dashboard.tables import Tables
from web.pages.dashboard.view import PATIENCE, chosen, dashboard
from web.pages.home.entries import Titles
from web.pages.home.visit import Visit, page_number, pager, signed_in
from web.pages.page import page
from web.wording import Wording

A_PAGE = 50
IN_A_FILE = 20_000
"""Cases at most; no board has as many."""


async def cases(visit: Visit) -> Response:
    """``/dashboard/cases``: the cases behind a figure, a page at a time."""
    number = page_number(visit.request)
    rows, titles, total, figure, filters = await _cases(visit, (number - 1) * A_PAGE, A_PAGE)
    say = Say(titles.wording(""), single_cases=True)
    address = filters.address("/dashboard/cases", figure=figure)
    return page(
        visit.request,
        "dashboard_cases.html",
        figure=figure,
        filters=filters,
        chosen=[text for text, _ in chosen(filters, say)],
        rows=told(rows, titles, say),
        columns=on_page(figure),
        total=total,
        say=say,
        back=filters.address() if filters.chosen else CLEARED,
        files={
            ending: filters.address(f"/dashboard/cases.{ending}", figure=figure) for ending in TYPES
        },
        pager=pager(address, number, total, A_PAGE),
    )


async def _cases(
    visit: Visit, offset: int, limit: int
) -> tuple[Sequence[Mapping[str, Any]], Titles, int, str, Filters]:
    office = office_of(visit.site, visit.person)
    if not office.single_cases:
        raise Problem("auth.role")
    given = dict(visit.request.query_params)
    given.pop("page", None)
    figure = given.pop("figure", "")
    if figure not in FIGURES:
        raise invalid("figure", "value")
    filters, selection = filters_of(office, given)
    found = await visit.site.store.models.behind(
        visit.person.tenant,
        visit.person.id,
        office.processes,
        visit.settings.zone,
        figure,
        selection,
        offset=offset,
        limit=limit,
    )
    advisors = {one for row in found.rows if (one := row["shown"].get("advisor"))}
    titles = await visit.titles(of_cases(found.rows), also=advisors)
    return found.rows, titles, found.total, figure, filters


async def file(visit: Visit) -> Response:
    """``/dashboard/{table}.csv`` or ``.xlsx``: a table, or the cases behind a figure."""
    office = office_of(visit.site, visit.person)
    name, ending = visit.request.path_params["table"], visit.request.path_params["ending"]
    if ending not in TYPES:
        raise Problem("not_found")
    if name == "cases":
        rows, titles, _, figure, _ = await _cases(visit, 0, IN_A_FILE)
        say = Say(titles.wording(""), single_cases=True)
        table = cases_table(rows, titles, say.words["why"])
        title = str(say.words["figure"][figure])
    else:
        filters, selection = filters_of(office, visit.request.query_params)
        content, _ = await figures(visit.site, office, selection, PATIENCE, 0)
        say = Say(Wording(visit.words, visit.settings, {}), office.single_cases)
        made = Tables(content, filters, say.wording, links=False).of(name)
        if made is None:
            raise Problem("not_found")
        table, title = made, str(say.words["table"][name])
    headings = [say.heading(column) for column in table.columns]
    if ending == "csv":
        content_ = csv_file(table, headings, say.hidden, visit.words.language)
    else:
        content_ = xlsx_file(table, headings, say.hidden, title)
    named = f'attachment; filename="traject-{name}-{visit.today}.{ending}"'
    headers = {"Content-Disposition": named, "Cache-Control": "private, no-store"}
    return Response(content_, media_type=cast("str", TYPES[ending]), headers=headers)


PAGES = (
    ("GET", "/dashboard", signed_in(dashboard)),
    ("GET", "/dashboard/cases", signed_in(cases)),
    ("GET", "/dashboard/{table}.{ending}", signed_in(file)),
    ("POST", "/dashboard/filters", signed_in(saved.save)),
    ("POST", "/dashboard/filters/{id}", signed_in(saved.change)),
)
