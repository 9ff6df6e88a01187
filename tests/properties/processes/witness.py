"""What a witness of one case remembers by the contract alone, to hold against what is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from events.calendar import add_working_days
from tests.properties.processes.board import Board

Told = tuple[str, str]
"""The kind of a notice, and who gets it: a person's id, or a role for all who hold it."""

ASKED_FOR = "signing_link"
"""The one notice that goes to the giver of the command: it is what was asked for."""

ROLE_WORDS = frozenset({"coordinator", "hr", "board"})


@dataclass(frozen=True)
class Record:
    """An event, with the data of the command that caused it beneath its own."""

    stream: str
    type: str
    on: str
    at: datetime
    person: str | None
    role: str
    data: Mapping[str, Any]

    @property
    def day(self) -> date:
        """The local day on which it was recorded."""
        return self.at.date()


@dataclass
class Signatures:
    """An agreement: its version, and who signed which."""

    parties: tuple[str, ...]
    version: int = 0
    terms: dict[str, Any] = field(default_factory=dict)
    signed: dict[int, dict[str, str]] = field(default_factory=dict)
    valid: bool = False

    @property
    def of_now(self) -> Mapping[str, str]:
        return self.signed.get(self.version, {}) if self.valid else {}

    @property
    def missing(self) -> list[str]:
        return [party for party in self.parties if party not in self.of_now]

    @property
    def complete(self) -> bool:
        return self.valid and not self.missing

    def shown(self) -> dict[str, Any] | None:
        """What of the summary's agreement must be so; None where there is none."""
        if not self.valid:
            return None
        return {
            "version": self.version,
            "complete": self.complete,
            "signed": set(self.of_now),
            "missing": set(self.missing),
            **self.terms,
        }


class Witness:
    """One case. ``faults`` are what should not have happened."""

    parties: ClassVar[Mapping[str, str]] = {}
    terms: ClassVar[frozenset[str]] = frozenset()
    ends: ClassVar[Mapping[str, str]] = {}
    steps: ClassVar[Mapping[str, str]] = {}
    """Timers and whose step they are."""
    late: ClassVar[frozenset[str]] = frozenset({"RecordCorrected"})
    """All that is recorded after the end."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.settings = board.settings
        self.faults: list[str] = []
        self.state = ""
        self.people: dict[str, str | None] = {}
        self.agreement = Signatures(tuple(self.parties))
        self.handovers: list[str] = []
        self.revoked: set[str] = set()
        self.overdue: set[str] = set()
        self.moved = False
        self.once: set[tuple[Any, ...]] = set()
        self.kept: dict[str, Any] = {}
        self.formerly: set[str | None] = set()
        self.gone: set[str | None] = set()

    @property
    def ended(self) -> bool:
        return self.state in self.ends.values()

    def need(self, holds: object, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def wd(self, day: date | str, count: int) -> date:
        start = date.fromisoformat(day) if isinstance(day, str) else day
        return add_working_days(start, count, self.settings)

    def take(self, r: Record) -> set[Told] | None:
        """Remembers an event; gives whom it is told to, None where the contract leaves it open."""
        self.need(not self.ended or r.type in self.late, f"{r.type} after the end")
        if r.type == "StepOverdue":
            return self._overdue(r)
        told = [*self._agreed(r), *self._handed(r), *self.own(r)]
        self.formerly |= set(self.people.values())
        if r.type in self.ends:
            self.state = self.ends[r.type]
            self.overdue, self.handovers = set(), []
        return {(kind, who) for kind, who in told if who}

    def own(self, r: Record) -> Iterator[tuple[str, str | None]]:
        raise NotImplementedError

    def to(self, kind: str, *parts: str) -> Iterator[tuple[str, str | None]]:
        """This notice to these parts of the case, or to all who hold these roles."""
        for part in parts:
            yield kind, part if part in ROLE_WORDS else self.people.get(part)

    # -- what all of them share ------------------------------------------------------------------

    def _overdue(self, r: Record) -> set[Told] | None:
        timer, level = r.data["timer"], r.data["level"]
        told = "overdue", timer, str(r.data["due"]), level
        self.need(told not in self.once, f"{told} again")
        self.once.add(told)
        self.overdue.add(timer)
        due, days = r.data["due"], (1, self.settings.overdue_coordinator, self.settings.overdue_hr)
        wanted = self.dues().get(timer)
        self.need(wanted is None or str(wanted) == due, f"{timer} due {due}, not {wanted}")
        moment = self.wd(due, days[level])
        self.need(self.moved or (r.day, r.at.hour) == (moment, 9), f"{timer} overdue at {r.at}")
        self.need(r.person is None, "overdue by a person")
        return self.reminded(timer, level)

    def by(self, timer: str) -> str | None:
        """Whose step it is now."""
        return self.steps.get(timer.split(":", maxsplit=1)[0])

    def reminded(self, timer: str, level: int) -> set[Told] | None:
        if level == 0:
            by = self.by(timer)
            to = by if by in ROLE_WORDS else self.people.get(by or "")
            return {("overdue", to)} if to else None
        return {("overdue", "coordinator" if level == 1 else "hr")}

    def fulfil(self, *timers: str) -> None:
        self.overdue -= set(timers)

    def _handed(self, r: Record) -> Iterator[tuple[str, str | None]]:
        if r.type == "HandoverTaskOpened":
            task = r.data["task"]
            self.need(("task", task) not in self.once, f"task {task} again")
            self.once.add(("task", task))
            self.handovers.append(task)
            yield from self.to("handover", self.handed_to())
        elif r.type == "HandoverCompleted":
            self.need(r.data["task"] in self.handovers, f"completed {r.data['task']}")
            self.handovers = [task for task in self.handovers if task != r.data["task"]]

    def handed_to(self) -> str:
        return "coordinator"

    def _agreed(self, r: Record) -> Iterator[tuple[str, str | None]]:
        agreement = self.agreement
        if r.type in ("AgreementDrafted", "AgreementAmended"):
            agreement.version += 1
            agreement.valid = True
            self.need(r.data["version"] == agreement.version, f"version {r.data['version']}")
            new = {key: value for key, value in r.data.items() if key in self.terms}
            agreement.terms = {**agreement.terms, **new}
            self.need(set(agreement.terms) == self.terms, f"terms {sorted(agreement.terms)}")
            self.state = "agreement_drafted"
            self.revoked = set()
            yield from self.to("agreement_to_sign", *dict.fromkeys(self.parties.values()))
        elif r.type == "AgreementSigned":
            yield from self._signed(r)
        elif r.type == "SigningLinkSent":
            party = r.data["party"]
            if r.role == "coordinator":
                self.revoked.discard(party)
            self.need(party not in self.revoked, f"{party} got a link after it was revoked")
            self.need(r.data["person"] in self.signatories(party), f"link to {r.data['person']}")
            yield ASKED_FOR, r.data["person"]
            yield from self.to("fresh_link_sent", "coordinator")
        elif r.type == "SigningLinkRevoked":
            self.revoked.add(r.data["party"])
        elif r.type == "SignaturesMissing":
            self.need(set(r.data["missing"]) == set(agreement.missing), f"{r.data['missing']}")
            self._timer(r, "signatures_late")
            yield from self.to("signatures_missing", "coordinator")
        elif r.type == "ReminderSent" and r.data["timer"] == "signatures":
            self._timer(r, "signatures")
            for party in agreement.missing:
                yield from self.to("signature_due", self.parties[party])

    def _timer(self, r: Record, name: str) -> None:
        self.need(not self.agreement.complete, f"{name} of a complete agreement")
        self.need(self.agreement.valid, f"{name} without an agreement")
        moment = name, self.agreement.version
        self.need(moment not in self.once, f"{name} again for version {self.agreement.version}")
        self.once.add(moment)
        before = -getattr(self.settings, {"signatures": "signatures_due"}.get(name, name))
        due = self.wd(self.first_day(), before)
        self.need((r.day, r.at.hour) == (due, 9), f"{name} at {r.at}, not {due}")

    def first_day(self) -> str:
        return self.agreement.terms["from"]

    def _signed(self, r: Record) -> Iterator[tuple[str, str | None]]:
        agreement, party = self.agreement, r.data["party"]
        self.need(agreement.valid and r.data["version"] == agreement.version, "signed another one")
        self.need(party in agreement.missing, f"{party} signed twice")
        self.need(r.person in self.signatories(party), f"{party} signed by {r.person}")
        agreement.signed.setdefault(agreement.version, {})[party] = r.person or ""
        self.state = self.signed_states()[agreement.complete]
        if agreement.complete:
            yield from self.completed()

    def signed_states(self) -> tuple[str, str]:
        return "partially_signed", "signed"

    def signatories(self, party: str) -> Collection[str | None]:
        return (self.people[self.parties[party]],)

    def completed(self) -> Iterator[tuple[str, str | None]]:
        yield from self.to("agreement_complete", *self.parties.values(), "coordinator")

    # -- what is shown ---------------------------------------------------------------------------

    def shown(self) -> dict[str, Any]:
        """What of the summary must be so. A set stands for a list in any order."""
        raise NotImplementedError

    def dues(self) -> Mapping[str, date]:
        """The last day of each term that must stand open now."""
        return {}
