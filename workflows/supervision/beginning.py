"""Rules up to the diagnosis visit: request, advisor, scope, intake, period and consent."""

from __future__ import annotations

from datetime import date
from typing import get_args

from events.event import Fact
from events.recording import Claim
from events.supervision import facts as f
from events.supervision import words
from workflows.decision import Decision, Refused
from workflows.supervision import commands as c
from workflows.supervision.ruling import Case, logged

TOPICS = frozenset(get_args(words.Topic))
MOST_VISITS = 99
"""A slip of the keyboard, not an agreement, is above this."""
CONSENT_ITEMS = frozenset(get_args(words.ConsentItem))
POINTS = (
    "lesson_change",
    "differentiated_instruction",
    "differentiated_processing",
    "working_with_strategies",
)


def open_trajectory_claim(teacher: str) -> Claim:
    """One open trajectory a teacher (domain 2.1)."""
    return Claim(kind="open_trajectory", subject=teacher, refusal="trajectory.already_open")


def request(case: Case, command: c.RequestTrajectory) -> Decision:
    if not command.concerns:
        raise Refused("request.concern_missing", "concerns")  # 004 T4-04
    fact = f.TrajectoryRequested(
        teacher=command.teacher,
        client=command.client,
        manager=command.manager,
        school=command.school,
        concerns=tuple(f.Concern(concern=x.concern, text=x.text) for x in command.concerns),
        earlier_guidance=command.earlier_guidance,
        visits=case.ctx.settings.visits_default,
    )
    return case.accept(fact, claims=[open_trajectory_claim(command.teacher)])


def accept_request(case: Case, command: c.AcceptRequest) -> Decision:
    _undecided(case)
    return case.accept(f.TrajectoryAccepted(hourly_rate=command.hourly_rate))


def decline_request(case: Case, command: c.DeclineRequest) -> Decision:
    _undecided(case)
    claim = open_trajectory_claim(case.state.teacher)
    return case.accept(f.TrajectoryDeclined(reason=command.reason), releases=[claim])


def _undecided(case: Case) -> None:
    if case.state.accepted_at is not None:
        raise Refused("state.not_allowed")


def assign_advisor(case: Case, command: c.AssignAdvisor) -> Decision:
    if case.state.advisor is not None:
        raise Refused("state.not_allowed")
    _impartial(case, command.advisor)
    return case.accept(f.AdvisorAssigned(advisor=command.advisor))


def replace_advisor(case: Case, command: c.ReplaceAdvisor) -> Decision:
    previous = case.state.advisor
    if previous is None:
        raise Refused("state.not_allowed")
    if command.advisor == previous:
        raise Refused("command.invalid", "advisor")
    _impartial(case, command.advisor)
    return case.accept(
        f.AdvisorReplaced(advisor=command.advisor, previous=previous, category=command.category)
    )


def _impartial(case: Case, advisor: str) -> None:
    if advisor in (case.state.manager, case.state.teacher):
        raise Refused("advisor.conflict", "advisor")


def estimate_scope(case: Case, command: c.EstimateScope) -> Decision:
    settings = case.ctx.settings
    visits = command.visits
    if visits is None or not settings.visits_min <= visits <= MOST_VISITS:
        raise Refused("scope.visits_out_of_range", "visits")  # 004 T4-32
    if visits > settings.visits_max and not command.client_agrees:
        raise Refused("scope.visits_out_of_range", "visits")
    return case.accept(
        f.ScopeEstimated(visits=visits, hours=command.hours, client_agrees=command.client_agrees)
    )


def plan_intake(case: Case, command: c.PlanIntake) -> Decision:
    return case.accept(f.IntakePlanned(at=command.at))


def record_intake(case: Case, command: c.RecordIntake) -> Decision:
    present = command.present or ()
    if not {"manager", "teacher"} <= set(present):
        raise Refused("intake.party_missing", "present")  # 004 T4-15
    if set(command.topics or ()) != TOPICS:
        raise Refused("intake.topic_missing", "topics")  # 004 T4-16 to T4-18
    day = case.day(command.date)
    held = f.IntakeHeld(
        date=day,
        present=present,
        topics=command.topics or (),
        agreements=command.agreements or (),
    )
    return case.accept(held, *logged("intake", command.hours), on=day)


def agree_period(case: Case, command: c.AgreePeriod) -> Decision:
    if case.state.period is not None:
        raise Refused("state.not_allowed")
    case.this_client(command.client)
    start, end = command.from_, command.to
    if start is None or end is None or end <= start:
        raise Refused("period.invalid", "from" if start is None else "to")  # 004 T4-44
    if command.client is None:
        raise Refused("period.client_missing", "client")  # 004 T4-45
    return case.accept(f.PeriodAgreed(**{"from": start}, to=end, client=command.client))


def extend_period(case: Case, command: c.ExtendPeriod) -> Decision:
    period = case.state.period
    if period is None:
        raise Refused("state.not_allowed")
    case.this_client(command.client)
    if command.to is None or date.fromisoformat(command.to) <= period.end:
        raise Refused("period.invalid", "to")
    if command.client is None:
        raise Refused("period.client_missing", "client")
    return case.accept(
        f.PeriodExtended(
            to=command.to,
            previous_to=period.end.isoformat(),
            client=command.client,
            reason=command.reason,
        )
    )


def agree_visit_mode(case: Case, command: c.AgreeVisitMode) -> Decision:
    case.this_client(command.client)
    return case.accept(f.VisitModeAgreed(mode=command.mode, client=command.client))  # 004 T4-36


def record_consent(case: Case, command: c.RecordTeacherConsent) -> Decision:
    items = command.items or ()
    if set(items) != CONSENT_ITEMS:
        raise Refused("consent.incomplete", "items")  # 004 T4-46 to T4-52, T4-55
    return case.accept(
        f.TeacherConsentRecorded.model_validate({"items": items, "mode": case.state.mode})
    )


def refuse_consent(case: Case, command: c.RefuseConsent) -> Decision:
    if case.state.consent.valid:
        raise Refused("state.not_allowed")
    return case.accept(f.TeacherConsentRefused(item=command.item, reason=command.reason))


def withdraw_consent(case: Case, command: c.WithdrawConsent) -> Decision:
    if not case.state.consent.valid:
        raise Refused("state.not_allowed")
    return case.accept(f.TeacherConsentWithdrawn(reason=command.reason))


def plan_diagnosis(case: Case, command: c.PlanDiagnosisVisit) -> Decision:
    if not command.announced:
        raise Refused("diagnosis.must_be_announced", "announced")  # 004 T4-19
    return case.accept(f.DiagnosisVisitPlanned(at=command.at, announced=True))


def record_diagnosis(case: Case, command: c.RecordDiagnosisVisit) -> Decision:
    if case.state.diagnosis.planned_at is None:
        raise Refused("state.not_allowed")
    given = command.observations or {}
    for point in (*POINTS, *given):
        answer = given.get(point)
        if answer is None or not answer.note:
            raise Refused("diagnosis.points_missing", f"observations.{point}")  # 004 T4-23..26
    day = case.day(command.date)
    observations = {
        point: f.Observation(seen=answer.seen, note=answer.note or "")
        for point, answer in given.items()
        if answer is not None
    }
    held: Fact = f.DiagnosisVisitHeld(date=day, observations=observations)
    return case.accept(held, *logged("diagnosis", command.hours), on=day)
