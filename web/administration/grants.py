"""Which roles somebody may give and take away: never the own ones, and not all of them.

The auditor looks at what hr did and the administrator lets people in, so that hr makes neither;
and nobody becomes what somebody else is to look at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.administration.typed import Typed

if TYPE_CHECKING:
    from events.store.administration import Entry
    from events.store.directory import PersonRow

BY_ADMINISTRATOR = frozenset({"auditor", "administrator"})
"""Roles that only an administrator gives and takes away."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The roles that somebody has from now on; ``wrong`` names why not all that was asked."""

    roles: frozenset[str]
    wrong: str = ""


def fixed(by: PersonRow, person: str, roles: Collection[str]) -> frozenset[str]:
    """Those of ``roles`` that ``by`` leaves as they are, for this person (an id, or nothing)."""
    if person == by.id:
        return frozenset(roles)
    return frozenset() if "administrator" in by.roles else BY_ADMINISTRATOR & set(roles)


def granted(by: PersonRow, person: str, held: Collection[str], asked: Collection[str]) -> Granted:
    """What becomes of ``asked`` for a person who has ``held``: what is fixed stays."""
    stays = fixed(by, person, {*held, *asked})
    roles = frozenset(asked) - stays | frozenset(held) & stays
    if not set(asked) & stays - set(held):
        return Granted(roles)
    return Granted(roles, "own_roles" if person == by.id else "role_of_another")


def shut(by: PersonRow, entry: Entry) -> str:
    """Why ``by`` neither ends nor gives back somebody's access; nothing where that may be."""
    if entry.id == by.id:
        return "own_access"
    return "access_of_another" if fixed(by, entry.id, entry.roles) else ""


def check_mail(by: PersonRow, before: Entry | None, email: str, sent: Typed) -> None:
    """Whoever has the address may come in by it, so that those of some are not for everybody."""
    if before is None or (before.email or "").lower() == email.lower():
        return
    if before.id != by.id and fixed(by, before.id, before.roles):
        sent.wrong.setdefault("email", "mail_of_another")
