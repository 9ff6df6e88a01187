"""A Temporal server whose workflows' clocks are moved by the test, one workflow at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from deploy.embedded.temporal import EmbeddedTemporal


class SkippingTemporal:
    """The server, and a client whose workflows can be fast-forwarded.

    Skipping is off until `fast_forward` asks: the default would run every timer at once.
    """

    def __init__(self, server: EmbeddedTemporal, client: Client) -> None:
        self.server = server
        self._skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        self.client = self._skipper.client

    @classmethod
    async def connect(cls, server: EmbeddedTemporal, **options: Any) -> SkippingTemporal:
        """``options`` are those of `Client.connect`, such as a data converter."""
        return cls(server, await Client.connect(server.address, **options))

    @property
    def address(self) -> str:
        return self.server.address

    async def fast_forward(self, handle: WorkflowHandle[Any, Any], duration: timedelta) -> bool:
        """Move the workflow's clock on, stopping for each timer on the way; false: it ended."""
        return await self._skipper.fast_forward(handle, duration)

    async def now(self, handle: WorkflowHandle[Any, Any]) -> datetime:
        """The workflow's own time."""
        return await self._skipper.get_current_time(handle)
