"""Who may open what belongs to no case: the one place that says so, and nothing else is open.

What may be seen of a case is told by its process (`Story.rights`), and what may be done in it by
its rules; `web.permissions.commands` reads those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from web.api.problems import Problem

if TYPE_CHECKING:
    from events.store.directory import PersonRow

Roles = frozenset[str]

EVERYBODY: Roles = frozenset({"*"})
"""Whoever is signed in, with whatever role or none."""

_HR = frozenset({"hr"})
_KEEPERS = frozenset({"hr", "administrator"})
_AUDITORS = frozenset({"auditor"})

VIEWS: Mapping[str, Roles] = {
    "home": EVERYBODY,
    "me": EVERYBODY,
    "permissions": EVERYBODY,
    "people": EVERYBODY,  # those whom an own form asks for: web.pages.people
    "people.file": frozenset({"hr", "auditor"}),
    "dashboard": frozenset({"hr", "coordinator", "board"}),
    "dashboard.cases": frozenset({"hr", "coordinator"}),
    "audit": _AUDITORS,
    "audit.administration": _AUDITORS,
    "administration": _KEEPERS | {"coordinator"},
    "administration.people": _KEEPERS,
    "administration.absence": _HR,
    "administration.handover": frozenset({"hr", "coordinator"}),
    "administration.settings": _HR,
    "administration.holidays": _HR,
    "administration.texts": _HR,
    "administration.health": _KEEPERS,
    "administration.retry": _KEEPERS,
}
"""By view, the roles that may open it. A view that is not in here opens for nobody."""

FOR_ALL = frozenset({"open", "link"})
"""What opens without being signed in."""
OF_CASES = frozenset({"list", "case", "start", "command"})
"""What opens for whoever is signed in; what somebody finds there, the case and the rules say."""


def may(person: PersonRow, view: str) -> bool:
    """Whether this person may open a view."""
    roles = VIEWS.get(view, frozenset())
    return roles is EVERYBODY or not roles.isdisjoint(person.roles)


def require(person: PersonRow, view: str) -> None:
    """Raises Problem (403, auth.role) unless this person may open the view."""
    if not may(person, view):
        raise Problem("auth.role")


def require_access(person: PersonRow, access: str) -> None:
    """Raises Problem (403, auth.role) unless an address of this access opens for this person.

    `web.permissions.routes` says which access an address has; a word that is in neither table
    opens for nobody.
    """
    if access not in OF_CASES:
        require(person, access)
