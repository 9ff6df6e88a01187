"""A teacher internship as its events have made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from events import agreement, handover, terms
from events.case import Fold, local_day_of
from events.event import Event
from events.handover import HandedCase
from events.internships import facts as f
from events.process import Paper
from events.rectification import RecordCorrected
from events.succession import PersonReplaced


@dataclass
class Internship(agreement.SignedCase, HandedCase):
    """The fold of an internships stream.

    ``papers`` are the agreement's versions as they were made; ``half_days`` tells of each recorded
    day and part whether it was attended; ``words_of`` whose words an event holds that not
    everybody in the case may read: event id -> party.
    """

    ends = frozenset({"closed", "cancelled", "ended_early"})

    proposed: f.InternshipProposed | None = None
    school_leader: str | None = None
    approved: f.InternshipApproved | None = None
    host: str | None = None
    contact: str | None = None
    supervisor: str | None = None
    papers: Mapping[int, Paper] = field(default_factory=dict)
    started_at: datetime | None = None
    half_days: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    evaluated: tuple[str, ...] = ()
    shared: bool = False
    words_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, str]:
        """Who has a part in it."""
        if self.proposed is None:
            return {}
        named = {
            "teacher": self.proposed.teacher,
            "school_leader": self.school_leader,
            "contact": self.contact,
            "supervisor": self.supervisor,
        }
        return {part: person for part, person in named.items() if person}

    @property
    def signatories(self) -> dict[str, str]:
        """The parties of the agreement, and the person who signs and evaluates for each."""
        parts = self.parts
        return {party: parts[part] for part, party in f.PARTY_OF.items() if part in parts}

    @property
    def period(self) -> tuple[date, date] | None:
        """First and last day: those of the agreement, before that those of the proposal."""
        if self.agreement is not None:
            days = (self.agreement.fields["from"], self.agreement.fields["to"])
        elif self.proposed is not None and self.proposed.from_ and self.proposed.to:
            days = (self.proposed.from_, self.proposed.to)
        else:
            return None
        return date.fromisoformat(days[0]), date.fromisoformat(days[1])

    @property
    def agreed(self) -> int:
        """Half-days of the agreement, before that those of the proposal."""
        if self.agreement is not None:
            return self.agreement.fields["half_days"]
        return self.proposed.half_days if self.proposed else 0

    @property
    def planned(self) -> list[dict[str, str]]:
        """The half-days that the agreement plans, by day and part."""
        return self.agreement.fields["schedule"] if self.agreement is not None else []

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        return tuple(party for party in f.PARTIES if party not in self.evaluated)

    def to_evaluate(self, party: str, today: date) -> bool:
        """Whether an evaluation is asked of this party."""
        return self.over(today) and party in self.not_evaluated

    def over(self, today: date) -> bool:
        """Whether all half-days are recorded or the last day has passed."""
        if self.started_at is None or self.period is None:
            return False
        return len(self.half_days) >= self.agreed or today > self.period[1]


evolve: Fold[Internship] = Fold(agreement.FOLD, handover.FOLD, terms.FOLD)
_on = evolve.on


@_on(f.InternshipProposed)
def _proposed(state: Internship, event: Event, data: f.InternshipProposed) -> dict[str, Any]:
    return {"phase": "proposed", "proposed": data, "school_leader": data.school_leader}


@_on(PersonReplaced)
def _succeeded(state: Internship, event: Event, data: PersonReplaced) -> dict[str, Any]:
    """The school leader is the only one whose part is taken over like this."""
    return {data.part: data.person, **agreement.links_anew(state, event, f.PARTY_OF[data.part])}


@_on(f.InternshipApproved)
def _approved(state: Internship, event: Event, data: f.InternshipApproved) -> dict[str, Any]:
    return {"approved": data, "words_of": {**state.words_of, event.event_id: "school"}}


@_on(f.HostMatched)
def _matched(state: Internship, event: Event, data: f.HostMatched) -> dict[str, Any]:
    return {"phase": "matched", "host": data.host, "contact": data.contact, "supervisor": None}


@_on(f.HostSupervisorNamed, f.HostSupervisorReplaced)
def _supervised(state: Internship, event: Event, data: Any) -> dict[str, Any]:
    return {"supervisor": data.supervisor}


@_on(f.HostContactReplaced)
def _contact_replaced(
    state: Internship, event: Event, data: f.HostContactReplaced
) -> dict[str, Any]:
    """Who stays the contact, of a host that goes on as another partner, keeps the links."""
    changes: dict[str, Any] = {"contact": data.contact, "host": data.host or state.host}
    if data.contact != data.previous:
        changes |= agreement.links_anew(state, event, "host")
    return changes


@_on(f.AgreementDrafted, f.AgreementAmended)
def _drafted(state: Internship, event: Event, data: f.InternshipAgreement) -> dict[str, Any]:
    changes = agreement.drafted(state, event, data)
    changes["phase"] = "agreement_drafted"
    changes["papers"] = {**state.papers, data.version: _paper(state, changes["versions"][-1])}
    if date.fromisoformat(data.from_) >= local_day_of(event):
        changes["overdue"] = state.without_overdue("start")
    return changes


def _paper(state: Internship, version: agreement.Version) -> Paper:
    """As it was made: who is replaced later leaves it as it is."""
    assert state.proposed is not None
    fields = {name: it for name, it in version.fields.items() if name != "supervisor"}
    return Paper(
        kind="internship_agreement",
        version=version.number,
        drafted_at=version.drafted_at,
        parties=state.signatories,
        facts={
            "question": state.proposed.question,
            "kind": state.proposed.kind,
            "school": state.proposed.school,
            "host": state.host,
            "supervisor": version.fields["supervisor"],
        },
        fields={**fields, "schedule": _by_part(fields["schedule"])},
    )


def _by_part(schedule: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The days of the mornings and those of the afternoons, which read shorter than a list."""
    return {
        part: [half["date"] for half in schedule if half["part"] == part]
        for part in get_args(f.Part)
    }


@_on(agreement.AgreementSigned)
def _signed(state: Internship, event: Event, data: agreement.AgreementSigned) -> dict[str, Any]:
    changes = agreement.signed(state, event, data)
    missing = set(state.missing(f.PARTIES)) - {data.party}
    return {**changes, "phase": "partially_signed" if missing else "signed"}


@_on(f.InternshipStarted)
def _started(state: Internship, event: Event, data: f.InternshipStarted) -> dict[str, Any]:
    overdue = state.without_overdue("start")
    return {"phase": "running", "started_at": event.recorded_at, "overdue": overdue}


@_on(f.HalfDayAttended)
def _attended(state: Internship, event: Event, data: f.HalfDayAttended) -> dict[str, Any]:
    return {"half_days": {**state.half_days, (data.date, data.part): True}}


@_on(f.HalfDayMissed)
def _missed(state: Internship, event: Event, data: f.HalfDayMissed) -> dict[str, Any]:
    return {"half_days": {**state.half_days, (data.date, data.part): False}}


@_on(f.EvaluationSubmitted)
def _evaluated(state: Internship, event: Event, data: f.EvaluationSubmitted) -> dict[str, Any]:
    evaluated = (*state.evaluated, data.party)
    changes: dict[str, Any] = {
        "evaluated": evaluated,
        "words_of": {**state.words_of, event.event_id: data.party},
    }
    if len(evaluated) == len(f.PARTIES):
        changes["phase"] = "shared" if state.shared else "evaluated"
        changes["overdue"] = state.without_overdue("evaluation")
    return changes


@_on(f.OutcomeShared)
def _shared(state: Internship, event: Event, data: f.OutcomeShared) -> dict[str, Any]:
    phase = state.phase if state.not_evaluated else "shared"
    return {"phase": phase, "shared": True, "overdue": state.without_overdue("sharing")}


@_on(RecordCorrected)
def _corrected(state: Internship, event: Event, data: RecordCorrected) -> dict[str, Any]:
    party = state.words_of.get(data.event)
    return {"words_of": {**state.words_of, event.event_id: party}} if party else {}


@_on(f.InternshipClosed)
def _closed(state: Internship, event: Event, data: f.InternshipClosed) -> dict[str, Any]:
    return {"phase": "closed", "overdue": {}}


@_on(f.InternshipCancelled)
def _cancelled(state: Internship, event: Event, data: f.InternshipCancelled) -> dict[str, Any]:
    return {"phase": "cancelled", "overdue": {}}


@_on(f.InternshipEndedEarly)
def _ended_early(state: Internship, event: Event, data: f.InternshipEndedEarly) -> dict[str, Any]:
    return {"phase": "ended_early", "overdue": {}}
