"""Carries trajectories on and checks after every step what must always hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from events.calendar import local_day
from events.event import Event, event_from_json, instant_text
from events.supervision import STORY
from events.supervision.facts import FACTS
from events.supervision.state import Trajectory
from tests.properties.choices import CODES, LATE, SUSPENDED, forward, giver, sensible
from tests.properties.desk import ROLES, TENANT, Desk
from tests.properties.oracle import faults
from tests.properties.payloads import SUNDAY, Canaries, Chance, Source, right, spoiled
from tests.properties.secrets import telling
from workflows.decision import Context, Giver
from workflows.scenarios import Answer, Call
from workflows.stewardship import COMMANDS as STEWARDSHIP
from workflows.supervision import RULES

UNINFORMED = ("teacher", "manager")
INFORMED = frozenset({"client", "advisor"})
EVERYWHERE = frozenset({"hr", "coordinator", "auditor"})
COMMANDS = sorted(set(RULES.commands) - set(STEWARDSHIP))
REQUESTERS = ("hr", "client", "client_hr", "teacher")
HOURS = (0, 1, 3, 14, 24, 40, 72, 24 * 7, 24 * 16, 24 * 35)


@dataclass
class Watch:
    """Some trajectories of one board. ``reached`` counts whatever was met."""

    reached: Counter[str] = field(default_factory=Counter)
    desk: Desk = field(default_factory=Desk)
    canaries: Canaries = field(default_factory=Canaries)
    streams: list[str] = field(default_factory=list)
    given: list[tuple[Call, Answer]] = field(default_factory=list)
    folded: dict[str, tuple[int, Trajectory]] = field(default_factory=dict)
    told: int = 0
    turn: int = 0

    # -- what happens ----------------------------------------------------------------------------

    def sensible_command(self, chance: Chance) -> None:
        """What could well come now, from the right person, mostly with data that fit."""
        stream = chance.one(self.streams)
        state = self.desk.state(stream)
        name = chance.one(sensible(state))
        by = giver(chance, self.desk, state, name)
        self.attempt(chance, by, name, stream, spoil=chance.number(0, 5) == 5)

    def command_forward(self, chance: Chance) -> None:
        """What leads on towards the end, where anything is still on its way."""
        going = [stream for stream in self.streams if not self.desk.state(stream).ended]
        stream = chance.one(going or self.streams)
        state = self.desk.state(stream)
        today = local_day(self.desk.engine.now, self.desk.settings)
        name = forward(state, today, hasty=chance.number(0, 3) == 3)
        by = giver(chance, self.desk, state, name)
        self.attempt(chance, by, name, stream, spoil=chance.number(0, 9) == 9)

    def any_command(self, chance: Chance) -> None:
        """Anything, from the right person or from whoever; often where little may come."""
        still = [s for s in self.streams if self.desk.state(s).suspended]
        ended = [s for s in self.streams if self.desk.state(s).ended]
        stream = chance.one(
            chance.one((still or self.streams, ended or self.streams, self.streams))
        )
        state = self.desk.state(stream)
        name = chance.one(COMMANDS)
        if chance.number(0, 3):
            by = giver(chance, self.desk, state, name)
        else:
            by = chance.one(sorted(ROLES))
        self.attempt(chance, by, name, stream, spoil=chance.number(0, 4) == 4)

    def another_request(self, chance: Chance) -> None:
        by = chance.one(REQUESTERS)
        self.attempt(chance, by, "RequestTrajectory", None, spoil=chance.number(0, 3) == 3)

    def time_passes(self, hours: int) -> None:
        at = self.desk.engine.now + timedelta(hours=hours)
        while local_day(at, self.desk.settings).weekday() == SUNDAY:
            at += timedelta(days=1)
        self.desk.move(at)
        self.look()

    def an_old_command_again(self, chance: Chance) -> None:
        call, first = chance.one(self.given)
        before = self._picture()
        assert self.desk.send(call) == first
        assert self._picture() == before

    # -- one command -----------------------------------------------------------------------------

    def attempt(
        self, chance: Chance, by: str, name: str, stream: str | None, *, spoil: bool
    ) -> None:
        """Gives one command, with data that suit the case or with a fault in them."""
        state = self.desk.state(stream) if stream else RULES.story.initial()
        source = Source(chance, self.desk, state, stream or "", self.canaries)
        content = right(source, name)
        if spoil:
            content = spoiled(source, name, content)
        call = self.desk.call(by, name, content, stream)
        before = self._picture()
        answer = self.desk.send(call)
        self._hides(by, stream, [answer.body])
        if answer.refused is not None:
            self._refused(call, answer, before)
            return
        if stream is None:
            self.streams.append(answer.body["id"])
        self._accepted(call, answer, state)

    def _refused(self, call: Call, answer: Answer, before: object) -> None:
        assert answer.refused in CODES, answer
        if answer.refused == "trajectory.already_open":
            teaching = [self.desk.state(stream) for stream in self.streams]
            assert any(s.teacher == call.data["teacher"] and not s.ended for s in teaching)
        assert self._picture() == before
        assert self.desk.send(call) == answer, "a refused command is decided anew"
        self.reached[f"refused {answer.refused}"] += 1
        self.look()

    def _accepted(self, call: Call, answer: Answer, before: Trajectory) -> None:
        if before.ended:
            assert call.command in LATE, call
        if before.suspended:
            assert call.command in SUSPENDED, call
        self._was_offered(call, before)
        self.reached[f"gave {call.command}"] += 1
        self._repeats(call, answer)
        self.given.append((call, answer))
        self.look()

    def _was_offered(self, call: Call, before: Trajectory) -> None:
        """What is accepted was on the list of what this person may give now."""
        giver = Giver(call.person.id, call.person.roles)
        desk = self.desk
        stream = call.stream or ""
        ctx = Context(TENANT, stream, call.command_id, giver, desk.engine.now, desk.settings)
        assert RULES.offered(before, call.command, ctx), call

    def _repeats(self, call: Call, answer: Answer) -> None:
        before = self._picture()
        assert self.desk.send(call) == answer
        other = next(p for p in self.desk.scenario.people.values() if p.id != call.person.id)
        content = {"command": "Resume" if call.command != "Resume" else "FixGoalList", "data": {}}
        changed = [replace(call, person=other)]
        if call.stream is not None:
            changed.append(replace(call, **content))
            changed += [replace(call, stream=s) for s in self.streams if s != call.stream]
        for reuse in changed:
            assert self.desk.send(reuse).refused == "command.id_reused", reuse
        assert self._picture() == before

    # -- what must hold after every step ---------------------------------------------------------

    def _picture(self) -> object:
        """Everything a refused or repeated command must leave as it was."""
        engine = self.desk.engine
        return (
            {stream: [e.event_id for e in self.desk.events(stream)] for stream in engine.streams},
            list(engine.claims),
            list(engine.told),
            sorted(engine.answered),
            engine.now,
        )

    def look(self) -> None:
        self.turn += 1
        for stream in self.streams:
            new = self._fold(stream)
            state = self.desk.state(stream)
            self.reached[state.phase] += 1
            self.reached["suspended"] += state.suspended
            if new:
                self._stored(stream, state, new)
            self._keeps_secrets(stream, state)
        self._notices()
        self._one_open_trajectory_a_teacher()

    def _fold(self, stream: str) -> Sequence[Event]:
        """Folds what was stored since the last look, as read from the store, and compares."""
        known, state = self.folded.get(stream, (0, RULES.story.initial()))
        events = self.desk.events(stream)
        for event in events[known:]:
            read = event_from_json(json.loads(json.dumps(event.json())), FACTS)
            assert read == event
            state = RULES.story.evolve(state, read)
        assert state == self.desk.state(stream)
        self.folded[stream] = (len(events), state)
        return events[known:]

    def _stored(self, stream: str, state: Trajectory, new: Sequence[Event]) -> None:
        self.reached.update(event.type for event in new)
        raw = [event.json() for event in self.desk.events(stream)]
        assert faults(raw, self.desk.settings.zone) == []
        waiting = RULES.deadlines(state, self.desk.settings)
        assert len({deadline.key for deadline in waiting}) == len(waiting)
        if state.ended:
            assert waiting == []
        if state.suspended:
            assert {deadline.timer for deadline in waiting} <= {"suspended_long"}
        summary = self.desk.read("summary", "hr", stream).body
        assert summary["version" if "version" in summary else "state"]
        assert summary["goals"]["active"] <= self.desk.settings.goals_max
        if state.ended:
            assert (summary["visits"]["planned"], summary["overdue"], summary["next"]) == (
                [], [], [],
            )  # fmt: skip

    def _one_open_trajectory_a_teacher(self) -> None:
        states = [self.desk.state(stream) for stream in self.streams]
        teaching = [state.teacher for state in states if not state.ended]
        assert len(teaching) == len(set(teaching))

    # -- unannounced visits ----------------------------------------------------------------------

    def _informed(self, key: str, state: Trajectory) -> bool:
        """Whether this person may know: a teacher never does, whatever other roles."""
        if self.desk.person(key).id == state.teacher:
            return False
        if EVERYWHERE & set(ROLES[key]):
            return True
        mine = {role for role in INFORMED if getattr(state, role) == self.desk.person(key).id}
        return bool(mine & set(ROLES[key]))

    def _keeps_secrets(self, stream: str, state: Trajectory) -> None:
        """Turn by turn the teacher and the manager look around, now and back in time."""
        role = UNINFORMED[self.turn % 2]
        key = self.desk.key(getattr(state, role))
        if self._informed(key, state):
            return
        events = self.desk.events(stream)
        words = telling(events, teacher=role == "teacher")
        if words:
            self.reached["secrets"] += 1
            shown = [
                self.desk.read("summary", key, stream).body,
                self.desk.read("export", key, stream).body,
            ]
            _tells_nothing(shown, words)
            self._hides(
                key, stream, [self.desk.read(view, key).body for view in ("agenda", "tasks")]
            )
        if self.turn % 3 == 0:
            self._hid_then(key, stream, events, teacher=role == "teacher")

    def _hid_then(self, key: str, stream: str, events: Sequence[Event], *, teacher: bool) -> None:
        """With as_of, what was secret at that instant is not told now."""
        at = events[self.turn * 7 % len(events)].recorded_at
        past = [event for event in events if event.recorded_at <= at]
        words = telling(past, teacher=teacher)
        if words:
            self.reached["past secrets"] += 1
            _tells_nothing([self.desk.read("export", key, stream, as_of=at).body], words)

    def _hides(self, key: str, stream: str | None, shown: Sequence[Any]) -> None:
        """What a person is shown outside a case's own pages tells nothing of any of its cases."""
        if stream is None:
            return
        told_elsewhere = "".join(
            json.dumps([e.json() for e in self.desk.events(s)]) for s in self.streams if s != stream
        )
        state = self.desk.state(stream)
        if self._informed(key, state):
            return
        teacher = self.desk.person(key).id == state.teacher
        words = telling(self.desk.events(stream), teacher=teacher)
        _tells_nothing(shown, [word for word in words if word not in told_elsewhere])

    def _notices(self) -> None:
        told, self.told = self.desk.engine.told[self.told :], len(self.desk.engine.told)
        by_command = {e.command_id: (s, e) for s in self.streams for e in self.desk.events(s)}
        for notice in told:
            stream, event = by_command[notice.command_id]
            self.reached[f"told {notice.kind}"] += 1
            state = self.desk.state(stream)
            assert notice.to != event.actor.person
            self._hides(self.desk.key(notice.to), stream, [notice.body])
            if state.ended_at is not None and event.recorded_at > state.ended_at:
                assert notice.kind == "teacher_response", notice
            if notice.kind.startswith("visit_"):
                self._announced(stream, notice.command_id, notice.body["cause"])

    def _announced(self, stream: str, command: str, cause: str) -> None:
        causes = [e for e in self.desk.events(stream) if (e.command_id, e.type) == (command, cause)]
        visits = [self.desk.state(stream).visits[event.data.visit] for event in causes]
        assert any(visit.announced for visit in visits), "told of an unannounced visit"

    def finish(self) -> None:
        """The whole of it once more, from what is stored."""
        for stream in self.streams:
            raw = json.loads(json.dumps([event.json() for event in self.desk.events(stream)]))
            again = STORY.fold(event_from_json(event, FACTS) for event in raw)
            assert again == self.desk.state(stream)
            instants = [instant_text(event.recorded_at) for event in self.desk.events(stream)]
            assert instants == sorted(instants)


def _tells_nothing(shown: Sequence[Any], words: Sequence[str]) -> None:
    text = json.dumps(shown, ensure_ascii=False)
    assert [word for word in words if word in text] == []
