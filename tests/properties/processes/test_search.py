"""Hypothesis looks for an order of commands that breaks a rule, and for the shortest such one."""

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
from tests.properties.processes.themes import THEMES, begin
from tests.properties.processes.walker import HOURS

T = TypeVar("T")

SEEKING = settings(
    max_examples=40,
    stateful_step_count=15,
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Drawn:
    """Choices that hypothesis makes, and makes smaller when they lead to a fault."""

    data: st.DataObject

    def one(self, options: Sequence[T]) -> T:
        return self.data.draw(st.sampled_from(list(options)))

    def number(self, low: int, high: int) -> int:
        return self.data.draw(st.integers(low, high))


class Searched(RuleBasedStateMachine):
    """A board on which work has already been going on for a while."""

    @initialize(
        theme=st.sampled_from(sorted(THEMES)), seed=st.integers(0, 99), steps=st.integers(0, 90)
    )
    def start(self, theme: str, seed: int, steps: int) -> None:
        self.walker = begin(theme, seed, Counter())
        chance = Seeded(Random(seed))
        for _ in range(steps):
            self.walker.forward(chance)

    @rule(data=st.data())
    def forward(self, data: st.DataObject) -> None:
        self.walker.forward(Drawn(data))

    @rule(data=st.data())
    def sensible(self, data: st.DataObject) -> None:
        self.walker.sensible(Drawn(data))

    @rule(data=st.data())
    def anything(self, data: st.DataObject) -> None:
        self.walker.anything(Drawn(data))

    @rule(data=st.data())
    def haste(self, data: st.DataObject) -> None:
        self.walker.haste(Drawn(data))

    @rule(data=st.data())
    def another(self, data: st.DataObject) -> None:
        self.walker.open(Drawn(data))

    @rule(hours=st.sampled_from(HOURS))
    def time_passes(self, hours: int) -> None:
        self.walker.wait(hours)

    @precondition(lambda self: self.walker.given)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        self.walker.again(Drawn(data))

    def teardown(self) -> None:
        self.walker.watch.finish()


def test_no_order_of_commands_breaks_a_rule() -> None:
    run_state_machine_as_test(Searched, settings=SEEKING)
