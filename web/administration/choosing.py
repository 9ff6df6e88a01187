"""Whom the pages of administration ask for: one of a list, or of many one by name."""

from __future__ import annotations

from web.administration.typed import Typed
from web.api.problems import uuid_or_none
from web.forms.choosing import TYPED, chosen, few
from web.plain import one_line
from web.site import Site

Choices = list[tuple[str, str]]
"""Ids, each with its name."""


async def named(site: Site, tenant: str, sent: Typed, *fields: str) -> None:
    """Puts the ids of whom the fields name into the form, and notes whom it does not find."""
    names = await _names(site, tenant, sent, *fields)
    # Who left is found by nobody, and may be whom it is about all the same.
    asked = [name for name in fields if not names.get(name) or names[name] != _typed(sent, name)]
    found = await chosen(site, tenant, dict.fromkeys(asked), sent.sent)
    sent.sent = {
        name: value if isinstance(value, str) else list(value) for name, value in found.sent.items()
    }
    sent.matches = dict(found.matches)
    for name, kind in found.wrong.items():
        sent.wrong.setdefault(name, kind)


async def choices(site: Site, tenant: str, sent: Typed, *fields: str) -> Choices | None:
    """Everybody of the board; None where they are too many to list, and are looked for by name.

    Then the names of those who are chosen, also of who left, stand beside their ids.
    """
    everybody = await few(site, tenant, None)
    if everybody is not None:
        return [(one.value, one.text) for one in everybody]
    names, told = await _names(site, tenant, sent, *fields), dict(sent.sent)
    for name in fields:
        told.setdefault(f"{name}.{TYPED}", names.get(name, ""))
        if _typed(sent, name) not in ("", names.get(name, "")):
            told[name] = ""
    sent.sent = told
    return None


async def _names(site: Site, tenant: str, sent: Typed, *fields: str) -> dict[str, str]:
    """By field what the person is called whose id it has."""
    ids = {name: known for name in fields if (known := uuid_or_none(sent.raw(name)))}
    names = await site.store.names(tenant, ids.values()) if ids else {}
    return {name: one_line(names[known]) for name, known in ids.items() if known in names}


def _typed(sent: Typed, name: str) -> str:
    return one_line(sent.raw(f"{name}.{TYPED}"))
