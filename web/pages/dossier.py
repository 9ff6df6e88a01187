"""The page of a case: whose turn it is, what stands where, and everything that was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.api.problems import status_of
from web.documents.shelf import documents_of
from web.doing import FORMS, Tried, forms
from web.pages.away import away
from web.pages.case import (
    Ahead,
    VisitRow,
    ahead,
    moments,
    plans_of,
    step_line,
    visit_rows,
    waited_for,
)
from web.pages.commands import has_form, said
from web.pages.lively import last_seen
from web.pages.opened import opened, worded
from web.pages.page import page
from web.pages.ratings import ratings_of
from web.pages.session import page_language
from web.pages.timeline import Timeline, chosen_of, timeline_of, undoing
from web.pages.turn import links_of, turn_of
from web.reading import Reading, offered
from web.site import Site
from web.wording import Detail, Wording

if TYPE_CHECKING:
    from events.store.directory import PersonRow

ELSEWHERE = frozenset(
    {
        "id", "process", "state", "suspended", "version", "agreement", "handovers", "overdue",
        "next", "hold", "restricted", "erasure",
    }
)  # fmt: skip
"""What of a summary has a place of its own on the page."""
NOTHING: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Done:
    """What the reader has just had recorded, and what the rules had to say about it."""

    type: str
    warnings: Sequence[str]


async def case(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/{process}/{id}``: one case, put together from what its reader may see."""
    return await case_page(request, site, person, process)


async def case_page(
    request: Request, site: Site, person: PersonRow, process: str, tried: Tried | None = None
) -> Response:
    """The page, with the form that was tried in vain as it was filled in."""
    reading = await opened(request, site, person, process, "page")
    wording = await worded(request, site, person, reading)
    summary = reading.summary
    open_forms = await forms(site, person, reading, wording.texts, tried)
    known = any(one.wrong for one in open_forms)
    problem = said(tried.problem, wording.texts, reading.view.settings) if tried else None
    people = set(reading.rules.story.index(reading.dossier.state).parties.values())
    facts = {key: value for key, value in summary.items() if key not in ELSEWHERE}
    named = {key: value for key, value in facts.items() if _is_in(value, people)}
    coming = ahead(summary, reading.tasks, [], wording, reading.agenda, _unsigned(reading))
    return await _shown(
        request,
        site,
        person,
        reading,
        wording,
        coming,
        template="dossier.html",
        status=int(status_of(tried.problem.code)) if tried else 200,
        people=named,
        facts=wording.details({key: facts[key] for key in facts if key not in named}),
        forms=open_forms,
        problem=problem if not known else None,
        agreed=_agreed(reading, summary, wording),
    )


async def trajectory(request: Request, site: Site, person: PersonRow, process: str) -> Response:
    """``/supervision/{id}``: one trajectory with its goals, visits, hours and timeline."""
    reading = await opened(request, site, person, process, "page")
    wording = await worded(request, site, person, reading)
    summary, timeline = reading.summary, reading.timeline
    visits = visit_rows(timeline)
    report = summary["report"]
    return await _shown(
        request,
        site,
        person,
        reading,
        wording,
        _coming(reading, visits, wording),
        template="case.html",
        status=200,
        steps=step_line(summary["state"], timeline),
        visits=visits,
        ratings=ratings_of(
            summary["goal_list"], timeline, report["goal_results"] if report else NOTHING
        ),
        requested_at=timeline[0]["recorded_at"] if timeline else None,
    )


def _coming(reading: Reading, visits: Sequence[VisitRow], wording: Wording) -> list[Ahead]:
    """What is ahead in a trajectory; where nothing stands open, who has the next step."""
    now = reading.view.now.astimezone(reading.view.settings.zone).isoformat()[:16]
    plans = plans_of(reading.timeline)
    found = ahead(reading.summary, reading.tasks, visits, wording, plans=plans, now=now)
    return found or waited_for(reading.summary, reading.view.reader.person, wording)


async def _shown(
    request: Request,
    site: Site,
    person: PersonRow,
    reading: Reading,
    wording: Wording,
    coming: Sequence[Ahead],
    *,
    template: str,
    status: int,
    **values: Any,
) -> Response:
    """What the pages of all processes have."""
    process, stream = reading.dossier.process, reading.dossier.stream
    href, summary, tasks = f"/{process}/{stream}", reading.summary, reading.tasks
    may = [
        command
        for command in offered(reading, person, reading.view.now, reading.view.settings)
        if has_form(reading.rules, command)
    ]
    return page(
        request,
        template,
        status,
        process=process,
        case=summary,
        href=href,
        wording=wording,
        away=await away(site, person.tenant, reading, wording),
        turn=turn_of(reading, summary, tasks, coming, wording, may),
        links=links_of(wording, href, may, tasks, list(FORMS)),
        ahead=coming,
        plans=bool(reading.agenda),
        seen=last_seen(reading),
        done=await _done(request, site, person, reading),
        documents=documents_of(reading, wording.texts),
        timeline=_timeline(request, reading, wording, may, href),
        **values,
    )


def _timeline(
    request: Request, reading: Reading, wording: Wording, may: Sequence[str], href: str
) -> Timeline:
    items, words = reading.timeline, wording.texts.pages["forms"]
    undo = undoing(items, may, href, words)
    chosen = chosen_of(request.query_params)
    return timeline_of(items, moments(items, wording), chosen, wording, undo)


async def _done(request: Request, site: Site, person: PersonRow, reading: Reading) -> Done | None:
    """What this reader has just had recorded by a form, and the warnings that came of it."""
    command_id = request.query_params.get("done")
    if command_id is None:
        return None
    for event in reading.dossier.events:
        if event.command_id == command_id and event.actor.person == person.id:
            found = await site.store.find_command(person.tenant, event.command_id)
            codes = found.recorded.warnings if found else ()
            words = page_language(request)
            return Done(event.type, [words.warning(code) for code in codes])
    return None


def _unsigned(reading: Reading) -> Sequence[str]:
    """The parties whose signatures are waited for."""
    over = reading.rules.story.is_final(reading.dossier.state)
    told = None if over else reading.summary.get("agreement")
    return told["missing"] if told else ()


def _is_in(value: Any, people: set[str]) -> bool:
    return isinstance(value, str) and value in people


def _agreed(
    reading: Reading, summary: Mapping[str, Any], wording: Wording
) -> dict[str, Any] | None:
    """The agreement with all its versions, the latest first; None before the first."""
    told = summary.get("agreement")
    if told is None:
        return None
    story, state = reading.rules.story, reading.dossier.state
    versions: list[dict[str, Any]] = []
    for version in reversed(told["versions"]):
        paper = story.paper(state, version["version"])
        signed = {one["party"]: one for one in version["signed"]}
        parties = paper.parties if paper else {}
        versions.append(version | {"parties": parties, "by": signed})
    latest = story.paper(state, told["version"])
    fields: list[Detail] = wording.details(latest.fields) if latest else []
    return {"complete": told["complete"], "versions": versions, "fields": fields}
