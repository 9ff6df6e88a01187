"""The final report, written beside all that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from fastapi.responses import Response

from events.supervision.facts import Sections
from events.supervision.words import Overall, Result
from web.tasks.assessing import ratings_by_goal
from web.tasks.ordering import in_own_order
from web.tasks.sheet import Task

SECTIONS: tuple[str, ...] = tuple(Sections.model_fields)
RESULTS: tuple[str, ...] = get_args(Result)
OVERALL: tuple[str, ...] = get_args(Overall)


@dataclass(frozen=True, slots=True)
class Moment:
    """One visit, as far as it says something of a goal: seen with an example, and rated."""

    visit: str
    day: str
    seen: str = ""
    example: str = ""
    rating: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A goal with all that was said of it, oldest first."""

    name: str
    text: str
    area: str
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Talk:
    """What came of a talk after a visit."""

    visit: str
    day: str
    reflection: str
    instructions: Sequence[str]


async def final_report(task: Task) -> Response:
    """``DraftFinalReport``: five sections and a result for each goal, beside the evidence."""
    state, timeline = task.state, task.reading.timeline
    sheet = await task.sheet()
    wording = await task.wording(timeline)
    last = state.draft
    before: Mapping[str, str] = {}
    if last is not None:
        before = {f"sections.{name}": getattr(last.sections, name) or "" for name in SECTIONS}
        before |= {f"goal_results.{goal}": result for goal, result in last.goal_results.items()}
        before |= {"overall": last.overall}
    goals = await in_own_order(task, state.fixed)
    asked = [f"goal_results.{goal.goal}" for goal in goals] + ["overall"]
    asked += [f"sections.{name}" for name in SECTIONS]
    return task.page(
        "report.html",
        sheet,
        wording,
        goals=goals,
        evidence=[
            Evidence(goal.goal, goal.text, goal.area, moments_of(goal.goal, timeline))
            for goal in goals
        ],
        talks=talks(timeline),
        remarks=_remarks(timeline),
        points=_points(timeline),
        before=before,
        sections=SECTIONS,
        visits=task.reading.summary["visits"],
        talks_held=state.talks_held,
        complete=state.visits_complete,
        filled=sum(bool(sheet.text(name, before.get(name, ""))) for name in asked),
        asked=len(asked),
    )


def moments_of(goal: str, timeline: Sequence[Mapping[str, Any]]) -> list[Moment]:
    """Visit by visit what was seen of a goal and how the teacher rated it."""
    rated = dict(ratings_by_goal(timeline).get(goal, ()))
    found: list[Moment] = []
    for item in timeline:
        if item["type"] != "ClassVisitHeld":
            continue
        data = item["data"]
        seen = next((one for one in data["findings"] if one["goal"] == goal), None)
        rating = rated.get(data["visit"], "")
        if seen or rating:
            found.append(
                Moment(
                    data["visit"],
                    data["date"],
                    seen["seen"] if seen else "",
                    seen["example"] if seen else "",
                    rating,
                )
            )
    return found


def talks(timeline: Sequence[Mapping[str, Any]]) -> list[Talk]:
    """The talks after visits, oldest first."""
    return [
        Talk(
            item["data"]["visit"],
            item["data"]["date"],
            item["data"]["reflection"],
            item["data"]["instructions"],
        )
        for item in timeline
        if item["type"] == "FollowUpTalkHeld"
    ]


def _remarks(timeline: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What the client said of the goals, with the day."""
    return [
        (item["occurred_on"], item["data"]["remark"])
        for item in timeline
        if item["type"] == "ClientConsultedOnGoals" and item["data"].get("remark")
    ]


def _points(timeline: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool, str]]:
    """What the diagnosis visit showed, by observation point."""
    for item in timeline:
        if item["type"] == "DiagnosisVisitHeld":
            return [
                (point, one["seen"], one["note"])
                for point, one in item["data"]["observations"].items()
            ]
    return []
