"""What a loan's facts looked like before, and how that reads as they look now."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from events.event import Frozen


class LoanExtended1(Frozen):
    """As the runs kept in tests/histories have it."""

    days: int = Field(ge=1, le=60)


class LoanExtended2(Frozen):
    """A span as text, such as ``P14D`` for a fortnight; nobody liked to read it."""

    span: str = Field(pattern="^P[1-9][0-9]?D$")


def as_a_span(data: dict[str, Any]) -> dict[str, Any]:
    return {"span": f"P{data['days']}D"}


def in_days(data: dict[str, Any]) -> dict[str, Any]:
    """Loans were extended for whoever asked, before it was told who did."""
    return {"days": int(data["span"][1:-1]), "asked": True}
