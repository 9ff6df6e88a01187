"""Succession: whoever has a part in a case may be followed by somebody else, and that is kept."""

from __future__ import annotations

from events.event import Fact, PersonId, Text


class PersonReplaced(Fact):
    """``part`` is what somebody is in the case; ``person`` is it from now on.

    ``previous`` is missing where nobody was it any more.
    """

    part: str
    person: PersonId
    previous: PersonId | None = None
    reason: Text
