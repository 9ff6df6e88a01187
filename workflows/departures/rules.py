"""Rules of a departure: every partner that the person looked after is told, by the process."""

from __future__ import annotations

from collections.abc import Sequence

from events.departures import facts as f
from events.departures.state import Departure, evolve
from events.departures.views import case_roles
from events.event import PROCESS_ROLE
from events.recording import Delivered
from workflows.decision import Context, Decision, Errand, Refused
from workflows.departures import commands as c
from workflows.ruling import Case
from workflows.steps import Step
from workflows.table import Table
from workflows.telling import telling

PARTS = ("coordinator", "deputy", "school_leader")


def staff_left(case: Case[Departure], command: c.StaffLeft) -> Decision:
    day = case.day(command.date)
    return case.accept(f.StaffLeft(person=command.person, date=day), on=day)


TABLE = Table[Departure](
    commands=c.COMMANDS,
    steps={c.StaffLeft: Step(("hr",), frozenset({""}))},
    rules={c.StaffLeft: staff_left},
    roles=case_roles,
)


def errands(state: Departure) -> Sequence[Errand]:
    """One, until it was run."""
    if state.left is None or state.cause is None or state.ended:
        return ()
    person = state.left.person
    return (
        Errand(
            key="vacate",
            cause=state.cause,
            process="partners",
            command="VacateCoordinator",
            data={"person": person},
            person=person,
            parts=PARTS,
        ),
    )


def run_errand(state: Departure, _errand: Errand, delivered: Delivered, ctx: Context) -> Decision:
    if state.ended:
        raise Refused("state.not_allowed")
    handled = f.DepartureHandled(partners=delivered.given, refused=delivered.refused)
    return Case(state, ctx, PROCESS_ROLE).accept(handled)


notices = telling(
    evolve,
    {
        "StaffLeft": ("staff_left", ("coordinator",)),
        "DepartureHandled": ("departure_handled", ("hr",)),
    },
    {},
    lambda _state, recipient: recipient,
)
