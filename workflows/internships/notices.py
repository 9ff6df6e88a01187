"""Who is told of what (docs/contract.md 2, notices). What is not named here tells nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.internships.facts import PARTIES
from events.internships.state import Internship, evolve
from workflows.telling import Tell, telling

_FIXED: dict[str, tuple[str, tuple[str, ...]]] = {
    "InternshipProposed": ("internship_proposed", ("school_leader", "coordinator")),
    "InternshipApproved": ("internship_approved", ("teacher", "coordinator")),
    "HostMatched": ("host_matched", ("teacher", "school_leader")),
    "HostSupervisorNamed": ("supervisor_named", ("teacher",)),
    "HostSupervisorReplaced": ("supervisor_named", ("teacher",)),
    "HandoverTaskOpened": ("handover", ("coordinator",)),
    "AgreementDrafted": ("agreement_to_sign", PARTIES),
    "AgreementAmended": ("agreement_to_sign", PARTIES),
    "SignaturesMissing": ("signatures_missing", ("coordinator",)),
    "InternshipStarted": ("internship_started", ("teacher", "school_leader")),
    "HalfDayMissed": ("half_day_missed", ("coordinator",)),
    "OutcomeShared": ("outcome_shared", ("school_leader", "contact", "coordinator")),
    "InternshipClosed": ("internship_closed", PARTIES),
    "InternshipCancelled": ("internship_cancelled", PARTIES),
    "InternshipEndedEarly": ("internship_ended_early", PARTIES),
}

_WORDS = ("teacher", "school_leader", "contact", *PARTIES)
_REMINDERS = {
    "signatures": "signature_due",
    "evaluation": "evaluation_due",
    "sharing": "sharing_due",
}
_OVERDUE_BY = {"start": "coordinator", "evaluation": "coordinator", "sharing": "teacher"}


def _taken_over(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    yield from (("part_taken_over", to) for to in (data.person, data.previous, "teacher"))


def _contact(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    told = dict.fromkeys((data.contact, data.previous, "teacher"))
    yield from (("part_taken_over", to) for to in told)
    if data.contact != data.previous and after.agreement and "host" in after.missing(PARTIES):
        yield "agreement_to_sign", data.contact


def _signed(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    if not after.missing(PARTIES):
        yield from (("agreement_complete", to) for to in (*PARTIES, "coordinator"))


def _link_sent(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    yield "signing_link", data.person
    yield "fresh_link_sent", "coordinator"


def _reminded(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    yield from ((_REMINDERS[data.timer], party) for party in data.to)


def _overdue(before: Internship, after: Internship, data: Any) -> Iterator[tuple[str, str]]:
    yield "overdue", (_OVERDUE_BY[data.timer], "coordinator", "hr")[data.level]


_DEPENDS: dict[str, Tell[Internship]] = {
    "AgreementSigned": _signed,
    "HostContactReplaced": _contact,
    "PersonReplaced": _taken_over,
    "SigningLinkSent": _link_sent,
    "ReminderSent": _reminded,
    "StepOverdue": _overdue,
}


def _find(state: Internship, recipient: str) -> str | None:
    """A word for a part or a party; else it is a person's id."""
    named = {**dict.fromkeys(_WORDS), **state.parts, **state.signatories}
    return named.get(recipient, recipient)


notices = telling(evolve, _FIXED, _DEPENDS, _find)
