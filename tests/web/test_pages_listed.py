"""No page of the site is left out of the list of pages that a browser looks at."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

from starlette.routing import Match, Route

from tests.web.conftest import Installation
from tests.web.example_board import ExampleBoard
from tests.web.pages_everywhere import NO_PAGES, PAGES, Shown
from web.api.app import create_app
from workflows.registry import RULES

if TYPE_CHECKING:
    from events.store.store import Store
    from workflows.gateway import Gateway


def test_every_page_is_looked_at() -> None:
    app = create_app(cast("Store", None), cast("Gateway", None), RULES, Installation("demo"))
    board = ExampleBoard()
    ids = defaultdict(lambda: "known", board.ids)
    pages = {
        route.path: route
        for route in app.routes
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and not route.path.startswith("/api/")
        and route.path not in NO_PAGES
    }
    looked_at = {_route_of(list(pages.values()), shown, ids) for shown in PAGES}
    assert sorted(set(pages) - looked_at) == [], "to be added to tests/web/pages_everywhere.py"
    assert {
        path
        for path in NO_PAGES
        if path not in {r.path for r in app.routes if isinstance(r, Route)}
    } == set()


def _route_of(routes: list[Route], shown: Shown, ids: dict[str, str]) -> str | None:
    """The route that answers this page."""
    path = shown.path.format_map(ids).partition("?")[0]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    for route in routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route.path
    return None
