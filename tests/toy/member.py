"""A member who leaves the library: the smallest process that gives a command to others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from events.calendar import local_day
from events.event import PROCESS_ROLE, Event, Fact, Id, PersonId, fact_json
from events.process import Reader, Story, View
from events.recording import CaseIndex, Delivered
from workflows.decision import Command, Context, Decision, Errand, Happened, Refused, Rules
from workflows.waiting import no_deadlines, passing


class MemberLeft(Fact):
    """``loans`` are those to be ended; without them all open ones of the person."""

    person: PersonId
    loans: tuple[Id, ...] = ()


class MemberNoted(Fact):
    pass


class LoansEnded(Fact):
    given: int
    refused: int


@dataclass(frozen=True, slots=True)
class Member:
    left: MemberLeft | None = None
    cause: str = ""
    ended: LoansEnded | None = None


def evolve(member: Member, event: Event) -> Member:
    match event.data:
        case MemberLeft():
            return replace(member, left=event.data, cause=event.event_id)
        case LoansEnded():
            return replace(member, ended=event.data)
        case _:
            return member


def index(member: Member) -> CaseIndex:
    person = {"person": member.left.person} if member.left else {}
    return CaseIndex(state="left", open=member.ended is None, parties=person)


def rights(member: Member, reader: Reader) -> frozenset[str]:
    return frozenset({"librarian"} & set(reader.roles))


def summary(member: Member, view: View) -> dict[str, Any]:
    return {"state": "left", "ended": fact_json(member.ended) if member.ended else None}


STORY = Story[Member](
    name="members",
    facts={fact.__name__: fact for fact in (MemberLeft, MemberNoted, LoansEnded)},
    initial=Member,
    evolve=evolve,
    is_final=lambda member: member.ended is not None,
    index=index,
    rights=rights,
    visible=lambda member, event, view: True,
    redacted=lambda member, event, view: fact_json(event.data),
    positions=lambda rights: True,
    summary=summary,
    tasks=lambda member, view: [],
    agenda=lambda member, view: [],
)


class LeaveLibrary(Command):
    person: PersonId
    loans: tuple[Id, ...] = ()


class NoteMember(Command):
    pass


def decide(member: Member, command: Command, context: Context) -> Decision:
    day = local_day(context.now, context.settings).isoformat()
    if isinstance(command, LeaveLibrary) and member.left is None:
        fact = MemberLeft(person=command.person, loans=command.loans)
        return Decision("librarian", [Happened(day, fact)])
    if isinstance(command, NoteMember):
        return Decision("librarian", [Happened(day, MemberNoted())])
    raise Refused("state.not_allowed")


def errands(member: Member) -> Sequence[Errand]:
    if member.left is None or member.ended is not None:
        return ()
    return (
        Errand(
            key="loans",
            cause=member.cause,
            process="loans",
            command="ReturnBook",
            data={},
            streams=member.left.loans,
            person=member.left.person,
            parts=("borrower",),
        ),
    )


def run_errand(member: Member, _errand: Errand, delivered: Delivered, context: Context) -> Decision:
    day = local_day(context.now, context.settings).isoformat()
    ended = LoansEnded(given=delivered.given, refused=delivered.refused)
    return Decision(PROCESS_ROLE, [Happened(day, ended)])


RULES = Rules[Member](
    story=STORY,
    commands={command.__name__: command for command in (LeaveLibrary, NoteMember)},
    opening="LeaveLibrary",
    decide=decide,
    deadlines=no_deadlines,
    pass_deadline=passing(no_deadlines),
    notices=lambda before, after, events: [],
    offered=lambda member, name, context: member.ended is None,
    errands=errands,
    run_errand=run_errand,
)
