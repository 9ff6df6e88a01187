"""Planning a talk or a visit, with all beside it that may be in the way."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from fastapi.responses import Response

from events.calendar import local_day
from web.naming import wording_for
from web.tasks.clashes import Item, agenda_on, closed, near
from web.tasks.sheet import Sheet, Task, turned_away
from web.wording import Wording

_TIMERS = {
    "PlanIntake": "intake",
    "PlanDiagnosisVisit": "diagnosis",
    "PlanFollowUpTalk": "talk:{visit}",
}
"""By when it has to have happened, as the case's terms say."""
ANNOUNCED = "V"
"""How the names begin of visits that everybody is told of."""
LETTERS, DIGITS = "CDFHJKMNPRTWXY", "3479"
"""Of which none is taken for another."""
_BY_CHANCE = re.compile(f"[{LETTERS}][{DIGITS}][{LETTERS}]")
_A_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?", re.ASCII)
_KINDS = {
    "PlanIntake": "intake",
    "PlanDiagnosisVisit": "diagnosis_visit",
    "PlanVisit": "class_visit",
    "RescheduleVisit": "class_visit",
    "PlanFollowUpTalk": "follow_up_talk",
}


@dataclass(frozen=True, slots=True)
class Busy:
    """Something at that time; ``what`` is empty where the planner may not know what it is.

    ``case`` and ``href`` tell of which other case it is.
    """

    who: str
    time: str
    what: str
    near: bool
    case: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What is to be known of the day that was chosen. Sentences, the weightiest first."""

    day: str
    warnings: Sequence[str]
    busy: Sequence[Busy]


async def plan(task: Task) -> Response:
    """``PlanIntake``, ``PlanDiagnosisVisit``, ``PlanVisit``, ``RescheduleVisit`` and
    ``PlanFollowUpTalk``: a moment, with what else is then."""
    visit, others = _visit(task)
    own = task.words.pages["tasks"]["plan"]
    if visit is None:
        return await turned_away(task, "state.not_allowed", own["nothing"][task.command])
    about = visit if task.command in ("RescheduleVisit", "PlanFollowUpTalk") else ""
    sheet = await task.sheet(about, **({"visit": about} if about else {}))
    sheet = _looked(task, sheet)
    wording = await task.wording()
    at = sheet.text("at") or _standing(task, visit)
    return task.page(
        "plan.html",
        sheet,
        wording,
        visit=visit,
        unannounced=_by_chance(task, sheet) if task.command == "PlanVisit" else "",
        others=others,
        at=at,
        mode=task.state.mode,
        day=await look(task, wording, at, visit) if _is_moment(at) else None,
        planned=_planned(task),
        due=_due(task, visit),
        now_at=_standing(task, visit) if task.command == "RescheduleVisit" else "",
        announced=_announced(task, visit),
        period=task.state.period,
    )


async def look(task: Task, wording: Wording, at: str, visit: str) -> Day:
    """The day of a local moment."""
    reading, settings = task.reading, task.reading.view.settings
    site, tenant, now = task.site, task.person.tenant, task.reading.view.now
    own = task.words.pages["tasks"]["plan"]
    day = date.fromisoformat(at[:10])
    warnings: list[str] = []
    shut = closed(day, settings)
    if shut is not None:
        warnings.append(own["weekend"] if shut == "weekend" else own["closed"].format(name=shut))
    if day < local_day(now, settings):
        warnings.append(own["past"])
    period = task.state.period
    of_visit = task.command in ("PlanVisit", "RescheduleVisit")
    if of_visit and period is not None and not period.start <= day <= period.end:
        warnings.append(own["outside"])
    due = _due(task, visit)
    if due and at[:10] > due:
        warnings.append(own["after_due"].format(day=wording.day(due)))
    people = await site.store.persons(tenant, {task.person.id, task.state.teacher})
    busy: list[Busy] = []
    for person in (task.person.id, task.state.teacher):
        if person not in people:
            continue
        items = await agenda_on(site, people[person], at[:10], now, settings)
        others = [
            item
            for item in items
            if item.stream != reading.dossier.stream and not _term(task, item)
        ]
        if person == task.person.id:
            busy += await _own(task, others, at)
        else:
            name = wording.name(person)
            busy += [Busy(name, item.at[11:16], "", near(item, at)) for item in others]
    busy += [
        Busy("", item.at[11:16], wording.planned(item.told), near(item, at))
        for item in _own_items(task)
        if item.at[:10] == at[:10] and not _same(task, item, visit)
    ]
    return Day(at[:10], warnings, sorted(busy, key=lambda one: (one.time, one.who)))


def _term(task: Task, item: Item) -> bool:
    """The last day of a term is no appointment; the day on which something begins is."""
    kind = item.told["kind"]
    in_words = task.words.of(item.process)["timers"]
    return "T" not in item.at and kind != "start" and kind in in_words


async def _own(task: Task, items: Sequence[Item], at: str) -> list[Busy]:
    """Items of the planner's own agenda in other cases, each with the name of its case."""
    rows: dict[str, list[Any]] = {}
    for item in items:
        rows.setdefault(item.process, []).append(item.row)
    tenant, settings = task.person.tenant, task.reading.view.settings
    words = {
        process: await wording_for(task.site, tenant, process, shown, task.words, settings)
        for process, shown in rows.items()
    }
    return [
        Busy(
            "",
            item.at[11:16],
            words[item.process].planned(item.told),
            near(item, at),
            words[item.process].case(item.row),
            f"/{item.process}/{item.stream}",
        )
        for item in items
    ]


def _own_items(task: Task) -> list[Item]:
    """What is planned in this very case, as the planner may know it."""
    dossier = task.reading.dossier
    return [
        Item(str(told["at"]), dossier.process, dossier.stream, told) for told in task.reading.agenda
    ]


def _same(task: Task, item: Item, visit: str) -> bool:
    """Whether it is what is being planned anew."""
    kind = item.told["kind"] == _KINDS[task.command]
    if task.command in ("PlanIntake", "PlanDiagnosisVisit"):
        return kind
    return kind and item.told.get("visit") == visit


def _looked(task: Task, sheet: Sheet) -> Sheet:
    """A moment that the address asks about stands in the form; nothing was sent yet."""
    given = task.request.query_params
    if task.tried is not None or "at" not in given:
        return sheet
    usual = "false" if task.state.mode == "unannounced" else "true"
    asked = {"at": given["at"], "announced": given.get("announced", usual)}
    return replace(sheet, sent={**sheet.sent, **asked}, restored="")


def _visit(task: Task) -> tuple[str | None, list[str]]:
    """Which visit it is about, and which else it could be; None where there is none."""
    state, asked = task.state, task.asked("visit")
    if task.command == "PlanVisit":
        return _next(task), []
    if task.command == "RescheduleVisit":
        names = [one.name for one in state.planned_visits]
    elif task.command == "PlanFollowUpTalk":
        names = [one.name for one in state.held_visits if one.talk_held_on is None]
    else:
        return "", []
    if asked:
        return (asked if asked in names else None), [one for one in names if one != asked]
    return (names[0] if names else None), names[1:]


def _next(task: Task) -> str:
    """What the next visit is called that everybody is told of."""
    number = 1
    while f"{ANNOUNCED}{number}" in task.state.visits:
        number += 1
    return f"{ANNOUNCED}{number}"


def _by_chance(task: Task, sheet: Sheet) -> str:
    """What a visit is called that nobody is told of before it was held.

    It follows from nothing: who is told of O2 would know that there is or was an O1. A form that
    comes back keeps it, so that the same form sent once more is the same command.
    """
    stood = (sheet.text("visit"), sheet.text("when:announced=false:visit"))
    name = next((one for one in stood if _BY_CHANCE.fullmatch(one)), "")
    while not name or name in task.state.visits:
        name = "".join(map(secrets.choice, (LETTERS, DIGITS, LETTERS)))
    return name


def _standing(task: Task, visit: str) -> str:
    """When it is planned now."""
    state = task.state
    known = state.visits.get(visit)
    match task.command:
        case "PlanIntake":
            return state.intake.planned_at or ""
        case "PlanDiagnosisVisit":
            return state.diagnosis.planned_at or ""
        case "RescheduleVisit":
            return known.at if known else ""
        case "PlanFollowUpTalk":
            return (known.talk_at or "") if known else ""
        case _:
            return ""


def _announced(task: Task, visit: str) -> bool:
    known = task.state.visits.get(visit)
    return known.announced if known else True


def _due(task: Task, visit: str) -> str:
    """The last day by the case's own terms, if there is one."""
    timer = _TIMERS.get(task.command, "").format(visit=visit)
    steps: list[dict[str, Any]] = task.reading.summary["next"]
    return next((str(step["due"]) for step in steps if step["step"] == timer), "")


def _planned(task: Task) -> list[dict[str, Any]]:
    """What is planned in this case, as the planner may know it."""
    return sorted(task.reading.agenda, key=lambda item: str(item["at"]))


def _is_moment(text: str) -> bool:
    """Whether it is a day, or a moment by the board's own clock."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _A_MOMENT.fullmatch(text) is not None
