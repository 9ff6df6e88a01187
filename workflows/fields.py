"""The types of a command's fields: what shows to be wrong without looking at the case."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from events.event import Id, Personal, Text, amount, quarter_hours

_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(2000, 2100)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MONEY = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")


MOST = 50
"""No list that somebody fills in is longer."""
One = TypeVar("One")
Key = TypeVar("Key")
Few = Annotated[tuple[One, ...], Field(max_length=MOST)]
FewBy = Annotated[dict[Key, One], Field(max_length=MOST)]

STAFF = "staff"
"""In place of a role: anybody who is staff of the board."""


@dataclass(frozen=True)
class PersonOf:
    """Marks a field that names a person of the board; with a role, one who holds it."""

    role: str | None = None


def _day(value: str) -> str:
    if not _DAY.fullmatch(value):
        raise ValueError("a day is written as 2026-01-31")
    day = datetime.date.fromisoformat(value)
    if day.year not in YEARS:
        raise ValueError(f"a day lies between {YEARS.start} and {YEARS.stop}")
    return day.isoformat()


def _at(value: str) -> str:
    if not _AT.fullmatch(value):
        raise ValueError("a local date and time is written as 2026-01-31T09:00")
    _day(value[:10])
    return datetime.datetime.fromisoformat(value).isoformat(timespec="minutes")


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError("a time of day is written as 09:00")
    return value


def _worked(value: str) -> str:
    hours = quarter_hours(value)
    if not hours:
        raise ValueError("hours are more than zero")
    return amount(hours)


def _money(value: str) -> str:
    if not _MONEY.fullmatch(value) or not Decimal(value):
        raise ValueError("an amount is positive, with at most two decimals")
    return amount(Decimal(value))


def _blank(value: Any) -> Any:
    """Empty is missing, where the rule has a code of its own for what is missing."""
    return None if isinstance(value, str) and not value.strip() else value


Local = Annotated[str, AfterValidator(_day)]
At = Annotated[str, AfterValidator(_at)]
Hours = Annotated[str, AfterValidator(_worked)]
TotalHours = Annotated[str, AfterValidator(lambda value: amount(quarter_hours(value)))]
Money = Annotated[str, AfterValidator(_money)]
Required = Annotated[Text, StringConstraints(min_length=1)]
CLAUSE_LENGTH = 4_000
Clause = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=CLAUSE_LENGTH), Personal()
]
"""What stands in an agreement: short enough for all of it to be set in type at once."""
RequiredClause = Annotated[Clause, StringConstraints(min_length=1)]
Blank = BeforeValidator(_blank)
Teacher = Annotated[Id, PersonOf("teacher")]
Client = Annotated[Id, PersonOf("client")]
Manager = Annotated[Id, PersonOf("manager")]
Advisor = Annotated[Id, PersonOf("advisor")]
Auditor = Annotated[Id, PersonOf("auditor")]
AnyPerson = Annotated[Id, PersonOf()]
Staff = Annotated[Id, PersonOf(STAFF)]
SchoolLeader = Annotated[Id, PersonOf("school_leader")]
Student = Annotated[Id, PersonOf("student")]
Mentor = Annotated[Id, PersonOf("mentor")]
SchoolTrainer = Annotated[Id, PersonOf("school_trainer")]
InstituteTrainer = Annotated[Id, PersonOf("institute_trainer")]
Contact = Annotated[Id, PersonOf("contact")]
Clock = Annotated[str, AfterValidator(_clock)]
Intervention = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=50,
        pattern=r"^(intake|diagnosis|consultation|report|closing|(visit|talk):.+)$",
    ),
]
