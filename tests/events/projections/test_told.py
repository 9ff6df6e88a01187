"""Rows tell everybody what the story tells them, whoever it is and whatever roles are held."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from events.calendar import instant, local_day
from events.process import ALL_CASES, Reader, View
from events.projections import agenda, cases, tasks
from events.projections.known import PROJECTIONS
from events.projections.projection import Case
from events.projections.seats import ANYBODY, ROLES, UNNAMED
from events.settings import TenantSettings
from events.store.instants import microseconds
from tests.properties.desk import TENANT, drive
from tests.properties.payloads import Seeded
from tests.properties.processes.board import ROLES as HELD
from tests.properties.processes.themes import begin
from web.dossiers import Dossier
from web.listed import row_content
from web.reading import Reading
from workflows.pure import PureEngine, Stream
from workflows.registry import RULES
from workflows.scenarios import load, run_file

STEPS = 400
EVERY = 5
"""Of each case so many versions are looked at, and the last."""
SCENARIOS = Path(__file__).parents[2] / "scenarios"
OUTSIDER = "7d5c1f3e-8a52-4c1b-9b8e-2f6a0d9c4b11"
LONG = timedelta(days=500)
COMBINED = sorted({tuple(sorted(roles)) for roles in HELD.values()} | {tuple(sorted(ROLES))})


def walked(theme: str) -> tuple[PureEngine, TenantSettings]:
    walker = begin(theme, 3, Counter())
    chance = Seeded(Random(3))
    for _ in range(STEPS):
        walker.step(chance)
    return walker.board.engine, walker.board.settings


def played(name: str) -> tuple[PureEngine, TenantSettings]:
    engine = PureEngine()
    drive(run_file(SCENARIOS / name, engine))
    return engine, load(SCENARIOS / name).settings


def states(engine: PureEngine, settings: TenantSettings) -> Iterator[tuple[Stream, Case]]:
    """Every case of a board at some of its versions, looked at soon after each."""
    for stream in engine.streams.values():
        story, last = stream.rules.story, len(stream.events)
        for version in sorted({*range(1, last, EVERY), last}):
            events = stream.events[:version]
            now = events[-1].recorded_at + timedelta(hours=30 * (version % 3))
            yield (
                replace(stream, events=events, state=story.fold(events)),
                Case(
                    TENANT,
                    stream.id,
                    story,
                    story.fold(events),
                    version,
                    microseconds(events[0].recorded_at),
                    microseconds(events[-1].recorded_at),
                    settings,
                    now,
                ),
            )


def readers(case: Case) -> Iterator[Reader]:
    """Those with a part in it and somebody without, each with many sets of roles."""
    people = [OUTSIDER, *sorted(set(case.index.parties.values()))]
    several = [(), *((role,) for role in ROLES), *COMBINED, *combinations(sorted(ALL_CASES), 2)]
    for person in people:
        for roles in several:
            yield Reader(person, roles)


def heard(rows: list[tuple[Any, ...]], reader: Reader, named: bool) -> list[tuple[Any, ...]]:
    """The rows that a reader finds, as the query does."""
    held = {UNNAMED, *reader.roles}
    found = {
        place: row
        for person, place, roles, also, *row in rows
        if person == (reader.person if named else None)
        and held & set(roles[1:-1].split(","))
        and (also is None or held & set(also[1:-1].split(",")))
    }
    return [tuple(found[place]) for place in sorted(found)]


@pytest.mark.parametrize(
    ("played_by", "name"),
    [
        (walked, "all"),
        (walked, "placements"),
        (played, "j-visits.yaml"),
        (played, "a-basic-level-reached.yaml"),
    ],
)
def test_rows_tell_what_the_story_tells(played_by: Any, name: str) -> None:
    engine, settings = played_by(name)
    told = 0
    for stream, case in states(engine, settings):
        seats = case.seats.json()
        waiting, planned = list(tasks.rows(case)), list(agenda.rows(case))
        story = case.story
        for reader in readers(case):
            rights = story.rights(case.state, reader)
            seat = seats.get(reader.person, seats.get(ANYBODY, []))
            assert bool(rights) is bool({UNNAMED, *reader.roles} & set(seat)), reader
            if not rights:
                continue
            view = View(reader, rights, case.now, settings)
            named = reader.person in seats
            wanted = [(t["task"], t["due"], t["overdue"]) for t in story.tasks(case.state, view)]
            assert heard(waiting, reader, named) == wanted, (stream.rules.story.name, reader)
            items = story.agenda(case.state, view)
            found = [json.loads(row[1]) for row in heard(planned, reader, named)]
            assert found == items, (stream.rules.story.name, reader)
            told += len(wanted) + len(items)
    assert told > 50


def test_an_unannounced_visit_reaches_no_row_of_who_may_not_know() -> None:
    secret = 0
    for _, case in states(*played("j-visits.yaml")):
        parties = case.index.parties
        for person, _, roles, _, _, item in agenda.rows(case):
            if json.loads(item).get("announced") is False:
                assert person not in (parties["teacher"], parties["manager"])
                assert not {"teacher", "manager", "board"} & set(roles[1:-1].split(","))
                secret += 1
    assert secret


@pytest.mark.parametrize(
    ("played_by", "name"),
    [(walked, "all"), (walked, "partners"), (played, "a-basic-level-reached.yaml")],
)
def test_the_row_of_a_list_is_what_an_office_sees(played_by: Any, name: str) -> None:
    engine, settings = played_by(name)
    looked = 0
    for stream, case in states(engine, settings):
        (row,) = cases.rows(case)
        shown = json.loads(row[-2])
        rules = RULES[case.story.name]
        by_office = ALL_CASES if rules.story.seen_by is None else ALL_CASES & rules.story.seen_by
        dossier = Dossier(case.story.name, case.stream, tuple(stream.events), case.state)
        for roles in (*((role,) for role in sorted(by_office)), *COMBINED):
            if by_office.isdisjoint(roles):
                continue
            reader = Reader(OUTSIDER, roles)
            rights = rules.story.rights(case.state, reader)
            reading = Reading(
                rules, dossier, View(reader, rights, case.now, settings), current=True
            )
            content = json.loads(json.dumps(row_content(reading)))
            assert content == shown, (case.story.name, roles)
            assert reading.summary.items() >= json.loads(row[-1]).items()
            looked += 1
    assert looked > 100


def _all_rows(case: Case) -> list[Any]:
    return [list(projection.rows(case)) for projection in PROJECTIONS]


@pytest.mark.parametrize(
    ("played_by", "name"), [(walked, "all"), (played, "a-basic-level-reached.yaml")]
)
def test_rows_hold_for_a_whole_day_and_those_of_an_ended_case_for_ever(
    played_by: Any, name: str
) -> None:
    engine, settings = played_by(name)
    other = settings.model_copy(update={"version": 9, "talk": 9, "successor": 3, "sharing": 2})
    ended = 0
    for _, case in states(engine, settings):
        rows = _all_rows(case)
        for moment in _ends_of(local_day(case.now, settings), settings):
            assert _all_rows(replace(case, now=moment)) == rows
        if case.day is None:
            assert _all_rows(replace(case, now=case.now + LONG, settings=other)) == rows
            ended += 1
    assert ended


def _ends_of(day: Any, settings: TenantSettings) -> tuple[datetime, datetime]:
    return instant(day, time(0), settings), instant(day, time(23, 59, 59), settings)
