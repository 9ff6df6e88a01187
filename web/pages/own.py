"""The commands that are given on a page of their own, made for that one task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from web.doing import Tried
from web.reading import Reading
from web.site import Site
from web.tasks.pages import TASK_PAGES

if TYPE_CHECKING:
    from events.store.directory import PersonRow

OwnPage = Callable[
    [Request, Site, "PersonRow", Reading, str, Tried | None],
    Awaitable[Response],
]
"""Shows the page of a command, its name last but one: empty at first, and as it was sent, with
what was wrong, after it was not accepted (the status is then that of the problem)."""

OWN_PAGES: Mapping[tuple[str, str], OwnPage] = {**TASK_PAGES}
"""By process and command. The page sends its form to ``/{process}/{id}/do/{command}``, with a
hidden ``key`` that stays the same for the same form."""
