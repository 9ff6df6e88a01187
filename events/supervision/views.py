"""A supervision trajectory as it is read: summary, tasks and agenda (contract 3, summary)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from events.calendar import local_day
from events.event import amount, fact_json
from events.process import View
from events.recording import CaseIndex
from events.supervision.access import informed
from events.supervision.state import Trajectory, Visit
from events.supervision.terms import open_terms, paused_days, rank, response_term_end
from events.terms import steps_json, tasks_json

PARTIES = ("teacher", "client", "manager", "advisor")


def index(state: Trajectory) -> CaseIndex:
    """What lists need to find the case."""
    parties = {role: getattr(state, role) for role in PARTIES}
    return CaseIndex(
        state=state.phase,
        open=not state.ended,
        parties={role: person for role, person in parties.items() if person},
    )


def summary(state: Trajectory, view: View) -> dict[str, Any]:
    """Where the case stands, as this reader may see it."""
    today = local_day(view.now, view.settings)
    last_day = state.ended_on or today
    start = state.requested_on or last_day
    return {
        "process": "supervision",
        "state": state.phase,
        "suspended": state.suspended,
        "teacher": state.teacher,
        "client": state.client,
        "manager": state.manager,
        "advisor": state.advisor,
        "school": state.school,
        "concerns": list(state.concerns),
        "period": _period(state),
        "visit_mode": state.mode,
        "consent": state.consent.status,
        "visits": _visits(state, view),
        "talks_held": state.talks_held,
        "self_assessments": _assessments(state),
        "goals": _goals(state),
        "goal_list": _goal_list(state),
        "draft_version": state.draft_version,
        "hours_logged": state.hours_total,
        "hours": {name: amount(hours) for name, hours in state.hours.items()},
        "invoice": fact_json(state.invoice) if state.invoice and informed(view) else None,
        "report": _report(state),
        "receipts": sorted(state.receipts),
        "duration_days": (last_day - start).days,
        "suspended_days": len(paused_days(state, today)),
        "overdue": sorted(state.overdue, key=lambda timer: (state.overdue[timer], rank(timer))),
        "next": steps_json(open_terms(state, view.settings, today)),
    }


def _period(state: Trajectory) -> dict[str, str] | None:
    if state.period is None:
        return None
    return {"from": state.period.start.isoformat(), "to": state.period.end.isoformat()}


def planned_for(state: Trajectory, view: View) -> list[Visit]:
    """The class visits still to come that this reader may know of, by instant."""
    if state.ended:
        return []
    return [v for v in state.planned_visits if v.announced or informed(view)]


def _visits(state: Trajectory, view: View) -> dict[str, Any]:
    held = state.held_visits
    return {
        "agreed": state.agreed_visits,
        "planned": [visit.name for visit in planned_for(state, view)],
        "held": [visit.name for visit in held],
        "announced": sum(visit.announced for visit in held),
        "unannounced": sum(not visit.announced for visit in held),
    }


def _assessments(state: Trajectory) -> dict[str, int]:
    counted = Counter(visit.assessment for visit in state.visits.values())
    return {"submitted": counted["submitted"], "omitted": counted["omitted"]}


def _goals(state: Trajectory) -> dict[str, Any]:
    fixed = state.fixed_version is not None
    active = len(state.fixed) if fixed else len(state.active_draft)
    found: dict[str, Any] = {
        "active": active,
        "list_version": state.fixed_version,
        "reached": None,
        "partly": None,
        "not_reached": None,
        "reached_percent": None,
    }
    if state.report is not None:
        results = Counter(state.report.goal_results.get(goal.goal) for goal in state.fixed)
        found.update({name: results[name] for name in ("reached", "partly", "not_reached")})
        percent = Decimal(results["reached"] * 100) / Decimal(active)
        found["reached_percent"] = str(percent.quantize(Decimal("0.1"), ROUND_HALF_UP))
    return found


def _goal_list(state: Trajectory) -> list[dict[str, Any]]:
    """The fixed list; before that, the draft."""
    if state.fixed_version is not None:
        return [goal.model_dump(mode="json") for goal in state.fixed]
    return [
        {
            "goal": name,
            "text": goal.text,
            "area": goal.area,
            "grounds": list(goal.grounds),
            "concerns": list(goal.concerns),
        }
        for name, goal in state.active_draft.items()
    ]


def _report(state: Trajectory) -> dict[str, Any] | None:
    if state.report is None:
        return None
    return {"overall": state.report.overall, "goal_results": dict(state.report.goal_results)}


def tasks(state: Trajectory, view: View) -> list[dict[str, Any]]:
    """What waits for this reader in this case; the due day where there is one."""
    if state.ended or state.suspended:
        return []
    today = local_day(view.now, view.settings)
    found = tasks_json(open_terms(state, view.settings, today), view.rights, today)
    personal = [*_teacher_tasks(state, view, today), *_decider_tasks(state, view)]
    return [*found, *({"task": task, "due": due, "overdue": False} for task, due in personal)]


def _teacher_tasks(state: Trajectory, view: View, today: date) -> list[tuple[str, str | None]]:
    if "teacher" not in view.rights:
        return []
    found: list[tuple[str, str | None]] = []
    before_report = state.phase not in ("requested", "reported")
    if before_report and state.mode and not state.consent.valid:
        found.append(("consent", None))
    for visit in state.held_visits:
        if visit.assessment is None and visit.talk_held_on is None:
            due = visit.talk_at[:10] if visit.talk_at else None
            found.append((f"self_assessment:{visit.name}", due))
    end = response_term_end(state, view.settings, today)
    if end is not None and view.now < end and not state.response_after_issue:
        found.append(("response", local_day(end, view.settings).isoformat()))
    if state.report is not None and "teacher" not in state.receipts:
        found.append(("receipt", None))
    return found


def _decider_tasks(state: Trajectory, view: View) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if state.accepted_at and state.advisor is None and "coordinator" in view.rights:
        found.append(("assign_advisor", None))
    if "client" in view.rights and state.report is not None:
        if "client" not in state.receipts:
            found.append(("receipt", None))
        found.append(("decide", None))
    return found


def agenda(state: Trajectory, view: View) -> list[dict[str, Any]]:
    """What is planned and concerns this reader in person, by instant (local times)."""
    if state.ended or not view.rights & set(PARTIES):
        return []
    found: list[dict[str, Any]] = []
    if state.intake.planned_at and state.intake.held_on is None:
        found.append({"kind": "intake", "at": state.intake.planned_at})
    if view.rights & {"teacher", "advisor", "client"}:
        if state.diagnosis.planned_at and state.diagnosis.held_on is None:
            found.append({"kind": "diagnosis_visit", "at": state.diagnosis.planned_at})
        found.extend(
            {"kind": "class_visit", "visit": v.name, "at": v.at, "announced": v.announced}
            for v in planned_for(state, view)
        )
        found.extend(
            {"kind": "follow_up_talk", "visit": v.name, "at": v.talk_at}
            for v in state.visits.values()
            if v.talk_at and v.talk_held_on is None
        )
    return sorted(found, key=lambda item: item["at"])
