"""The teacher's self-assessment of a visit: every goal on one screen, beside what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from fastapi.responses import Response

from events.supervision.state import Visit
from events.supervision.words import Result
from web.tasks.ordering import in_own_order
from web.tasks.sheet import Sheet, Task, turned_away
from web.tasks.visits import findings_by_goal

RESULTS: tuple[str, ...] = get_args(Result)
INCOMPLETE = "selfassessment.incomplete"


@dataclass(frozen=True, slots=True)
class Rated:
    """A goal to rate; ``mine`` and ``seen`` are earlier ratings by visit, oldest first."""

    name: str
    text: str
    area: str
    field: str
    filled: bool
    mine: tuple[tuple[str, str], ...]
    seen: tuple[tuple[str, str], ...]


async def self_assessment(task: Task) -> Response:
    """``SubmitSelfAssessment``: how far each goal is reached, as the teacher sees it."""
    waiting = {
        visit.name: visit
        for visit in task.state.held_visits
        if visit.assessment is None and visit.talk_held_on is None
    }
    asked = task.asked("visit")
    visit: Visit | None = waiting.get(asked) if asked else next(iter(waiting.values()), None)
    if visit is None:
        own = task.words.pages["tasks"]["assessment"]
        return await turned_away(task, "state.not_allowed", own["nothing"])
    sheet = _all_asked(await task.sheet(visit.name, visit=visit.name), task)
    timeline = task.reading.timeline
    wording = await task.wording(timeline)
    mine, seen = ratings_by_goal(timeline), findings_by_goal(timeline)
    cards = [
        Rated(
            goal.goal,
            goal.text,
            goal.area,
            f"ratings.{goal.goal}",
            bool(sheet.text(f"ratings.{goal.goal}")),
            tuple(mine.get(goal.goal, ())),
            tuple(one for one in seen.get(goal.goal, ()) if one[0] != visit.name),
        )
        for goal in await in_own_order(task, task.state.fixed)
    ]
    return task.page(
        "assessment.html",
        sheet,
        wording,
        cards=cards,
        filled=sum(card.filled for card in cards),
        results=RESULTS,
        visit=visit,
        others=[one for one in waiting.values() if one.name != visit.name],
    )


def _all_asked(sheet: Sheet, task: Task) -> Sheet:
    """Where goals were left out, each of them says so."""
    if task.tried is None or task.tried.problem.code != INCOMPLETE:
        return sheet
    sentence = task.words.pages["tasks"]["wrong"]["ratings"]
    names = [f"ratings.{goal.goal}" for goal in task.state.fixed]
    return replace(sheet, wrong={name: sentence for name in names if not sheet.text(name)})


def ratings_by_goal(timeline: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """By goal: visit and how the teacher rated it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in timeline:
        if item["type"] == "SelfAssessmentSubmitted":
            for goal, rating in item["data"]["ratings"].items():
                found.setdefault(goal, []).append((item["data"]["visit"], rating))
    return found
