"""What can happen to a pact, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events import agreement, terms
from events.agreement import AgreementText, SignedCase, agreement_json
from events.case import Fold
from events.event import Event, Fact, PersonId, Text, fact_json
from events.process import ALL_CASES, Paper, Reader, Story, View
from events.recording import CaseIndex
from events.terms import ReminderSent

PARTIES = ("teacher", "host")


class PactOpened(Fact):
    teacher: PersonId
    contact: PersonId
    host: str


class AgreementDrafted(AgreementText):
    goal: Text
    hours: dict[str, int]


class AgreementAmended(AgreementDrafted):
    reason: Text


class EvaluationSubmitted(Fact):
    party: str
    text: Text
    worth: int | None = None


class TalkPlanned(Fact):
    talk: str
    at: str


class PactEnded(Fact):
    pass


@dataclass
class Pact(SignedCase):
    ends = frozenset({"ended"})

    opened: PactOpened | None = None
    evaluated: frozenset[str] = frozenset()
    talks: tuple[tuple[str, str], ...] = ()

    @property
    def parties(self) -> dict[str, str]:
        if self.opened is None:
            return {}
        return {"teacher": self.opened.teacher, "host": self.opened.contact}

    @property
    def signatories(self) -> dict[str, str]:
        return self.parties


evolve: Fold[Pact] = Fold(agreement.FOLD, terms.FOLD)
_on = evolve.on


@_on(PactOpened)
def _opened(state: Pact, event: Event, data: PactOpened) -> dict[str, Any]:
    return {"phase": "open", "opened": data}


@_on(AgreementDrafted, AgreementAmended)
def _drafted(state: Pact, event: Event, data: AgreementDrafted) -> dict[str, Any]:
    return agreement.drafted(state, event, data)


@_on(EvaluationSubmitted)
def _evaluated(state: Pact, event: Event, data: EvaluationSubmitted) -> dict[str, Any]:
    return {"evaluated": state.evaluated | {data.party}}


@_on(TalkPlanned)
def _planned(state: Pact, event: Event, data: TalkPlanned) -> dict[str, Any]:
    others = tuple(one for one in state.talks if one[0] != data.talk)
    return {"talks": (*others, (data.talk, data.at)) if data.at else others}


@_on(PactEnded)
def _ended(state: Pact, event: Event, data: Any) -> dict[str, Any]:
    return {"phase": "ended"}


def index(state: Pact) -> CaseIndex:
    return CaseIndex(state=state.phase, open=not state.ended, parties=state.parties)


def case_roles(state: Pact, person: str | None, roles: tuple[str, ...]) -> frozenset[str]:
    held = set(ALL_CASES & set(roles))
    for party, role in (("teacher", "teacher"), ("host", "contact")):
        if state.parties.get(party) == person and role in roles:
            held.add(role)
    return frozenset(held)


def rights(state: Pact, reader: Reader) -> frozenset[str]:
    return case_roles(state, reader.person, reader.roles)


def summary(state: Pact, view: View) -> dict[str, Any]:
    assert state.opened is not None
    return {
        "process": "pacts",
        "state": state.phase,
        **fact_json(state.opened),
        "agreement": agreement_json(state, PARTIES),
        "handovers": [],
        "overdue": [],
        "next": [],
    }


def agenda(state: Pact, view: View) -> list[dict[str, Any]]:
    found = [{"kind": "follow_up_talk", "visit": talk, "at": at} for talk, at in state.talks]
    return [] if state.ended else sorted(found, key=lambda item: item["at"])


def paper(state: Pact, version: int) -> Paper | None:
    found = next((one for one in state.versions if one.number == version), None)
    if found is None or state.opened is None:
        return None
    facts = {"host": state.opened.host}
    return Paper("pact", version, found.drafted_at, state.parties, facts, found.fields)


STORY = Story[Pact](
    name="pacts",
    facts={
        fact.__name__: fact
        for fact in (
            PactOpened, AgreementDrafted, AgreementAmended, agreement.AgreementSigned,
            agreement.SigningLinkSent, agreement.SigningLinkRevoked, ReminderSent,
            EvaluationSubmitted, TalkPlanned, PactEnded,
        )
    },
    initial=Pact,
    evolve=evolve,
    is_final=lambda state: state.ended,
    index=index,
    rights=rights,
    visible=lambda state, event, view: True,
    redacted=lambda state, event, view: fact_json(event.data),
    positions=lambda held: True,
    summary=summary,
    tasks=lambda state, view: [],
    agenda=agenda,
    paper=paper,
)  # fmt: skip
