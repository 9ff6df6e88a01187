"""The order in which somebody likes to see the goals of a case.

The list itself has none but that of drafting: an order is no fact about the goals, so nothing is
recorded of it. It is kept for one person, as their drafts are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from events.store.drafts import Draft, NewerDraft
from web.api.body import fields
from web.api.paths import stream_of
from web.api.problems import Problem
from web.drafts import Place
from web.forms.decoding import several
from web.pages.session import same_site, visitor
from web.reading import offered, read_case
from web.signin.expired import to_sign_in
from web.site import site_of
from web.tasks.sheet import Task

ORDER = "DraftGoal:order"
"""What it is called among the drafts."""
_PROCESS = "supervision"
_MOST = 20_000


class Named(Protocol):
    """Something called by a goal's name."""

    @property
    def goal(self) -> str: ...


One = TypeVar("One", bound=Named)


async def in_own_order(task: Task, goals: Iterable[One]) -> list[One]:
    """The goals as this person has put them; those not put anywhere come last, as drafted."""
    dossier = task.reading.dossier
    place = Place(task.site, task.person, dossier.process, dossier.stream, ORDER)
    known = list(goals)
    by_name = {one.goal: one for one in known}
    return [by_name[name] for name in ordered(by_name, await place.get())]


def ordered(names: Iterable[str], kept: Draft | None) -> list[str]:
    """The names in the order kept, new ones behind."""
    wanted = several(kept.fields.get("order", [])) if kept else []
    known = list(names)
    first = [name for name in dict.fromkeys(wanted) if name in known]
    return [*first, *(name for name in known if name not in first)]


def moved(names: Sequence[str], name: str, to: str) -> list[str]:
    """The names with one of them a place up or down, or before another: ``up``, ``down``, ``G4``.

    What cannot be moved so stays.
    """
    if name not in names:
        return list(names)
    place = names.index(name)
    rest = [one for one in names if one != name]
    if to in rest:
        target = rest.index(to)
    else:
        target = {"up": max(place - 1, 0), "down": place + 1}.get(to, place)
    return [*rest[:target], name, *rest[target:]]


async def order(request: Request) -> Response:
    """``POST /supervision/{id}/goals/order``: ``goal`` goes ``to`` up, down or before another."""
    site, stream = site_of(request), stream_of(request)
    person = await visitor(request, site)
    if person is None:
        return await to_sign_in(request)
    if not same_site(request):
        raise Problem("not_found")
    settings, now = await site.settings(person.tenant), datetime.now(UTC)
    reading = await read_case(site, person, _PROCESS, stream, now, settings)
    if "DraftGoal" not in offered(reading, person, now, settings):
        raise Problem("not_found")
    sent = await fields(request, _MOST)
    goal, to = several(sent.get("goal", ""))[-1], several(sent.get("to", ""))[-1]
    place = Place(site, person, _PROCESS, stream, ORDER)
    kept = await place.get()
    names = [one["goal"] for one in reading.summary["goal_list"]]
    if reading.dossier.state.active_draft:
        names = list(reading.dossier.state.active_draft)
    wanted = moved(ordered(names, kept), goal, to)
    with suppress(NewerDraft):  # Of two clicks at once the first counts.
        await place.save({"order": wanted}, kept.saved if kept else None)
    where = f"#goal-{quote(goal)}" if goal in names else ""
    return RedirectResponse(f"/{_PROCESS}/{stream}/do/DraftGoal{where}", 303)


PAGES = (("POST", "/supervision/{id}/goals/order", order),)
