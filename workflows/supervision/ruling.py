"""What the rules of a supervision trajectory share: the case, its visits and its hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from events.event import Actor, Event, Fact
from events.supervision.facts import InterventionHoursLogged
from events.supervision.fold import evolve
from events.supervision.state import Trajectory, Visit
from workflows import ruling
from workflows.decision import Refused


@dataclass(frozen=True, slots=True)
class Case(ruling.Case[Trajectory]):
    """A command's surroundings in a supervision trajectory."""

    def after(self, facts: Sequence[Fact]) -> Trajectory:
        """The state as it will be once these facts are recorded."""
        state = self.state
        for fact in facts:
            state = evolve(state, self._as_event(fact))
        return state

    def _as_event(self, fact: Fact) -> Event:
        return Event(
            event_id="",
            stream_id=self.ctx.stream,
            version=self.state.version + 1,
            type=type(fact).__name__,
            schema_version=fact.schema_version,
            occurred_on=self.today.isoformat(),
            recorded_at=self.ctx.now,
            actor=Actor(self.ctx.giver.person, self.role),
            command_id=self.ctx.command_id,
            causation_id=None,
            correlation_id="",
            settings_version=self.ctx.settings.version,
            data=fact,
        )

    def visit(self, name: str) -> Visit:
        """The visit of that name; to those who may not know of a secret one it is unknown."""
        visit = self.state.visits.get(name)
        if visit is None or (self.role in ("teacher", "manager") and visit.secret):
            raise Refused("command.invalid", "visit")
        return visit

    def held_visit(self, name: str) -> Visit:
        visit = self.visit(name)
        if visit.held_on is None:
            raise Refused("state.not_allowed")
        return visit

    def planned_visit(self, name: str) -> Visit:
        visit = self.visit(name)
        if not visit.planned:
            raise Refused("state.not_allowed")
        return visit

    def this_client(self, person: str | None) -> None:
        """Another client than this case's is an invalid value."""
        if person is not None and person != self.state.client:
            raise Refused("command.invalid", "client")

    def consented_on(self, day: str) -> None:
        """Something dated after the day of a withdrawal needs a new consent."""
        consent = self.state.consent
        if consent.withdrawn_on and day > consent.withdrawn_on.isoformat():
            raise Refused("consent.missing")


def logged(intervention: str, hours: str | None) -> list[Fact]:
    """The hours of an intervention, as a fact of their own, where they were given."""
    if hours is None:
        return []
    return [InterventionHoursLogged(intervention=intervention, hours=hours)]
