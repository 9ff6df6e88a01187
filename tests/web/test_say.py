"""How the dashboard says what a reader may not be told, and where the numbers of a bar stand."""

from __future__ import annotations

import re
from itertools import pairwise

from events.settings import TenantSettings
from web.charts import Stack, stacks
from web.pages.dashboard.say import Say
from web.pages.dashboard.tables import Cell, Column
from web.texts import texts
from web.wording import Wording

COLUMNS = (Column("process"), Column("cases", "count", hidden=True), Column("hours", hidden=True))


def row(*values: int | None) -> list[Cell]:
    return [Cell("Partners"), *map(Cell, values)]


def test_a_row_of_which_nothing_may_be_told_says_so_once() -> None:
    wording = Wording(texts("nl"), TenantSettings(), {})
    board, office = Say(wording, single_cases=False), Say(wording, single_cases=True)
    assert board.mute(row(None, None), COLUMNS) == 2
    assert board.mute(row(7, None), COLUMNS) == board.mute(row(None, 7), COLUMNS) == 0
    # One number by itself stands in its own column, and an office is told everything.
    assert board.mute(row(None), COLUMNS[:2]) == 0
    assert office.mute(row(None, None), COLUMNS) == 0


def test_the_numbers_of_a_bar_of_parts_never_stand_on_the_line_of_its_name() -> None:
    items = [Stack("2024-2025", (3, 1), "x"), Stack("2025-2026", (4, 1), "x")]
    heights = re.findall(r'class="(label|value)" x="0" y="(\d+)"', stacks("n", "t", "d", items))
    lines = [int(y) for _, y in heights]
    assert [kind for kind, _ in heights] == ["label", "value"] * 2
    assert lines == sorted(lines)
    assert min(b - a for a, b in pairwise(lines)) >= 16


def test_the_numbers_of_a_bar_of_parts_fit_on_a_telephone() -> None:
    parts = ["basisniveau bereikt: 3", "verdere begeleiding: 1", "doorgezet: 1", "afgebroken: 1"]
    items = [Stack(year, (3, 1, 1, 1), ", ".join(parts)) for year in ("2024-2025", "2025-2026")]
    drawn = stacks("n", "t", "d", items)
    told = re.findall(r'class="value" x="0" y="(\d+)">([^<]*)<', drawn)
    assert max(len(text) for _, text in told) <= 29
    assert " ".join(text for _, text in told) == " ".join([", ".join(parts)] * 2)
    places = [int(y) for y in re.findall(r'class="(?:label|value)" x="0" y="(\d+)"', drawn)]
    assert min(b - a for a, b in pairwise(places)) >= 16
    height = re.search(r'height="(\d+)"', drawn)
    assert height
    assert int(height[1]) > places[-1]
