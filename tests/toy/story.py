"""What can happen to a loan, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from events.event import Event, Fact, Name, PersonId, Text, fact_json, instant_text
from events.process import Reader, Story, View
from events.recording import CaseIndex
from events.upcasting import Steps
from tests.toy.earlier import as_a_span, in_days


class LoanOpened(Fact):
    borrower: PersonId
    book: Name


class LoanExtended(Fact):
    """``asked``: by the borrower, not given of the librarian's own accord."""

    schema_version: ClassVar[int] = 3
    earlier: ClassVar[Steps] = {1: as_a_span, 2: in_days}

    days: int
    asked: bool = True


class NoteAdded(Fact):
    text: Text


class Reminded(Fact):
    due: str


class BookReturned(Fact):
    pass


@dataclass(frozen=True, slots=True)
class Loan:
    borrower: str | None = None
    book: str | None = None
    opened_at: datetime | None = None
    days: int = 14
    notes: int = 0
    reminders: int = 0
    returned: bool = False


def evolve(loan: Loan, event: Event) -> Loan:
    match event.data:
        case LoanOpened(borrower=borrower, book=book):
            return replace(loan, borrower=borrower, book=book, opened_at=event.recorded_at)
        case LoanExtended(days=days):
            return replace(loan, days=loan.days + days)
        case NoteAdded():
            return replace(loan, notes=loan.notes + 1)
        case Reminded():
            return replace(loan, reminders=loan.reminders + 1)
        case BookReturned():
            return replace(loan, returned=True)
    raise TypeError(event.type)


def state_word(loan: Loan) -> str:
    return "returned" if loan.returned else "lent"


def index(loan: Loan) -> CaseIndex:
    return CaseIndex(
        state=state_word(loan),
        open=not loan.returned,
        parties={"borrower": loan.borrower} if loan.borrower else {},
    )


def rights(loan: Loan, reader: Reader) -> frozenset[str]:
    held = {"librarian"} & set(reader.roles)
    return frozenset(held | {"borrower"} if reader.person == loan.borrower else held)


def summary(loan: Loan, view: View) -> dict[str, Any]:
    return {
        "state": state_word(loan),
        "book": loan.book,
        "notes": loan.notes,
        "reminders": loan.reminders,
        "opened_at": instant_text(loan.opened_at) if loan.opened_at else None,
    }


STORY = Story[Loan](
    name="loans",
    facts={
        fact.__name__: fact
        for fact in (LoanOpened, LoanExtended, NoteAdded, Reminded, BookReturned)
    },
    initial=Loan,
    evolve=evolve,
    is_final=lambda loan: loan.returned,
    index=index,
    rights=rights,
    visible=lambda loan, event, view: bool(view.rights),
    redacted=lambda loan, event, view: fact_json(event.data),
    positions=lambda rights: True,
    summary=summary,
    tasks=lambda loan, view: [],
    agenda=lambda loan, view: [],
)
