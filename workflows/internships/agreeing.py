"""Rules of the agreement's text: complete, in order of days, on days that are free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.internships import facts as f
from events.internships.state import Internship
from workflows.agreements import SignAgreement, Signing
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.internships.hosting import in_person, still_there
from workflows.internships.matching import days_claim
from workflows.ruling import Case

SIGNING = Signing(f.PARTIES, f.PARTY_OF, Internship.to_evaluate)
"""Who signs by a link evaluates by one too."""


def draft(case: Case[Internship], command: c.DraftAgreement) -> Decision:
    if case.state.supervisor is None:
        raise Refused("host.supervisor_missing")
    fields = _fields(case.state, command.model_dump(by_alias=True))
    drafted = f.AgreementDrafted.model_validate({**fields, "version": 1})
    return _accept(case, drafted, needs=[still_there(case.state)])


def amend(case: Case[Internship], command: c.AmendAgreement) -> Decision:
    """Only what was given changes, and the supervisor where there is another one by now; a field
    that is given empty is missing."""
    current = case.state.agreement
    assert current is not None
    given = command.model_dump(by_alias=True, exclude_unset=True, exclude={"reason"})
    fields = _fields(case.state, {**current.fields, **given})
    if fields == current.fields:
        # Signatures are not to be lost over nothing.
        raise Refused("command.invalid", next(iter(given), "goal"))
    amended = f.AgreementAmended.model_validate(
        {**fields, "version": current.number + 1, "reason": command.reason}
    )
    return _accept(case, amended)


def _fields(state: Internship, given: Mapping[str, Any]) -> dict[str, Any]:
    """All that the agreement says; raises Refused for what is missing or not in order."""
    for name, value in given.items():
        if value is None and name != "schedule":
            raise Refused("agreement.field_missing", name)
    if given["to"] < given["from"]:
        raise Refused("command.invalid", "to")
    schedule = sorted(given["schedule"] or [], key=_in_time)
    halves = {(half["date"], half["part"]) for half in schedule}
    outside = any(not given["from"] <= day <= given["to"] for day, _ in halves)
    if schedule and (outside or not len(halves) == len(schedule) == given["half_days"]):
        raise Refused("command.invalid", "schedule")
    return {**given, "schedule": schedule, "supervisor": state.supervisor}


def _in_time(half: Mapping[str, str]) -> tuple[str, bool]:
    """Mornings come before afternoons, which the alphabet would have the other way round."""
    return half["date"], half["part"] != "morning"


def _accept(case: Case[Internship], text: f.InternshipAgreement, **more: Any) -> Decision:
    """The days held so far make way for those of this version."""
    teacher = case.state.parts["teacher"]
    return case.accept(
        text,
        releases=[days_claim(teacher)],
        claims=[days_claim(teacher, (text.from_, text.to))],
        **more,
    )


def sign(case: Case[Internship], command: SignAgreement) -> Decision:
    return in_person(case, SIGNING.sign(case, command))
