"""A teacher internship as a table: who may do what when, and the rule that decides it."""

from __future__ import annotations

from datetime import date

from events.calendar import local_day
from events.internships.access import case_roles
from events.internships.facts import PARTIES, PARTY_OF
from events.internships.state import Internship
from workflows.decision import Context
from workflows.internships import agreeing, hosting, matching, running
from workflows.internships import commands as c
from workflows.internships.agreeing import SIGNING
from workflows.steps import Step
from workflows.table import Table

UNSIGNED = frozenset({"agreement_drafted", "partially_signed"})
SIGNABLE = UNSIGNED | {"signed"}
UNDRAFTED = frozenset({"proposed", "matched"})
BEFORE = UNDRAFTED | SIGNABLE
RUNNING = frozenset({"running"})
STARTED = RUNNING | {"evaluated", "shared"}
OPEN = BEFORE | STARTED
HOSTED = OPEN - {"proposed"}
_PARTIES = tuple(PARTY_OF)

STEPS = {
    c.ProposeInternship: Step(("teacher",), frozenset({""})),
    c.ApproveInternship: Step(("school_leader",), frozenset({"proposed"})),
    c.MatchHost: Step(("coordinator",), UNDRAFTED),
    c.NameHostSupervisor: Step(("coordinator",), frozenset({"matched"})),
    c.DraftAgreement: Step(("coordinator",), frozenset({"matched"})),
    c.AmendAgreement: Step(("coordinator",), SIGNABLE),
    c.SignAgreement: Step(_PARTIES, SIGNABLE | STARTED),
    c.RequestFreshLink: Step(("contact",), UNSIGNED | RUNNING),
    c.SendSigningLink: Step(("coordinator",), UNSIGNED | RUNNING),
    c.RevokeSigningLink: Step(("coordinator",), UNSIGNED | RUNNING),
    c.StartInternship: Step(
        ("coordinator", "teacher"),
        frozenset({"signed"}),
        early="agreement.not_fully_signed",
        early_in=UNDRAFTED | UNSIGNED,
    ),
    c.RecordHalfDay: Step(("teacher", "coordinator", "contact"), RUNNING),
    c.ReplaceHostSupervisor: Step(("coordinator",), HOSTED),
    c.ReplaceHostContact: Step(("coordinator",), HOSTED),
    c.ReplaceSchoolLeader: Step(("coordinator",), OPEN),
    c.CompleteHandover: Step(("coordinator", "teacher"), HOSTED),
    c.SubmitEvaluation: Step(_PARTIES, RUNNING),
    c.ShareOutcome: Step(("teacher",), RUNNING | {"evaluated"}),
    c.CloseInternship: Step(
        ("coordinator",),
        frozenset({"shared"}),
        early="sandwich.after_missing",  # 002 T2-37
        early_in=STARTED - {"shared"},
    ),
    c.CancelInternship: Step(("teacher", "school_leader", "coordinator"), BEFORE),
    c.EndInternshipEarly: Step(("coordinator", "school_leader"), STARTED),
}


def _today(ctx: Context) -> date:
    return local_day(ctx.now, ctx.settings)


def _parties(state: Internship, ctx: Context) -> set[str]:
    """For which parties this person acts."""
    held = case_roles(state, ctx.giver.person, ctx.giver.roles)
    return {party for part, party in PARTY_OF.items() if part in held}


def _some_link(state: Internship, ctx: Context) -> bool:
    """Whether something is asked of a party for which it has a link."""
    return any(SIGNING.has_a_link(state, party, _today(ctx)) for party in PARTIES)


def _recordable(state: Internship, ctx: Context) -> bool:
    """Whether some half-day up to today is still without a record."""
    assert state.period is not None
    days = (min(_today(ctx), state.period[1]) - state.period[0]).days + 1
    return len(state.half_days) < min(state.agreed, 2 * days)


TABLE = Table[Internship](
    commands=c.COMMANDS,
    steps=STEPS,
    rules={
        c.ProposeInternship: matching.propose,
        c.ApproveInternship: matching.approve,
        c.ReplaceSchoolLeader: matching.replace_leader,
        c.MatchHost: hosting.match_host,
        c.ReplaceHostContact: hosting.replace_contact,
        c.NameHostSupervisor: hosting.name_supervisor,
        c.ReplaceHostSupervisor: hosting.replace_supervisor,
        c.CompleteHandover: hosting.complete_handover,
        c.DraftAgreement: agreeing.draft,
        c.AmendAgreement: agreeing.amend,
        c.SignAgreement: agreeing.sign,
        c.RequestFreshLink: SIGNING.fresh_link,
        c.SendSigningLink: SIGNING.send_link,
        c.RevokeSigningLink: SIGNING.revoke_link,
        c.StartInternship: running.start,
        c.RecordHalfDay: running.record_half_day,
        c.SubmitEvaluation: running.evaluate,
        c.ShareOutcome: running.share,
        c.CloseInternship: running.close,
        c.CancelInternship: running.cancel,
        c.EndInternshipEarly: running.end_early,
    },
    roles=case_roles,
    subjects=frozenset({"teacher"}),
    ripe={
        c.ApproveInternship: lambda state, _: state.approved is None,
        c.MatchHost: lambda state, _: state.approved is not None,
        c.NameHostSupervisor: lambda state, _: state.supervisor is None,
        c.ReplaceHostSupervisor: lambda state, _: state.supervisor is not None,
        c.CompleteHandover: lambda state, _: bool(state.handovers),
        c.DraftAgreement: lambda state, _: state.supervisor is not None,
        c.SignAgreement: lambda state, ctx: bool(
            _parties(state, ctx) & set(state.missing(PARTIES))
        ),
        c.RequestFreshLink: lambda state, ctx: SIGNING.may_ask_anew(state, "host", _today(ctx)),
        c.SendSigningLink: _some_link,
        c.RevokeSigningLink: _some_link,
        c.StartInternship: lambda state, ctx: (
            state.period is not None and _today(ctx) >= state.period[0]
        ),
        c.RecordHalfDay: _recordable,
        c.SubmitEvaluation: lambda state, ctx: any(
            state.to_evaluate(party, _today(ctx)) for party in _parties(state, ctx)
        ),
        c.ShareOutcome: lambda state, ctx: state.over(_today(ctx)) and not state.shared,
    },
)
