"""What stands on the page of one trajectory, put together from what its reader may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from events.rectification import RecordCorrected
from web.wording import Detail, Wording

LINE = ("requested", "intake", "diagnosis", "goal_setting", "guidance", "reporting", "reported")
_PLANNED = {"IntakePlanned": "intake", "DiagnosisVisitPlanned": "diagnosis"}
NO_PLANS: Mapping[str, str] = {}
_ENDS = ("closed", "escalated", "declined", "aborted")
_STEP_OF = {
    "TrajectoryRequested": "requested",
    "IntakePlanned": "intake",
    "IntakeHeld": "diagnosis",
    "DiagnosisVisitHeld": "goal_setting",
    "GoalListFixed": "guidance",
    "FinalReportIssued": "reported",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the step line."""

    name: str
    place: Literal["done", "current", "ahead", "skipped"]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One class visit, with its self-assessment and talk."""

    visit: str
    announced: bool = True
    planned: str | None = None
    held: str | None = None
    cancelled: bool = False
    assessment: str | None = None
    talk_planned: str | None = None
    talk_held: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something still to come: a term, a planned visit or talk, or a task of the reader.

    ``at`` is for when it was planned where ``when`` is a term; ``past``: that was before now.
    ``role`` has the next step where no term names it.
    """

    what: str
    by: str = ""
    when: str = ""
    late: bool = False
    mine: bool = False
    at: str = ""
    past: bool = False
    role: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline; ``corrections`` stand beside what they correct (AVG art. 16).

    ``corrects`` is what this one corrects, where that is shown too; ``correction`` what it says.
    """

    id: str
    kind: str
    title: str
    sentence: str
    by: str
    role: str
    recorded: str
    recorded_at: str
    details: Sequence[Detail]
    correction: str = ""
    corrects: Moment | None = None
    corrections: Sequence[Moment] = ()


def step_line(state: str, timeline: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The stops of a trajectory: behind, here, or still ahead."""
    if state in _ENDS:
        reached = {_STEP_OF.get(item["type"]) for item in timeline} | {"requested"}
        if "diagnosis" in reached:
            # The talk was held, also where nobody had planned it.
            reached.add("intake")
        if "reported" in reached:
            reached.add("reporting")
        stops = [Step(name, "done" if name in reached else "skipped") for name in LINE]
        return [*stops, Step(state, "current")]
    here = LINE.index(state)
    stops = [
        Step(name, "done" if place < here else "current" if place == here else "ahead")
        for place, name in enumerate(LINE)
    ]
    return [*stops, Step("closed", "ahead")]


def visit_rows(timeline: Sequence[Mapping[str, Any]]) -> list[VisitRow]:
    """The class visits in the timeline, in the order in which they came up."""
    rows: dict[str, VisitRow] = {}
    for item in timeline:
        name = item["data"].get("visit")
        if name is None:
            continue
        row = rows.get(name, VisitRow(name))
        rows[name] = replace(row, **_change(item["type"], item["data"]))
    return list(rows.values())


def _change(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case "ClassVisitPlanned" | "ClassVisitRescheduled":
            return {"planned": data["at"]}
        case "UnannouncedVisitPlanned":
            return {"planned": data["at"], "announced": False}
        case "ClassVisitCancelled":
            return {"cancelled": True}
        case "ClassVisitHeld":
            return {"held": data["date"]}
        case "SelfAssessmentSubmitted":
            return {"assessment": "submitted"}
        case "SelfAssessmentOmitted":
            return {"assessment": "omitted"}
        case "FollowUpTalkPlanned":
            return {"talk_planned": data["at"]}
        case "FollowUpTalkCancelled":
            return {"talk_planned": None}
        case "FollowUpTalkHeld":
            return {"talk_held": data["date"]}
        case _:
            return {}


def ahead(
    summary: Mapping[str, Any],
    tasks: Sequence[Mapping[str, Any]],
    visits: Sequence[VisitRow],
    wording: Wording,
    agenda: Sequence[Mapping[str, Any]] = (),
    unsigned: Sequence[str] = (),
    plans: Mapping[str, str] = NO_PLANS,
    now: str = "",
) -> list[Ahead]:
    """What comes next: what waits for the reader or a signature, has a term, or is planned.

    ``visits`` are planned ones where a page tells more of them than its reader's ``agenda`` would,
    ``plans`` moments by step, ``now`` the local time.
    """
    late = set(summary["overdue"])
    plans = {**plans} | {
        f"talk:{row.visit}": row.talk_planned for row in visits if row.talk_planned
    }

    def at(step: str) -> str:
        return wording.local(plans[step]) if step in plans else ""

    terms = {step["step"]: step for step in summary["next"]}
    own = {task["task"]: task for task in tasks}
    found = [
        Ahead(
            wording.task(name),
            when=wording.day(task["due"]) if task["due"] else "",
            late=name in late or task["overdue"],
            mine=True,
            at=at(name),
        )
        for name, task in own.items()
    ]
    if unsigned:
        parties = ", ".join(wording.party(party) for party in unsigned)
        found.append(Ahead(wording.texts.pages["dossier"]["unsigned"].format(parties=parties)))
    found += [
        Ahead(
            wording.timer(name),
            wording.role(step["by"]),
            wording.day(step["due"]),
            name in late,
            at=at(name),
        )
        for name, step in terms.items()
        if name not in own
    ]
    found += [
        Ahead(wording.timer(name), late=True) for name in sorted(late - own.keys() - terms.keys())
    ]
    found += [
        Ahead(wording.planned(item), when=wording.moment(item["at"]))
        for item in agenda
        if item["kind"] not in own and item["kind"] not in terms
    ]
    found += _planned(visits, {*own, *terms}, wording, now)
    return found


def _planned(
    visits: Sequence[VisitRow], named: Collection[str], wording: Wording, now: str
) -> list[Ahead]:
    """Visits and talks to come, the earliest first; those ``named`` already stand elsewhere."""
    coming = [
        (row.planned, f"visit:{row.visit}")
        for row in visits
        if row.planned and not row.held and not row.cancelled
    ] + [
        (row.talk_planned, f"talk:{row.visit}")
        for row in visits
        if row.talk_planned and not row.talk_held
    ]
    return [
        Ahead(wording.intervention(what), when=wording.local(moment), past=moment < now)
        for moment, what in sorted(coming)
        if what not in named
    ]


def plans_of(timeline: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """For when intake and diagnosis visit were planned last, by step."""
    return {
        _PLANNED[item["type"]]: item["data"]["at"] for item in timeline if item["type"] in _PLANNED
    }


def waited_for(summary: Mapping[str, Any], reader: str, wording: Wording) -> list[Ahead]:
    """The next step of a trajectory that no term and no task names, and whose it is."""
    own: Mapping[str, str] = wording.texts.pages["turn"]["step"]
    return [
        Ahead(own[name], wording.role(role), mine=summary[role] == reader, role=role)
        for name, role in _unnamed(summary)
    ]


def without_visit(summary: Mapping[str, Any]) -> bool:
    """Whether a visit is to be planned: in a summary, or in the row of a list."""
    visits = summary["visits"]
    waits = summary["state"] == "guidance" and not summary["suspended"] and not visits["planned"]
    return waits and len(visits["held"]) < visits["agreed"]


def _unnamed(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    if summary["suspended"]:
        return []
    if without_visit(summary):
        return [("visit", "advisor")]
    if summary["state"] == "reported":
        without = [role for role in ("teacher", "client") if role not in summary["receipts"]]
        return [("receipt", role) for role in without] or [("decide", "client")]
    return []


def moments(timeline: Sequence[Mapping[str, Any]], wording: Wording) -> list[Moment]:
    """The timeline in words, newest first."""
    told: dict[str, Moment] = {}
    of: dict[str, list[Moment]] = {}
    for item in timeline:
        moment = _moment(item, wording)
        target = item["data"].get("event")
        if item["type"] == _CORRECTED and target in told:
            moment = replace(moment, corrects=told[target])
            of.setdefault(target, []).append(moment)
        told[moment.id] = moment
    return [
        replace(moment, corrections=tuple(of.get(moment.id, ())))
        for moment in reversed(told.values())
    ]


_CORRECTED = RecordCorrected.__name__


def _moment(item: Mapping[str, Any], wording: Wording) -> Moment:
    kind, data = item["type"], item["data"]
    if kind == _CORRECTED:
        # An id says nothing to people; which event it is, is told beside it.
        data = {field: value for field, value in data.items() if field != "event"}
    return Moment(
        id=item["event_id"],
        kind=kind,
        title=wording.title(kind),
        sentence=wording.sentence(kind, data),
        by=wording.name(item["by"]["person"]) if item["by"]["person"] else "",
        role=wording.role(item["by"]["role"]),
        recorded=wording.instant(item["recorded_at"]),
        recorded_at=item["recorded_at"],
        details=wording.details(data, kind),
        correction=wording.value("correction", data.get("correction", ""), kind),
    )
