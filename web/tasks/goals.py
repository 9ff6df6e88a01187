"""The list of goals: what stands on it, how many more fit, and what is still needed to fix it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import get_args
from uuid import uuid4

from fastapi.responses import Response

from events.supervision import facts as f
from events.supervision.state import DraftGoal
from events.supervision.words import Area, Ground
from web.tasks.lacking import Needed, with_lacking
from web.tasks.ordering import in_own_order
from web.tasks.sheet import Task, turned_away
from workflows.supervision.guiding import SEVERAL

AREAS: tuple[str, ...] = get_args(Area)
GROUNDS: tuple[str, ...] = get_args(Ground)
FIX = "FixGoalList"
REWORDED = (Needed("text", "text"), Needed("single", "goals.not_single"))
NEEDED = (
    Needed("text", "text"),
    Needed("area", "area"),
    Needed("grounds", "goals.no_ground"),
    Needed("single", "goals.not_single"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A goal of the draft list; ``several``: its words may name more than one thing."""

    goal: str
    text: str
    area: str
    grounds: Sequence[str]
    concerns: Sequence[str]
    several: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Something that has to be there before the list can be fixed."""

    name: str
    met: bool
    command: str = ""


def may_be_several(text: str) -> bool:
    """As the rules warn: it may be more than one goal (domain 1.1 d)."""
    return any(mark in text.lower() for mark in SEVERAL)


async def goal_list(task: Task) -> Response:
    """``DraftGoal`` and ``FixGoalList``: the list, a form for one more goal, and what is left."""
    state, settings = task.state, task.reading.view.settings
    fixing = task.command == FIX
    drafting = replace(task, command="DraftGoal", tried=None) if fixing else task
    sheet = with_lacking(drafting, await drafting.sheet(), NEEDED)
    fix = await task.sheet() if fixing else None
    active = state.active_draft
    listed = await in_own_order(task, [_listed(name, goal) for name, goal in active.items()])
    wording = await task.wording(task.reading.timeline[:1])
    return task.page(
        "goals.html",
        sheet if fix is None else replace(sheet, problem=fix.problem),
        wording,
        goals=listed,
        most=settings.goals_max,
        left=settings.goals_max - len(active),
        next_name=_next_name(state.goals),
        areas=AREAS,
        grounds=GROUNDS,
        concerns=concerns(task),
        several=" ".join(mark.strip() for mark in SEVERAL),
        checks=_checks(task),
        fix_key=fix.key if fix else uuid4().hex,
        fixed=state.fixed_version is not None,
        unchanged=state.fixed_version == state.draft_version,
        done=done(task),
    )


async def reword(task: Task) -> Response:
    """``RewordGoal``: the same goal in other words."""
    return await _one(task, "reword.html")


async def drop(task: Task) -> Response:
    """``DropGoal``: a goal leaves the list, with the reason."""
    return await _one(task, "drop.html")


async def _one(task: Task, template: str) -> Response:
    name = task.asked("goal")
    goal = task.state.active_draft.get(name)
    if goal is None:
        own = task.words.pages["tasks"]["goals"]
        return await turned_away(task, "state.not_allowed", own["unknown"])
    needed = REWORDED if task.command == "RewordGoal" else ()
    sheet = with_lacking(task, await task.sheet(name, goal=name), needed)
    return task.page(template, sheet, await task.wording(), goal=_listed(name, goal))


def concerns(task: Task) -> list[tuple[str, str]]:
    """What the employer worries about, by name and text."""
    for event in task.reading.dossier.events:
        if isinstance(event.data, f.TrajectoryRequested):
            return [(one.concern, one.text) for one in event.data.concerns]
    return []


def done(task: Task) -> str | None:
    """The type of what this person has just had recorded from this page."""
    given = task.request.query_params.get("done")
    return next(
        (
            event.type
            for event in reversed(task.reading.dossier.events)
            if given and event.command_id == given and event.actor.person == task.person.id
        ),
        None,
    )


def _listed(name: str, goal: DraftGoal) -> Listed:
    return Listed(
        name, goal.text, goal.area, goal.grounds, goal.concerns, may_be_several(goal.text)
    )


def _next_name(known: Collection[str]) -> str:
    """The first of G1, G2 ... that no goal ever had."""
    number = 1
    while f"G{number}" in known:
        number += 1
    return f"G{number}"


def _checks(task: Task) -> list[Check]:
    """As the rules ask before the list is fixed."""
    state = task.state
    return [
        Check("goals", bool(state.active_draft)),
        Check(
            "consulted", state.consulted_version == state.draft_version, "RecordClientConsultation"
        ),
        Check("consent", state.consent.valid),
        Check("period", state.period is not None, "AgreePeriod"),
    ]
