"""Stewardship: legal hold, restriction and erasure of a case, recorded in the case itself.

They are shared by all processes and may come in every phase (AVG art. 17 and 18). What their
headers say, who asked and who approved, can still be read when the dossier's key is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from events.event import Event, Fact, Text

ErasureGround = Literal["retention", "consent_withdrawn", "objection", "unlawful", "court_order"]
"""Why a case is erased: its term is over, or one of AVG art. 17(1)."""
RestrictionGround = Literal["accuracy", "unlawful", "claims", "objection"]
"""Why nothing is done with a case for a while: AVG art. 18(1), a to d."""


class LegalHoldPlaced(Fact):
    """The case is kept, whatever term ends, such as while there is a dispute."""

    reason: Text


class LegalHoldLifted(Fact):
    reason: Text


class ProcessingRestricted(Fact):
    """The case is kept and nothing else is done with it (AVG art. 18)."""

    ground: RestrictionGround
    reason: Text


class RestrictionLifted(Fact):
    reason: Text


class ErasureRequested(Fact):
    ground: ErasureGround
    reason: Text


class ErasureApproved(Fact):
    """By somebody else than who requested it."""

    reason: Text


class ErasureDeclined(Fact):
    """Also takes back an approval that has not been carried out."""

    reason: Text


FACTS: Mapping[str, type[Fact]] = {
    fact.__name__: fact for fact in Fact.__subclasses__() if fact.__module__ == __name__
}

STEWARDS = frozenset({"hr", "coordinator", "auditor"})
"""Who reads why a case is on hold; that may concern a dispute with who reads along."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request that was not declined: person ids of who requested it and who approved it."""

    ground: ErasureGround
    requested_by: str
    approved_by: str | None = None


def _requested(_state: Any, event: Event, data: ErasureRequested) -> dict[str, Any]:
    return {"erasure": Erasure(data.ground, str(event.actor.person))}


def _approved(state: Any, event: Event, _data: ErasureApproved) -> dict[str, Any]:
    return {"erasure": replace(state.erasure, approved_by=event.actor.person)}


CHANGES: Mapping[type[Fact], Callable[[Any, Event, Any], dict[str, Any]]] = {
    LegalHoldPlaced: lambda _state, _event, _data: {"hold": True},
    LegalHoldLifted: lambda _state, _event, _data: {"hold": False},
    ProcessingRestricted: lambda _state, _event, _data: {"restricted": True},
    RestrictionLifted: lambda _state, _event, _data: {"restricted": False},
    ErasureRequested: _requested,
    ErasureApproved: _approved,
    ErasureDeclined: lambda _state, _event, _data: {"erasure": None},
}
"""What each of them changes in the state of a case, whatever its process."""


def summary(state: Any) -> dict[str, Any]:
    """What every summary says of it: ``erasure`` is null, requested or approved."""
    erasure: Erasure | None = getattr(state, "erasure", None)
    return {
        "hold": getattr(state, "hold", False),
        "restricted": getattr(state, "restricted", False),
        "erasure": erasure and ("approved" if erasure.approved_by else "requested"),
    }


def hides_reason(fact: Fact, rights: Collection[str], *, subject: bool) -> bool:
    """Whether somebody with these rights in a case may not read why.

    Of a hold only its stewards read that, of the others also the one whom the case is about.
    """
    if type(fact) not in CHANGES or not STEWARDS.isdisjoint(rights):
        return False
    return not subject or isinstance(fact, LegalHoldPlaced | LegalHoldLifted)
