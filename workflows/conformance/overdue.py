"""Deadlines that stood open longer than they may have, while nobody recorded that they passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events.settings import TenantSettings
from workflows.decision import Deadline, Rules


@dataclass(frozen=True, slots=True)
class Way:
    """One way a waiting process may have reckoned: by these rules, from this state and settings."""

    rules: Rules[Any]
    state: Any
    settings: TenantSettings

    def pending(self) -> Mapping[str, Deadline]:
        """The deadlines still to pass, by key."""
        if self.rules.story.is_final(self.state):
            return {}
        try:
            return {d.key: d for d in self.rules.deadlines(self.state, self.settings)}
        except Exception:  # noqa: BLE001 - the process itself then waits for other settings
            return {}


@dataclass(frozen=True, slots=True)
class Missed:
    """A deadline whose event never came: it was due then, and no longer waited for at ``at``."""

    key: str
    due: datetime
    at: datetime

    @property
    def late(self) -> timedelta:
        return self.at - self.due


class Overdue:
    """Follows one stream. A deadline counts as overdue only where every way of reckoning says so:
    nobody tells a waiting case that the settings of its board have changed."""

    def __init__(self, tolerance: timedelta) -> None:
        self._tolerance = tolerance
        self._waiting: dict[str, datetime] = {}
        self._at: datetime | None = None

    def look(self, ways: Sequence[Way], at: datetime) -> list[Missed]:
        """What was missed by the moment ``at``, up to which nothing had changed in the stream."""
        if not ways:
            return []
        open_ = {key: deadline.due for key, deadline in ways[0].pending().items()}
        latest = at - self._tolerance
        if self._waiting or any(due < latest for due in open_.values()):
            for way in ways[1:]:
                others = way.pending()
                open_ = {
                    key: max(due, others[key].due) for key, due in open_.items() if key in others
                }
        since = self._at or at
        missed = [
            Missed(key, due, since)
            for key, due in self._waiting.items()
            if key not in open_ or open_[key] > since
        ]
        self._waiting = {key: due for key, due in open_.items() if due < latest}
        self._at = at
        return missed

    def passed(self, key: str) -> None:
        """Its event is there."""
        self._waiting.pop(key, None)

    def rest(self) -> list[Missed]:
        """What waits at the end."""
        assert self._at is not None
        return [Missed(key, due, self._at) for key, due in self._waiting.items()]
