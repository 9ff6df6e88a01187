"""Rectification, the same in every process: beside what it corrects (AVG art. 16)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from events.event import Id
from events.rectification import RecordCorrected
from workflows.decision import Command, Decision, Refused
from workflows.fields import Auditor, Required
from workflows.ruling import Case


class CorrectRecord(Command):
    event: Id
    reason: Required
    correction: Required
    approved_by: Auditor


def correct_record(case: Case[Any], command: CorrectRecord, recorded: Collection[str]) -> Decision:
    """``recorded`` are the ids of the stream's events."""
    if command.event not in recorded:
        raise Refused("command.invalid", "event")
    return case.accept(
        RecordCorrected(
            event=command.event,
            reason=command.reason,
            correction=command.correction,
            approved_by=command.approved_by,
        )
    )
