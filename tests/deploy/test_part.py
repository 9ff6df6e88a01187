"""A part serves while people can work, whatever else is not well."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.part import _serves
from observability import serve_probe


@pytest.mark.parametrize(
    ("failing", "serves"), [((), True), (("log keeper",), True), (("log keeper", "outbox"), False)]
)
async def test_what_is_needed_to_serve(failing: tuple[str, ...], serves: bool) -> None:
    async def health() -> dict[str, Any]:
        parts = ("postgres", "log keeper", "outbox")
        return {part: "failing" if part in failing else "ok" for part in parts}

    probe = await serve_probe("127.0.0.1", 0, health)
    try:
        assert await _serves(probe.sockets[0].getsockname()[1]) is serves
    finally:
        probe.close()
        await probe.wait_closed()


async def test_what_is_not_there_does_not_serve() -> None:
    assert not await _serves(1)
