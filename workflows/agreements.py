"""Signing, the same wherever several parties sign: one version counts, each signs it once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import StrictInt, StringConstraints

from events.agreement import (
    AgreementSigned,
    SignaturesMissing,
    SignedCase,
    SigningLinkRevoked,
    SigningLinkSent,
)
from events.calendar import add_working_days
from events.settings import TenantSettings
from events.terms import ReminderSent
from workflows.decision import Command, Deadline, Decision, Refused
from workflows.ruling import Case
from workflows.waiting import morning

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SignAgreement(Command):
    """What the web part fills in: ``document``, the hash of the PDF that was read, and ``link``,
    the place of the event for which the link was made that was followed."""

    version: StrictInt
    document: Sha256 | None = None
    link: StrictInt | None = None


class RequestFreshLink(Command):
    pass


class SendSigningLink(Command):
    """The coordinator gives a party another link, also after its links were revoked."""

    party: str


class RevokeSigningLink(Command):
    party: str


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs in a process: the parties in their order, and each role's party.

    asked(state, party, today): whether something else than a signature is asked of a party, for
    which it has a link too.
    """

    parties: tuple[str, ...]
    party_of: Mapping[str, str]
    asked: Callable[[Any, str, date], bool] = lambda _state, _party, _today: False

    def sign(self, case: Case[Any], command: SignAgreement) -> Decision:
        """Refused for another version than the one that counts, and a second time."""
        state: SignedCase = case.state
        current = state.agreement
        if not state.versions:
            raise Refused("state.not_allowed")
        if not 1 <= command.version <= len(state.versions):
            raise Refused("command.invalid", "version")
        if current is None or command.version < current.number:
            by_link = case.role == "contact"
            raise Refused("link.expired" if by_link else "agreement.version_superseded", "version")
        party = self.party_of[case.role]
        if command.link is not None and not state.serves(party, command.link):
            raise Refused("link.expired")
        if party in current.signed:
            raise Refused("state.not_allowed")
        other = command.document and current.document and command.document != current.document
        if other:
            raise Refused("agreement.version_superseded", "document")
        return case.accept(
            AgreementSigned(version=current.number, party=party, document=command.document)
        )

    def fresh_link(self, case: Case[Any], _command: RequestFreshLink) -> Decision:
        """For a party that has something to sign, or of which something else is asked.

        Refused while its links are revoked: only the coordinator lets it in again.
        """
        party = self.party_of[case.role]
        assert case.ctx.giver.person is not None
        self._check_a_link(case, party)
        if party in case.state.links_revoked:
            raise Refused("link.expired")
        return case.accept(SigningLinkSent(party=party, person=case.ctx.giver.person))

    def send_link(self, case: Case[Any], command: SendSigningLink) -> Decision:
        self._check_a_link(case, command.party)
        person = case.state.signatories[command.party]
        return case.accept(SigningLinkSent(party=command.party, person=person))

    def revoke_link(self, case: Case[Any], command: RevokeSigningLink) -> Decision:
        self._check_a_link(case, command.party)
        return case.accept(SigningLinkRevoked(party=command.party))

    def _check_a_link(self, case: Case[Any], party: str) -> None:
        if party not in self.parties:
            raise Refused("command.invalid", "party")
        if not self.has_a_link(case.state, party, case.today):
            raise Refused("state.not_allowed")

    def has_a_link(self, state: SignedCase, party: str, today: date) -> bool:
        """Whether something is asked of this party for which it has a link."""
        unsigned = state.agreement is not None and party not in state.agreement.signed
        return unsigned or self.asked(state, party, today)

    def may_ask_anew(self, state: SignedCase, party: str, today: date) -> bool:
        """Whether this party gets a fresh link when it asks for one."""
        return self.has_a_link(state, party, today) and party not in state.links_revoked

    def deadlines(
        self, state: SignedCase, start: date, settings: TenantSettings
    ) -> Sequence[Deadline]:
        """The missing signers are reminded, then the coordinator is told; once a version each."""
        current = state.agreement
        missing = state.missing(self.parties)
        if current is None or not missing:
            return []
        found: list[Deadline] = []
        day = add_working_days(start, -settings.signatures_due, settings)
        key = f"signatures/{current.number}"
        if key not in state.passed and morning(day, settings) >= current.drafted_at:
            reminder = ReminderSent(
                timer="signatures", due=day.isoformat(), moment=str(current.number), to=missing
            )
            found.append(Deadline("signatures", morning(day, settings), key, reminder))
        day = add_working_days(start, -settings.signatures_late, settings)
        key = f"signatures_late/{current.number}"
        if key not in state.passed and morning(day, settings) >= current.drafted_at:
            late = SignaturesMissing(version=current.number, due=day.isoformat(), missing=missing)
            found.append(Deadline("signatures_late", morning(day, settings), key, late))
        return found
