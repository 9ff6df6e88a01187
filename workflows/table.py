"""A process as a table: for each command who may give it and when, and the rule that decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from events.case import CaseState
from events.event import PROCESS_ROLE, Event
from events.process import Story
from events.recording import NoticeDraft
from events.settings import TenantSettings
from workflows.decision import Command, Context, Deadline, Decision, Refused, Rules
from workflows.persons import people_of
from workflows.rectifying import CorrectRecord, correct_record
from workflows.ruling import Case, not_in_the_future
from workflows.steps import Step, acting_role, check_phase
from workflows.stewardship import stewarded
from workflows.waiting import no_deadlines, passing

S = TypeVar("S", bound=CaseState)
Rule = Callable[[Case[S], Any], Decision]
Ripe = Callable[[S, Context], bool]
"""Whether a command that may come now can be right with some data."""

CORRECTING = Step(("hr",), frozenset(), suspended=True)
"""Rectification may come in every phase, also after the end."""


@dataclass(frozen=True)
class Table(Generic[S]):
    """The deciding part of a process.

    steps and rules have a row for each command but those that all processes share: CorrectRecord
    and those of `workflows.stewardship`.
    roles(state, person, roles of the board): the roles under which somebody has a part in the case.
    subjects: roles that take their own steps in person. ripe: what can only be refused is not
    offered. ahead: commands whose date may lie in the future.
    """

    commands: Mapping[str, type[Command]]
    steps: Mapping[type[Command], Step]
    rules: Mapping[type[Command], Rule[S]]
    roles: Callable[[S, str | None, tuple[str, ...]], frozenset[str]]
    subjects: frozenset[str] = frozenset()
    ripe: Mapping[type[Command], Ripe[S]] = field(default_factory=dict)
    ahead: tuple[type[Command], ...] = ()

    def rules_of(
        self,
        story: Story[S],
        *,
        opening: str | None,
        notices: Callable[[S, S, Sequence[Event]], list[NoticeDraft]],
        deadlines: Callable[[S, TenantSettings], list[Deadline]] = no_deadlines,
        **more: Any,
    ) -> Rules[S]:
        """The process whole; ``more`` is what only some have, as in `Rules`."""
        rules = Rules(
            story=story,
            commands=self.commands,
            opening=opening,
            decide=self.decide,
            deadlines=deadlines,
            pass_deadline=passing(deadlines),
            notices=notices,
            offered=self.offered,
            people=people_of(self.commands),
            **more,
        )
        return stewarded(rules, self.roles)

    def decide(self, state: S, command: Command, ctx: Context) -> Decision:
        """What an accepted command records; raises Refused with the first code that applies."""
        kind = type(command)
        not_in_the_future(command, ctx, *self.ahead)
        role = self._role(state, kind, ctx)
        if isinstance(command, CorrectRecord):
            return correct_record(Case(state, ctx, role), command, state.recorded)
        self._check_phase(state, kind)
        return self.rules[kind](Case(state, ctx, role), command)

    def offered(self, state: S, command: str, ctx: Context) -> bool:
        """Whether this person may give the command now, with the right data."""
        kind = self.commands[command]
        try:
            self._role(state, kind, ctx)
            if kind is CorrectRecord:
                return state.version > 0
            self._check_phase(state, kind)
        except Refused:
            return False
        ripe = self.ripe.get(kind)
        return ripe is None or ripe(state, ctx)

    def _role(self, state: S, kind: type[Command], ctx: Context) -> str:
        """Before a case has begun every role of the board counts."""
        held = ctx.giver.roles
        begun = state.version > 0
        mine = self.roles(state, ctx.giver.person, held) if begun else frozenset(held)
        if ctx.giver.person is None:
            mine |= {PROCESS_ROLE} & frozenset(held)
        step = CORRECTING if kind is CorrectRecord else self.steps[kind]
        return acting_role(step, ctx.giver, mine, self.subjects)

    def _check_phase(self, state: S, kind: type[Command]) -> None:
        check_phase(
            self.steps[kind],
            state.phase,
            ended=state.ended,
            restricted=state.restricted,
            suspended=state.suspended,
        )
