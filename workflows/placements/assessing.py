"""Rules of the assessment: mentor and school advise, the college decides, the board co-signs."""

from __future__ import annotations

from events.placements import facts as f
from events.placements.state import Placement
from workflows.decision import Decision, Refused
from workflows.placements import commands as c
from workflows.placements.offering import held
from workflows.ruling import Case


def advise(case: Case[Placement], command: c.AdviseAssessment) -> Decision:
    advised = {"role": case.role, "advice": command.advice, "text": command.text}
    return case.accept(f.AssessmentAdvised.model_validate(advised))


def decide(case: Case[Placement], command: c.DecideAssessment) -> Decision:
    if not case.state.advised:
        raise Refused("assessment.advice_missing")
    return case.accept(f.AssessmentDecided(outcome=command.outcome, grounds=command.grounds))


def cosign(case: Case[Placement], _command: c.CosignAssessment) -> Decision:
    if case.state.cosigned:
        raise Refused("state.not_allowed")
    return case.accept(f.AssessmentCosigned())  # 003 T3-11


def complete(case: Case[Placement], _command: c.CompletePlacement) -> Decision:
    state = case.state
    if not state.talks_complete:
        raise Refused("talks.missing")
    if state.outcome is None:
        raise Refused("assessment.advice_missing")
    if not state.cosigned:
        raise Refused("assessment.cosignature_missing")
    return case.accept(f.PlacementCompleted(), releases=held(state))
