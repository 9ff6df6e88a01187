"""In which open cases somebody has a part, whatever the process: where their time may go."""

from __future__ import annotations

from events.store.connection import Connected
from events.store.sql import statements

SQL = statements("engagements")

MOST = 1_000
"""Nobody has appointments in more cases than these."""


class Engagements(Connected):
    """Finds the cases of a person."""

    async def engagements(self, tenant: str, person: str) -> dict[str, str]:
        """The process of each open case of the board in which the person has a part, by stream."""
        async with self._board(tenant) as connection:
            rows = await connection.fetch(SQL["open"], tenant, person, MOST)
        return {str(row["stream"]): row["process"] for row in rows}
