"""``/permissions``: who may see and do what, in words, for everybody who is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response

from web.pages.page import page
from web.pages.session import page_language
from web.permissions.commands import BOARD_ROLES, PARTS, Grant, reads, rows
from web.permissions.door import behind
from web.permissions.table import EVERYBODY, VIEWS
from web.site import Site
from web.texts import Texts
from workflows.registry import RULES

if TYPE_CHECKING:
    from events.store.directory import PersonRow

_SPACED = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Chip:
    """A role that may do something; ``mine``: the reader holds it."""

    role: str
    relation: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something that can be seen or done, and who may."""

    what: str
    who: tuple[Chip, ...]
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A process, or the parts of the site that belong to none."""

    id: str
    name: str
    lines: tuple[Line, ...]


async def show(request: Request, site: Site, person: PersonRow) -> Response:
    """The table, narrowed by ``?role=`` and ``?process=``; unknown words narrow nothing."""
    words = page_language(request)
    known = every_role()
    role = request.query_params.get("role", "")
    process = request.query_params.get("process", "")
    role = role if role in known else ""
    wanted = [process] if process in site.rules else list(site.rules)
    parts = [] if process in site.rules else [_site(words, person)]
    parts += [_process(words, person, name) for name in wanted if name in RULES]
    return page(
        request,
        "permissions.html",
        parts=[narrowed for part in parts if (narrowed := _narrowed(part, role, words)).lines],
        role=role,
        process=process if process in site.rules else "",
        roles=sorted(((name, _role(words, name)) for name in known), key=lambda one: one[1]),
        processes=[(name, _many(words, name)) for name in site.rules if name in RULES],
        own=[_role(words, one) for one in person.roles],
    )


def every_role() -> list[str]:
    """The roles of a board and the parts that somebody may have in a case."""
    parts = {part for named in PARTS.values() for part in named}
    return [*BOARD_ROLES, *sorted(parts - set(BOARD_ROLES))]


def _site(words: Texts, person: PersonRow) -> Part:
    said: dict[str, Any] = words.pages["permissions"]
    lines = [
        Line(
            said["views"][view.replace(".", "_")],
            () if roles is EVERYBODY else _chips(words, person, _granted(roles)),
            everybody=roles is EVERYBODY,
        )
        for view, roles in VIEWS.items()
    ]
    return Part("site", said["site"], tuple(lines))


def _granted(roles: Iterable[str]) -> list[Grant]:
    return [Grant(role, "all") for role in BOARD_ROLES if role in roles]


def _process(words: Texts, person: PersonRow, process: str) -> Part:
    said = words.pages["permissions"]
    lines = [Line(said["read"], _chips(words, person, reads(process), process))]
    for row in rows(process):
        chips = _chips(words, person, row.grants, process)
        lines.append(Line(command_name(words, process, row.command), chips))
    return Part(process, _many(words, process), tuple(lines))


def _chips(
    words: Texts, person: PersonRow, grants: Iterable[Grant], process: str = ""
) -> tuple[Chip, ...]:
    relations = words.pages["permissions"]["relations"] if process else {}
    return tuple(
        Chip(
            _role(words, one.role, process),
            relations.get(one.relation, ""),
            one.role in person.roles,
        )
        for one in grants
    )


def _narrowed(part: Part, role: str, words: Texts) -> Part:
    if not role:
        return part
    names = {_role(words, role, part.id), _role(words, role)}
    lines = (
        line for line in part.lines if line.everybody or names & {chip.role for chip in line.who}
    )
    return Part(part.id, part.name, tuple(lines))


def _role(words: Texts, role: str, process: str = "") -> str:
    own = words.of(process)["roles"] if process else {}
    return str(own.get(role) or words.events["roles"][role])


def command_name(words: Texts, process: str, command: str) -> str:
    """What a command is called on screen."""
    titles = words.pages.get("forms", {}).get("title", {})
    told = titles.get(f"{process}.{command}") or titles.get(command)
    return str(told or _SPACED.sub(" ", command).lower())


def _many(words: Texts, process: str) -> str:
    return str(words.pages["process"][process]["many"])


PAGES = (("GET", "/permissions", behind("permissions", show)),)
