"""The demo's people and cases, played by the pure rules and kept in a store in a second.

Tests look at pages full of them without waiting for a process to take every command.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from deploy.demo.examples import Step, case_names, lead, people, person_id, training_schools
from deploy.demo.playing import recording
from events.holidays import closed_days
from events.recording import Recording
from events.settings import TenantSettings
from tests.properties.desk import drive
from web.site import DEMO_BOARD
from workflows.pure import Asked, PureEngine, Stream
from workflows.scenarios import Call, Person, Scenario

if TYPE_CHECKING:
    from events.store.store import Store

BEHIND = timedelta(hours=1)
"""So long before now the first command was given; each further one a second later."""
REPORTED = "2-report-issued"
TURNS: dict[str, tuple[str, str, tuple[tuple[str, str, dict[str, Any]], ...]]] = {
    "escalated": (
        "samira",
        "tobias",
        (
            ("samira", "AddTeacherResponse", {"text": "Ik zie het anders dan in het rapport."}),
            ("hendrik", "EscalateTrajectory", {"mandate": person_id("wim")}),
        ),
    ),
    "closed": (
        "thijs",
        "ellen",
        (
            ("thijs", "ConfirmReceipt", {}),
            ("hendrik", "ConfirmReceipt", {}),
            ("hendrik", "CloseTrajectory", {"outcome": "no_follow_up"}),
        ),
    ),
}
"""Further trajectories that go the way of the reported one: their teacher, advisor and end."""


class ExampleBoard:
    """The demo's board. ``ids`` names its cases, such as ``in_guidance``."""

    def __init__(self) -> None:
        self.settings = TenantSettings(
            closed=closed_days("midden"), schools=tuple(training_schools())
        )
        self.engine = PureEngine()
        self.engine.now = datetime.now(UTC).replace(microsecond=0) - BEHIND
        self.examples = people()
        self.people = {
            one.key: Person(one.key, person_id(one.key), one.name, one.roles)
            for one in self.examples
        }
        scenario = Scenario("demo", "supervision", DEMO_BOARD, self.settings, self.people, [])
        drive(self.engine.begin(scenario))
        self.ids: dict[str, str] = {}
        today = self.engine.now.date()
        for name in case_names():
            example = lead(name, today)
            self.ids[name.partition("-")[2].replace("-", "_")] = self._led(
                example.process, example.steps
            )
        reported = lead(REPORTED, today).steps
        for name, (teacher, advisor, steps) in TURNS.items():
            who = {"joost": teacher, "tobias": advisor}
            turned = [Step(by, command, data, "") for by, command, data in steps]
            self.ids[name] = self._led(
                "supervision",
                [
                    replace(_for(step, who, name), command_id=_id_of(f"{name}/{number}"))
                    for number, step in enumerate([*reported, *turned])
                ],
            )
        left = Step("saskia", "StaffLeft", {"person": person_id("sanne")}, _id_of("departure"))
        self._led("departures", [left])
        self.ids |= {
            process.removesuffix("s"): stream.id
            for stream in self.engine.streams.values()
            if (process := stream.rules.story.name) != "supervision"
        }
        self.ids["event"] = self.engine.streams[self.ids["in_guidance"]].events[0].event_id

    def _led(self, process: str, steps: list[Step]) -> str:
        stream = None
        for step in steps:
            self.engine.now += timedelta(seconds=1)
            data = json.loads(json.dumps(step.data))
            call = Call(
                self.people[step.by], process, stream, step.command_id, step.command, data,
                self.engine.now,
            )  # fmt: skip
            answer = drive(self.engine.give(call))
            assert answer.refused is None, (step, answer)
            stream = str(answer.body["id"])
        assert stream is not None
        return stream

    async def keep(self, store: Store) -> None:
        """Everything into the store, in the order in which it happened."""
        for one in self.examples:
            await store.add_person(
                DEMO_BOARD,
                one.name,
                f"{one.key}@voorbeeld.example",
                language=one.language,
                roles=one.roles,
                person=person_id(one.key),
            )
        await store.save_settings(DEMO_BOARD, self.settings)
        streams = self.engine.streams.values()
        ordered = sorted(
            ((asked, stream) for stream in streams for asked in stream.asked),
            key=lambda one: one[0].place,
        )
        for asked, stream in ordered:
            if asked.events[0].version == 1:
                await store.open_dossier(DEMO_BOARD, stream.rules.story.name, stream.id)
            recorded = await store.record(self.recording(asked, stream))
            assert recorded.outcome == "recorded", (recorded, asked)

    def recording(self, asked: Asked, stream: Stream) -> Recording:
        """As the demo plays the rest of its board, and here with the letters."""
        rules, version = stream.rules, asked.events[0].version
        before = rules.story.fold(stream.events[: version - 1], rules.story.initial())
        after = rules.story.fold(asked.events, before)
        letters = rules.notices(before, after, asked.events)
        played = recording(self.engine, asked, stream, self.settings)
        return played.model_copy(update={"notices": letters})


def _for(step: Step, who: dict[str, str], name: str) -> Step:
    """A step of the example as other people take it."""
    text = json.dumps(step.data)
    if name == "escalated":
        text = re.sub(r'"overall": "[a-z]+"', '"overall": "insufficient"', text)
    for old, new in who.items():
        text = text.replace(person_id(old), person_id(new))
    return replace(step, by=who.get(step.by, step.by), data=json.loads(text))


def _id_of(name: str) -> str:
    return str(uuid5(UUID(DEMO_BOARD), f"example/{name}"))
