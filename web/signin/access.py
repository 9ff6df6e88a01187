"""How this installation lets people in, as its settings say."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider, and what its claims are called.

    ``board`` is the board of everybody, where the provider knows no other; else ``board_claim``
    names the claim that tells it.
    """

    address: str
    client_id: str
    client_secret: SecretStr | None = None
    scopes: str = "openid profile email"
    subject_claim: str = "sub"
    name_claim: str = "name"
    email_claim: str = "email"
    roles_claim: str | None = None
    board_claim: str | None = None
    board: str | None = None
    trusts_email: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """``idle`` and ``lasting`` are how long a session holds without use, and at all."""

    issuer: Issuer | None = None
    idle: timedelta = timedelta(hours=2)
    lasting: timedelta = timedelta(hours=12)
    secure: bool = False
    proxies: tuple[Network, ...] = ()


class AccessSettings(Protocol):
    """What has to be known of the installation to let people in."""

    @property
    def installation(self) -> str: ...
    @property
    def public_address(self) -> str: ...
    @property
    def http_host(self) -> str: ...
    @property
    def http_proxies(self) -> str: ...
    @property
    def session_idle_minutes(self) -> int: ...
    @property
    def session_hours(self) -> int: ...
    @property
    def oidc_issuer(self) -> str | None: ...
    @property
    def oidc_client_id(self) -> str | None: ...
    @property
    def oidc_client_secret(self) -> SecretStr | None: ...
    @property
    def oidc_scopes(self) -> str: ...
    @property
    def oidc_subject_claim(self) -> str: ...
    @property
    def oidc_name_claim(self) -> str: ...
    @property
    def oidc_email_claim(self) -> str: ...
    @property
    def oidc_email_trusted(self) -> bool: ...
    @property
    def oidc_roles_claim(self) -> str | None: ...
    @property
    def oidc_board_claim(self) -> str | None: ...
    @property
    def oidc_board(self) -> str | None: ...


def access_by(settings: AccessSettings) -> Access:
    """The way in that the settings describe."""
    return Access(
        issuer=_issuer(settings),
        idle=timedelta(minutes=settings.session_idle_minutes),
        lasting=timedelta(hours=settings.session_hours),
        secure=needs_secure(settings.installation, settings.public_address, settings.http_host),
        proxies=networks(settings.http_proxies),
    )


def needs_secure(installation: str, public_address: str, listens_on: str) -> bool:
    """Whether cookies go over TLS only: always, except where the machine serves but itself."""
    parts = urlsplit(public_address)
    here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return installation == "production" and not (here and is_loopback(listens_on))


def is_loopback(host: str) -> bool:
    """Whether this is a name or address of the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a list with commas; raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _issuer(settings: AccessSettings) -> Issuer | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    return Issuer(
        address=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        scopes=settings.oidc_scopes,
        subject_claim=settings.oidc_subject_claim,
        name_claim=settings.oidc_name_claim,
        email_claim=settings.oidc_email_claim,
        roles_claim=settings.oidc_roles_claim,
        board_claim=settings.oidc_board_claim,
        board=settings.oidc_board,
        trusts_email=settings.oidc_email_trusted,
    )
