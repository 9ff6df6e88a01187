"""Conformance: every command that was recorded is put to the rules again, on the state it met.

What comes of it is a list of findings: what the rules would not have allowed, what differs from
what they give, and deadlines that passed without their event. Pure: the caller reads the rows.
"""

from workflows.conformance.history import (
    TOLERANCE,
    Board,
    Finding,
    Report,
    Saved,
)
from workflows.conformance.meetings import check_needs, meet
from workflows.conformance.replay import conform, standings, untold

__all__ = [
    "TOLERANCE",
    "Board",
    "Finding",
    "Report",
    "Saved",
    "check_needs",
    "conform",
    "meet",
    "standings",
    "untold",
]
