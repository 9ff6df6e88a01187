"""The table of a student placement: for each command its step, its rule, and when it is ripe."""

from __future__ import annotations

from events.calendar import local_day
from events.placements.state import Placement
from events.placements.views import case_roles
from workflows.agreements import (
    RequestFreshLink,
    RevokeSigningLink,
    SendSigningLink,
    SignAgreement,
)
from workflows.decision import Context
from workflows.placements import arranging, assessing, guiding, offering, succession
from workflows.placements import commands as c
from workflows.placements.arranging import SIGNING
from workflows.placements.steps import STEPS
from workflows.steps import acting_role
from workflows.succeeding import (
    ReplaceInstituteTrainer,
    ReplaceSchoolLeader,
    ReplaceSchoolTrainer,
)
from workflows.table import Table


def _party(state: Placement, ctx: Context) -> str:
    """The party that this person signs for."""
    mine = case_roles(state, ctx.giver.person, ctx.giver.roles)
    return SIGNING.party_of[acting_role(STEPS[SignAgreement], ctx.giver, mine)]


def _unsigned(state: Placement, ctx: Context) -> bool:
    return SIGNING.has_a_link(state, _party(state, ctx), local_day(ctx.now, ctx.settings))


def _may_ask_anew(state: Placement, ctx: Context) -> bool:
    return SIGNING.may_ask_anew(state, _party(state, ctx), local_day(ctx.now, ctx.settings))


def _some_unsigned(state: Placement, _ctx: Context) -> bool:
    return bool(state.missing(SIGNING.parties))


def _startable(state: Placement, ctx: Context) -> bool:
    seen = state.vog is not None or not state.vog_needed(ctx.settings)
    return seen and local_day(ctx.now, ctx.settings) >= state.start


def _placed(state: Placement, _ctx: Context) -> bool:
    return state.place is not None


def _mentored(state: Placement, _ctx: Context) -> bool:
    return state.mentor is not None


TABLE = Table[Placement](
    commands=c.COMMANDS,
    steps=STEPS,
    rules={
        c.RequestPlacement: offering.request,
        c.RejectRequest: offering.reject,
        c.OfferPlace: offering.offer,
        c.AcceptPlace: offering.accept,
        c.DeclineOffer: offering.decline,
        c.TransferPlacement: offering.transfer,
        c.WithdrawPlacement: offering.withdraw,
        c.AssignMentor: arranging.assign_mentor,
        c.ReplaceMentor: arranging.replace_mentor,
        ReplaceSchoolLeader: succession.school_leader,
        ReplaceSchoolTrainer: succession.school_trainer,
        ReplaceInstituteTrainer: succession.institute_trainer,
        c.CompleteHandover: arranging.complete_handover,
        c.RecordVog: arranging.record_vog,
        c.DraftAgreement: arranging.draft,
        c.AmendAgreement: arranging.amend,
        SignAgreement: SIGNING.sign,
        RequestFreshLink: SIGNING.fresh_link,
        SendSigningLink: SIGNING.send_link,
        RevokeSigningLink: SIGNING.revoke_link,
        c.StartPlacement: arranging.start,
        c.PlanTalk: guiding.plan_talk,
        c.RecordStartTalk: guiding.start_talk,
        c.RecordProgressTalk: guiding.progress_talk,
        c.RecordThreePartyTalk: guiding.three_party_talk,
        c.RecordFinalTalk: guiding.final_talk,
        c.RecordLessonVisit: guiding.lesson_visit,
        c.SubmitSelfAssessment: guiding.self_assessment,
        c.ChangeRoute: guiding.change_route,
        c.InterruptPlacement: guiding.interrupt,
        c.Resume: guiding.resume,
        c.EndPlacementEarly: guiding.end_early,
        c.RegisterGuidanceHours: guiding.register_hours,
        c.AdviseAssessment: assessing.advise,
        c.DecideAssessment: assessing.decide,
        c.CosignAssessment: assessing.cosign,
        c.CompletePlacement: assessing.complete,
    },
    roles=case_roles,
    subjects=frozenset({"student"}),
    ripe={
        c.AssignMentor: lambda state, _: state.mentor is None,
        c.ReplaceMentor: _mentored,
        ReplaceSchoolLeader: _placed,
        ReplaceSchoolTrainer: _placed,
        c.CompleteHandover: lambda state, _: bool(state.handovers),
        c.DraftAgreement: _mentored,
        SignAgreement: _unsigned,
        RequestFreshLink: _may_ask_anew,
        SendSigningLink: _some_unsigned,
        RevokeSigningLink: _some_unsigned,
        c.StartPlacement: _startable,
        c.PlanTalk: lambda state, _: state.mentor is not None and bool(state.talks_ahead),
        c.RecordStartTalk: lambda state, _: "start" in state.talks_ahead,
        c.RecordProgressTalk: lambda state, _: "progress" in state.talks_ahead,
        c.RecordThreePartyTalk: lambda state, _: "three_party" in state.talks_ahead,
        c.RecordFinalTalk: lambda state, _: "final" in state.talks_ahead,
        c.DecideAssessment: lambda state, _: state.advised,
        c.CosignAssessment: lambda state, _: not state.cosigned,
        c.CompletePlacement: lambda state, _: state.talks_complete and state.cosigned,
    },
)
