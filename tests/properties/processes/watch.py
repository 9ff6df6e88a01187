"""Looks at a board after every step: what is stored, shown, told and offered must agree."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from events.calendar import local_day
from events.event import Event, event_from_json
from tests.properties.processes import others
from tests.properties.processes.board import IDS, ROLES, Board
from tests.properties.processes.play import Case
from tests.properties.processes.readers import may_read, secrets
from tests.properties.processes.seen_others import Assessment, stands
from tests.properties.processes.table import PLAYS, WITNESSES
from tests.properties.processes.witness import ASKED_FOR, ROLE_WORDS, Record, Told, Witness
from workflows.scenarios import Call

IN_THE_TYPE = frozenset({"attended"})
"""Data that the type of the event tells."""


@dataclass
class Watch:
    """What was seen of a board so far."""

    board: Board
    reached: Counter[str]
    folded: dict[str, tuple[int, Any]] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    summaries: dict[str, tuple[tuple[int, date], Case]] = field(default_factory=dict)
    said: dict[str, Call] = field(default_factory=dict)
    told: int = 0
    turn: int = 0
    known: int = 0

    # -- the cases -------------------------------------------------------------------------------

    def cases(self, process: str) -> Sequence[tuple[str, Case]]:
        """The streams of a process and their summaries, as hr reads them."""
        streams = [id_ for id_, s in self.board.engine.streams.items() if s.events]
        return [(id_, self.summary(id_)) for id_ in streams if self.board.process(id_) == process]

    def summary(self, stream: str) -> Case:
        today = local_day(self.board.engine.now, self.board.settings)
        stamp = len(self.board.events(stream)), today
        known = self.summaries.get(stream)
        if known is None or known[0] != stamp:
            answer = self.board.read("summary", "hr", stream)
            assert answer.refused is None, answer
            self.summaries[stream] = known = (stamp, answer.body)
        return known[1]

    def picture(self) -> object:
        """Everything a refused or repeated command must leave as it was."""
        engine = self.board.engine
        sizes = {stream: len(case.events) for stream, case in engine.streams.items()}
        claims = [(holder, claim.model_dump_json()) for holder, claim in engine.claims]
        return sizes, claims, len(engine.told), sorted(engine.answered), engine.now

    def accepted(self, call: Call) -> None:
        self.said[call.command_id] = call

    # -- after a step ----------------------------------------------------------------------------

    def look(self) -> None:
        self.turn += 1
        told: dict[str, set[tuple[str, str, str]] | None] = {}
        for stream in list(self.board.engine.streams):
            if self.board.process(stream) in PLAYS:
                new = self._fold(stream)
                if new:
                    self._stored(stream, new, told)
        self._notices(told)
        wrong = others.together(list(self.witnesses.values()))
        assert not wrong, wrong
        self._somebody_looks()

    def _fold(self, stream: str) -> Sequence[Event]:
        """Folds what was stored since the last look, as read from the store, and compares."""
        rules = self.board.rules(stream)
        known, state = self.folded.get(stream, (0, rules.story.initial()))
        events = self.board.events(stream)
        process = rules.story.name
        for event in events[known:]:
            read = event_from_json(json.loads(json.dumps(event.json())), rules.story.facts)
            assert read == event
            state = rules.story.evolve(state, read)
            self.reached[f"{process} is {rules.story.index(state).state}"] += 1
            self.reached[f"{process} told {event.type}"] += 1
        if known < len(events):
            assert state == self.board.state(stream), "the fold is not the live state"
        self.folded[stream] = (len(events), state)
        assert [event.version for event in events[known:]] == [*range(known + 1, len(events) + 1)]
        for before, after in zip(events[max(0, known - 1) :], events[known or 1 :], strict=False):
            assert before.recorded_at <= after.recorded_at
        return events[known:]

    def _stored(
        self,
        stream: str,
        new: Sequence[Event],
        told: dict[str, set[tuple[str, str, str]] | None],
    ) -> None:
        process = self.board.process(stream)
        witness = self._witness(stream)
        for event in new:
            record = self._record(event)
            heard = witness.take(record)
            mine = told.setdefault(event.command_id, set())
            if heard is None or mine is None:
                told[event.command_id] = None
            else:
                mine |= {(*item, event.type) for item in self._named(heard, event.actor.person)}
                self.reached.update(f"{process} notice {kind}" for kind, _ in heard)
        self._keeps_what_was_said(new)
        case = self.summary(stream)
        play = PLAYS[process]
        assert not witness.faults, witness.faults
        assert set(case) >= play.summary, play.summary - set(case)
        wrong = differences(witness.shown(), case)
        assert not wrong, wrong
        if "handovers" in case and not witness.ended:
            open_tasks = [item["task"] for item in case["handovers"]]
            assert open_tasks == witness.handovers, f"{open_tasks}, not {witness.handovers}"
        self._terms(stream, witness, case)
        if process == "partners":
            wrong = stands(case)
            assert not wrong, wrong

    def _witness(self, stream: str) -> Witness:
        if stream not in self.witnesses:
            witness = WITNESSES[self.board.process(stream)](self.board)
            if isinstance(witness, Assessment):
                witness.advisor = IDS["advisor"]
            self.witnesses[stream] = witness
        return self.witnesses[stream]

    def _record(self, event: Event) -> Record:
        call = self.said.get(event.command_id)
        raw = event.json()
        return Record(
            stream=event.stream_id,
            type=event.type,
            on=event.occurred_on[:10],
            at=event.recorded_at.astimezone(self.board.settings.zone),
            person=event.actor.person,
            role=event.actor.role,
            data={**(call.data if call else {}), **raw["data"]},
        )

    def _keeps_what_was_said(self, new: Sequence[Event]) -> None:
        """Nothing that a person said is lost: it stands in the events, or is their day."""
        for command_id in {event.command_id for event in new} & set(self.said):
            call = self.said[command_id]
            kept: dict[str, Any] = {}
            for event in new:
                if event.command_id == command_id:
                    data = event.json()["data"]
                    kept |= {"date": event.occurred_on[:10], **data}
                    if event.type == "PersonReplaced":
                        kept[data["part"]] = data["person"]
            lost = {
                key: value
                for key, value in call.data.items()
                if value not in (None, [])
                and str(value).strip()
                and key not in IN_THE_TYPE
                and not _same(kept.get(key), value)
            }
            assert not lost, f"{call.command} lost {lost}: {kept}"

    def _terms(self, stream: str, witness: Witness, case: Case) -> None:
        """What falls due: each moment once, none after the end, the terms as the contract says."""
        waiting = self.board.rules(stream).deadlines(self.board.state(stream), self.board.settings)
        assert len({deadline.key for deadline in waiting}) == len(waiting)
        assert [d.due for d in waiting] == sorted(d.due for d in waiting)
        if "next" not in case:
            assert waiting == []
            return
        if witness.ended:
            assert (waiting, case["overdue"], case["next"]) == ([], [], [])
            return
        assert set(case["overdue"]) <= witness.overdue, f"{case['overdue']}, {witness.overdue}"
        shown = {item["step"]: item for item in case["next"]}
        dues = witness.dues()
        assert set(shown) >= set(dues), f"{set(dues)} not among {case['next']}"
        for step, item in shown.items():
            by = witness.by(step)
            assert item["by"] == by, f"{item}: by {by}"
            if step in dues:
                assert item["due"] == str(dues[step]), f"{item}, not {dues[step]}"

    # -- who is told -----------------------------------------------------------------------------

    def _named(self, heard: set[Told], giver: str | None) -> set[Told]:
        """The notices to persons, without the one who gave the command."""
        return {
            (kind, person)
            for kind, who in heard
            for person in (self.board.holders(who) if who in ROLE_WORDS else [who])
            if person != giver or kind == ASKED_FOR
        }

    def _notices(self, told: Mapping[str, set[tuple[str, str, str]] | None]) -> None:
        """Exactly those whom the contract names are told, of exactly that."""
        got: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        for notice in self.board.engine.told[self.told :]:
            got[notice.command_id].add((notice.kind, notice.to, notice.body["cause"]))
        self.told = len(self.board.engine.told)
        for command_id, wanted in told.items():
            had = got[command_id]
            assert wanted is None or had == wanted, self._names(had ^ wanted)

    def _names(self, items: set[tuple[str, str, str]]) -> list[str]:
        return [f"{kind} to {self.board.keys[to]} of {cause}" for kind, to, cause in items]

    # -- several cases at once -------------------------------------------------------------------

    def refused(self, call: Call, code: str) -> None:
        """What is said of other cases is so."""
        partners = dict(self.cases("partners"))
        wrong = others.unfounded(self.board, self.witnesses, partners, call, code)
        assert not wrong, f"{code}, but it is not so"

    def before(self, call: Call) -> others.Cases:
        """The partners before a command that speaks of them or changes them."""
        spoken_of = others.OF_PARTNERS | others.CHANGING_OTHERS
        return dict(self.cases("partners")) if call.command in spoken_of else {}

    def elsewhere(self, call: Call, before: others.Cases) -> None:
        """What an accepted command says of other cases, and does to them."""
        wrong: object = None
        if call.command in others.OF_PARTNERS:
            host = call.data.get("host") or self.summary(call.stream or "")["host"]
            wrong = others.unfit_host(host, before, call)
        elif call.command == "MergePartners":
            kept = self.summary(call.data["into"])
            wrong = others.lost_in_merger(before[call.stream or ""], kept)
        elif call.command == "StaffLeft":
            now = {id_: self.summary(id_) for id_ in self.board.engine.streams}
            new = {
                id_: [event.type for event in self.board.events(id_)[self.folded[id_][0] :]]
                for id_ in before
            }
            wrong = others.vacated(call, before, now, new)
        assert not wrong, wrong

    # -- who may read ----------------------------------------------------------------------------

    def _somebody_looks(self) -> None:
        """Turn by turn everybody looks at something, now or back in time."""
        if self.turn % 2 or not self.witnesses:
            return
        number = self.turn // 2
        key = sorted(ROLES)[number % len(ROLES)]
        stream = list(self.witnesses)[number * 7 % len(self.witnesses)]
        self.reads(key, stream, ("summary", "timeline", "export")[number % 3])
        json.dumps(self.board.read(("tasks", "agenda")[number % 2], key).body)
        events = self.board.events(stream)
        at = events[number * 5 % len(events)].recorded_at
        json.dumps(self.board.read("export", key, stream, as_of=at).body)

    def reads(self, key: str, stream: str, view: str) -> None:
        """One person looks at one case: an answer, or that there is none."""
        answer = self.board.read(view, key, stream)
        assert answer.refused in (None, "not_found"), answer
        readable = may_read(self.board.process(stream), self.witnesses[stream], key)
        if readable is not None:
            assert (answer.refused is None) == readable, f"{key} reads: {answer.refused}"
        text = json.dumps(answer.body, ensure_ascii=False)
        hidden = secrets(self.witnesses[stream], self.board.events(stream), key)
        leaked = [word for word in hidden if word in text]
        assert not leaked, f"{key} reads {leaked}"

    def finish(self) -> None:
        """Everybody looks at everything, and the whole is folded once more from the store."""
        for stream in self.witnesses:
            story = self.board.rules(stream).story
            raw = json.loads(json.dumps([event.json() for event in self.board.events(stream)]))
            again = story.fold(event_from_json(event, story.facts) for event in raw)
            assert again == self.board.state(stream)
            for key in ROLES:
                self.reads(key, stream, "export")
        for key in ROLES:
            self._tasks(key)
            json.dumps(self.board.read("agenda", key).body)

    def _tasks(self, key: str) -> None:
        """Nothing of what has ended; for coordinators, every task that is to be handed over."""
        items = self.board.read("tasks", key).body["items"]
        for stream, witness in self.witnesses.items():
            mine = json.dumps([item for item in items if item["id"] == stream])
            assert mine == "[]" or not witness.ended, f"{key} has {mine} of an ended case"
            if "coordinator" in ROLES[key] and witness.state != "interrupted":
                lacking = [task for task in witness.handovers if f':{task}"' not in mine]
                assert not lacking, f"{key} has {mine}, not {lacking}"


def _same(kept: object, said: object) -> bool:
    """Equal, where numbers may stand as texts and an optional key may be left out."""
    if isinstance(said, dict) and isinstance(kept, dict):
        return all(_same(kept.get(key), value) for key, value in cast("Case", said).items())
    if isinstance(said, list) and isinstance(kept, list):
        return len(said) == len(kept) and all(map(_same, kept, said))
    return kept == said or plain(kept) == plain(said)


def plain(value: object) -> str:
    """Without the zeros that hours and amounts end in."""
    text = str(value).strip()
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", text) else text


def differences(want: Any, have: Any, path: str = "") -> list[str]:
    """Maps are subsets at every depth; a set is a list in any order."""
    if isinstance(want, dict) and isinstance(have, dict):
        return [
            fault
            for key, value in cast("Case", want).items()
            for fault in differences(value, have.get(key), f"{path}.{key}")
        ]
    if isinstance(want, set) and isinstance(have, list):
        return [] if sorted(want) == sorted(have) else [f"{path}: {have}, not {want}"]
    return [] if _same(have, want) else [f"{path}: {have!r}, not {want!r}"]
