"""One example of every command to a departure."""

from __future__ import annotations

from typing import Any

from web.api.examples import people as p

DEPARTURES: dict[str, Any] = {
    "StaffLeft": {"person": p.COORDINATOR, "date": "2026-03-31"},
    "CorrectRecord": p.CORRECTION,
}
