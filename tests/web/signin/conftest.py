"""A product with an identity provider beside it, and browsers that come in."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from events.store.directory import PersonRow
from events.store.identities import SignInRules
from events.store.keys import MasterKeys
from events.store.sessions import How
from events.store.store import Store
from tests.conftest import Database
from tests.web.conftest import FACTS, Installation
from web.api.app import create_app
from web.signin.access import Access, Issuer
from web.signin.provider import Provider
from web.site import Site
from workflows.gateway import Gateway
from workflows.registry import RULES

PUBLIC = "https://traject.example"
SECRET = "geheim-van-de-client"
HOME = "voorbeeld.example"


class Unreached:
    """Nothing of these tests reaches a process."""


class Watching(httpx2.AsyncBaseTransport):
    """Passes everything on, and remembers it."""

    def __init__(self) -> None:
        self.seen: list[httpx2.Request] = []
        self.away = False
        self._real = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        if self.away:
            raise httpx2.ConnectError("refused")
        return await self._real.handle_async_request(request)


@dataclass
class Door:
    """The product as browsers meet it, over TLS as far as it knows."""

    app: FastAPI
    store: Store
    tenant: str
    wire: Watching
    idp: str
    people: dict[str, PersonRow] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return self.app.state.site

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self.app, client=("192.0.2.10", 40000))
        return httpx2.AsyncClient(transport=transport, base_url=PUBLIC, headers=headers)

    async def account(self, subject: str, **claims: Any) -> None:
        """What the provider says of this subject from now on."""
        known = {"name": "Sanne de Wit", "schac_home_organization": HOME} | claims
        async with httpx2.AsyncClient() as http:
            await http.put(f"{self.idp}/users/{subject}", json=known)

    async def code(self, address: str, subject: str) -> str:
        """Signs in at the provider; where the provider sends the browser then."""
        async with httpx2.AsyncClient() as http:
            answer = await http.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    async def come_in(
        self, browser: httpx2.AsyncClient, subject: str, back: str = ""
    ) -> httpx2.Response:
        """The whole way to the provider and back."""
        start = await browser.get("/sign-in/start", params={"back": back} if back else {})
        assert start.status_code == 303, start.text
        return await browser.get(await self.code(start.headers["Location"], subject))

    async def enter(
        self, browser: httpx2.AsyncClient, who: str = "sanne", how: How = "provider"
    ) -> str:
        """Signs somebody in without the provider; the key of the session."""
        person, day = self.people[who], timedelta(days=1)
        key = await self.store.begin_session(
            self.tenant, person.id, how, idle=day, lasting=day, device="Firefox, Linux"
        )
        browser.cookies.set("__Host-traject_session", key, domain="traject.example", path="/")
        return key

    async def rules(self, **rules: Any) -> None:
        await self.store.save_sign_in(self.tenant, SignInRules(**rules), [HOME])


@pytest.fixture(scope="module")
def idp() -> Iterator[str]:
    """The address of a provider that lets anybody be anybody."""
    with warnings.catch_warnings():
        # It still makes its keys with what Authlib will drop.
        warnings.simplefilter("ignore")
        from oidc_provider_mock import run_server_in_thread

        with run_server_in_thread(require_nonce=True) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
async def door(database: Database, master_keys: MasterKeys, idp: str) -> AsyncIterator[Door]:
    """A production installation with a board that people may come into by their address."""
    store = await Store.connect(database.app_dsn, master_keys, FACTS)
    issuer = Issuer(
        idp,
        "traject",
        SecretStr(SECRET),
        roles_claim="eduperson_affiliation",
        board_claim="schac_home_organization",
    )
    settings = Installation("production", PUBLIC)
    access = Access(issuer, secure=True)
    app = create_app(store, cast(Gateway, Unreached()), RULES, settings, access)
    wire = Watching()
    app.state.site = replace(app.state.site, provider=Provider(issuer, wire))
    door = Door(app, store, str(uuid4()), wire, idp)
    mail = "sanne@voorbeeld.example"
    door.people["sanne"] = await store.add_person(door.tenant, "Sanne", mail, roles=["hr"])
    await door.rules(link_by_email=True)
    yield door
    await store.close()


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
