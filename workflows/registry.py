"""All processes, by the name they have in addresses and workflow ids."""

from typing import Any

from workflows import assessments, departures, internships, partners, placements, supervision
from workflows.decision import Rules

RULES: dict[str, Rules[Any]] = {
    rules.story.name: rules
    for rules in (
        supervision.RULES,
        internships.RULES,
        placements.RULES,
        assessments.RULES,
        partners.RULES,
        departures.RULES,
    )
}

EARLIER: dict[tuple[str, int], Rules[Any]] = {}
"""Rules that were in force before, by process and version: what they decided is checked by them."""
