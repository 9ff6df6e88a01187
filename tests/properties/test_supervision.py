"""Whatever people of a board do, in whatever order, no rule of a trajectory is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.properties.payloads import Seeded
from tests.properties.roads import ENDS, PHASES, travel
from tests.properties.watch import HOURS, Watch
from tests.workflows.histories import findings

T = TypeVar("T")

SEEKING = settings(
    max_examples=120,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
WALKS = 40
STEPS = 200
CONFORMING = 8
"""One walk of so many is put to the rules again, as an auditor would."""

STATES = frozenset(
    {
        "requested",
        "intake",
        "diagnosis",
        "goal_setting",
        "guidance",
        "reporting",
        "reported",
        "closed",
        "escalated",
        "aborted",
        "declined",
        "suspended",
        "secrets",
        "past secrets",
    }
)
DEADLINES = frozenset(
    {"StepOverdue", "ReminderSent", "TrajectoryStalled", "PeriodEnding", "ResponseTermEnded"}
)


@dataclass(frozen=True)
class Drawn:
    """Choices that hypothesis makes, and makes smaller when they lead to a fault."""

    data: st.DataObject

    def one(self, options: Sequence[T]) -> T:
        return self.data.draw(st.sampled_from(list(options)))

    def number(self, low: int, high: int) -> int:
        return self.data.draw(st.integers(low, high))


class Board(RuleBasedStateMachine):
    """One or two trajectories of one board, each begun somewhere on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()

    @initialize(
        first=st.sampled_from((*PHASES[2:], *ENDS)),
        second=st.sampled_from((None, *PHASES)),
        overall=st.sampled_from(("sufficient", "insufficient")),
    )
    def begin(self, first: str, second: str | None, overall: str) -> None:
        desk = self.watch.desk
        desk.move("2026-01-05T09:30")
        self.watch.streams.append(travel(desk, first, overall=overall))
        if second is not None:
            other = travel(
                desk,
                second,
                teacher="teaching_advisor",
                client="client_hr",
                manager="managing_client",
                advisor="other_advisor",
                overall=overall,
            )
            self.watch.streams.append(other)
        self.watch.look()

    @rule(data=st.data())
    def sensible_command(self, data: st.DataObject) -> None:
        self.watch.sensible_command(Drawn(data))

    @rule(data=st.data())
    def any_command(self, data: st.DataObject) -> None:
        self.watch.any_command(Drawn(data))

    @precondition(lambda self: len(self.watch.streams) < 4)
    @rule(data=st.data())
    def another_request(self, data: st.DataObject) -> None:
        self.watch.another_request(Drawn(data))

    @rule(hours=st.sampled_from(HOURS))
    def time_passes(self, hours: int) -> None:
        self.watch.time_passes(hours)

    @precondition(lambda self: self.watch.given)
    @rule(data=st.data())
    def an_old_command_again(self, data: st.DataObject) -> None:
        self.watch.an_old_command_again(Drawn(data))

    def teardown(self) -> None:
        self.watch.finish()


def test_no_order_of_commands_breaks_a_rule() -> None:
    run_state_machine_as_test(Board, settings=SEEKING)


def test_no_long_walk_breaks_a_rule() -> None:
    """Wide where the search above is deep; and worth it: they went everywhere."""
    reached: Counter[str] = Counter()
    for seed in range(WALKS):
        _walk(seed, reached)
    assert set(reached) >= STATES
    assert set(reached) >= DEADLINES
    assert sum(key.startswith("gave ") for key in reached) > 40, "most commands were accepted"
    assert sum(key.startswith("refused ") for key in reached) > 35, "most refusals were met"


def _walk(seed: int, reached: Counter[str]) -> None:
    chance = Seeded(Random(seed))
    watch = Watch(reached=reached)
    watch.desk.move("2026-01-05T09:30")
    try:
        while not watch.streams:
            watch.another_request(chance)
        for _ in range(STEPS):
            _one_step(watch, chance)
        watch.finish()
        if seed % CONFORMING == 0:
            assert findings(watch.desk.engine) == []
    except Exception as fault:
        fault.add_note(f"walk {seed}, look {watch.turn}, {watch.desk.engine.now}")
        raise


def _one_step(watch: Watch, chance: Seeded) -> None:
    kind = chance.number(1, 100)
    if kind <= 34:
        watch.command_forward(chance)
    elif kind <= 58:
        watch.sensible_command(chance)
    elif kind <= 76:
        watch.any_command(chance)
    elif kind <= 94:
        watch.time_passes(chance.one(HOURS[:7] if chance.number(0, 7) else HOURS))
    elif kind <= 96 and watch.given:
        watch.an_old_command_again(chance)
    elif len(watch.streams) < 4:
        watch.another_request(chance)
