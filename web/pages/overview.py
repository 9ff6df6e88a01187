"""The first page: choose a person in the demo; then what waits and what is planned, over all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from events.event import may_sign_in
from web.api.lists import Query, page_of_cases
from web.listed import Looks
from web.naming import wording_for
from web.pages.page import page
from web.pages.session import may_choose, page_language, visitor
from web.privacy.lines import own_words
from web.site import DEMO_BOARD, Site, site_of
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from web.pages.tabs import Tab

CASES = 50
"""Open cases of each process that are looked through; nobody has more to do than these tell."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that waits or is planned, in which case; ``at`` is its day or moment, if any."""

    what: str
    case: str
    href: str
    at: str = ""
    when: str = ""
    late: bool = False


async def start(request: Request) -> Response:
    """``/``: how to come in, and what there is to do for who is in."""
    site = site_of(request)
    person = await visitor(request, site)
    if person is not None:
        return await _overview(request, site, person)
    open_here = may_choose(request, site)
    words = page_language(request)
    return page(
        request,
        "start.html",
        people=await _with_account(site) if open_here else [],
        open_here=open_here,
        role=lambda name: words.events["roles"].get(name, name),
    )


async def _with_account(site: Site) -> list[PersonRow]:
    """Those of the demo's board who may sign in."""
    everyone = await site.store.everyone(DEMO_BOARD)
    return [person for person in everyone if may_sign_in(person.roles)]


async def _overview(request: Request, site: Site, person: PersonRow) -> Response:
    tabs: list[Tab] = request.scope["traject.tabs"]
    waiting: list[Entry] = []
    planned: list[Entry] = []
    for tab in tabs:
        if tab.name not in site.rules:
            continue
        own, ahead = await _of_process(request, site, person, tab.name)
        waiting += own
        planned += ahead
    waiting.sort(key=lambda entry: (not entry.late, entry.at or "9999"))
    planned.sort(key=lambda entry: entry.at)
    return page(
        request,
        "overview.html",
        waiting=waiting[:SHOWN],
        more=len(waiting) - SHOWN,
        planned=planned[:SHOWN],
        f=own_words(page_language(request)),
    )


async def _of_process(
    request: Request, site: Site, person: PersonRow, process: str
) -> tuple[list[Entry], list[Entry]]:
    now = datetime.now(UTC)
    settings = await site.settings(person.tenant)
    looks = Looks(row=True, tasks=True, agenda=True)
    query = Query(open=True, sort="-created_at", limit=CASES, own=True, looks=looks)
    cases, _ = await page_of_cases(site, person, process, query, now, settings)
    rows = [case.row for case in cases]
    words = page_language(request)
    wording = await wording_for(site, person.tenant, process, rows, words, settings)
    waiting: list[Entry] = []
    planned: list[Entry] = []
    for one, row in zip(cases, rows, strict=True):
        case = Entry("", wording.case(row), f"/{process}/{one.stream}")
        for task in one.tasks:
            what, due = wording.task(task["task"]), task["due"] or ""
            waiting.append(replace(case, what=what, at=due, late=task["overdue"]))
        planned += [replace(case, what=wording.planned(item), at=item["at"]) for item in one.agenda]
    return _when(waiting, wording), _when(planned, wording)


def _when(entries: list[Entry], wording: Wording) -> list[Entry]:
    return [replace(entry, when=wording.moment(entry.at)) for entry in entries]
