"""A partner as its events have made it: contacts, who is responsible, and what is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from events import handover, terms
from events.case import Fold
from events.event import Event
from events.handover import HandedCase, HandoverCompleted
from events.partners import facts as f
from events.succession import PersonReplaced

OVER: Mapping[str, Any] = {"phase": "ended", "overdue": {}, "handovers": {}, "care": ()}
"""What the end changes: nothing waits for anybody any more."""

LIVE = frozenset({"active", "dormant"})
"""The phases in which a partner has a coordinator and is worked with."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``key`` tells this version from others under its name; ``told`` are the days it was told."""

    key: str
    recorded_at: datetime
    terms: f.AgreementTerms
    told: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Care:
    """Something planned to keep the relation; open until there was contact."""

    key: str
    recorded_at: datetime
    on: str
    what: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """This stream, ``of``, goes on in ``into``; ``cause`` is the id of the event that says so."""

    of: str
    into: str
    cause: str
    answered: bool = False


@dataclass
class Partner(HandedCase):
    """The fold of a partners stream.

    ``former_primary`` is the primary contact who left, until succeeded, ``former_leader`` the
    school leader who did.
    """

    ends = frozenset({"ended"})

    registered: f.PartnerRegistered | None = None
    school_leader: str | None = None
    former_leader: str | None = None
    leader_vacant_since: datetime | None = None
    fit: f.FitAssessed | None = None
    activated_at: datetime | None = None
    contacts: tuple[str, ...] = ()
    primary_contact: str | None = None
    former_primary: str | None = None
    coordinator: str | None = None
    deputy: str | None = None
    vacant: str | None = None
    vacant_since: datetime | None = None
    availability: tuple[f.Window, ...] = ()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    subsidies: Mapping[str, f.SubsidyStatusRecorded] = field(default_factory=dict)
    contact_moments: int = 0
    last_contact: str | None = None
    care: tuple[Care, ...] = ()
    merge: Merge | None = None

    @property
    def merging(self) -> bool:
        """It was merged, and the other partner has not answered yet."""
        return self.merge is not None and not self.merge.answered


evolve: Fold[Partner] = Fold(terms.FOLD, handover.FOLD)
_on = evolve.on


@_on(f.PartnerRegistered)
def _registered(state: Partner, event: Event, data: f.PartnerRegistered) -> dict[str, Any]:
    return {"phase": "prospect", "registered": data, "school_leader": data.school_leader}


@_on(f.PartnerChanged)
def _changed(state: Partner, event: Event, data: f.PartnerChanged) -> dict[str, Any]:
    assert state.registered is not None
    changes = data.model_dump(exclude_none=True)
    return {"registered": state.registered.model_copy(update=changes)}


@_on(f.SchoolLeaderVacant)
def _leader_left(state: Partner, event: Event, data: f.SchoolLeaderVacant) -> dict[str, Any]:
    return {
        "school_leader": None,
        "former_leader": data.person,
        "leader_vacant_since": event.recorded_at,
    }


@_on(PersonReplaced)
def _replaced(state: Partner, event: Event, data: PersonReplaced) -> dict[str, Any]:
    """The school leader: nobody else has a part that a partner names."""
    return {
        "school_leader": data.person,
        "former_leader": None,
        "leader_vacant_since": None,
        **_fulfilled(state, "school_leader"),
    }


@_on(f.FitAssessed)
def _assessed(state: Partner, event: Event, data: f.FitAssessed) -> dict[str, Any]:
    return {"phase": "assessed", "fit": data}


@_on(f.PartnerActivated)
def _activated(state: Partner, event: Event, data: f.PartnerActivated) -> dict[str, Any]:
    return {
        "phase": "active",
        "activated_at": event.recorded_at,
        "contacts": tuple(dict.fromkeys((*state.contacts, data.primary_contact))),
        "primary_contact": data.primary_contact,
        "former_primary": None,
        **_staffed(state, data.coordinator, data.deputy),
    }


@_on(f.ContactAdded)
def _added(state: Partner, event: Event, data: f.ContactAdded) -> dict[str, Any]:
    return {"contacts": (*state.contacts, data.contact)}


@_on(f.ContactLeft)
def _left(state: Partner, event: Event, data: f.ContactLeft) -> dict[str, Any]:
    """Who goes for another reason hands nothing over, unless nobody is left to come in place."""
    rest = tuple(contact for contact in state.contacts if contact != data.contact)
    if state.primary_contact != data.contact:
        return {"contacts": rest}
    if data.reason == "other" and rest:
        return {"contacts": rest, "primary_contact": rest[0]}
    return {"contacts": rest, "primary_contact": None, "former_primary": data.contact}


@_on(HandoverCompleted)
def _handed(state: Partner, event: Event, data: HandoverCompleted) -> dict[str, Any]:
    changes = handover.FOLD.changes(state, event)
    if state.handovers[data.task].of == state.former_primary:
        changes |= {"primary_contact": data.successor, "former_primary": None}
    return changes


@_on(f.CoordinatorAssigned)
def _coordinated(state: Partner, event: Event, data: f.CoordinatorAssigned) -> dict[str, Any]:
    return _staffed(state, data.coordinator, data.deputy or state.deputy)


@_on(f.CoordinatorHandedOver)
def _succeeded(state: Partner, event: Event, data: f.CoordinatorHandedOver) -> dict[str, Any]:
    return _staffed(state, data.successor, state.deputy)


@_on(f.CoordinatorVacant)
def _coordinator_left(state: Partner, event: Event, data: Any) -> dict[str, Any]:
    since = state.vacant_since or event.recorded_at
    return {"coordinator": None, "vacant": "coordinator", "vacant_since": since}


@_on(f.DeputyStoodIn)
def _stood_in(state: Partner, event: Event, data: f.DeputyStoodIn) -> dict[str, Any]:
    return {"coordinator": data.coordinator, "deputy": None}


@_on(f.DeputyVacant)
def _deputy_left(state: Partner, event: Event, data: Any) -> dict[str, Any]:
    return {"deputy": None, "vacant": "deputy", "vacant_since": event.recorded_at}


def _staffed(state: Partner, coordinator: str, deputy: str | None) -> dict[str, Any]:
    """Somebody is coordinator; without a deputy the term for a successor goes on."""
    changes: dict[str, Any] = {"coordinator": coordinator, "deputy": deputy}
    if deputy is None:
        return {**changes, "vacant": "deputy"}
    return {
        **changes,
        "vacant": None,
        "vacant_since": None,
        **_fulfilled(state, "successor"),
    }


def _fulfilled(state: Partner, timer: str) -> dict[str, Any]:
    """A further vacancy has a term of its own."""
    return {
        "overdue": state.without_overdue(timer),
        "passed": frozenset(key for key in state.passed if not key.startswith(f"{timer}/")),
    }


@_on(f.ContactMomentLogged)
def _contacted(state: Partner, event: Event, data: f.ContactMomentLogged) -> dict[str, Any]:
    return {
        "contact_moments": state.contact_moments + 1,
        "last_contact": max(data.date, state.last_contact or data.date),
        "care": tuple(care for care in state.care if care.on > data.date),
    }


@_on(f.RelationCarePlanned)
def _planned(state: Partner, event: Event, data: f.RelationCarePlanned) -> dict[str, Any]:
    care = Care(str(event.version), event.recorded_at, data.on, data.what)
    return {"care": tuple(sorted((*state.care, care), key=lambda one: one.on))}


@_on(f.RelationCareDue)
def _care_due(state: Partner, event: Event, data: f.RelationCareDue) -> dict[str, Any]:
    due = (data.on, data.what)
    care = (replace(c, told=True) if (c.on, c.what) == due else c for c in state.care)
    return {"care": tuple(care)}


@_on(f.AvailabilitySet)
def _available(state: Partner, event: Event, data: f.AvailabilitySet) -> dict[str, Any]:
    return {"availability": data.windows}


@_on(f.SubsidyStatusRecorded)
def _subsidised(state: Partner, event: Event, data: f.SubsidyStatusRecorded) -> dict[str, Any]:
    return {"subsidies": {**state.subsidies, data.scheme: data}}


@_on(f.PartnerAgreementRecorded)
def _agreed(state: Partner, event: Event, data: f.PartnerAgreementRecorded) -> dict[str, Any]:
    agreement = Agreement(str(event.version), event.recorded_at, data)
    return {"agreements": {**state.agreements, data.agreement: agreement}}


@_on(f.AgreementEnding)
def _ending(state: Partner, event: Event, data: f.AgreementEnding) -> dict[str, Any]:
    ending = state.agreements[data.agreement]
    told = replace(ending, told=ending.told | {data.days})
    return {"agreements": {**state.agreements, data.agreement: told}}


@_on(f.PartnerMarkedDormant)
def _dormant(state: Partner, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "dormant"}


@_on(f.DormancyProposed)
def _proposed(state: Partner, event: Event, data: f.DormancyProposed) -> dict[str, Any]:
    return {"passed": state.passed | {f"dormancy/{data.since}"}}


@_on(f.PartnerEnded)
def _ended(state: Partner, event: Event, data: Any) -> dict[str, Any]:
    return dict(OVER)


@_on(f.PartnersMerged)
def _merged(state: Partner, event: Event, data: f.PartnersMerged) -> dict[str, Any]:
    return {**OVER, "merge": Merge(event.stream_id, data.into, event.event_id)}


@_on(f.MergeCompleted)
def _completed(state: Partner, event: Event, data: f.MergeCompleted) -> dict[str, Any]:
    assert state.merge is not None
    return {"merge": replace(state.merge, answered=True)}


@_on(f.PartnerTakenOver)
def _took_over(state: Partner, event: Event, data: f.PartnerTakenOver) -> dict[str, Any]:
    """Of two agreements of one name the own one counts."""
    more = {
        one.agreement: Agreement(f"{event.version}.{number}", event.recorded_at, one)
        for number, one in enumerate(data.agreements)
        if one.agreement not in state.agreements
    }
    return {
        "contacts": tuple(dict.fromkeys((*state.contacts, *data.contacts))),
        "agreements": {**state.agreements, **more},
    }
