"""Rules of the placement itself: talks, visits, hours, interruption, and ending it early (003)."""

from __future__ import annotations

from datetime import date

from events.placements import facts as f
from events.placements.state import Placement
from workflows.decision import Decision, Refused
from workflows.placements import commands as c
from workflows.placements.offering import held, qualified, room_left
from workflows.ruling import Case


def plan_talk(case: Case[Placement], command: c.PlanTalk) -> Decision:
    """Not before there is a mentor: that is who talks with the student in all of them."""
    if case.state.mentor is None:
        raise Refused("state.not_allowed")
    _may_come(case, command.talk)
    return case.accept(f.TalkPlanned(talk=command.talk, at=command.at))


def _may_come(case: Case[Placement], talk: f.Talk) -> None:
    if talk not in case.state.talks_ahead:
        raise Refused("state.not_allowed")


def start_talk(case: Case[Placement], command: c.RecordStartTalk) -> Decision:
    _may_come(case, "start")
    day = case.day(command.date)
    return case.accept(f.StartTalkHeld(date=day, text=command.text), on=day)


def progress_talk(case: Case[Placement], command: c.RecordProgressTalk) -> Decision:
    """After the assessment only one that was forgotten: completion asks for it."""
    _may_come(case, "progress")
    day = case.day(command.date)
    talk = f.ProgressTalkHeld(date=day, judgement=command.judgement, text=command.text)
    return case.accept(talk, on=day)


def three_party_talk(case: Case[Placement], command: c.RecordThreePartyTalk) -> Decision:
    _may_come(case, "three_party")
    day = case.day(command.date)
    return case.accept(f.ThreePartyTalkHeld(date=day, text=command.text), on=day)


def final_talk(case: Case[Placement], command: c.RecordFinalTalk) -> Decision:
    _may_come(case, "final")
    day = case.day(command.date)
    return case.accept(f.FinalTalkHeld(date=day, text=command.text), on=day)


def lesson_visit(case: Case[Placement], command: c.RecordLessonVisit) -> Decision:
    day = case.day(command.date)
    return case.accept(f.LessonVisitHeld(date=day, text=command.text), on=day)


def self_assessment(case: Case[Placement], command: c.SubmitSelfAssessment) -> Decision:
    return case.accept(f.SelfAssessmentSubmitted(text=command.text))


def change_route(case: Case[Placement], command: c.ChangeRoute) -> Decision:
    before = case.state.route
    if command.route == before:
        raise Refused("command.invalid", "route")
    changed = {"route": command.route, "previous_route": before, "reason": command.reason}
    return case.accept(f.RouteChanged.model_validate(changed))


def interrupt(case: Case[Placement], command: c.InterruptPlacement) -> Decision:
    if "note" in command.model_fields_set:
        raise Refused("suspend.note_not_allowed", "note")
    return case.accept(f.PlacementInterrupted(category=command.category))


def resume(case: Case[Placement], command: c.Resume) -> Decision:
    """``to`` moves the end of the period, for which the school needs room too."""
    state = case.state
    assert state.interrupted_since is not None
    assert state.place is not None
    resumed = f.PlacementResumed(days=(case.today - state.interrupted_since).days)
    if command.to is None:
        return case.accept(resumed)
    before, end = state.end.isoformat(), date.fromisoformat(command.to)
    if end <= state.end:
        raise Refused("period.invalid", "to")
    school = qualified(case, state.place.school, end)
    return case.accept(
        resumed,
        f.PeriodExtended(to=command.to, previous_to=before),
        claims=room_left(case, school, end),
        releases=held(state),
    )


def end_early(case: Case[Placement], command: c.EndPlacementEarly) -> Decision:
    return case.accept(f.PlacementEndedEarly(reason=command.reason), releases=held(case.state))


def register_hours(case: Case[Placement], command: c.RegisterGuidanceHours) -> Decision:
    day = case.day(command.date)
    booked = {"role": case.role, "hours": command.hours, "date": day}
    return case.accept(f.GuidanceHoursRegistered.model_validate(booked), on=day)
