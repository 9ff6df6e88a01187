"""The moments at which a partner's process acts by itself (docs/contract.md 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from events.calendar import add_months, local_day
from events.partners import facts as f
from events.partners.state import LIVE, Partner
from events.partners.terms import open_terms
from events.settings import TenantSettings
from workflows.decision import Deadline
from workflows.waiting import morning, overdue


def deadlines(state: Partner, settings: TenantSettings) -> list[Deadline]:
    """Those still to pass, soonest first. Before activation only terms run out."""
    found = overdue(open_terms(state, settings), state, settings)
    if state.phase in LIVE:
        found += _agreements_ending(state, settings)
        found += _relation_care(state, settings)
        found += _dormancy(state, settings)
    return sorted(found, key=lambda deadline: deadline.due)


def _agreements_ending(state: Partner, settings: TenantSettings) -> Iterator[Deadline]:
    """A partner that was not active yet may have taken over an agreement of another one."""
    assert state.activated_at is not None
    for agreement in state.agreements.values():
        terms, arose = agreement.terms, max(agreement.recorded_at, state.activated_at)
        for days in settings.agreement_ending:
            due = morning(date.fromisoformat(terms.to) - timedelta(days=days), settings)
            if days in agreement.told or due < arose:
                continue
            key = f"agreement_ending/{agreement.key}/{days}"
            fact = f.AgreementEnding(agreement=terms.agreement, to=terms.to, days=days)
            yield Deadline("agreement_ending", due, key, fact)


def _relation_care(state: Partner, settings: TenantSettings) -> Iterator[Deadline]:
    for care in state.care:
        due = morning(date.fromisoformat(care.on), settings)
        if care.told or due < care.recorded_at:
            continue
        fact = f.RelationCareDue(on=care.on, what=care.what)
        yield Deadline("relation_care", due, f"relation_care/{care.key}", fact)


def _dormancy(state: Partner, settings: TenantSettings) -> Iterator[Deadline]:
    """No contact for a long time: proposed once a stretch."""
    if state.phase != "active" or state.activated_at is None:
        return
    activated = local_day(state.activated_at, settings).isoformat()
    since = max(activated, state.last_contact or activated)
    if f"dormancy/{since}" in state.passed:
        return
    day = add_months(date.fromisoformat(since), settings.dormancy_months)
    fact = f.DormancyProposed(since=since)
    yield Deadline("dormancy", morning(day, settings), f"dormancy/{since}", fact)
