"""What the log of administration holds about a person, and nothing of what it holds of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.event import instant_text
from web.administration.told import Difference, differences, label_of, what_of
from web.privacy.lines import moment, own_words
from web.site import Site
from web.wording import Wording, ids_in

if TYPE_CHECKING:
    from events.store.administration import Change
    from events.store.subjects import Entry


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the log that is by a person, about them, or names them in some fields.

    ``roles`` are those of who did it, where that was somebody else. What stood and stands there
    is told where it is about the person alone (AVG art. 15(4)).
    """

    change: Change
    by: bool
    about: bool
    named_as: tuple[str, ...]
    roles: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """As data."""
        said: dict[str, Any] = {
            "at": instant_text(self.change.at),
            "what": self.change.what,
            "by_oneself": self.by,
            "about_oneself": self.about,
        }
        if self.about:
            return said | {
                "roles": list(self.roles),
                "before": self.change.before,
                "after": self.change.after,
            }
        return said | ({"named_as": list(self.named_as)} if self.named_as else {})


async def noted(site: Site, tenant: str, person: Entry) -> list[Noted]:
    """All of them, in order; who did something is told by role."""
    changes = await site.store.changes_of(tenant, person.id)
    by = {one.person for one in changes if one.person and one.person != person.id}
    who = await site.store.entries(tenant, by)
    return [
        Noted(
            one,
            by=one.person == person.id,
            about=one.subject == person.id,
            named_as=tuple(_naming(one, person.id)),
            roles=who[one.person].roles if one.person in who else (),
        )
        for one in changes
    ]


def _naming(change: Change, person: str) -> Iterable[str]:
    told: list[Mapping[str, Any]] = [
        one for one in (change.before, change.after) if isinstance(one, Mapping)
    ]
    return dict.fromkeys(key for one in told for key, value in one.items() if value == person)


def named_in(lines: Iterable[Noted]) -> set[str]:
    """The ids of whom those name that are told as a whole."""
    return {
        one
        for line in lines
        if line.about
        for one in ids_in([line.change.before, line.change.after])
    }


def noted_line(wording: Wording, line: Noted) -> tuple[str, str, str, list[Difference]]:
    """When, what, by whom or as what, and what changed."""
    own, texts, change = own_words(wording.texts), wording.texts, line.change
    how = own["by_you"]
    if line.about and not line.by:
        who = ", ".join(wording.role(one) for one in line.roles)
        how = own["about_you"].format(who=who or own["unknown_role"])
    elif not line.by:
        fields = ", ".join(label_of(texts, one) for one in line.named_as)
        how = own["named_as"].format(fields=fields)
    told = list(differences(change, texts, wording)) if line.about else []
    return moment(wording, change.at), what_of(change, texts), how, told
