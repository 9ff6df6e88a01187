"""What the API and the pages work with, put together once and handed to every request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from fastapi import Request

from events.process import Reader
from events.settings import TenantSettings
from web.dossiers import Dossiers
from web.signin.access import Access
from web.signin.buckets import Buckets
from workflows.decision import Giver, Rules

if TYPE_CHECKING:
    from events.store.directory import PersonRow
    from events.store.documents import Document
    from events.store.store import Store
    from web.signin.provider import Provider
    from workflows.gateway import Gateway

Installation = Literal["production", "test", "demo"]
DEMO_BOARD = "3d5c9d8e-0f4b-5a7c-8e61-6a1d2b7c4f90"
"""The board whose people may be chosen on the sign-in page of a demo installation."""


@dataclass(frozen=True, slots=True)
class Site:
    """Store, gateway and processes of one installation.

    ``public_address`` is what addresses that people keep begin with, without a slash at the end;
    ``published`` is where the log's checkpoints and keys lie outside the database;
    ``making`` are the agreements that are being made, by board, stream and version.
    """

    store: Store
    gateway: Gateway
    rules: Mapping[str, Rules[Any]]
    dossiers: Dossiers
    installation: Installation = "production"
    public_address: str = ""
    access: Access = field(default_factory=Access)
    buckets: Buckets = field(default_factory=Buckets)
    provider: Provider | None = None
    published: str = ""
    latest_settings: dict[str, TenantSettings] = field(default_factory=dict)
    making: dict[tuple[str, str, int], asyncio.Future[Document]] = field(default_factory=dict)

    async def settings(self, tenant: str) -> TenantSettings:
        """The board's settings as they are now."""
        settings = await self.store.settings(tenant)
        self.latest_settings[tenant] = settings
        return settings

    async def settings_of(self, tenant: str, version: int) -> TenantSettings:
        """The board's settings, at least as new as those of ``version``."""
        kept = self.latest_settings.get(tenant)
        return kept if kept and kept.version >= version else await self.settings(tenant)


def site_of(request: Request) -> Site:
    """The site that this request came in at."""
    return cast(Site, request.app.state.site)


def reader_of(person: PersonRow) -> Reader:
    """A person as the one who looks."""
    return Reader(person.id, tuple(person.roles))


def giver_of(person: PersonRow) -> Giver:
    """A person as the one who gives a command."""
    return Giver(person.id, tuple(person.roles))
