"""The same cases in the `eventsourcing` library, for the figure beside ours."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from eventsourcing.application import Application
from eventsourcing.cryptography import AESCipher
from eventsourcing.domain import Aggregate

from events.audit.replay import Replayed
from events.supervision import STORY


class Peer:
    """The same cases in the `eventsourcing` library: its JSON, its AES-GCM, its aggregates.

    They are kept in memory, and each event is applied as it comes, by the function that folds
    ours, so that the same states are reached.
    """

    def __init__(self, cases: Sequence[Replayed]) -> None:
        environment = {
            "CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher",
            "CIPHER_KEY": AESCipher.create_key(32),
        }
        self._application: Application[Any] = Application(env=environment)
        self._wanted = [case.state for case in cases]
        self._ids = [self._keep(case) for case in cases]

    def _keep(self, case: Replayed) -> Any:
        kept = PeerCase()
        for event in case.events:
            plain = event.json()
            told = {name: plain[name] for name in TOLD}
            kept.trigger_event(Recorded, timestamp=event.recorded_at, told=plain["data"], **told)
        for event in kept.pending_events:
            # What was read of it is not part of what is stored.
            vars(event).pop("data", None)
        self._application.save(kept)
        return kept.id

    def play(self) -> tuple[int, float]:
        """How many events, and in how many seconds of a core."""
        events, began = 0, time.process_time()
        for id_, wanted in zip(self._ids, self._wanted, strict=True):
            case: Any = self._application.repository.get(id_)
            events += case.state.version
            assert (case.state.phase, case.state.version) == (wanted.phase, wanted.version)
        return events, time.process_time() - began


TOLD = (
    "event_id", "type", "schema_version", "occurred_on", "actor", "command_id", "causation_id",
    "correlation_id", "settings_version",
)  # fmt: skip
"""What of an event the library does not keep by itself."""


class PeerCase(Aggregate):
    """A case as the library has it."""

    def __init__(self) -> None:
        self.state = STORY.initial()


class Recorded(PeerCase.Event):
    """An event with the same contents as ours."""

    event_id: str
    type: str
    schema_version: int
    occurred_on: str
    actor: dict[str, str | None]
    command_id: str
    causation_id: str | None
    correlation_id: str
    settings_version: int
    told: dict[str, Any]

    def apply(self, aggregate: PeerCase) -> None:
        vars(self)["data"] = STORY.facts[self.type].model_validate(self.told)
        event: Any = self
        aggregate.state = STORY.evolve(aggregate.state, event)

    @property
    def version(self) -> int:
        return self.originator_version - 1

    @property
    def recorded_at(self) -> Any:
        return self.timestamp
