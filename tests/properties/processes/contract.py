"""What the contract names, read from its text, so that neither it nor the tests fall behind."""

from __future__ import annotations

import re
from pathlib import Path

GENERAL = frozenset(
    {
        "auth.role", "auth.not_subject", "auth.not_assigned", "state.final", "state.not_allowed",
        "command.invalid", "command.id_reused",
    }
)  # fmt: skip
_NO_REFUSALS = frozenset(
    {
        "agreement.complete",
        "internship.short",
        "contact.maybe_pupil_data",
        "state.suspended",
        "service.unavailable",
    }
)
"""Codes that stand in the contract as something else, or hold for one process alone."""

_PROCESSES = ("internships", "placements", "partners", "departures", "assessments")
_TEXT = (Path(__file__).parents[3] / "docs" / "contract.md").read_text("utf-8")
_SHARED, *_OWN = re.split(r"^## \d+\. ", _TEXT, flags=re.MULTILINE)[1:7]
# What all processes take is walked apart (tests/workflows/test_stewardship.py).
_SHARED = re.sub(r"^### Stewardship.*?(?=^### )", "", _SHARED, flags=re.MULTILINE | re.DOTALL)
_SIGNED = ("internships", "placements")
_IN_PROSE = {
    "departures": {"staff_left", "departure_handled"},
    "assessments": {
        "assessor_assigned", "assessment_plan_set", "teacher_heard", "assessment_issued",
        "assessment_closed", "assessment_withdrawn",
    },
}  # fmt: skip
_OF_AGREEMENTS = {"signature_due", "signatures_missing"}


def _codes(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"`([a-z]+\.[a-z_]+)`", text)) - _NO_REFUSALS


def _refusals(process: str, text: str) -> frozenset[str]:
    """The codes of its section, with those of agreements where it has one, and the general ones."""
    codes = _codes(text) | GENERAL
    if process == "placements":
        codes |= {"state.suspended"}
    return codes | _codes(_SHARED) if process in _SIGNED else codes


def _notices(process: str, text: str) -> frozenset[str]:
    """The first column of its table of notices, and what its timers send."""
    table = text.partition("| notice | to | cause |")[2].partition("\n\n")[0]
    named = {
        kind
        for line in table.splitlines()[2:]
        for kind in re.split(r"[,;] ", line.split("|")[1].strip())
    }
    named |= set(re.findall(r"notice ([a-z]+_due)\b", text)) | _IN_PROSE.get(process, set())
    return frozenset(named | (_OF_AGREEMENTS if process in _SIGNED else set()))


CODES = {process: _refusals(process, text) for process, text in zip(_PROCESSES, _OWN, strict=True)}
NOTICES = {process: _notices(process, text) for process, text in zip(_PROCESSES, _OWN, strict=True)}
