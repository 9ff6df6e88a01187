"""What a signing link is still worth: told by the case as it is now, as nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from events.agreement import AgreementText, Signature, SignedCase
from events.process import Paper, View
from events.settings import TenantSettings
from events.terms import ReminderSent
from web.reading import Reading, context
from web.site import Site, reader_of
from workflows.agreements import RequestFreshLink, SignAgreement
from workflows.decision import Command, Refused

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from events.store.links import SigningLink

EXPIRED = "link.expired"
"""The code of every command that comes by a link that serves no more."""
EVALUATION = "SubmitEvaluation"
EVALUATED = "EvaluationSubmitted"

Asked = Literal["signature", "evaluation"]
Lapse = Literal["no_party", "ended", "revoked", "expired", "superseded"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link, whose it is, and what it asks in which case.

    ``link`` is the place of the event it was made for, ``paper`` the version that was to be signed.
    ``done_at`` tells when this person did it,
    ``lapse`` why the link serves no more, ``refusal`` why not now although it does.
    """

    person: PersonRow
    reading: Reading
    link: int
    now: datetime
    until: datetime
    asked: Asked
    party: str | None
    paper: Paper
    done_at: datetime | None
    lapse: Lapse | None
    refusal: str | None
    may_ask_anew: bool

    @property
    def command(self) -> str:
        """The command that the link is there for."""
        return SignAgreement.__name__ if self.asked == "signature" else EVALUATION

    @property
    def signers(self) -> dict[str, str]:
        """By party who signed that version, or signs it now; people are succeeded."""
        state: SignedCase = self.reading.dossier.state
        by = {party: signature.person for party, signature in self.signed.items()}
        return {**self.paper.parties, **state.signatories, **by}

    @property
    def signed(self) -> dict[str, Signature]:
        """The signatures under that version, by party."""
        versions = self.reading.dossier.state.versions
        found = (one for one in versions if one.number == self.paper.version)
        return {by.party: by for one in found for by in one.signatures}


async def invitation(site: Site, link: SigningLink, now: datetime) -> Invitation | None:
    """The invitation behind a genuine link; None where there is no such case or person any more.

    Raises Erased.
    """
    person = (await site.store.persons(link.tenant, [link.person])).get(link.person)
    process = await site.store.process_of(link.tenant, link.stream)
    if person is None or process is None or process not in site.rules:
        return None
    dossier = await site.dossiers.read(link.tenant, process, link.stream)
    if dossier is None or not 0 < link.version <= dossier.version:
        return None
    then = site.dossiers.cut(dossier, link.version).state
    if not isinstance(then, SignedCase) or not then.versions:
        return None
    asked = _asked(dossier.events[link.version - 1].data, then, person.id)
    state: SignedCase = dossier.state
    rules = site.rules[process]
    paper = rules.story.paper(state, then.versions[-1].number)
    if paper is None:
        return None
    settings = await site.settings(link.tenant)
    now = max(now, dossier.events[-1].recorded_at)
    reader = reader_of(person)
    view = View(reader, rules.story.rights(state, reader), now, settings)
    reading = Reading(rules, dossier, view, current=True)
    # Who is named, but holds the role no more, is that party no more either.
    barred = _refusal(reading, person, SignAgreement(version=paper.version), settings) or ""
    party = None if barred.startswith("auth.") else _party(state, person.id)
    lapse = _lapse(link, reading, party, asked, paper.version)
    done_at = _done_at(reading, asked, paper.version, person.id)
    command = SignAgreement(version=paper.version) if asked == "signature" else None
    return Invitation(
        person=person,
        reading=reading,
        link=link.version,
        now=now,
        until=link.until,
        asked=asked,
        party=party,
        paper=paper,
        done_at=done_at,
        lapse=lapse,
        refusal=None if lapse or done_at else _refusal(reading, person, command, settings),
        may_ask_anew=lapse in ("revoked", "expired", "superseded")
        and person.email is not None
        and _refusal(reading, person, RequestFreshLink(), settings) is None,
    )


def _asked(fact: Any, then: SignedCase, person: str) -> Asked:
    """What the event that the link was sent for asked of this person."""
    if isinstance(fact, AgreementText):
        return "signature"
    if isinstance(fact, ReminderSent) and fact.timer == "evaluation":
        return "evaluation"
    signed = then.agreement is not None and _party(then, person) in then.agreement.signed
    return "evaluation" if signed else "signature"


def _party(state: SignedCase, person: str) -> str | None:
    return next((party for party, who in state.signatories.items() if who == person), None)


def _lapse(
    link: SigningLink, reading: Reading, party: str | None, asked: Asked, version: int
) -> Lapse | None:
    state: SignedCase = reading.dossier.state
    if party is None or not reading.view.rights:
        return "no_party"
    if state.ended:
        return "ended"
    if not state.serves(party, link.version):
        return "revoked"
    if reading.view.now > link.until:
        return "expired"
    current = state.agreement
    if asked == "signature" and (current is None or current.number > version):
        return "superseded"
    return None


def _done_at(reading: Reading, asked: Asked, version: int, person: str) -> datetime | None:
    if asked == "signature":
        versions = (one for one in reading.dossier.state.versions if one.number == version)
        return next(
            (by.at for one in versions for by in one.signatures if by.person == person), None
        )
    return next(
        (
            event.recorded_at
            for event in reading.dossier.events
            if event.type == EVALUATED and event.actor.person == person
        ),
        None,
    )


def _refusal(
    reading: Reading, person: PersonRow, command: Command | None, settings: TenantSettings
) -> str | None:
    """The code with which the rules would refuse it now."""
    ctx = context(person, reading.dossier.stream, reading.view.now, settings)
    rules, state = reading.rules, reading.dossier.state
    if command is None:
        return None if rules.offered(state, EVALUATION, ctx) else "state.not_allowed"
    try:
        rules.decide(state, command, ctx)
    except Refused as refused:
        return refused.code
    return None
