"""An advisor's trajectories in which the next visit is not planned: no term says so, yet."""

from __future__ import annotations

from events.store.desk import OfCase
from web.api.lists import Query, page_of_cases
from web.pages.case import without_visit
from web.pages.home.entries import Entry, Titles
from web.pages.home.visit import Visit

MOST = 5
LOOKED_THROUGH = 50
SUPERVISION = "supervision"


async def unplanned(visit: Visit) -> list[OfCase]:
    """Those of the reader, a few of them."""
    if "advisor" not in visit.person.roles:
        return []
    query = Query(state="guidance", sort="-created_at", limit=LOOKED_THROUGH, own=True)
    found, _ = await page_of_cases(
        visit.site, visit.person, SUPERVISION, query, visit.now, visit.settings
    )
    rows = [one.row for one in found]
    return [
        OfCase(SUPERVISION, row["id"], {}, row)
        for row in rows
        if row["advisor"] == visit.person.id and without_visit(row)
    ][:MOST]


def to_plan(cases: list[OfCase], titles: Titles) -> list[Entry]:
    """Where each visit is planned."""
    entries: list[Entry] = []
    for one in cases:
        wording, where = titles.wording(one.process), f"/{one.process}/{one.stream}"
        what = str(wording.texts.pages["turn"]["step"]["visit"])
        title = titles.case(one.process, one.shown)
        entries.append(Entry(what, title, f"{where}/do/PlanVisit", where, one.process))
    return entries
