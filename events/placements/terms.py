"""The terms that run in a student placement (docs/contract.md 3): when each one ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from events.calendar import add_working_days, is_working_day, local_day
from events.placements.state import ARRANGING, BEGUN, Placement
from events.settings import TenantSettings
from events.terms import Term

BY = {
    "offer": "coordinator",
    "answer": "institute_trainer",
    "start": "school_trainer",
    "progress_talk": "school_trainer",
    "three_party_talk": "institute_trainer",
    "final_assessment": "institute_trainer",
}
"""Whose step each one is, in the order of the contract."""
_ORDER = tuple(BY)


def open_terms(state: Placement, settings: TenantSettings, today: date) -> list[Term]:
    """The steps still to be taken, by the end of their term."""
    paused = state.paused_by(today)
    found: list[Term] = []

    def term(timer: str, last_day: date, arose: datetime | None = None) -> None:
        found.append(Term(timer, BY[timer], last_day, arose, anew=True))

    def after(since: datetime | None, days: int) -> date:
        assert since is not None
        return add_working_days(local_day(since, settings), days, settings, paused)

    if state.phase == "requested":
        term("offer", after(state.requested_at, settings.offer))
    elif state.phase == "offered":
        term("answer", after(state.offered_at, settings.answer))
    elif state.phase in ARRANGING and state.started_at is None:
        term("start", state.start, state.arranging_since)
    elif state.phase in BEGUN:
        moved = max(filter(None, (state.started_at, state.extended_at)))
        if not state.talks.progress:
            term("progress_talk", later(state.halfway, settings, paused), moved)
        if state.three_party_since is not None:
            day = after(state.three_party_since, settings.three_party_talk)
            term("three_party_talk", day, state.started_at)
        if state.outcome is None:
            days = settings.final_assessment
            term("final_assessment", add_working_days(state.end, days, settings, paused), moved)
    return sorted(found, key=lambda term: (term.last_day, rank(term.timer)))


def later(day: date, settings: TenantSettings, paused: Collection[date]) -> date:
    """A last day, as many working days later as were paused before it or on it."""
    missed = sum(is_working_day(pause, settings) for pause in paused if pause <= day)
    return add_working_days(day, missed, settings, paused) if missed else day


def rank(timer: str) -> int:
    """A timer's place in the table of the contract."""
    return _ORDER.index(timer)
