"""Rules of the goal list, the class visits and their talks."""

from __future__ import annotations

from datetime import date

from events.event import Fact
from events.supervision import facts as f
from workflows.decision import Decision, Refused
from workflows.supervision import commands as c
from workflows.supervision.ruling import Case, logged

SEVERAL = (" en ", "/", ";")


def _single_warning(text: str) -> list[str]:
    """A goal that may be more than one (domain 1.1 d): a warning, never a refusal."""
    return ["goals.maybe_not_single"] if any(x in text.lower() for x in SEVERAL) else []


def draft_goal(case: Case, command: c.DraftGoal) -> Decision:
    state = case.state
    if command.goal in state.goals:
        raise Refused("command.invalid", "goal")
    concerns = command.concerns or ()
    if not set(concerns) <= set(state.concerns):
        raise Refused("command.invalid", "concerns")
    if len(state.active_draft) >= case.ctx.settings.goals_max:
        raise Refused("goals.too_many", "goal")  # 004 T4-29
    if not command.single:
        raise Refused("goals.not_single", "single")  # 004 T4-30
    if not command.grounds:
        raise Refused("goals.no_ground", "grounds")  # 004 T4-27, T4-28
    fact = f.GoalDrafted(
        goal=command.goal,
        text=command.text,
        area=command.area,
        grounds=command.grounds,
        single=True,
        concerns=concerns,
        version=state.draft_version + 1,
    )
    return case.accept(fact, warnings=_single_warning(command.text))


def reword_goal(case: Case, command: c.RewordGoal) -> Decision:
    _active(case, command.goal)
    if not command.single:
        raise Refused("goals.not_single", "single")
    version = case.state.draft_version + 1
    fact = f.GoalReworded(goal=command.goal, text=command.text, single=True, version=version)
    return case.accept(fact, warnings=_single_warning(command.text))


def drop_goal(case: Case, command: c.DropGoal) -> Decision:
    _active(case, command.goal)
    version = case.state.draft_version + 1
    return case.accept(f.GoalDropped(goal=command.goal, reason=command.reason, version=version))


def _active(case: Case, goal: str) -> None:
    if goal not in case.state.active_draft:
        raise Refused("command.invalid", "goal")


def consult_client(case: Case, command: c.RecordClientConsultation) -> Decision:
    state = case.state
    case.this_client(command.client)
    if not state.active_draft:
        raise Refused("goals.empty")
    if command.version is None or command.version != state.draft_version:
        raise Refused("goals.version_stale", "version")
    fact = f.ClientConsultedOnGoals(
        version=command.version, client=command.client, remark=command.remark
    )
    return case.accept(fact, *logged("consultation", command.hours))


def fix_goal_list(case: Case, command: c.FixGoalList) -> Decision:
    state = case.state
    version = state.draft_version
    if state.fixed_version == version:
        raise Refused("state.not_allowed")
    if not state.active_draft:
        raise Refused("goals.empty")
    if state.consulted_version != version:
        raise Refused("goals.client_not_consulted")  # 004 T4-21
    if not state.consent.valid:
        raise Refused("consent.missing")
    if state.period is None:
        raise Refused("period.missing")
    goals = tuple(
        f.Goal(goal=name, text=g.text, area=g.area, grounds=g.grounds, concerns=g.concerns)
        for name, g in state.active_draft.items()
    )
    kind = f.GoalListFixed if state.fixed_version is None else f.GoalListAmended
    return case.accept(kind(version=version, goals=goals))


def plan_visit(case: Case, command: c.PlanVisit) -> Decision:
    if command.visit in case.state.visits:
        raise Refused("command.invalid", "visit")
    _visit_allowed(case, command.at, command.announced)
    kind = f.ClassVisitPlanned if command.announced else f.UnannouncedVisitPlanned
    return case.accept(kind(visit=command.visit, at=command.at))


def reschedule_visit(case: Case, command: c.RescheduleVisit) -> Decision:
    visit = case.planned_visit(command.visit)
    _visit_allowed(case, command.at, visit.announced)
    fact = f.ClassVisitRescheduled(visit=visit.name, at=command.at, previous_at=visit.at)
    return case.accept(fact)


def _visit_allowed(case: Case, at: str, announced: bool) -> None:
    state = case.state
    if not state.consent.valid:
        raise Refused("consent.missing")
    day = date.fromisoformat(at[:10])
    if state.period is None or not state.period.start <= day <= state.period.end:
        raise Refused("visit.outside_period", "at")
    if not announced and state.mode not in ("unannounced", "both"):
        raise Refused("visit.unannounced_not_agreed", "announced")  # 004 T4-36


def cancel_visit(case: Case, command: c.CancelVisit) -> Decision:
    visit = case.planned_visit(command.visit)
    return case.accept(f.ClassVisitCancelled(visit=visit.name, at=visit.at, reason=command.reason))


def record_visit(case: Case, command: c.RecordVisit) -> Decision:
    visit = case.visit(command.visit)
    findings = command.findings or ()
    if not {finding.goal for finding in findings} <= case.state.fixed_names:
        raise Refused("command.invalid", "findings")
    visit = case.planned_visit(command.visit)
    day = case.day(command.date)
    case.consented_on(day)
    for index, finding in enumerate(findings):
        if not finding.example:
            raise Refused("visit.example_missing", f"findings.{index}.example")
    if not findings:
        raise Refused("visit.example_missing", "findings")
    held: Fact = f.ClassVisitHeld(
        visit=visit.name,
        date=day,
        findings=tuple(
            f.Finding(goal=x.goal, seen=x.seen, example=x.example or "") for x in findings
        ),
        second_observer=command.second_observer,
    )
    return case.accept(held, *logged(f"visit:{visit.name}", command.hours), on=day)


def plan_talk(case: Case, command: c.PlanFollowUpTalk) -> Decision:
    visit = case.visit(command.visit)
    _not_before_visit(case, command.visit, command.at[:10], "at")
    visit = case.held_visit(command.visit)
    if visit.talk_held_on is not None:
        raise Refused("state.not_allowed")
    return case.accept(f.FollowUpTalkPlanned(visit=visit.name, at=command.at))


def _not_before_visit(case: Case, name: str, day: str, field: str) -> None:
    held_on = case.visit(name).held_on
    if held_on is not None and day < held_on.isoformat():
        raise Refused("command.invalid", field)


def record_talk(case: Case, command: c.RecordFollowUpTalk) -> Decision:
    day = case.day(command.date)
    _not_before_visit(case, command.visit, day, "date")
    visit = case.held_visit(command.visit)
    if visit.talk_held_on is not None:
        raise Refused("state.not_allowed")
    case.consented_on(day)
    if visit.assessment is None:
        raise Refused("talk.self_assessment_missing")  # 004 T4-52
    instructions = tuple(text for text in command.instructions or () if text)
    parts = {
        "goal_list": command.goal_list,
        "reflection": command.reflection,
        "instructions": instructions,
    }
    for part, value in parts.items():
        if not value:
            raise Refused("talk.parts_missing", part)  # 004 T4-33 to T4-35
    held: Fact = f.FollowUpTalkHeld(
        visit=visit.name,
        date=day,
        channel=command.channel,
        goal_list=command.goal_list or "",
        reflection=command.reflection or "",
        instructions=instructions,
    )
    return case.accept(held, *logged(f"talk:{visit.name}", command.hours), on=day)


def submit_self_assessment(case: Case, command: c.SubmitSelfAssessment) -> Decision:
    state = case.state
    case.visit(command.visit)
    ratings = command.ratings or {}
    if not set(ratings) <= state.fixed_names:
        raise Refused("command.invalid", "ratings")
    visit = case.held_visit(command.visit)
    if set(ratings) != state.fixed_names:
        raise Refused("selfassessment.incomplete", "ratings")
    if visit.assessment is not None or visit.talk_held_on is not None:
        raise Refused("selfassessment.closed")
    fact = f.SelfAssessmentSubmitted(
        visit=visit.name, ratings=ratings, list_version=state.fixed_version or 0
    )
    return case.accept(fact)


def omit_self_assessment(case: Case, command: c.RecordSelfAssessmentOmission) -> Decision:
    visit = case.held_visit(command.visit)
    if visit.assessment is not None or visit.talk_held_on is not None:
        raise Refused("selfassessment.closed")
    return case.accept(f.SelfAssessmentOmitted(visit=visit.name, reason=command.reason))


def report_timetable_change(case: Case, command: c.ReportTimetableChange) -> Decision:
    """The clash, if any, stands in the advisor's notice only (contract 3)."""
    day = case.day(command.date)
    fact = f.TimetableChangeReported(date=day, change=command.change)
    return case.accept(fact)  # 004 T4-47
