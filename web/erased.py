"""What staff learns of a case that was erased: when, on which ground, and at whose word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events.event import instant_text
from web.reading import ErasedCase
from web.site import Site

if TYPE_CHECKING:
    from events.store.erasures import Ask


async def told_of(site: Site, case: ErasedCase) -> dict[str, Any]:
    """As programs read it. ``erased_at`` and ``ground`` are missing while it is under way.

    Who asked and who approved is told by headers of events, which stay readable.
    """
    known = await site.store.erased(case.tenant, case.stream)
    if known is None:
        return {}
    told: dict[str, Any] = {
        "requested": _ask(known.requested),
        "approved": _ask(known.approved),
    }
    if known.begun_at is not None:
        told["begun_at"] = instant_text(known.begun_at)
    if known.erased_at is not None:
        told["erased_at"] = instant_text(known.erased_at)
    if known.certificate is not None:
        told["ground"] = known.certificate["ground"]
    return {key: value for key, value in told.items() if value is not None}


def _ask(ask: Ask | None) -> dict[str, str | None] | None:
    return None if ask is None else {"by": ask.person, "at": instant_text(ask.at)}
