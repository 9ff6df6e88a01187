"""What must be true of a trajectory's stored events, told from the events alone.

It knows nothing of the fold and the rules: it reads the JSON of the events and counts for itself,
so that a fault in those cannot hide here. Each fault is one line; none means all holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.properties.expectations import RULES
from tests.properties.seen import Seen

ENDS = {
    "TrajectoryDeclined": "declined",
    "TrajectoryClosed": "closed",
    "TrajectoryEscalated": "escalated",
    "TrajectoryAborted": "aborted",
}
AFTER_END = frozenset(
    {
        "TeacherResponseAdded",
        "InterventionHoursLogged",
        "InterventionHoursCorrected",
        "InvoiceBasisPrepared",
        "RecordCorrected",
    }
)
WHILE_SUSPENDED = frozenset(
    {
        "TrajectoryResumed",
        "TrajectoryAborted",
        "AdvisorReplaced",
        "InterventionHoursLogged",
        "InterventionHoursCorrected",
        "TeacherConsentWithdrawn",
        "TimetableChangeReported",
        "TeacherResponseAdded",
        "FinalReportReceived",
        "RecordCorrected",
        "SuspendedLong",
    }
)


def faults(events: Sequence[Mapping[str, Any]], zone: ZoneInfo, goals_max: int = 15) -> list[str]:
    """Everything in these events (as `Event.json` gives them) that may never happen."""
    seen = Seen()
    before: Mapping[str, Any] | None = None
    for number, event in enumerate(events, 1):
        _envelope(seen, event, number, before)
        _allowed_now(seen, event)
        rule = RULES.get(event["type"])
        if rule is not None:
            rule(seen, event["data"], event)
        if event["actor"]["role"] == "process":
            _deadline(seen, event, before, zone)
        if sum(seen.goals.values()) > goals_max:
            seen.faults.append(f"{sum(seen.goals.values())} active goals")
        before = event
    if seen.ended == "" and seen.invoices:
        seen.faults.append("an invoice without an end")
    return seen.faults


def _envelope(
    seen: Seen, event: Mapping[str, Any], number: int, before: Mapping[str, Any] | None
) -> None:
    if event["version"] != number:
        seen.faults.append(f"version {event['version']} at place {number}")
    if number == 1 and event["type"] != "TrajectoryRequested":
        seen.faults.append(f"begins with {event['type']}")
    if before is not None and event["recorded_at"] < before["recorded_at"]:
        seen.faults.append(f"{number} recorded before {number - 1}")
    if before is None or event["command_id"] != before["command_id"]:
        if event["command_id"] in seen.commands:
            seen.faults.append(f"command {event['command_id']} recorded twice")
        seen.commands.add(event["command_id"])


def _allowed_now(seen: Seen, event: Mapping[str, Any]) -> None:
    kind = event["type"]
    if seen.ended and event["command_id"] != seen.ending and kind not in AFTER_END:
        seen.faults.append(f"{kind} after {seen.ended}")
    if seen.ended == "aborted" and kind == "TeacherResponseAdded":
        seen.faults.append("a response to an aborted trajectory")
    if seen.suspended and event["command_id"] != seen.suspending and kind not in WHILE_SUSPENDED:
        seen.faults.append(f"{kind} while suspended")
    if kind in ENDS:
        seen.ended, seen.ending, seen.suspended = ENDS[kind], event["command_id"], False


def _deadline(
    seen: Seen, event: Mapping[str, Any], before: Mapping[str, Any] | None, zone: ZoneInfo
) -> None:
    data, kind = event["data"], event["type"]
    keys = {
        "StepOverdue": ("timer", "level"),
        "ReminderSent": ("timer", "due"),
        "TrajectoryStalled": ("since",),
        "PeriodEnding": ("to", "working_days"),
        "ResponseTermEnded": (),
        "SuspendedLong": ("since",),
    }
    if kind not in keys:
        seen.faults.append(f"a deadline recorded {kind}")
        return
    key = (kind, *(data[name] for name in keys[kind]))
    if key in seen.passed:
        seen.faults.append(f"{key} passed twice")
    seen.passed.add(key)
    if event["actor"]["person"] is not None:
        seen.faults.append(f"a person passed {key}")
    local = datetime.fromisoformat(event["recorded_at"]).astimezone(zone)
    wanted = "00:00" if kind == "ResponseTermEnded" else "09:00"
    resumed = before is not None and before["recorded_at"] == event["recorded_at"]
    if local.strftime("%H:%M") != wanted and not resumed:
        seen.faults.append(f"{key} recorded at {local}")
