"""The invoice basis of a trajectory: only what was done is billed (004 T4-53)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from events.event import CENT, amount
from events.supervision.facts import InvoiceBasisPrepared, InvoiceLine
from events.supervision.state import Trajectory


def interventions(state: Trajectory) -> dict[str, bool]:
    """Each intervention planned or held, in the order of the invoice -> whether it was held."""
    found: dict[str, bool] = {}
    if state.intake.planned_at or state.intake.held_on:
        found["intake"] = state.intake.held_on is not None
    if state.diagnosis.planned_at or state.diagnosis.held_on:
        found["diagnosis"] = state.diagnosis.held_on is not None
    if state.consulted:
        found["consultation"] = True
    for visit in sorted(state.visits.values(), key=lambda v: v.order):
        found[f"visit:{visit.name}"] = visit.held_on is not None
        if visit.talk_at or visit.talk_held_on:
            found[f"talk:{visit.name}"] = visit.talk_held_on is not None
    if state.draft is not None:
        found["report"] = True
    if state.closing_held:
        found["closing"] = True
    return found


def invoice_basis(state: Trajectory) -> InvoiceBasisPrepared:
    """The next version: hours x rate a line, half a cent rounded up on each line."""
    rate = state.hourly_rate or Decimal(0)
    lines: list[InvoiceLine] = []
    total = hours_total = Decimal(0)
    for intervention, held in interventions(state).items():
        hours = state.hours.get(intervention, Decimal(0)) if held else Decimal(0)
        cost = (hours * rate).quantize(CENT, ROUND_HALF_UP)
        total += cost
        hours_total += hours
        lines.append(
            InvoiceLine(
                intervention=intervention,
                hours=amount(hours),
                amount=amount(cost),
                lapsed=not held,
            )
        )
    return InvoiceBasisPrepared(
        version=1 if state.invoice is None else state.invoice.version + 1,
        lines=tuple(lines),
        hours=amount(hours_total),
        total=amount(total),
    )


def outlives(state: Trajectory) -> dict[str, Any] | None:
    """What is kept of an erased trajectory: the invoice basis, by the fiscal duty to keep accounts.

    No teacher, and nothing that somebody wrote: visits are counted, as their names are free. The
    school is the one that is billed.
    """
    if state.invoice is None:
        return None
    lines: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for line in state.invoice.lines:
        kind, named, visit = line.intervention.partition(":")
        what = f"{kind}:{numbers.setdefault(visit, len(numbers) + 1)}" if named else kind
        lines.append({**line.model_dump(mode="json"), "intervention": what})
    return {
        "kind": "invoice_basis",
        "version": state.invoice.version,
        "client": state.client,
        "school": state.school,
        "ended_on": state.ended_on and state.ended_on.isoformat(),
        "hourly_rate": state.hourly_rate and amount(state.hourly_rate),
        "lines": lines,
        "hours": state.invoice.hours,
        "total": state.invoice.total,
    }
