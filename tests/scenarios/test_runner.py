"""The runner itself: what a scenario file may say, and what is wrong with one that says more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from workflows.pure import PureEngine
from workflows.scenarios import BadScenario, Outcome, load, run_file

HEAD = """
scenario: runner
process: partners
people:
  nienke: {name: Nienke Smeets, roles: [coordinator]}
  dirk: {name: Dirk Verhagen, roles: [school_leader]}
  saskia: {name: Saskia Polman, roles: [hr]}
steps:
"""
REGISTER = """
  - {id: R1, at: 2026-03-02T09:00, by: nienke, command: RegisterPartner,
     events: [PartnerRegistered],
     data: {name: De Bieb, kind: library, levels: [group], obligation: additional, origin: sought,
            school_leader: dirk}}
"""


def played(folder: Path, steps: str) -> Outcome:
    file = folder / "runner.yaml"
    file.write_text(HEAD + steps)
    return asyncio.run(run_file(file, PureEngine()))


@pytest.mark.parametrize("key", ["repeats", "notices_since"])
def test_a_step_that_is_named_stands_before(tmp_path: Path, key: str) -> None:
    file = tmp_path / "runner.yaml"
    file.write_text(
        f"{HEAD}  - {{id: R1, at: 2026-03-02T09:00, {key}: R2, to: dirk, count: {{}}}}\n"
    )
    with pytest.raises(BadScenario, match="names R2"):
        load(file)


def test_notices_are_counted_from_any_step(tmp_path: Path) -> None:
    told = "to: dirk, count: {partner_registered: "
    outcome = played(
        tmp_path,
        "  - {id: R0, at: 2026-03-01T09:00}"
        + REGISTER
        + f"  - {{at: 2026-03-02T09:01, notices_since: R0, {told}1}}}}\n"
        + "  - {id: R3, at: 2026-03-02T09:02, view: summary, by: dirk, expect: {state: prospect}}\n"
        + f"  - {{at: 2026-03-02T09:03, notices_since: R3, {told}0}}}}\n",
    )
    assert (outcome.passed, outcome.failures) == (5, [])


def test_each_process_has_a_stream_without_a_name(tmp_path: Path) -> None:
    left = (
        "  - {at: 2026-03-03T09:00, by: saskia, process: departures, command: StaffLeft,"
        " data: {person: nienke}, events: [StaffLeft]}\n"
        "  - {at: 2026-03-03T09:01, view: summary, process: departures, by: saskia,"
        " expect: {state: handled, person: nienke}}\n"
        "  - {at: 2026-03-03T09:02, view: summary, by: dirk, expect: {name: De Bieb}}\n"
    )
    outcome = played(tmp_path, REGISTER + left)
    assert (outcome.passed, outcome.failures) == (4, [])


def test_a_step_that_does_not_hold_says_what_it_got(tmp_path: Path) -> None:
    outcome = played(tmp_path, REGISTER.replace("[PartnerRegistered]", "[PartnerEnded]"))
    assert outcome.failed == 1
    assert outcome.failures == [
        "R1: expected events ['PartnerEnded'], got events ['PartnerRegistered']"
    ]
