"""The search form of a list page: what was chosen, kept in the address so that a link finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from web.api.filters import FILTERS, TEXT_MAX, Wanted, given_in, wanted
from web.plain import one_line
from web.wording import Wording

_FIELDS = {"q": "name", "level": "levels"}
"""What a filter is called in a summary, where that is not its own name."""

ABOUT_SOMEBODY = frozenset({"supervision", "assessments", "internships", "placements"})
MOST_NAMED = 500
"""So many people may answer to what is typed; of more, more has to be typed."""


@dataclass(frozen=True, slots=True)
class Search:
    """``chosen`` are the filters with their values; ``show`` which cases: open, ended, or all.

    ``who``: what is typed of the name of whom a case is about.
    """

    process: str
    show: str
    chosen: Mapping[str, str]
    who: str = ""

    @property
    def offered(self) -> bool:
        """Whether this list has a search form for what its cases say."""
        return self.process in FILTERS

    @property
    def by_name(self) -> bool:
        """Whether its cases are about somebody who can be looked for by name."""
        return self.process in ABOUT_SOMEBODY

    @property
    def wanted(self) -> Wanted | None:
        return wanted(self.process, self.chosen)

    @property
    def beside(self) -> dict[str, str]:
        """What the form itself does not ask, and keeps."""
        asked = ("q", *self.asked)
        others = {name: value for name, value in self.chosen.items() if name not in asked}
        return {"show": self.show, **others} if self.show else others

    @property
    def asked(self) -> tuple[str, ...]:
        """The choices in the form."""
        return ("kind", "level", "vacant")

    def address(self, **changes: str) -> str:
        """The list with what was chosen, and these changes."""
        kept = {"show": self.show, **self.chosen, "who": self.who, **changes}
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"/{self.process}?{query}" if query else f"/{self.process}"

    def cleared(self) -> str:
        """The list without filters."""
        return Search(self.process, self.show, {}).address()

    def label(self, name: str, wording: Wording) -> str:
        """What a filter is called."""
        return wording.label(_FIELDS.get(name, name))

    def options(self, name: str, wording: Wording) -> list[tuple[str, str]]:
        """The values of a choice and their words, in the order of the words."""
        field = _FIELDS.get(name, name)
        named = [(it, wording.value(field, it)) for it in FILTERS[self.process][name].options]
        return sorted(named, key=lambda option: option[1].casefold())


def search_of(process: str, query: Mapping[str, str]) -> Search:
    """As the address says; a field of the form that was left empty says nothing."""
    said = {name: value for name, value in query.items() if value.strip()}
    who = one_line(said.get("who", "")[:TEXT_MAX])
    return Search(process, said.get("show", ""), given_in(process, said), who)
