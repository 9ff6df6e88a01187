"""People whom a form asks for: few are listed, and of many one is looked for by name.

A field ``manager`` that is looked for has three parts in its form: the hidden id ``manager``, what
was typed in ``manager.typed``, and in ``manager.pick`` which of those who answer to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.store.choosing import Found
from web.api.problems import uuid_or_none
from web.forms.decoding import Sent, several
from web.forms.known import Option, Options
from web.plain import one_line
from web.site import Site
from workflows.persons import fits, holders

FEW = 60
"""So many people still stand in a list."""
SHOWN = 20
"""Of those who answer to what was typed, so many are shown."""
ANYBODY = "anybody"
"""In addresses the word for a person who need not hold any role."""
TYPED, PICK = "typed", "pick"
UNFOUND = frozenset({"nobody", "several", "many"})
"""Why what was typed names no one: what `Chosen.wrong` says, as sentences are named."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Those who answer to a text, the first `SHOWN` of them; ``more`` there are than that."""

    people: Sequence[Found] = ()
    more: bool = False

    @property
    def sole(self) -> Found | None:
        """The one who is meant: the only one, or the only one who is called just that."""
        wholly = [one for one in self.people if one.wholly]
        meant = self.people if len(self.people) == 1 else wholly
        return meant[0] if len(meant) == 1 else None

    @property
    def options(self) -> Options:
        """By name; of those who are called the same, with the address that tells them apart."""
        names = Counter(one.name for one in self.people)
        return tuple(
            Option(
                one.id,
                f"{one.name} ({one.email})" if names[one.name] > 1 and one.email else one.name,
            )
            for one in self.people
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A form with the ids of the people who were named in it.

    ``wrong`` says by field why nobody was, and ``matches`` who may have been meant.
    """

    sent: Sent
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])
    matches: Mapping[str, Options] = field(default_factory=dict[str, Options])


async def few(site: Site, tenant: str, role: str | None) -> Options | None:
    """Everybody who fits, by name; None where they are more than `FEW`."""
    found = await site.store.fitting(tenant, holders(role), FEW + 1)
    return tuple(Option(one.id, one.name) for one in found) if len(found) <= FEW else None


async def look_up(site: Site, tenant: str, role: str | None, text: str) -> Matches:
    """Those who fit and answer to a part of their name, or to their whole address by mail."""
    found = await site.store.called(tenant, holders(role), one_line(text), SHOWN + 1)
    return Matches(found[:SHOWN], len(found) > SHOWN)


async def chosen(site: Site, tenant: str, asked: Mapping[str, str | None], sent: Sent) -> Chosen:
    """Finds whom a form names in the fields ``asked``, each with the role that it asks for.

    An id counts only where its person fits and is called what stands beside it: who changes the
    name means somebody else. Fields that stood in the form as a list stay as they are.
    """
    typed = {
        path: one_line(_last(sent, f"{path}.{TYPED}"))
        for path in asked
        if f"{path}.{TYPED}" in sent
    }
    if not typed:
        return Chosen(sent)
    ids = [known for path in typed if (known := uuid_or_none(_last(sent, path)))]
    people = await site.store.persons(tenant, ids) if ids else {}
    wrong: dict[str, str] = {}
    matches: dict[str, Options] = {}
    found: dict[str, str] = {}
    for path, text in typed.items():
        held = people.get(_last(sent, path))
        if held and fits(held.roles, asked[path]) and one_line(held.name) == text:
            continue
        found[path] = ""
        if not text:
            continue
        answer = await look_up(site, tenant, asked[path], text)
        pick = _last(sent, f"{path}.{PICK}")
        meant = next((one for one in answer.people if one.id == pick), None) or answer.sole
        if meant is not None:
            found |= {path: meant.id, f"{path}.{TYPED}": meant.name}
            continue
        wrong[path] = "many" if answer.more else "several" if answer.people else "nobody"
        matches[path] = answer.options
    picks = {f"{path}.{PICK}" for path in typed}
    kept = {name: value for name, value in sent.items() if name not in picks}
    return Chosen(kept | found, wrong, matches)


def _last(sent: Sent, name: str) -> str:
    return several(sent.get(name, ""))[-1]
