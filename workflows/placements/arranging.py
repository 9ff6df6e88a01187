"""Rules between acceptance and start: mentor, certificate of conduct, agreement (003)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from events.calendar import add_months
from events.handover import HandoverCompleted, HandoverTaskOpened
from events.placements import facts as f
from events.placements.state import Placement
from workflows.agreements import Signing
from workflows.decision import Decision, Refused
from workflows.placements import commands as c
from workflows.ruling import Case

SIGNING = Signing(
    parties=f.PARTIES,
    party_of={**{role: party for party, role in f.SIGNERS.items()}, "board": "school"},
)
FIELDS = tuple(c.DraftAgreement.model_fields)


def assign_mentor(case: Case[Placement], command: c.AssignMentor) -> Decision:
    if case.state.mentor is not None:
        raise Refused("state.not_allowed")
    qualification = _fit(case, command)
    return case.accept(f.MentorAssigned(mentor=command.mentor, qualification=qualification))


def replace_mentor(case: Case[Placement], command: c.ReplaceMentor) -> Decision:
    """The one who comes is told all by the one who goes."""
    mentor = case.state.mentor
    if mentor is None:
        raise Refused("state.not_allowed")
    if command.mentor == mentor.person:
        raise Refused("command.invalid", "mentor")
    replaced = f.MentorReplaced(
        mentor=command.mentor,
        previous=mentor.person,
        qualification=_fit(case, command),
        reason=command.reason,
    )
    task = case.state.next_task("mentor")
    opened = HandoverTaskOpened(task=task, of=mentor.person, to=command.mentor)
    return case.accept(replaced, opened)


def _fit(case: Case[Placement], command: c.AssignMentor | c.ReplaceMentor) -> f.Qualification:
    if command.qualification is None:
        raise Refused("mentor.not_qualified", "qualification")  # 003 T3-30
    parties = case.state.parties
    assessors = {parties[part] for part in ("student", "school_trainer", "institute_trainer")}
    if command.mentor in assessors:
        raise Refused("mentor.own_assessor", "mentor")
    return command.qualification


def complete_handover(case: Case[Placement], command: c.CompleteHandover) -> Decision:
    task = case.state.handovers.get(command.task)
    if task is None:
        raise Refused("command.invalid", "task")
    return case.accept(HandoverCompleted(task=command.task, successor=task.to, note=command.note))


def record_vog(case: Case[Placement], command: c.RecordVog) -> Decision:
    """Calendar months: one issued on the last of August may be seen until the end of February."""
    seen = case.day(command.date)
    if command.issued_on > seen:
        raise Refused("command.invalid", "issued_on")
    issued = date.fromisoformat(command.issued_on)
    if date.fromisoformat(seen) > add_months(issued, case.ctx.settings.vog_months):
        raise Refused("vog.too_old", "issued_on")  # domain 3.8
    return case.accept(f.VogRecorded(issued_on=command.issued_on, date=seen), on=seen)


def draft(case: Case[Placement], command: c.DraftAgreement) -> Decision:
    if case.state.mentor is None:
        raise Refused("mentor.not_qualified")
    terms = command.model_dump(mode="json", include=set(FIELDS))
    return case.accept(f.AgreementDrafted.model_validate(_version(case.state, terms)))


def amend(case: Case[Placement], command: c.AmendAgreement) -> Decision:
    """Another version: what was signed so far is void, so something has to change.

    Another mentor is a change too: the version names who was the mentor when it was made.
    """
    current = case.state.agreement
    assert current is not None
    given = command.model_dump(mode="json", include=set(FIELDS), exclude_unset=True)
    version = _version(case.state, {**current.fields, **given})
    if all(version[name] == value for name, value in current.fields.items()):
        raise Refused("command.invalid", next(iter(given), FIELDS[0]))
    return case.accept(f.AgreementAmended.model_validate({**version, "reason": command.reason}))


def _version(state: Placement, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The next version with these fields; raises Refused where one is missing."""
    for name in FIELDS:
        if terms.get(name) in (None, []):
            raise Refused("agreement.field_missing", name)
    for role in f.GUIDES:  # 003 T3-29
        described = terms["roles"].get(role) or {}
        for part in ("tasks", "hours"):
            if not described.get(part):
                raise Refused("role.description_missing", f"roles.{role}.{part}")
    assert state.mentor is not None
    return {"version": len(state.versions) + 1, **terms, "mentor": state.mentor.person}


def start(case: Case[Placement], command: c.StartPlacement) -> Decision:
    state, day = case.state, case.day(command.date)
    if state.vog is None and state.vog_needed(case.ctx.settings):
        raise Refused("vog.missing")
    if day < state.start.isoformat():
        raise Refused("state.not_allowed")
    return case.accept(f.PlacementStarted(date=day), on=day)
