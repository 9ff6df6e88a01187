"""Noting down what was seen in a classroom, on a telephone, with one hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from fastapi.responses import Response

from events.calendar import local_day
from events.supervision.state import Visit
from events.supervision.words import Seen
from web.tasks.lacking import Needed, with_lacking
from web.tasks.ordering import in_own_order
from web.tasks.sheet import Sheet, Task, turned_away
from workflows.supervision.beginning import POINTS

SEEN: tuple[str, ...] = get_args(Seen)


@dataclass(frozen=True, slots=True)
class Card:
    """One point or goal to look at. ``filled`` says whether something was chosen for it.

    ``earlier`` is what was found before, oldest first.
    """

    name: str
    title: str
    field: str
    filled: bool
    area: str = ""
    earlier: tuple[tuple[str, str], ...] = ()


async def diagnosis(task: Task) -> Response:
    """``RecordDiagnosisVisit``: the observation points, each seen or not, with a note."""
    points = [
        Needed(f"observations.{point}", "diagnosis.points_missing", (".seen", ".note"))
        for point in POINTS
    ]
    sheet = with_lacking(task, await task.sheet(), points)
    wording = await task.wording()
    cards = [
        Card(
            point,
            wording.term(point),
            f"observations.{point}",
            bool(sheet.text(f"observations.{point}.seen")),
        )
        for point in POINTS
    ]
    return task.page(
        "diagnosis.html",
        sheet,
        wording,
        cards=cards,
        filled=sum(card.filled for card in cards),
        planned=task.state.diagnosis.planned_at,
        today=_today(task),
    )


async def class_visit(task: Task) -> Response:
    """``RecordVisit``: the goals as cards, those that were looked at with a concrete example."""
    planned = task.state.planned_visits
    visit = _which(task, {one.name: one for one in planned})
    if visit is None:
        own = task.words.pages["tasks"]["visit"]
        return await turned_away(task, "state.not_allowed", own["nothing_planned"])
    sheet = await task.sheet(visit.name, visit=visit.name)
    timeline = task.reading.timeline
    wording = await task.wording(timeline)
    earlier = findings_by_goal(timeline)
    places = [goal.goal for goal in await in_own_order(task, task.state.fixed)]
    cards = [
        Card(
            goal.goal,
            goal.text,
            f"findings.{place}",
            bool(sheet.text(f"findings.{place}.seen")),
            goal.area,
            tuple(earlier.get(goal.goal, ())),
        )
        for place, goal in sorted(
            enumerate(task.state.fixed), key=lambda one: places.index(one[1].goal)
        )
    ]
    return task.page(
        "visit.html",
        sheet,
        wording,
        cards=cards,
        filled=sum(card.filled for card in cards),
        seen=SEEN,
        visit=visit,
        others=[one for one in planned if one.name != visit.name],
        today=_today(task),
        observers=await observers(task, sheet),
    )


async def observers(task: Task, sheet: Sheet) -> list[tuple[str, str]]:
    """Who could have looked along: those who have a part in the case, and who was named."""
    state = task.state
    known = {state.manager, state.client, sheet.text("second_observer")}
    names = await task.site.store.names(task.person.tenant, known - {"", task.person.id})
    return sorted(names.items(), key=lambda one: one[1])


def findings_by_goal(
    timeline: Sequence[Mapping[str, Any]],
) -> Mapping[str, list[tuple[str, str]]]:
    """By goal: visit and what was seen in it, as far as this reader may know."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in timeline:
        if item["type"] == "ClassVisitHeld":
            for finding in item["data"]["findings"]:
                found.setdefault(finding["goal"], []).append(
                    (item["data"]["visit"], finding["seen"])
                )
    return found


def _which(task: Task, planned: Mapping[str, Visit]) -> Visit | None:
    """The visit that the address or the form names, else the first one planned."""
    asked = task.asked("visit")
    if asked:
        return planned.get(asked)
    return next(iter(planned.values()), None)


def _today(task: Task) -> str:
    return local_day(task.reading.view.now, task.reading.view.settings).isoformat()
