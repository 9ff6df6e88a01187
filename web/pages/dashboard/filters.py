"""The filters of the dashboard: as they stand in an address, and as they are offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from events.projections.counting import SCHOOL_YEAR_BEGINS, Selection
from events.projections.dashboard import period
from web.api.dashboard import Office, selection_of

ASKED = ("process", "period", "school", "advisor", "state")
"""In this order they stand in the form."""
YEARS_BACK = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What an address says; ``outcome`` is asked by the links of a table and not by the form."""

    chosen: Mapping[str, str]

    @property
    def query(self) -> str:
        """As it stands in an address, without a question mark."""
        return urlencode(self.chosen)

    def address(self, path: str = "/dashboard", **changes: str) -> str:
        """A page or file with these filters, and these changes."""
        query = urlencode({k: v for k, v in {**self.chosen, **changes}.items() if v})
        return f"{path}?{query}" if query else path

    def without(self, name: str) -> str:
        """The dashboard without one of them; that of who wants none says so."""
        left = Filters({key: value for key, value in self.chosen.items() if key != name})
        return left.address() if left.chosen else CLEARED

    def behind(self, figure: str, **named: str) -> str:
        """The list of cases behind a figure."""
        return self.address(
            "/dashboard/cases", figure=figure, **{k: v for k, v in named.items() if v}
        )


CLEARED = "/dashboard?show=all"
"""The dashboard without any, also for who has preferred ones."""


def filters_of(office: Office, query: Mapping[str, str]) -> tuple[Filters, Selection]:
    """As the address says; a field of the form that was left empty says nothing.

    Raises Problem for a filter that there is not, or not for this reader.
    """
    said = {name: value.strip() for name, value in query.items() if value.strip()}
    said.pop("show", None)
    return Filters(said), selection_of(office, said)


def periods(today: date) -> list[str]:
    """The school years that can be chosen, the present one first."""
    year = today.year if today.month >= SCHOOL_YEAR_BEGINS else today.year - 1
    return [period(year - back) for back in range(YEARS_BACK)]


def distinct(rows: Iterable[Mapping[str, str | None]], column: str) -> list[str]:
    """All values of a column."""
    return sorted({value for row in rows if (value := row[column])})
