"""What a run knows of its case: folded from what the store returned, and kept nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from events.event import event_from_json
from events.recording import Loaded
from events.settings import TenantSettings
from workflows.decision import Command, Context, Deadline, Errand, Giver, Refused, Rules
from workflows.drafting import Standing
from workflows.wire import FAILED, StreamRef

OnFault = Callable[[str, Exception], None]


class CaseFile:
    """State, settings, and what the process has to do by itself; ``on_fault`` hears of failures."""

    def __init__(self, ref: StreamRef, rules: Rules[Any], on_fault: OnFault) -> None:
        self._ref = ref
        self._rules = rules
        self._on_fault = on_fault
        self.state: Any = rules.story.initial()
        self.settings = TenantSettings()
        self.version = 0
        self.deadlines: list[Deadline] = []
        self.errands: Sequence[Errand] = ()
        self._recorded_at: datetime | None = None
        self._correlation = ref.stream
        self._known: set[str] = set()

    @property
    def standing(self) -> Standing:
        return Standing(self.state, self.version, self._correlation, self._ref.clock_offset)

    @property
    def ended(self) -> bool:
        """Nothing was ever recorded, or nothing more will happen by itself."""
        return self.version == 0 or self._rules.story.is_final(self.state)

    def knows(self, command_id: str) -> bool:
        return command_id in self._known

    def command(self, name: str, data: Mapping[str, object]) -> Command:
        """What was sent, as the command it names; raises Refused."""
        model = self._rules.commands.get(name)
        if model is None:
            raise Refused("command.invalid", "command")
        if self.version == 0 and name != self._rules.opening:
            raise Refused("not_found")
        try:
            return model.model_validate(data)
        except ValidationError as invalid:
            path = invalid.errors(include_url=False, include_input=False)[0]["loc"]
            raise Refused("command.invalid", ".".join(str(part) for part in path)) from None

    def turn(self, page: Loaded) -> None:
        """Take in a page of the stream and the settings that came with it."""
        self.settings = page.settings
        self.fold(page.events)

    def fold(self, raw: list[dict[str, Any]]) -> None:
        """Take in recorded events; those known, or of other streams, are passed over.

        Raises ApplicationError where the store left one out.
        """
        story = self._rules.story
        for one in raw:
            if one["stream_id"] != self._ref.stream or one["version"] <= self.version:
                continue
            event = event_from_json(one, story.facts)
            if event.version != self.version + 1:
                raise ApplicationError("a gap in the stream", type=FAILED, non_retryable=True)
            self.state = story.evolve(self.state, event)
            if event.version == 1:
                self._correlation = event.correlation_id
            self.version = event.version
            self._recorded_at = event.recorded_at
            self._known.add(event.command_id)
        self.deadlines = self._due()
        self.errands = self._rules.errands(self.state)

    def _due(self) -> list[Deadline]:
        if self.ended:
            return []
        try:
            return self._rules.deadlines(self.state, self.settings)
        except Exception as fault:  # noqa: BLE001 - such as a calendar without working days
            self._on_fault("deadlines failed", fault)
            return []

    def context(self, command_id: str, giver: Giver, now: datetime) -> Context:
        """Surroundings of a command; the clock is never before the stream's last event."""
        if self._recorded_at is not None:
            now = max(now, self._recorded_at)
        return Context(
            tenant=self._ref.tenant,
            stream=self._ref.stream,
            command_id=command_id,
            giver=giver,
            now=now,
            settings=self.settings,
        )
