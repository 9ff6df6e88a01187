"""What comes back from a provider is believed only when it proves who somebody is."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pydantic import SecretStr

from events.store.identities import SignInRules
from web.signin.access import Issuer
from web.signin.entering import account_of, roles_now
from web.signin.provider import KEYS_SECONDS, LEEWAY_SECONDS, NotProven, Provider, ProviderAway

IDP = "https://idp.example"
SECRET = "geheim-van-de-client"
ISSUER = Issuer(IDP, "traject", SecretStr(SECRET), board_claim="home")
KEYS = {kid: ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}) for kid in ("one", "two")}


class Idp(httpx2.AsyncBaseTransport):
    """A provider of which every answer can be made wrong."""

    def __init__(self) -> None:
        self.kid = "one"
        self.published = ["one"]
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.sub = "s1"
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []
        self.token: str | None = None
        self.sent: dict[str, list[str]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.asked.append(path)
        if path == "/token":
            self.sent = parse_qs(request.content.decode())
            return httpx2.Response(200, json={"id_token": self.signed(), "access_token": "at"})
        answers: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": IDP,
                "authorization_endpoint": f"{IDP}/authorize",
                "token_endpoint": f"{IDP}/token",
                "userinfo_endpoint": f"{IDP}/userinfo",
                "jwks_uri": f"{IDP}/jwks",
            }
            | self.metadata,
            "/jwks": {
                "keys": [{"kty": "unheard-of"}]
                + [KEYS[kid].as_dict(private=False) for kid in self.published]
            },
            "/userinfo": {"sub": self.sub, "name": "Sanne", "iss": "https://evil.example"},
        }
        return httpx2.Response(200, json=answers[path])

    def signed(self) -> str:
        if self.token is not None:
            return self.token
        now = int(time.time())
        claims = {
            "iss": IDP,
            "sub": "s1",
            "aud": "traject",
            "exp": now + 60,
            "iat": now,
            "nonce": "n",
        } | self.claims
        kept = {key: value for key, value in claims.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.kid} | self.header, kept, KEYS[self.kid])


def provider(idp: Idp, issuer: Issuer = ISSUER) -> Provider:
    return Provider(issuer, idp)


async def told(found: Provider, said: str | None = None) -> dict[str, Any]:
    return await found.claims("code", "https://traject.example/x", "n", "v" * 43, said)


async def test_a_good_token_is_believed_and_goes_before_userinfo() -> None:
    idp = Idp()
    claims = await told(provider(idp))
    assert (claims["sub"], claims["name"], claims["iss"]) == ("s1", "Sanne", IDP)
    assert idp.sent["code_verifier"] == ["v" * 43]
    assert "client_secret" not in idp.sent


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": ["somebody-else", "others"]},
        {"aud": None},
        {"aud": ["traject", "other"], "azp": "other"},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"sub": None},
        {"exp": -LEEWAY_SECONDS - 5},
        {"exp": None},
        {"iat": LEEWAY_SECONDS + 60},
        {"nbf": LEEWAY_SECONDS + 60},
        {"at_hash": "of-another-token"},
    ],
)
async def test_a_token_that_says_something_else_is_not_believed(claims: dict[str, Any]) -> None:
    idp = Idp()
    # Moments are seconds from now, which is later than when the tests were collected.
    now = int(time.time())
    idp.claims = {
        name: now + value if isinstance(value, int) else value for name, value in claims.items()
    }
    with pytest.raises(NotProven):
        await told(provider(idp))


async def test_clocks_may_differ_a_little() -> None:
    idp = Idp()
    now = int(time.time())
    idp.claims = {"exp": now - 30, "iat": now + 30}
    assert (await told(provider(idp)))["sub"] == "s1"


async def test_only_the_provider_can_have_signed() -> None:
    idp = Idp()
    found = provider(idp)
    none = jwt.encode({"alg": "HS256"}, {"sub": "s1"}, OctKey.import_key(SECRET.ljust(32, "x")))
    head, body, _ = idp.signed().split(".")
    other = jwt.encode({"alg": "ES256", "kid": "one"}, json.loads('{"sub": "s1"}'), KEYS["two"])
    for token in (none, f"{head}.{body}.", "e30.e30.", "", other, "nonsense"):
        idp.token = token
        with pytest.raises(NotProven):
            await told(found)
    idp.token = None
    with pytest.raises(NotProven, match="iss"):
        await told(found, "https://evil.example")
    assert (await told(found, IDP))["sub"] == "s1"
    idp.sub = "somebody-else"
    with pytest.raises(NotProven, match="userinfo"):
        await told(found)


async def test_new_keys_are_asked_for_but_not_at_everybodys_bidding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idp, now = Idp(), [1000.0]
    monkeypatch.setattr("web.signin.provider.time.monotonic", lambda: now[0])
    found = provider(idp)
    await told(found)
    idp.kid, idp.published = "two", ["two"]
    for _ in range(3):
        with pytest.raises(NotProven):
            await told(found)
    assert idp.asked.count("/jwks") == 1
    now[0] += KEYS_SECONDS + 1
    assert (await told(found))["sub"] == "s1"
    assert idp.asked.count("/jwks") == 2
    assert idp.asked.count("/.well-known/openid-configuration") == 1


async def test_a_provider_is_the_one_that_was_meant() -> None:
    idp = Idp()
    for wrong in (
        {"issuer": "https://evil.example"},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": None},
    ):
        idp.metadata = wrong
        with pytest.raises(ProviderAway):
            await provider(idp).metadata()


async def test_entra_for_several_organisations_tells_the_board_by_tid() -> None:
    idp = Idp()
    idp.metadata = {"issuer": "https://login.example/{tenantid}/v2.0"}
    with pytest.raises(ProviderAway):
        await told(provider(idp))
    entra = replace(ISSUER, board_claim="tid")
    idp.claims = {"iss": "https://login.example/t1/v2.0", "tid": "t1"}
    assert (await told(provider(idp, entra)))["tid"] == "t1"
    idp.claims = {"iss": "https://login.example/t2/v2.0", "tid": "t1"}
    with pytest.raises(NotProven):
        await told(provider(idp, entra))


async def test_a_client_proves_itself_as_the_provider_wants() -> None:
    idp = Idp()
    idp.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await told(provider(idp))
    assert idp.sent["client_secret"] == [SECRET]
    await told(provider(idp, replace(ISSUER, client_secret=None)))
    assert idp.sent["client_id"] == ["traject"]
    assert "client_secret" not in idp.sent


def test_claims_are_read_by_the_names_that_were_given() -> None:
    names = replace(ISSUER, subject_claim="uid", roles_claim="rol")
    claims = {
        "iss": IDP,
        "sub": "s",
        "uid": ["u1"],
        "given_name": "Sanne",
        "family_name": " de  Wit ",
        "email": "s@x.example",
        "home": "99AA",
        "rol": ["employee", 7, None, {"a": 1}],
    }
    found = account_of(claims, names)
    assert (found.subject, found.name, found.email) == ("u1", "Sanne de Wit", None)
    assert (found.homes, found.values) == (("99AA",), ("employee", "7"))
    for verified in ({"email_verified": True}, {"email_verified": "true"}, {"xms_edov": "1"}):
        assert account_of(claims | verified, names).email == "s@x.example"
    assert account_of(claims | {"email_verified": False, "xms_edov": True}, names).email is None
    trusting = replace(names, trusts_email=True)
    assert account_of(claims, trusting).email == "s@x.example"
    # Trust fills in what a provider does not say, and takes back nothing that it says.
    for denied in ({"email_verified": False}, {"email_verified": "false"}, {"xms_edov": "0"}):
        assert account_of(claims | denied, trusting).email is None


def test_the_provider_takes_back_only_what_it_gave() -> None:
    rules = SignInRules(roles_by="both", roles={"e": "advisor", "b": "board"})
    assert roles_now(rules, {"hr"}, set(), ["e"]) == ({"hr", "advisor"}, {"advisor"})
    assert roles_now(rules, {"hr", "advisor"}, {"advisor"}, ["b"]) == ({"hr", "board"}, {"board"})
    # What the board gave as well is not the provider's to take.
    assert roles_now(rules, {"advisor"}, set(), ["e"]) == ({"advisor"}, set())
    only = rules.model_copy(update={"roles_by": "provider"})
    assert roles_now(only, {"hr"}, set(), ["e", "unheard-of"]) == ({"advisor"}, {"advisor"})
