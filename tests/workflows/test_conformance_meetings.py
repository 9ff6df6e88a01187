"""What streams did to each other is checked from both sides, and in the order of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from events.audit.history import History
from events.recording import Given
from tests.properties.desk import Desk
from tests.properties.roads import request
from tests.workflows.forging import (
    alone,
    changed,
    codes,
    scenario,
    with_event,
)
from tests.workflows.histories import board_of, findings, histories, said
from web.site import DEMO_BOARD
from workflows.decision import Decision
from workflows.pure import PureEngine

Forge = Callable[[list[History]], list[History]]


def together(letter: str, forge: Forge) -> list[str]:
    engine = scenario(letter)
    return codes(said(forge(histories(engine)), board_of(engine)))


@cache
def opened() -> int:
    """Of scenario b, the first stream that an escalation opened."""
    return [one.process for one in histories(scenario("b"))].index("assessments")


def test_what_opened_a_stream_otherwise_is_found() -> None:
    def other_mandate(all_: list[History]) -> list[History]:
        mine = all_[opened()]
        data = mine.commands[0].events[0]["data"]
        all_[opened()] = with_event(mine, 0, data={**data, "mandate": DEMO_BOARD})
        return all_

    def not_there(all_: list[History]) -> list[History]:
        del all_[opened()]
        return all_

    def by_nobody(all_: list[History]) -> list[History]:
        id_ = all_[opened()].commands[0].events[0]["data"]["trajectory"]
        return [one for one in all_ if one.stream != id_]

    def by_itself(all_: list[History]) -> list[History]:
        given = Given(rules=1, roles=("client",), data={})
        all_[opened()] = changed(all_[opened()], 0, command="Open", given=given)
        return all_

    assert together("b", other_mandate) == ["opening.differs"]
    assert together("b", not_there) == ["opening.missing"]
    assert together("b", by_nobody) == ["opening.unknown"]
    assert {"opening.differs", "command.refused"} <= set(together("b", by_itself))


def test_an_errand_that_nobody_had_is_found() -> None:
    def without_source(all_: list[History]) -> list[History]:
        return [one for one in all_ if one.process != "departures"]

    def to_one_less(all_: list[History]) -> list[History]:
        took = next(
            n
            for n, one in enumerate(all_)
            if any((kept.content_hash or "").startswith("errand|") for kept in one.commands)
        )
        del all_[took]
        return all_

    def for_another_cause(all_: list[History]) -> list[History]:
        for n, one in enumerate(all_):
            for at, kept in enumerate(one.commands):
                if (kept.content_hash or "").startswith("errand|"):
                    all_[n] = with_event(one, at, causation_id=DEMO_BOARD)
                    return all_
        raise AssertionError("no errand")

    assert set(together("s", without_source)) == {"errand.unknown"}
    assert "errand.count" in together("s", to_one_less)
    assert "errand.differs" in together("s", for_another_cause)


def test_an_errand_that_was_never_run_is_found() -> None:
    history = next(one for one in histories(scenario("s")) if one.process == "departures")
    unrun = replace(history, commands=history.commands[:1])
    assert codes(alone(unrun, "s")) == ["errand.not_run"]


class Lax(PureEngine):
    """Does not look at other streams."""

    def _check_others(self, decision: Decision, stream: str) -> None:
        pass


def test_what_others_held_and_what_was_needed_is_checked_in_the_order_of_the_store() -> None:
    desk = Desk(engine=Lax())
    desk.move("2026-01-05T09:30")
    for client in ("client", "client_hr"):
        desk.request(client, request("teacher", client, "manager"))
    found = findings(desk.engine)
    assert [(one.code, one.weight) for one in found] == [("claim.taken", "wrong")]
    assert "trajectory.already_open" in found[0].sentence

    def not_yet(all_: list[History]) -> list[History]:
        """The host's events stand behind those that needed it."""
        return [
            one
            if one.process != "partners"
            else replace(
                one,
                commands=tuple(
                    replace(kept, place=9_999 + n) for n, kept in enumerate(one.commands)
                ),
            )
            for one in all_
        ]

    assert "need.unmet" in together("n", not_yet)
