"""A browser of somebody of the board, without the page on which one is chosen."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import Board
from web.signin.cookies import named


async def signed_in(board: Board, by: str) -> None:
    """From now on the pages are asked for by this person."""
    hour = timedelta(hours=1)
    person = board.people[by].id
    key = await board.store.begin_session(board.tenant, person, "chosen", idle=hour, lasting=hour)
    board.http.cookies.clear()
    board.http.cookies.set(named(board.app.state.site), key)
