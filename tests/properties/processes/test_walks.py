"""Whatever people of a board do in any process, in whatever order, no rule of it is broken."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.properties.processes.contract import CODES, NOTICES
from tests.properties.processes.table import PLAYS
from tests.properties.processes.themes import WALKS, walk

NEVER: dict[str, frozenset[str]] = {
    "internships": frozenset(),
    "placements": frozenset({"link.expired"}),
    "partners": frozenset({"auth.not_subject"}),
    "departures": frozenset({"auth.not_subject", "auth.not_assigned", "state.not_allowed"}),
    "assessments": frozenset({"auth.not_subject", "auth.not_assigned"}),
}
"""General codes for which a process has no case: nobody's own steps, no parts, no second state; or
one so rare, a fresh link of a party whose links were revoked, that the scenarios are to meet it."""


MANY = 10
"""So many commands are accepted in each process where all are played together."""


@pytest.mark.parametrize("process", list(PLAYS))
def test_no_walk_breaks_a_rule(process: str) -> None:
    """And the walks went everywhere: every state, command, refusal and notice was met."""
    reached: Counter[str] = Counter()
    walks, steps = WALKS[process]
    for seed in range(walks):
        walk(process, seed, steps, reached)

    def unmet(kind: str, names: frozenset[str]) -> list[str]:
        return sorted(name for name in names if not reached[f"{process} {kind} {name}"])

    play = PLAYS[process]
    assert unmet("is", play.states) == []
    assert unmet("gave", frozenset(play.by)) == []
    assert unmet("refused", CODES[process] - NEVER[process]) == []
    assert unmet("notice", NOTICES[process]) == []


def test_no_walk_through_all_processes_breaks_a_rule() -> None:
    reached: Counter[str] = Counter()
    walks, steps = WALKS["all"]
    for seed in range(walks):
        walk("all", seed, steps, reached)
    gave = Counter(key.split()[0] for key in reached.elements() if " gave " in key)
    assert {process for process in PLAYS if gave[process] < MANY} == set()
