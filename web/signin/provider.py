"""Speaks OpenID Connect with the identity provider: the code flow with PKCE.

Authlib knows what is sent and what an ID token must say, joserfc checks signatures. Authlib's own
client for Starlette is not used: it needs httpx, and keeps state in a session of its own.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote_plus

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken, UserInfo
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from web.signin.access import Issuer

LEEWAY_SECONDS = 120
"""So much may the provider's clock differ from ours."""
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Never ``none``, and none that the client's secret could sign."""
METADATA_SECONDS = 3600
KEYS_SECONDS = 60
"""Keys are asked for anew when an unknown one is used, but not more often than this."""
TIMEOUT_SECONDS = 5.0
MOST_BYTES = 500_000
_ENTRA_ANY = "{tenantid}"
"""Stands in the issuer of Entra ID where an application is for several organisations."""


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does. Nobody can help it but to wait."""


class NotProven(Exception):
    """What came back does not prove who somebody is; the text says which check failed."""


class Provider:
    """One identity provider; keeps what it published in memory for a while."""

    def __init__(self, issuer: Issuer, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.issuer = issuer
        self._transport = transport
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_at = float("-inf")

    async def sign_in_address(
        self, redirect_uri: str, state: str, nonce: str, verifier: str
    ) -> str:
        """Where somebody goes to sign in. Raises ProviderAway."""
        metadata = await self.metadata()
        return str(
            prepare_grant_uri(
                metadata["authorization_endpoint"],
                self.issuer.client_id,
                "code",
                redirect_uri,
                self.issuer.scopes,
                state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def sign_out_address(self, back: str) -> str | None:
        """Where somebody signs out at the provider too; None where it has no such place."""
        try:
            metadata = await self.metadata()
        except ProviderAway:
            return None
        place = metadata.get("end_session_endpoint")
        if not place:
            return None
        mine = {"client_id": self.issuer.client_id, "post_logout_redirect_uri": back}
        return str(httpx2.URL(place).copy_merge_params(mine))

    async def claims(
        self, code: str, redirect_uri: str, nonce: str, verifier: str, told_issuer: str | None
    ) -> dict[str, Any]:
        """What the provider says of who signed in, of the ID token and the UserInfo together.

        Raises ProviderAway, NotProven.
        """
        metadata = await self.metadata()
        if told_issuer is not None and told_issuer != metadata["issuer"]:
            # RFC 9207: the answer of another provider.
            raise NotProven("iss")
        given = await self._token(metadata, code, redirect_uri, verifier)
        token = await self._checked(given.get("id_token"), nonce, given.get("access_token"))
        return await self._told(metadata, given.get("access_token"), token)

    async def metadata(self) -> dict[str, Any]:
        """What the provider publishes about itself. Raises ProviderAway."""
        if time.monotonic() < self._metadata_until:
            return self._metadata
        address = self.issuer.address.rstrip("/") + "/.well-known/openid-configuration"
        found = await self._json("GET", address)
        issuer = str(found.get("issuer", ""))
        known = issuer.rstrip("/") == self.issuer.address.rstrip("/")
        # For several organisations somebody of any at all comes back: the board must be told by it.
        several = _ENTRA_ANY in issuer and self.issuer.board_claim == "tid"
        if not known and not several:
            raise ProviderAway("issuer")
        for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(found.get(needed, "")).startswith(("https://", "http://")):
                raise ProviderAway(needed)
        self._metadata, self._metadata_until = found, time.monotonic() + METADATA_SECONDS
        return found

    async def _token(
        self, metadata: Mapping[str, Any], code: str, redirect_uri: str, verifier: str
    ) -> dict[str, Any]:
        """The tokens for a code; the client proves itself as the provider wants it."""
        secret = self.issuer.client_secret
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if secret is None:
            sent["client_id"] = self.issuer.client_id
        elif "client_secret_basic" in ways:
            # RFC 6749 2.3.1: encoded as in a form before they are put together.
            auth = httpx2.BasicAuth(
                quote_plus(self.issuer.client_id), quote_plus(secret.get_secret_value())
            )
        else:
            sent["client_id"] = self.issuer.client_id
            sent["client_secret"] = secret.get_secret_value()
        return await self._json("POST", metadata["token_endpoint"], data=sent, auth=auth)

    async def _checked(self, token: Any, nonce: str, access_token: Any) -> CodeIDToken:
        """The claims of an ID token that is genuine, for us, of now and of this sign-in."""
        metadata = await self.metadata()
        if not isinstance(token, str):
            raise NotProven("id_token")
        offered = metadata.get("id_token_signing_alg_values_supported", ALGORITHMS)
        allowed = [one for one in ALGORITHMS if one in offered]
        try:
            decoded = await self._decoded(token, allowed)
        except (JoseError, ValueError) as fault:
            raise NotProven(f"signature: {type(fault).__name__}") from None
        issuer = str(metadata["issuer"]).replace(_ENTRA_ANY, str(decoded.claims.get("tid", "")))
        found = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": self.issuer.client_id},
            },
            params={
                "client_id": self.issuer.client_id,
                "nonce": nonce,
                "access_token": access_token,
            },
        )
        try:
            found.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as fault:
            raise NotProven(f"claims: {getattr(fault, 'claim', type(fault).__name__)}") from None
        return found

    async def _decoded(self, token: str, allowed: Collection[str]) -> jwt.Token:
        """With the keys we know, else once more with those that the provider has now."""
        keys, fresh = await self._key_set(), self._keys_at
        try:
            return jwt.decode(token, keys, algorithms=allowed)
        except (JoseError, ValueError):
            if time.monotonic() - fresh < KEYS_SECONDS:
                raise
        self._keys = None
        return jwt.decode(token, await self._key_set(), algorithms=allowed)

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            found = await self._json("GET", (await self.metadata())["jwks_uri"])
            keys = [one for one in found.get("keys", []) if one.get("use", "sig") == "sig"]
            self._keys = KeySet([key for key in map(_key, keys) if key is not None])
            self._keys_at = time.monotonic()
        return self._keys

    async def _told(
        self, metadata: Mapping[str, Any], access_token: Any, token: CodeIDToken
    ) -> dict[str, Any]:
        """Some providers tell only there who somebody is; the signed ID token goes before it."""
        place = metadata.get("userinfo_endpoint")
        if not place or not isinstance(access_token, str):
            return dict(token)
        bearer = {"Authorization": f"Bearer {access_token}"}
        told = UserInfo(await self._json("GET", place, headers=bearer))
        if told.get("sub") != token["sub"]:
            raise NotProven("userinfo sub")
        return {**told, **token}

    async def _json(self, method: str, address: str, **how: Any) -> dict[str, Any]:
        """An answer as a JSON object. Raises ProviderAway, NotProven where we are refused."""
        headers = {"Accept": "application/json", **how.pop("headers", {})}
        try:
            async with httpx2.AsyncClient(
                transport=self._transport, timeout=TIMEOUT_SECONDS, follow_redirects=False
            ) as client:
                answer = await client.request(method, address, headers=headers, **how)
        except httpx2.HTTPError as fault:
            raise ProviderAway(type(fault).__name__) from None
        if method == "POST" and answer.is_client_error:
            raise NotProven(f"code: {answer.status_code}")
        if not answer.is_success or len(answer.content) > MOST_BYTES:
            raise ProviderAway(str(answer.status_code))
        try:
            found = answer.json()
        except ValueError:
            raise ProviderAway("json") from None
        if not isinstance(found, dict):
            raise ProviderAway("json")
        return found


def _key(data: dict[str, Any]) -> Key | None:
    """None for a kind of key that we do not know: the others still serve."""
    try:
        return import_key(data)
    except (JoseError, ValueError, KeyError):
        return None
