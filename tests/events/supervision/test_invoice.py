"""The invoice basis to the cent: rounded a line, held interventions only (004 T4-53)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from events.supervision.facts import FinalReportDrafted, InvoiceLine, Sections
from events.supervision.invoice import invoice_basis, outlives
from events.supervision.state import Meeting, Trajectory, Visit

HELD = Meeting("2026-01-15T15:30", date(2026, 1, 15))
PLANNED = Meeting("2026-01-15T15:30")


def _line(intervention: str, hours: str, cost: str, *, lapsed: bool = False) -> InvoiceLine:
    return InvoiceLine(intervention=intervention, hours=hours, amount=cost, lapsed=lapsed)


def _visit(order: int, **changes: object) -> Visit:
    at = f"2026-02-{10 + order}T08:30"
    visit = {"name": f"V{order}", "order": order, "at": at, "announced": True}
    return Visit(**{**visit, **changes})


@pytest.mark.parametrize(
    ("rate", "hours", "cost"),
    [
        ("118.00", "2.50", "295.00"),
        ("0.02", "0.25", "0.01"),  # 0.005: half a cent goes up
        ("0.06", "0.25", "0.02"),  # 0.015
        ("0.10", "0.25", "0.03"),  # 0.025: up, where the even neighbour is 0.02
        ("66.69", "0.50", "33.35"),  # 33.345
        ("118.33", "1.25", "147.91"),  # 147.9125
        ("99.99", "0.75", "74.99"),  # 74.9925
        ("99.98", "0.25", "25.00"),  # 24.995
        ("0.01", "0.25", "0.00"),  # 0.0025
        ("0.01", "0.50", "0.01"),  # 0.005
        ("999999.99", "9999.75", "9999749900.00"),  # 9999749900.0025
    ],
)
def test_half_a_cent_is_rounded_up(rate: str, hours: str, cost: str) -> None:
    state = Trajectory().with_(
        hourly_rate=Decimal(rate), intake=HELD, hours={"intake": Decimal(hours)}
    )
    basis = invoice_basis(state)
    assert basis.lines == (_line("intake", hours, cost),)
    assert (basis.hours, basis.total) == (hours, cost)


def test_each_line_is_rounded_before_the_total() -> None:
    # Three times 0.005 is 0.015; rounded a line it is 0.03, not 0.02.
    hours = {name: Decimal("0.25") for name in ("intake", "diagnosis", "consultation")}
    state = Trajectory().with_(
        hourly_rate=Decimal("0.02"), intake=HELD, diagnosis=HELD, consulted=True, hours=hours
    )
    basis = invoice_basis(state)
    assert [line.amount for line in basis.lines] == ["0.01", "0.01", "0.01"]
    assert (basis.hours, basis.total) == ("0.75", "0.03")


def test_what_was_planned_and_not_held_lapses() -> None:
    visits = {
        "V0": _visit(0, held_on=date(2026, 2, 10), talk_at="2026-02-12T15:30"),
        "V1": _visit(1, cancelled=True),
        "V2": _visit(2, announced=False),
    }
    hours = {"intake": Decimal("1.5"), "visit:V0": Decimal("2.25")}
    state = Trajectory().with_(
        hourly_rate=Decimal(100), intake=HELD, diagnosis=PLANNED, visits=visits, hours=hours
    )
    assert invoice_basis(state).lines == (
        _line("intake", "1.50", "150.00"),
        _line("diagnosis", "0.00", "0.00", lapsed=True),
        _line("visit:V0", "2.25", "225.00"),
        _line("talk:V0", "0.00", "0.00", lapsed=True),
        _line("visit:V1", "0.00", "0.00", lapsed=True),
        _line("visit:V2", "0.00", "0.00", lapsed=True),
    )


def test_held_without_hours_costs_nothing_and_has_not_lapsed() -> None:
    basis = invoice_basis(Trajectory().with_(hourly_rate=Decimal(118), intake=HELD))
    assert basis.lines == (_line("intake", "0.00", "0.00"),)


def test_the_lines_are_in_the_order_of_the_contract() -> None:
    held = {"held_on": date(2026, 2, 10), "talk_held_on": date(2026, 2, 12)}
    visits = {"V1": _visit(1, **held), "V0": _visit(0, **held)}
    draft = FinalReportDrafted(sections=Sections(), goal_results={}, overall="sufficient")
    state = Trajectory().with_(
        intake=HELD,
        diagnosis=HELD,
        consulted=True,
        visits=visits,
        draft=draft,
        closing_held=True,
    )
    assert [line.intervention for line in invoice_basis(state).lines] == [
        "intake",
        "diagnosis",
        "consultation",
        "visit:V0",
        "talk:V0",
        "visit:V1",
        "talk:V1",
        "report",
        "closing",
    ]


def test_nothing_planned_and_nothing_held_is_no_line() -> None:
    basis = invoice_basis(Trajectory())
    assert (basis.lines, basis.hours, basis.total, basis.version) == ((), "0.00", "0.00", 1)


def test_versions_follow_each_other() -> None:
    first = invoice_basis(Trajectory())
    assert invoice_basis(Trajectory().with_(invoice=first)).version == 2


def test_what_is_kept_of_it_for_the_accounts_names_nobody() -> None:
    first = _visit(0, name="bij Marloes", held_on=date(2026, 2, 10))
    second = _visit(1, name="na klacht", held_on=date(2026, 2, 11), talk_held_on=date(2026, 2, 12))
    state = Trajectory(
        teacher="teacher-id",
        client="client-id",
        school="De Windvaan",
        hourly_rate=Decimal("118.00"),
        ended_on=date(2026, 6, 30),
        intake=HELD,
        visits={visit.name: visit for visit in (first, second)},
        hours={"intake": Decimal("1.5"), "visit:na klacht": Decimal(2)},
    )
    assert outlives(state) is None
    kept = outlives(state.with_(invoice=invoice_basis(state)))
    assert kept is not None
    assert [line["intervention"] for line in kept["lines"]] == [
        "intake", "visit:1", "visit:2", "talk:2",
    ]  # fmt: skip
    assert kept["lines"][2] == {
        "intervention": "visit:2", "hours": "2.00", "amount": "236.00", "lapsed": False,
    }  # fmt: skip
    del kept["lines"]
    assert kept == {
        "kind": "invoice_basis",
        "version": 1,
        "client": "client-id",
        "school": "De Windvaan",
        "ended_on": "2026-06-30",
        "hourly_rate": "118.00",
        "hours": "3.50",
        "total": "413.00",
    }
