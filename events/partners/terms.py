"""The terms that run with a partner: a successor to be named, a new contact to be told all."""

from __future__ import annotations

from datetime import datetime

from events.calendar import add_working_days, local_day
from events.partners.state import Partner
from events.settings import TenantSettings
from events.terms import Term


def leading(state: Partner) -> str:
    """Who leads: the school leader, and the coordinators of the board while there is none."""
    return "school_leader" if state.school_leader is not None else "coordinator"


def open_terms(state: Partner, settings: TenantSettings) -> list[Term]:
    """The steps still to be taken, by the end of their term."""
    if state.ended:
        return []

    def term(timer: str, by: str, since: datetime, days: int) -> Term:
        return Term(timer, by, add_working_days(local_day(since, settings), days, settings))

    found = [
        term(f"handover:{task.task}", "partner_coordinator", task.opened_at, settings.handover)
        for task in state.handovers.values()
    ]
    if state.vacant_since is not None:
        found.append(term("successor", leading(state), state.vacant_since, settings.successor))
    if state.leader_vacant_since is not None:
        since = state.leader_vacant_since
        found.append(term("school_leader", "coordinator", since, settings.successor))
    return sorted(found, key=lambda one: (one.last_day, one.timer != "successor", one.timer))
