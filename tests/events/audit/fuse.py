"""Breaks off what is done at any point: after so many calls to the database or the outside."""

from __future__ import annotations

from typing import Any

import asyncpg

from events.audit.publishing import Publication


class Killed(Exception):
    """What ran is broken off; what it had not committed is rolled back."""


class Fuse:
    """Burns one call at a time, and once it has burnt down no more; None never burns down."""

    def __init__(self) -> None:
        self.left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed


FUSE = Fuse()


class FusedConnection(asyncpg.Connection):
    """The call that the fuse burns down at was done, but nobody was told.

    `reset` then does what the end of the session would: open transactions and locks are gone.
    """

    async def execute(self, *arguments: Any, **how: Any) -> Any:
        answer = await super().execute(*arguments, **how)
        FUSE.burn()
        return answer

    async def fetch(self, *arguments: Any, **how: Any) -> Any:
        answer = await super().fetch(*arguments, **how)
        FUSE.burn()
        return answer

    async def fetchrow(self, *arguments: Any, **how: Any) -> Any:
        answer = await super().fetchrow(*arguments, **how)
        FUSE.burn()
        return answer

    async def fetchval(self, *arguments: Any, **how: Any) -> Any:
        answer = await super().fetchval(*arguments, **how)
        FUSE.burn()
        return answer


class FusedPublication(Publication):
    """As the connection: what was put is there, though nobody was told."""

    async def put(self, name: str, content: bytes) -> None:
        await super().put(name, content)
        FUSE.burn()

    async def replace(self, name: str, content: bytes) -> None:
        await super().replace(name, content)
        FUSE.burn()

    async def get(self, name: str) -> bytes | None:
        found = await super().get(name)
        FUSE.burn()
        return found
