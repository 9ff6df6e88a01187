"""A teacher internship as it is read: summary, tasks, agenda and the agreement's paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from events.agreement import agreement_json
from events.calendar import local_day
from events.internships.facts import PARTIES, PARTY_OF
from events.internships.state import Internship
from events.internships.terms import open_terms
from events.process import Paper, View
from events.recording import CaseIndex
from events.terms import steps_json, task_json

_AT_THE_HOST = frozenset({"teacher", "contact", "supervisor"})
TIMERS = ("start", "evaluation", "sharing")


def index(state: Internship) -> CaseIndex:
    """What lists need to find the case."""
    return CaseIndex(state=state.phase, open=not state.ended, parties=state.parts)


def summary(state: Internship, view: View) -> dict[str, Any]:
    """Where it stands (docs/contract.md 2)."""
    proposed, approved, period = state.proposed, state.approved, state.period
    assert proposed is not None
    return {
        "process": "internships",
        "state": state.phase,
        "teacher": proposed.teacher,
        "school": proposed.school,
        "school_leader": state.school_leader,
        "question": proposed.question,
        "kind": proposed.kind,
        "follows": proposed.follows,
        "period": period and {"from": period[0].isoformat(), "to": period[1].isoformat()},
        "approved": approved is not None,
        "replacement": approved.replacement if approved else None,
        "host": state.host,
        "contact": state.contact,
        "supervisor": state.supervisor,
        "agreement": agreement_json(state, PARTIES),
        "attendance": {
            "agreed": state.agreed,
            "attended": sum(state.half_days.values()),
            "missed": len(state.half_days) - sum(state.half_days.values()),
        },
        "evaluations": {
            "submitted": [party for party in PARTIES if party in state.evaluated],
            "missing": list(state.not_evaluated),
        },
        "shared": state.shared,
        "handovers": [task.json() for task in state.handovers.values()],
        "overdue": sorted(state.overdue, key=lambda t: (state.overdue[t], TIMERS.index(t))),
        "next": steps_json(open_terms(state, view.settings)),
    }


def tasks(state: Internship, view: View) -> list[dict[str, Any]]:
    """What waits for this reader; the due day where there is one."""
    if state.ended:
        return []
    today = local_day(view.now, view.settings)
    due = {term.timer: term.last_day for term in open_terms(state, view.settings)}
    found: list[tuple[str, date | None]] = []
    if "coordinator" in view.rights:
        found += _of_coordinators(state, due, today)
    if "school_leader" in view.rights and state.approved is None:
        found.append(("approve", None))
    for part in sorted(PARTY_OF.keys() & view.rights):
        found += _of_party(state, PARTY_OF[part], due, today)
    if "teacher" in view.rights:
        found += _of_teacher(state, due, today)
    return [task_json(task, day, today) for task, day in found]


def _of_coordinators(
    state: Internship, due: dict[str, date], today: date
) -> list[tuple[str, date | None]]:
    found: list[tuple[str, date | None]] = []
    if state.phase == "proposed" and state.approved:
        found.append(("match_host", None))
    if state.phase == "matched":
        found.append(("draft_agreement" if state.supervisor else "name_supervisor", None))
    if "start" in due and (state.phase == "signed" or due["start"] < today):
        found.append(("start", due["start"]))
    if "evaluation" in due and state.over(today):
        found.append(("evaluation", due["evaluation"]))
    if state.phase == "shared":
        found.append(("close", None))
    return [*found, *((f"handover:{task}", None) for task in state.handovers)]


def _of_party(
    state: Internship, party: str, due: dict[str, date], today: date
) -> list[tuple[str, date | None]]:
    if "start" in due and party in state.missing(PARTIES):
        return [("sign", due["start"])]
    if state.to_evaluate(party, today):
        return [("evaluate", due["evaluation"])]
    return []


def _of_teacher(
    state: Internship, due: dict[str, date], today: date
) -> list[tuple[str, date | None]]:
    found: list[tuple[str, date | None]] = []
    if state.phase == "running" and state.period and len(state.half_days) < state.agreed:
        found.append(("attendance", state.period[1]))
    if "sharing" in due and state.over(today):
        found.append(("sharing", due["sharing"]))
    return found


def agenda(state: Internship, view: View) -> list[dict[str, Any]]:
    """The first day while it lies ahead, the half-days that are planned and not yet recorded, and
    the term days of who has a part in the case."""
    if state.ended or not view.rights & state.parts.keys():
        return []
    today = local_day(view.now, view.settings)
    mine = {PARTY_OF[part] for part in PARTY_OF.keys() & view.rights}
    days: list[tuple[str, date]] = []
    if state.period and state.started_at is None and state.period[0] >= today:
        days.append(("start", state.period[0]))
    for term in open_terms(state, view.settings):
        to_evaluate = term.timer == "evaluation" and mine & set(state.not_evaluated)
        if to_evaluate or (term.timer == "sharing" and "teacher" in mine):
            days.append((term.timer, term.last_day))
    found: list[dict[str, Any]] = [{"kind": kind, "at": day.isoformat()} for kind, day in days]
    if view.rights & _AT_THE_HOST and not state.over(today):
        found += [
            {"kind": "half_day", "at": half["date"], "part": half["part"]}
            for half in state.planned
            if (half["date"], half["part"]) not in state.half_days
        ]
    return found


def paper(state: Internship, version: int) -> Paper | None:
    """The agreement as it was drafted in that version."""
    return state.papers.get(version)
