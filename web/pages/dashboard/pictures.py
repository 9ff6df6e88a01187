"""The pictures of the dashboard, in words and numbers of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from web.charts import Bar, Stack, bars, line, stacks
from web.pages.dashboard.say import Say
from web.pages.dashboard.tables import in_order


@dataclass(frozen=True, slots=True)
class Picture:
    """``legend``: what each colour stands for, by its class."""

    title: str
    svg: Markup
    legend: Sequence[tuple[str, str]] = ()


_WORTH_A_PICTURE = 2
"""Numbers at least; one by itself says enough."""


def of_states(content: Mapping[str, Any], say: Say) -> list[Picture]:
    """By process, how many cases are in which state."""
    found: list[Picture] = []
    for one in content["running"]:
        process, words = one["process"], say.words["picture"]
        wording = say.wording_of(process)
        items = [
            Bar(wording.state(state), cases, say.number(cases, "count"))
            for state, cases in in_order(one["states"], wording)
            if cases
        ]
        if len(items) < _WORTH_A_PICTURE:
            continue
        title = words["states"].format(process=wording.about(process, "many"))
        found.append(Picture(title, bars(f"states-{process}", title, _told(items), items)))
    return found


def of_outcomes(content: Mapping[str, Any], say: Say) -> list[Picture]:
    """By process, how it ended by school year."""
    found: list[Picture] = []
    rows = sorted(content["outcome_totals"], key=lambda one: (one["process"], one["period"]))
    for process, group in groupby(rows, key=lambda one: one["process"]):
        of_process, wording = list(group), say.wording_of(process)
        if not any(row["cases"] for row in of_process):
            continue
        present = {row["outcome"] for row in of_process}
        scale = next((one for one in _OUTCOMES if present.intersection(one)), ())
        known = [*scale, *sorted(present.difference(scale))]
        items: list[Stack] = []
        for period, of_period in groupby(of_process, key=lambda one: one["period"]):
            counts = {row["outcome"]: row["cases"] for row in of_period}
            values = [counts.get(outcome) or 0 for outcome in known]
            text = ", ".join(
                f"{wording.term(outcome)}: {say.number(counts[outcome], 'count')}"
                for outcome in known
                if outcome in counts
            )
            items.append(Stack(period, values, text))
        title = say.words["picture"]["outcomes"].format(process=wording.about(process, "many"))
        svg = stacks(
            f"outcomes-{process}",
            title,
            "; ".join(f"{item.label}: {item.text}" for item in items),
            items,
        )
        legend = [
            (f"c{nth}", wording.term(outcome))
            for nth, outcome in enumerate(known)
            if outcome in present
        ]
        found.append(Picture(title, svg, legend))
    return found


_OUTCOMES = (
    ("basic_level_reached", "further_guidance", "no_follow_up", "escalated", "aborted", "declined"),
    ("sufficient", "insufficient"),
)
"""In this order they have their colours, whichever of them there are."""


def of_durations(content: Mapping[str, Any], say: Say) -> list[Picture]:
    """By process, how long cases took by the school year in which they ended."""
    found: list[Picture] = []
    rows = sorted(content["ended"], key=lambda one: (one["process"], one["period"]))
    for process, group in groupby(rows, key=lambda one: one["process"]):
        items = [
            Bar(one["period"], one["mean_days"], say.number(one["mean_days"], "days"))
            for one in group
            if one["mean_days"] is not None
        ]
        if len(items) >= _WORTH_A_PICTURE:
            wording = say.wording_of(process)
            title = say.words["picture"]["durations"].format(process=wording.about(process, "many"))
            found.append(Picture(title, line(f"days-{process}", title, _told(items), items)))
    return found


def _told(items: Sequence[Bar]) -> str:
    return "; ".join(f"{item.label}: {item.text}" for item in items)
