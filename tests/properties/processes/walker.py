"""Plays a board of people at their work, and checks after every step what must always hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import cast
from uuid import UUID, uuid5

from tests.properties.desk import TENANT, Desk
from tests.properties.payloads import Chance
from tests.properties.processes.board import IDS, ROLES, Board
from tests.properties.processes.contract import CODES
from tests.properties.processes.play import UNKNOWN, Case, Data, Play, Source, lacking, spoiled
from tests.properties.processes.table import PLAYS
from tests.properties.processes.watch import Watch
from tests.properties.roads import travel
from workflows.scenarios import Answer, Call

HOURS = (0, 1, 3, 14, 24, 24, 40, 72, 24 * 7, 24 * 16, 24 * 35)
TURNED_AWAY = frozenset({"state.not_allowed", "state.final", "state.suspended", "auth.role"})
"""What nobody hears who takes the next step."""

GOING, MOST = 4, 9
"""So many open cases of one process on a board, and so many in all."""


@dataclass
class Walker:
    """One board; ``theme`` names the processes that are played on it. ``reached`` counts."""

    theme: tuple[str, ...]
    board: Board = field(default_factory=Board)
    reached: Counter[str] = field(default_factory=Counter)
    given: list[tuple[Call, Answer]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.watch = Watch(self.board, self.reached)

    # -- what happens ----------------------------------------------------------------------------

    def step(self, chance: Chance) -> None:
        kind = chance.number(1, 100)
        if kind <= 36:
            self.forward(chance)
        elif kind <= 60:
            self.sensible(chance)
        elif kind <= 70:
            self.anything(chance)
        elif kind <= 76:
            self.haste(chance)
        elif kind <= 89:
            self.wait(chance.one(HOURS[:8] if chance.number(0, 5) else HOURS))
        elif kind <= 91 and self.given:
            self.again(chance)
        elif kind <= 92:
            self.nowhere(chance)
        else:
            self.open(chance)

    def open(self, chance: Chance) -> None:
        """A new case, of whatever may be begun by a command and has not too many yet."""
        process = chance.one(self.theme)
        play, cases = PLAYS[process], self.watch.cases(process)
        going = [case for _, case in cases if case["state"] not in play.ends]
        if play.opening and len(going) < GOING and len(cases) < MOST:
            if play.opening in play.required and not chance.number(0, 5):
                self._without(chance, play, None, play.opening, None)
            else:
                self.attempt(chance, play, play.opening, None, spoil=chance.number(0, 9) == 9)

    def forward(self, chance: Chance) -> None:
        """What leads on towards the end, by the right person; or time, where there is nothing."""
        found = self._case(chance, going=True)
        if found is None:
            self.open(chance)
            return
        play, stream, source = found
        turn = play.forward(source)
        if turn is None:
            self.wait(chance.one((20, 24, 24, 72)))
            return
        name, by = turn
        if name in play.required and not chance.number(0, 5):
            self._without(chance, play, stream, name, by)
            return
        spoil = chance.number(0, 14) == 14
        answer = self.attempt(chance, play, name, stream, by=by, spoil=spoil)
        if not spoil:
            assert answer.refused not in TURNED_AWAY, f"{turn}: {answer.refused}"

    def _without(
        self, chance: Chance, play: Play, stream: str | None, name: str, by: str | None
    ) -> None:
        """The next step, but for something that has a code of its own when it is missing."""
        case = self.watch.summary(stream) if stream else {}
        key = self.board.keys[by] if by else chance.one(self._givers(play, name, case))
        source = self._source(chance, stream or "", case, key)
        data, code = lacking(source, play, name, play.data[name](source))
        if source.odd:
            self.give(play, key, name, data, stream, spoilt=True)
            return
        answer = self.give(play, key, name, data, stream, spoilt=True)
        allowed = {code, "auth.not_assigned"} if stream is None else {code}
        assert answer.refused in allowed, f"{name} {data}: {answer.refused}, not {code}"

    def haste(self, chance: Chance) -> None:
        """A step that needs much before it, by the right person, whether or not it is there."""
        found = self._case(chance, going=True)
        if found and found[0].hasty:
            play, stream, _ = found
            self.attempt(chance, play, chance.one(play.hasty), stream)

    def sensible(self, chance: Chance) -> None:
        """What may come in this state, from somebody who may give it."""
        found = self._case(chance, going=chance.number(0, 5) < 5)
        if found:
            play, stream, source = found
            fit = [name for name, states in play.when.items() if source.case["state"] in states]
            name = chance.one(sorted(fit) or ["CorrectRecord"])
            if name in play.endings and chance.number(0, 3):
                name = chance.one(sorted(fit))
            self.attempt(chance, play, name, stream, spoil=chance.number(0, 7) == 7)

    def anything(self, chance: Chance) -> None:
        """Any command in any state, from the right person or from whoever."""
        found = self._case(chance, going=chance.number(0, 1) == 1)
        if found:
            play, stream, _ = found
            name = chance.one(sorted(play.by))
            by = None if chance.number(0, 1) else IDS[chance.one(sorted(ROLES))]
            self.attempt(chance, play, name, stream, by=by, spoil=chance.number(0, 2) == 2)

    def nowhere(self, chance: Chance) -> None:
        """A command to a case that does not exist."""
        play = PLAYS[chance.one(self.theme)]
        name = chance.one([command for command in sorted(play.by) if command != play.opening])
        by = chance.one(self._givers(play, name, {}))
        source = self._source(chance, "", {}, by)
        call = self.board.call(play.process, by, name, play.data[name](source), UNKNOWN)
        before = self.watch.picture()
        answer = self.board.send(call)
        assert answer.refused is not None, call
        assert self.watch.picture() == before

    def wait(self, hours: int) -> None:
        self.board.move(self.board.engine.now + timedelta(hours=hours))
        self.watch.look()

    def again(self, chance: Chance) -> None:
        call, first = chance.one(self.given)
        before = self.watch.picture()
        assert self.board.send(call) == first, call
        assert self.watch.picture() == before

    def found(self, chance: Chance) -> None:
        """What the theme builds on: partners at work, or trajectories that were escalated."""
        if "partners" in self.theme:
            for _ in range(2):
                self._found_partner(chance)
        if "assessments" in self.theme:
            for _ in range(3):
                self._escalate()

    def _found_partner(self, chance: Chance) -> None:
        play = PLAYS["partners"]
        opened = self.attempt(chance, play, "RegisterPartner", None)
        stream = opened.body["id"]
        while self.watch.summary(stream)["state"] != "active":
            for name in ("AssessFit", "AddContact", "ActivatePartner"):
                self.attempt(chance, play, name, stream)

    def _escalate(self) -> None:
        """Opens an assessment, the one process that no command of its own begins."""
        travel(cast("Desk", self.board), "escalated")
        self.watch.told = len(self.board.engine.told)
        self.watch.look()

    # -- one command -----------------------------------------------------------------------------

    def attempt(
        self,
        chance: Chance,
        play: Play,
        name: str,
        stream: str | None,
        *,
        by: str | None = None,
        spoil: bool = False,
    ) -> Answer:
        """Gives one command, with data that suit the case or with a fault in them."""
        case = self.watch.summary(stream) if stream else {}
        key = self.board.keys[by] if by else chance.one(self._givers(play, name, case))
        source = self._source(chance, stream or "", case, key)
        data = play.data[name](source)
        if spoil:
            data = spoiled(source, data)
        return self.give(play, key, name, data, stream, spoilt=spoil or source.odd)

    def give(
        self, play: Play, key: str, name: str, data: Data, stream: str | None, *, spoilt: bool
    ) -> Answer:
        """Gives one command and looks at what came of it."""
        case = self.watch.summary(stream) if stream else {}
        call = self.board.call(play.process, key, name, data, stream)
        before, offered = self.watch.picture(), self.board.offers(call)
        partners = self.watch.before(call)
        answer = self.board.send(call)
        try:
            self._answered(play, call, case, answer, offered=offered, spoilt=spoilt)
            if answer.refused is None:
                self._repeats(call, answer)
                self.given.append((call, answer))
                self.reached[f"{play.process} gave {name}"] += 1
                self.watch.accepted(call)
                self.watch.elsewhere(call, partners)
            else:
                assert self.watch.picture() == before, "a refusal left something"
                self.reached[f"{play.process} refused {answer.refused}"] += 1
            self.watch.look()
        except Exception as fault:
            state, code = case.get("state", "nothing"), answer.refused or "accepted"
            fault.add_note(f"{key} gave {name} {data} to {play.process}, {state}: {code}")
            raise
        return answer

    def _answered(
        self, play: Play, call: Call, case: Case, answer: Answer, *, offered: bool, spoilt: bool
    ) -> None:
        """What must be true of an answer, whatever the rules of the process say."""
        code, name = answer.refused, call.command
        assert code is None or code in CODES[play.process], code
        barred = play.barred(case, name, call.person.id, call.person.roles)
        vague = name in play.lenient
        final = case and case["state"] in play.ends and name != "CorrectRecord"
        still = case and case["state"] == "interrupted" and name not in (play.paused or ())
        allowed = not case or name == "CorrectRecord" or case["state"] in play.when.get(name, ())
        if code is None:
            assert offered, "accepted, not offered"
            assert not barred or name in play.lenient, f"by somebody barred: {barred}"
            assert not final, "accepted after the end"
            assert not still, "accepted while interrupted"
            assert allowed, "accepted where it may not come"
            self._under_the_first_role(play, call, case)
            if not spoilt:
                warned = play.warns[name](call.data) if name in play.warns else None
                assert answer.body["warnings"] == ([warned] if warned else []), answer.body
            return
        self.watch.refused(call, code)
        if case and (final or still or code.startswith("auth.")):
            assert not offered, "offered, but turned away"
        if spoilt or not case:
            return
        if barred:
            assert code in barred or vague, f"{code}, not {barred}"
        elif final:
            assert code == "state.final", f"{code} after the end"
        elif still:
            assert code == "state.suspended", f"{code} while interrupted"

    def _under_the_first_role(self, play: Play, call: Call, case: Case) -> None:
        if call.command in play.lenient:
            return
        stream = call.stream or str(uuid5(UUID(TENANT), call.command_id))
        role = next(e for e in self.board.events(stream) if e.command_id == call.command_id)
        mine = play.mine(case, call.command, call.person.id, call.person.roles)
        assert role.actor.role == mine[0], f"as {role.actor.role}, not {mine[0]}"

    def _repeats(self, call: Call, answer: Answer) -> None:
        """The same call again, and the same id for something else."""
        before = self.watch.picture()
        assert self.board.send(call) == answer
        other = next(p for p in self.board.scenario.people.values() if p.id != call.person.id)
        changed = [replace(call, person=other)]
        if call.stream is not None and call.data:
            event = self.board.events(call.stream)[0].event_id
            words = {"reason": "ander", "correction": "ander", "approved_by": IDS["auditor"]}
            changed += [replace(call, command="CorrectRecord", data={"event": event, **words})]
        for reuse in changed:
            refused = self.board.send(reuse).refused
            assert refused == "command.id_reused", reuse
            self.reached[f"{call.process} refused {refused}"] += 1
        assert self.watch.picture() == before

    # -- whom and what ---------------------------------------------------------------------------

    def _case(self, chance: Chance, *, going: bool) -> tuple[Play, str, Source] | None:
        """A case of the theme; if wanted one that has not ended."""
        process = chance.one(self.theme)
        cases = self.watch.cases(process)
        ends = PLAYS[process].ends
        fit = [item for item in cases if not going or item[1]["state"] not in ends]
        if not fit:
            return None
        stream, case = chance.one(fit)
        return PLAYS[process], stream, self._source(chance, stream, case)

    def _source(self, chance: Chance, stream: str, case: Case, by: str = "") -> Source:
        return Source(chance, self.board, stream, case, by, self.watch.cases, self.numbers)

    def _givers(self, play: Play, name: str, case: Case) -> Sequence[str]:
        """The keys of those who may give it, or of all where nobody may."""
        fit = [
            key
            for key, roles in ROLES.items()
            if play.mine(case, name, IDS[key], roles)
            and not play.barred(case, name, IDS[key], roles)
        ]
        return fit or sorted(ROLES)
