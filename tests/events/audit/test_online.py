"""A database that nobody tampered with has no findings, however it is looked at."""

from __future__ import annotations

from tests.events.audit.world import World


async def test_untouched(world: World) -> None:
    async with world.copy() as copy:
        report = await copy.verified()
        assert report.findings == []
        assert report.unsure == []
