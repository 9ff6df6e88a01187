"""An agreement that several parties sign, version by version; what was signed stays readable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from events.case import CaseState, Fold
from events.event import Event, Fact, PersonId, fact_json


class AgreementText(Fact):
    """What an agreement says; each process adds its own fields."""

    version: int


class AgreementSigned(Fact):
    """``document`` is the SHA-256 (hex) of the PDF that this party had before it."""

    version: int
    party: str
    document: str | None = None


class SigningLinkSent(Fact):
    """A fresh link goes to a party that is no staff; earlier ones serve no more."""

    party: str
    person: PersonId


class SigningLinkRevoked(Fact):
    """No link of this party serves any more, until another is sent to it."""

    party: str


class SignaturesMissing(Fact):
    """Shortly before the start not all have signed; ``due`` is that local day."""

    version: int
    due: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    party: str
    person: str
    at: datetime
    document: str | None

    def json(self) -> dict[str, Any]:
        """As a summary shows it."""
        at = self.at.isoformat()
        return {"party": self.party, "person": self.person, "at": at, "document": self.document}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the text and the signatures under it; ``drafted_as`` is its event's place."""

    number: int
    drafted_at: datetime
    drafted_as: int
    fields: Mapping[str, Any]
    signatures: tuple[Signature, ...] = ()

    @property
    def signed(self) -> frozenset[str]:
        return frozenset(signature.party for signature in self.signatures)

    @property
    def document(self) -> str | None:
        """The hash of the PDF that was signed; all parties sign the same one."""
        return next((s.document for s in self.signatures if s.document), None)


@dataclass
class SignedCase(CaseState):
    """The state of a process with an agreement.

    ``links_since``: party -> place of the event before which none of its links serves any more;
    ``links_revoked``: the parties of which none does at all.
    """

    versions: tuple[Version, ...] = ()
    links_since: Mapping[str, int] = field(default_factory=dict)
    links_revoked: frozenset[str] = frozenset()

    @property
    def signatories(self) -> Mapping[str, str]:
        """The parties of the agreement, and the person who acts for each now."""
        raise NotImplementedError

    def serves(self, party: str, link: int) -> bool:
        """Whether a link of the party that was made for the event at that place is still good."""
        return party not in self.links_revoked and self.links_since.get(party, 0) <= link

    @property
    def agreement(self) -> Version | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    def missing(self, parties: Iterable[str]) -> tuple[str, ...]:
        """The parties that have not signed the version that counts, in their order."""
        signed = self.agreement.signed if self.agreement else frozenset()
        return tuple(party for party in parties if party not in signed)


def agreement_json(state: SignedCase, parties: Iterable[str]) -> dict[str, Any] | None:
    """The agreement as a summary shows it (contract 1)."""
    current, order = state.agreement, tuple(parties)
    if current is None:
        return None
    missing = state.missing(order)
    return {
        **current.fields,
        "version": current.number,
        "complete": not missing,
        "signed": [party for party in order if party in current.signed],
        "missing": list(missing),
        "document": current.document,
        "versions": [
            {
                "version": version.number,
                "signed": [signature.json() for signature in version.signatures],
                "void": version is not current,
            }
            for version in state.versions
        ],
    }


def drafted(state: SignedCase, event: Event, data: AgreementText) -> dict[str, Any]:
    """The change that a new version of the text makes."""
    fields = {k: v for k, v in fact_json(data).items() if k not in ("version", "reason")}
    version = Version(data.version, event.recorded_at, event.version, fields)
    return {"versions": (*state.versions, version), "links_revoked": frozenset()}


def links_anew(state: SignedCase, event: Event, party: str) -> dict[str, Any]:
    """The change where only links of this party that are made from now on serve."""
    return {
        "links_since": {**state.links_since, party: event.version},
        "links_revoked": state.links_revoked - {party},
    }


FOLD: Fold[SignedCase] = Fold()


@FOLD.on(AgreementSigned)
def signed(state: SignedCase, event: Event, data: AgreementSigned) -> dict[str, Any]:
    """The change that a signature makes; a process adds what it means for its phase."""
    current = state.agreement
    assert current is not None
    assert event.actor.person is not None
    signature = Signature(data.party, event.actor.person, event.recorded_at, data.document)
    under = replace(current, signatures=(*current.signatures, signature))
    return {"versions": (*state.versions[:-1], under)}


@FOLD.on(SigningLinkSent)
def _link_sent(state: SignedCase, event: Event, data: SigningLinkSent) -> dict[str, Any]:
    return links_anew(state, event, data.party)


@FOLD.on(SigningLinkRevoked)
def _link_revoked(state: SignedCase, event: Event, data: SigningLinkRevoked) -> dict[str, Any]:
    return {"links_revoked": state.links_revoked | {data.party}}


@FOLD.on(SignaturesMissing)
def _missing(state: SignedCase, event: Event, data: SignaturesMissing) -> dict[str, Any]:
    return {"passed": state.passed | {f"signatures_late/{data.version}"}}
