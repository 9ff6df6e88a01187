"""Rules of the register of partners, from the first idea to the end, put together as a table."""

from __future__ import annotations

from events.event import PROCESS_ROLE
from events.partners import facts as f
from events.partners.state import LIVE, Partner
from events.partners.views import case_roles
from workflows.decision import Context, Decision, Refused
from workflows.partners import commands as c
from workflows.partners import contacts, merging, staff
from workflows.partners.pupil_data import maybe_pupil_data
from workflows.ruling import Case
from workflows.steps import Step
from workflows.table import Table

OPEN = LIVE | {"prospect", "assessed"}
_LEAD = ("coordinator", "school_leader")
_LOOKING_AFTER = (*_LEAD, "partner_coordinator", "deputy")
_ANYBODY = ("coordinator", "school_leader", "teacher", "partner_coordinator", "deputy")
_DECIDING = (*_LEAD, "partner_coordinator")
_OWN = ("coordinator", "partner_coordinator", "deputy")

STEPS = {
    c.RegisterPartner: Step(("coordinator", "school_leader", "teacher"), frozenset({""})),
    c.ChangePartner: Step(_DECIDING, OPEN),
    c.ReplaceSchoolLeader: Step(_LEAD, OPEN),
    c.AssessFit: Step(_LEAD, frozenset({"prospect", "assessed"})),
    c.ActivatePartner: Step(
        _LEAD,
        frozenset({"assessed", "dormant"}),
        early="partner.motive_missing",
        early_in=frozenset({"prospect"}),
    ),
    c.AddContact: Step(_LOOKING_AFTER, OPEN),
    c.EndContact: Step(_LOOKING_AFTER, OPEN),
    c.CompleteHandover: Step(_LOOKING_AFTER, LIVE),
    c.AssignCoordinator: Step(_LEAD, LIVE),
    c.HandOver: Step(("partner_coordinator", "deputy"), LIVE),
    c.LogContactMoment: Step(_ANYBODY, OPEN),
    c.PlanRelationCare: Step(_ANYBODY, LIVE),
    c.SetAvailability: Step(_OWN, LIVE),
    c.RecordSubsidyStatus: Step(_DECIDING, LIVE),
    c.RecordAgreement: Step(_DECIDING, LIVE),
    c.MarkDormant: Step(_DECIDING, frozenset({"active"})),
    c.EndPartner: Step(_LEAD, OPEN),
    c.MergePartners: Step(("coordinator",), OPEN),
    c.VacateCoordinator: Step((PROCESS_ROLE,), OPEN),
    c.TakeOverPartner: Step((PROCESS_ROLE,), OPEN),
}


def register(case: Case[Partner], command: c.RegisterPartner) -> Decision:
    data = command.model_dump()
    return case.accept(
        f.PartnerRegistered(**{**data, "levels": tuple(dict.fromkeys(command.levels))})
    )


def change(case: Case[Partner], command: c.ChangePartner) -> Decision:
    """What is said as it stands already is no change."""
    known = case.state.registered
    assert known is not None
    said = command.model_dump(exclude_none=True)
    if command.levels is not None:
        said["levels"] = tuple(dict.fromkeys(command.levels))
    changes = {
        key: value
        for key, value in said.items()
        if (value or None) != (getattr(known, key) or None)
    }
    if not changes:
        raise Refused("command.invalid")
    return case.accept(f.PartnerChanged(**changes))


def assess(case: Case[Partner], command: c.AssessFit) -> Decision:
    if command.motive is None:
        raise Refused("partner.motive_missing", "motive")
    return case.accept(f.FitAssessed(**command.model_dump()))


def log_contact(case: Case[Partner], command: c.LogContactMoment) -> Decision:
    known = case.state.registered
    assert known is not None
    day = case.day(command.date)
    suspect = maybe_pupil_data(command.text, (known.name, *known.schools), case.today)
    logged = f.ContactMomentLogged(
        date=day, channel=command.channel, text=command.text, contact=command.contact
    )
    return case.accept(logged, on=day, warnings=["contact.maybe_pupil_data"] if suspect else [])


def plan_care(case: Case[Partner], command: c.PlanRelationCare) -> Decision:
    if command.on < case.today.isoformat():
        raise Refused("command.invalid", "on")
    return case.accept(f.RelationCarePlanned(on=command.on, what=command.what))


def set_availability(case: Case[Partner], command: c.SetAvailability) -> Decision:
    for number, window in enumerate(command.windows):
        if window.to <= window.from_:
            raise Refused("command.invalid", f"windows.{number}.to")
    return case.accept(f.AvailabilitySet.model_validate(command.model_dump(by_alias=True)))


def record_subsidy(case: Case[Partner], command: c.RecordSubsidyStatus) -> Decision:
    return case.accept(f.SubsidyStatusRecorded(**command.model_dump()))


def record_agreement(case: Case[Partner], command: c.RecordAgreement) -> Decision:
    if command.to <= command.from_:
        raise Refused("command.invalid", "to")
    if command.signed_on is not None and command.signed_on > case.today.isoformat():
        raise Refused("command.invalid", "signed_on")
    return case.accept(f.PartnerAgreementRecorded.model_validate(command.model_dump(by_alias=True)))


def mark_dormant(case: Case[Partner], command: c.MarkDormant) -> Decision:
    return case.accept(f.PartnerMarkedDormant(reason=command.reason))


def end(case: Case[Partner], command: c.EndPartner) -> Decision:
    return case.accept(f.PartnerEnded(reason=command.reason))


def _has_contacts(state: Partner, _ctx: Context) -> bool:
    return bool(state.contacts)


def _may_be_completed(state: Partner, _ctx: Context) -> bool:
    return bool(state.handovers and state.contacts)


TABLE = Table[Partner](
    commands=c.COMMANDS,
    steps=STEPS,
    rules={
        c.RegisterPartner: register,
        c.ChangePartner: change,
        c.ReplaceSchoolLeader: staff.replace_leader,
        c.AssessFit: assess,
        c.ActivatePartner: staff.activate,
        c.AddContact: contacts.add,
        c.EndContact: contacts.end,
        c.CompleteHandover: contacts.complete_handover,
        c.AssignCoordinator: staff.assign,
        c.HandOver: staff.hand_over,
        c.LogContactMoment: log_contact,
        c.PlanRelationCare: plan_care,
        c.SetAvailability: set_availability,
        c.RecordSubsidyStatus: record_subsidy,
        c.RecordAgreement: record_agreement,
        c.MarkDormant: mark_dormant,
        c.EndPartner: end,
        c.MergePartners: merging.merge,
        c.VacateCoordinator: staff.vacate,
        c.TakeOverPartner: merging.take_over,
    },
    roles=case_roles,
    ripe={c.EndContact: _has_contacts, c.CompleteHandover: _may_be_completed},
)
