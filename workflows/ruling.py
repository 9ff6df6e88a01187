"""What the rules of every process share: the case at hand, its day, and the answer to accept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from events.calendar import local_day
from events.event import Fact
from workflows.decision import Command, Context, Decision, Happened, Refused

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Case(Generic[S]):
    """A command's surroundings: the state it meets, its context, the role it is given in."""

    state: S
    ctx: Context
    role: str

    @property
    def today(self) -> date:
        return local_day(self.ctx.now, self.ctx.settings)

    def day(self, given: str | None) -> str:
        """The day something happened: as given, else today."""
        return given or self.today.isoformat()

    def accept(self, *facts: Fact, on: str | None = None, **more: Any) -> Decision:
        """These facts, all on the same day."""
        day = self.day(on)
        return Decision(self.role, [Happened(day, fact) for fact in facts], **more)


def not_in_the_future(command: Command, ctx: Context, *ahead: type[Command]) -> None:
    """Nobody can record what has not happened; the commands of ``ahead`` name days to come."""
    given = getattr(command, "date", None)
    if given is None or isinstance(command, ahead):
        return
    if given > local_day(ctx.now, ctx.settings).isoformat():
        raise Refused("command.invalid", "date")
