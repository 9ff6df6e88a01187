"""Rules of the agreement's text: complete, in order of days, on days that are free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.internships import facts as f
from events.internships.state import Internship
from workflows.agreements import Signing
from workflows.decision import Decision, Refused
from workflows.internships import commands as c
from workflows.internships.matching import days_claim
from workflows.ruling import Case

SIGNING = Signing(f.PARTIES, f.PARTY_OF, Internship.to_evaluate)
"""Who signs by a link evaluates by one too."""


def draft(case: Case[Internship], command: c.DraftAgreement) -> Decision:
    if case.state.supervisor is None:
        raise Refused("host.supervisor_missing")
    fields = command.model_dump(by_alias=True)
    _check(fields)
    drafted = f.AgreementDrafted.model_validate({**fields, "version": 1})
    return _accept(case, drafted)


def amend(case: Case[Internship], command: c.AmendAgreement) -> Decision:
    """Only what was given changes; a field that is given empty is missing."""
    current = case.state.agreement
    assert current is not None
    given = command.model_dump(by_alias=True, exclude_unset=True, exclude={"reason"})
    fields = {**current.fields, **given}
    _check(fields)
    if fields == current.fields:
        # Signatures are not to be lost over nothing.
        raise Refused("command.invalid", next(iter(given), "goal"))
    amended = f.AgreementAmended.model_validate(
        {**fields, "version": current.number + 1, "reason": command.reason}
    )
    return _accept(case, amended)


def _check(fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if value is None:
            raise Refused("agreement.field_missing", name)
    if fields["to"] < fields["from"]:
        raise Refused("command.invalid", "to")


def _accept(case: Case[Internship], text: f.InternshipAgreement) -> Decision:
    """The days held so far make way for those of this version."""
    teacher = case.state.parts["teacher"]
    return case.accept(
        text,
        releases=[days_claim(teacher)],
        claims=[days_claim(teacher, (text.from_, text.to))],
    )
