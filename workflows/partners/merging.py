"""Two entries for one partner become one: the other one takes over what is kept of this."""

from __future__ import annotations

from collections.abc import Sequence

from events.event import PROCESS_ROLE
from events.partners import facts as f
from events.partners.state import LIVE, Partner
from events.recording import Delivered, Need
from workflows.decision import Context, Decision, Errand, Refused
from workflows.partners import commands as c
from workflows.ruling import Case

_GOES_ON = tuple(sorted(LIVE | {"prospect", "assessed"}))


def merge(case: Case[Partner], command: c.MergePartners) -> Decision:
    if command.into == case.ctx.stream:
        raise Refused("partner.merge_impossible", "into")
    need = Need(
        process="partners",
        stream=command.into,
        states=_GOES_ON,
        refusal="partner.merge_impossible",
    )
    return case.accept(f.PartnersMerged(into=command.into, reason=command.reason), needs=[need])


def take_over(case: Case[Partner], command: c.TakeOverPartner) -> Decision:
    return case.accept(f.PartnerTakenOver.model_validate(command.model_dump(by_alias=True)))


def errands(state: Partner) -> Sequence[Errand]:
    """Contacts and agreements go to the other partner, until that has answered."""
    merge = state.merge
    if merge is None or merge.answered:
        return ()
    agreements = [
        one.terms.model_dump(mode="json", by_alias=True, exclude_none=True)
        for one in state.agreements.values()
    ]
    return (
        Errand(
            key="merge",
            cause=merge.cause,
            process="partners",
            command="TakeOverPartner",
            data={
                "partner": merge.of,
                "contacts": list(state.contacts),
                "agreements": agreements,
            },
            streams=(merge.into,),
        ),
    )


def run_errand(state: Partner, _errand: Errand, delivered: Delivered, ctx: Context) -> Decision:
    """A partner that has ended meanwhile takes nothing over; then all of it stands here only."""
    if not state.merging:
        raise Refused("state.not_allowed")
    completed = f.MergeCompleted(taken_over=delivered.given > 0)
    return Case(state, ctx, PROCESS_ROLE).accept(completed)
