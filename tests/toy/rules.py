"""What may happen to a loan, and when the borrower is reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from events.calendar import local_day
from events.event import PROCESS_ROLE, Event, Fact, Name, PersonId, Text, instant_text
from events.recording import Claim, NoticeDraft
from events.settings import TenantSettings
from tests.toy.story import (
    STORY,
    BookReturned,
    Loan,
    LoanExtended,
    LoanOpened,
    NoteAdded,
    Reminded,
)
from workflows.decision import Command, Context, Deadline, Decision, Happened, Refused, Rules

REMINDERS_MAX = 3
REMINDER_EVERY = timedelta(days=7)


class OpenLoan(Command):
    borrower: PersonId
    book: Name


class ExtendLoan(Command):
    days: int = Field(ge=1, le=60)


class AddNote(Command):
    text: Text


class ReturnBook(Command):
    pass


class BreakRules(Command):
    """Makes the rules themselves fail, as a fault in the program would."""


def claim(loan: Loan | OpenLoan) -> Claim:
    return Claim(kind="book", subject=str(loan.book), refusal="book.lent")


def decide(loan: Loan, command: Command, context: Context) -> Decision:
    if not {"librarian", PROCESS_ROLE} & set(context.giver.roles):
        raise Refused("auth.role")
    if loan.returned and not isinstance(command, AddNote):
        raise Refused("state.final")
    match command:
        case OpenLoan(borrower=borrower, book=book):
            if loan.book is not None:
                raise Refused("state.not_allowed")
            return _decision(context, LoanOpened(borrower=borrower, book=book), take=claim(command))
        case ExtendLoan(days=days):
            if loan.days + days > 90:
                raise Refused("loan.too_long", "days")
            return _decision(context, LoanExtended(days=days))
        case AddNote(text=text):
            return _decision(context, NoteAdded(text=text))
        case ReturnBook() if loan.book == "lost":
            raise Refused("state.not_allowed")
        case ReturnBook() if loan.book == "unanswering":
            raise ZeroDivisionError("no answer")
        case ReturnBook():
            return _decision(context, BookReturned(), free=claim(loan))
        case _:
            raise ZeroDivisionError("broken rules of " + str(loan.borrower))


def _decision(
    context: Context, fact: Fact, *, take: Claim | None = None, free: Claim | None = None
) -> Decision:
    return Decision(
        role=PROCESS_ROLE if context.giver.person is None else "librarian",
        events=[Happened(local_day(context.now, context.settings).isoformat(), fact)],
        claims=[take] if take else [],
        releases=[free] if free else [],
    )


def deadlines(loan: Loan, settings: TenantSettings) -> list[Deadline]:
    if loan.opened_at is None or loan.returned or loan.reminders >= REMINDERS_MAX:
        return []
    if loan.book == "unreckonable":
        raise ValueError("no such day")
    due = loan.opened_at + timedelta(days=loan.days) + loan.reminders * REMINDER_EVERY
    fact = Reminded(due=instant_text(due))
    return [Deadline("reminder", due, f"reminder:{loan.reminders}", fact)]


def pass_deadline(loan: Loan, deadline: Deadline, context: Context) -> Decision:
    if loan.book == "unremindable":
        raise Refused("state.not_allowed")
    return _decision(context, deadline.fact)


def notices(before: Loan, after: Loan, events: Sequence[Event]) -> list[NoticeDraft]:
    return [
        NoticeDraft(kind="reminder", person=after.borrower, cause=cause)
        for cause, event in enumerate(events)
        if isinstance(event.data, Reminded)
    ]


RULES = Rules[Loan](
    story=STORY,
    commands={c.__name__: c for c in (OpenLoan, ExtendLoan, AddNote, ReturnBook, BreakRules)},
    opening="OpenLoan",
    decide=decide,
    deadlines=deadlines,
    pass_deadline=pass_deadline,
    notices=notices,
    offered=lambda loan, name, context: not loan.returned,
)
