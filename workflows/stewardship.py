"""Hold, restriction and erasure: seven commands that every process has, in every phase (AVG).

A held case is kept whatever term ends; with a restricted one nothing is done but to keep it (art.
18); one is erased (art. 17) by two persons: hr requests, an auditor approves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from events import stewardship as f
from events.case import CaseState
from events.event import Event
from events.process import Story
from events.recording import NoticeDraft
from events.retention import is_due
from workflows.decision import Command, Context, Decision, Refused, Rules
from workflows.fields import Required
from workflows.persons import commands_of, people_of
from workflows.ruling import Case
from workflows.steps import Step, acting_role

S = TypeVar("S", bound=CaseState)
Roles = Callable[[S, str | None, tuple[str, ...]], frozenset[str]]
"""(state, person, roles of the board) -> the roles under which that person acts in the case."""


class PlaceLegalHold(Command):
    reason: Required


class LiftLegalHold(Command):
    reason: Required


class RestrictProcessing(Command):
    ground: f.RestrictionGround
    reason: Required


class LiftRestriction(Command):
    reason: Required


class RequestErasure(Command):
    ground: f.ErasureGround
    reason: Required


class ApproveErasure(Command):
    reason: Required


class DeclineErasure(Command):
    reason: Required


COMMANDS = commands_of(__name__)

_HOLDERS = Step(("hr", "auditor"), frozenset())
_HR = Step(("hr",), frozenset())
_AUDITOR = Step(("auditor",), frozenset())
STEPS: dict[type[Command], Step] = {
    PlaceLegalHold: _HOLDERS,
    LiftLegalHold: _HOLDERS,
    RestrictProcessing: _HR,
    LiftRestriction: _HR,
    RequestErasure: _HR,
    ApproveErasure: _AUDITOR,
    DeclineErasure: _AUDITOR,
}
"""Who gives each of them; all may come in every phase, also after the end."""


@dataclass(frozen=True)
class _Stewards(Generic[S]):
    """The rules of one process's cases."""

    story: Story[S]
    roles: Roles[S]

    def decide(self, state: S, command: Command, ctx: Context) -> Decision:
        mine = self.roles(state, ctx.giver.person, ctx.giver.roles)
        role = acting_role(STEPS[type(command)], ctx.giver, mine)
        if state.version == 0:
            raise Refused("state.not_allowed")
        code = self._against(state, command, ctx)
        if code is not None:
            raise Refused(code)
        return Case(state, ctx, role).accept(_fact(command))

    def _against(self, state: S, command: Command, ctx: Context) -> str | None:
        """The code of the first rule that the case does not meet."""
        return next((code for code, met in self._rules(state, command, ctx) if not met), None)

    def _rules(self, state: S, command: Command, ctx: Context) -> Iterator[tuple[str, bool]]:
        erasure = state.erasure
        match command:
            case PlaceLegalHold():
                yield "hold.already", not state.hold
            case LiftLegalHold():
                yield "hold.not_placed", state.hold
            case RestrictProcessing():
                yield "restriction.already", not state.restricted
            case LiftRestriction():
                yield "restriction.none", state.restricted
            case RequestErasure(ground=ground):
                yield "erasure.already_requested", erasure is None
                yield "erasure.on_hold", not state.hold
                yield "retention.running", self._over(state, ground, ctx)
            case ApproveErasure():
                waiting = erasure if erasure is not None and not erasure.approved_by else None
                yield "erasure.not_requested", waiting is not None
                if waiting is not None:
                    bound = {waiting.requested_by, *self.story.subjects(state)}
                    yield "erasure.same_person", ctx.giver.person not in bound
                    yield "erasure.on_hold", not state.hold
                    yield "retention.running", self._over(state, waiting.ground, ctx)
            case _:
                yield "erasure.not_requested", erasure is not None

    def _over(self, state: S, ground: str, ctx: Context) -> bool:
        """Whether the term is over, where that is the ground."""
        ended, kind = state.ended_at, self.story.retention
        return ground != "retention" or is_due(ended, kind, ctx.settings, ctx.now)

    def offered(self, state: S, kind: type[Command], ctx: Context) -> bool:
        """Whether this person may give the command now, on some ground."""
        words = {"reason": "-", "ground": "unlawful"}
        fields = {field: words[field] for field in kind.model_fields}
        try:
            self.decide(state, kind.model_construct(None, **fields), ctx)
        except Refused:
            return False
        return True

    def notices(self, state: S, event: Event) -> list[NoticeDraft]:
        """Who hears of it: auditors of a request, hr of the answer, all who act of a restriction.

        Also those whom the case is about, who are to know that one is lifted (art. 18(3)).
        """
        match event.data:
            case f.ErasureRequested():
                return [NoticeDraft(kind="erasure_requested", role="auditor", cause=0)]
            case f.ErasureApproved():
                return [NoticeDraft(kind="erasure_approved", role="hr", cause=0)]
            case f.ErasureDeclined():
                return [NoticeDraft(kind="erasure_declined", role="hr", cause=0)]
            case f.ProcessingRestricted() | f.RestrictionLifted():
                lifted = isinstance(event.data, f.RestrictionLifted)
                kind = "restriction_lifted" if lifted else "restricted"
                return [
                    NoticeDraft(kind=kind, role="hr", cause=0),
                    *(NoticeDraft(kind=kind, person=one, cause=0) for one in self._acting(state)),
                ]
            case _:
                return []

    def _acting(self, state: S) -> list[str]:
        """Who acts in the case, or is its subject; not those of whom there is a list only."""
        parties = self.story.index(state).parties
        return sorted({who for part, who in parties.items() if ":" not in part})


def _fact(command: Command) -> Any:
    said: dict[str, Any] = {field: getattr(command, field) for field in type(command).model_fields}
    return _FACT_OF[type(command)](**said)


_FACT_OF: dict[type[Command], type[Any]] = {
    PlaceLegalHold: f.LegalHoldPlaced,
    LiftLegalHold: f.LegalHoldLifted,
    RestrictProcessing: f.ProcessingRestricted,
    LiftRestriction: f.RestrictionLifted,
    RequestErasure: f.ErasureRequested,
    ApproveErasure: f.ErasureApproved,
    DeclineErasure: f.ErasureDeclined,
}


def stewarded(rules: Rules[S], roles: Roles[S]) -> Rules[S]:
    """A process with the commands that all have.

    While it is restricted nobody but hr is told of what happens: notices to others are not kept for
    later, but that it is lifted is told, and all that happened stands in the case.
    """
    stewards = _Stewards(rules.story, roles)
    commands = {**rules.commands, **COMMANDS}

    def decide(state: S, command: Command, ctx: Context) -> Decision:
        ours = type(command) in STEPS
        return (stewards if ours else rules).decide(state, command, ctx)

    def offered(state: S, command: str, ctx: Context) -> bool:
        if command in COMMANDS:
            return stewards.offered(state, COMMANDS[command], ctx)
        return rules.offered(state, command, ctx)

    def notices(before: S, after: S, events: Sequence[Event]) -> list[NoticeDraft]:
        if events and type(events[0].data) in f.CHANGES:
            return stewards.notices(after, events[0])
        told = rules.notices(before, after, events)
        return [one for one in told if one.role == "hr"] if before.restricted else told

    return replace(
        rules,
        commands=commands,
        decide=decide,
        offered=offered,
        notices=notices,
        people=people_of(commands),
    )
