"""Rules from the start on: half-days, evaluations, sharing, and the ways in which it ends."""

from __future__ import annotations

from datetime import date

from events.internships import facts as f
from events.internships.state import Internship
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.internships.hosting import in_person, still_there
from workflows.internships.matching import days_claim
from workflows.ruling import Case


def start(case: Case[Internship], command: c.StartInternship) -> Decision:
    day = case.day(command.date)
    if date.fromisoformat(day) < _days(case.state)[0]:
        raise Refused("state.not_allowed")
    started = f.InternshipStarted(date=day)
    return case.accept(started, on=day, needs=[still_there(case.state)])


def record_half_day(case: Case[Internship], command: c.RecordHalfDay) -> Decision:
    state = case.state
    first, last = _days(state)
    if not first <= date.fromisoformat(command.date) <= last:
        raise Refused("command.invalid", "date")
    if (command.date, command.part) in state.half_days:
        raise Refused("command.invalid", "part")
    if len(state.half_days) >= state.agreed:
        raise Refused("state.not_allowed")
    if command.attended:
        attended = f.HalfDayAttended(date=command.date, part=command.part, reason=command.reason)
        return case.accept(attended, on=command.date)
    assert command.reason is not None
    missed = f.HalfDayMissed(date=command.date, part=command.part, reason=command.reason)
    return case.accept(missed, on=command.date)


def evaluate(case: Case[Internship], command: c.SubmitEvaluation) -> Decision:
    party = f.PARTY_OF[case.role]
    if not case.state.to_evaluate(party, case.today):
        raise Refused("state.not_allowed")
    evaluation = f.EvaluationSubmitted(party=party, text=command.text, worth=command.worth)
    return in_person(case, case.accept(evaluation))


def share(case: Case[Internship], command: c.ShareOutcome) -> Decision:
    if not case.state.over(case.today) or case.state.shared:
        raise Refused("state.not_allowed")
    shared = f.OutcomeShared.model_validate(
        {"with": command.with_, "what": command.what, "material": command.material}
    )
    return case.accept(shared)


def close(case: Case[Internship], _command: c.CloseInternship) -> Decision:
    return case.accept(f.InternshipClosed())


def cancel(case: Case[Internship], command: c.CancelInternship) -> Decision:
    free = days_claim(case.state.parts["teacher"])
    return case.accept(f.InternshipCancelled(reason=command.reason), releases=[free])


def end_early(case: Case[Internship], command: c.EndInternshipEarly) -> Decision:
    free = days_claim(case.state.parts["teacher"])
    return case.accept(f.InternshipEndedEarly(reason=command.reason), releases=[free])


def _days(state: Internship) -> tuple[date, date]:
    assert state.period is not None
    return state.period
