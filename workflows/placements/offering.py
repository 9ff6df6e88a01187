"""Rules of asking for a place and offering one: the school trains well, and has room (003)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from events.placements import facts as f
from events.placements.state import Placement
from events.recording import Claim
from events.settings import TrainingSchool
from workflows.decision import Decision, Refused
from workflows.placements import commands as c
from workflows.ruling import Case

FULL = "school.capacity_full"


def request(case: Case[Placement], command: c.RequestPlacement) -> Decision:
    """An institute trainer asks for an own student only."""
    if case.role == "institute_trainer" and command.institute_trainer != case.ctx.giver.person:
        if "coordinator" not in case.ctx.giver.roles:
            raise Refused("auth.not_assigned")
        case = replace(case, role="coordinator")
    if command.from_ is None or command.to is None or command.to <= command.from_:
        raise Refused("period.invalid", "from" if command.from_ is None else "to")
    requested = command.model_dump(by_alias=True, exclude_none=True)
    return case.accept(f.PlacementRequested.model_validate(requested))


def reject(case: Case[Placement], command: c.RejectRequest) -> Decision:
    return case.accept(f.PlacementRejected(reason=command.reason))


def offer(case: Case[Placement], command: c.OfferPlace) -> Decision:
    """Whoever offers becomes the student's school trainer."""
    case = replace(case, role="school_trainer")
    trainer = case.ctx.giver.person
    assert trainer is not None
    _another_party(case, "school_leader", command.school_leader)
    school = qualified(case, command.school, case.state.end)
    offered = f.PlaceOffered(
        school=school.name,
        school_kind=_kind(school),
        school_trainer=trainer,
        school_leader=command.school_leader,
    )
    return case.accept(offered, claims=[room(school, case.state.start, case.state.end)])


def accept(case: Case[Placement], _command: c.AcceptPlace) -> Decision:
    return case.accept(f.PlaceAccepted())


def decline(case: Case[Placement], command: c.DeclineOffer) -> Decision:
    place = case.state.place
    assert place is not None
    declined = f.OfferDeclined(school=place.school, reason=command.reason)
    return case.accept(declined, releases=held(case.state))


def transfer(case: Case[Placement], command: c.TransferPlacement) -> Decision:
    """To another school under the rules of an offer, for the days that are left."""
    state = case.state
    assert state.place is not None
    _another_party(case, "school_trainer", command.school_trainer)
    _another_party(case, "school_leader", command.school_leader)
    if command.school == state.place.school:
        raise Refused("command.invalid", "school")
    school = qualified(case, command.school, state.end)
    transferred = f.PlacementTransferred(
        school=school.name,
        school_kind=_kind(school),
        school_trainer=command.school_trainer,
        school_leader=command.school_leader,
        previous_school=state.place.school,
        reason=command.reason,
    )
    claims = room_left(case, school, state.end)
    return case.accept(transferred, claims=claims, releases=held(state))


def withdraw(case: Case[Placement], command: c.WithdrawPlacement) -> Decision:
    return case.accept(f.PlacementWithdrawn(reason=command.reason), releases=held(case.state))


def qualified(case: Case[Placement], name: str | None, until: date) -> TrainingSchool:
    """The school of that name, where it is core or shell for training through that day."""
    for school in case.ctx.settings.schools:
        if school.name == name and school.train is not None and school.until >= until:
            return school
    raise Refused("school.not_qualified", "school")  # 003 T3-19, T3-27


def room(school: TrainingSchool, first: date, last: date) -> Claim:
    """One of the school's places on these days. Raises Refused where it has none at all."""
    if school.capacity < 1:
        raise Refused(FULL, "school")
    during = (first.isoformat(), last.isoformat())
    return Claim(
        kind="place", subject=school.name, during=during, slots=school.capacity, refusal=FULL
    )


def held(state: Placement) -> list[Claim]:
    """The place that this student has, whatever its days."""
    if state.place is None:
        return []
    return [Claim(kind="place", subject=state.place.school, refusal=FULL)]


def room_left(case: Case[Placement], school: TrainingSchool, last: date) -> list[Claim]:
    """A place on the days that are not past; on none where all are. Raises Refused as `room`."""
    first = max(case.state.start, case.today)
    claim = room(school, min(first, last), last)
    return [claim] if first <= last else []


def _another_party(case: Case[Placement], field: str, person: str) -> None:
    """Nobody signs or judges for the school who stands for the student or the college."""
    parties = case.state.parties
    if person in (parties["student"], parties["institute_trainer"]):
        raise Refused("command.invalid", field)


def _kind(school: TrainingSchool) -> f.SchoolKind:
    assert school.train is not None
    return school.train
