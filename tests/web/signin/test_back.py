"""Nobody is sent to another site after signing in, and tries are counted."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from web.signin.access import needs_secure, networks
from web.signin.back import own_path
from web.signin.buckets import MOST_KEYS, Buckets, Pace
from web.signin.device import device_of
from web.signin.handshake import SECONDS, Handshake, Seals, begun, cookie_of


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/supervision",
        "/supervision?show=ended&q=a+b",
        "/supervision/3d5c9d8e-0f4b-5a7c-8e61-6a1d2b7c4f90/do/PlanVisit",
        "/me/sessions",
        "/sign-in/done",
        "/audit/search?next=https%3A%2F%2Fevil.example",
    ],
)
def test_own_pages_are_gone_back_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "supervision",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%2fevil.example",
        "/%5cevil.example",
        "/%252fevil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00/evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "/a%0d%0aSet-Cookie:%20a=b",
        "@evil.example",
        "/sign-in",
        "/sign-in?back=/x",
        "/sign-out",
        "/" + "a" * 2000,
    ],
)
def test_other_sites_and_tricks_lead_to_the_first_page(path: str | None) -> None:
    assert own_path(path) == "/"


def test_a_bucket_runs_out_and_fills_again() -> None:
    now = [0.0]
    buckets, pace = Buckets(lambda: now[0]), Pace(3, 10)
    assert [buckets.take("link", "a", pace) for _ in range(4)] == [0, 0, 0, 10]
    assert buckets.take("link", "b", pace) == 0
    assert buckets.take("feed", "a", pace) == 0
    now[0] = 10
    assert [buckets.take("link", "a", pace) for _ in range(2)] == [0, 10]
    now[0] = 1000
    assert [buckets.take("link", "a", pace) for _ in range(4)] == [0, 0, 0, 10]


def test_many_addresses_do_not_fill_the_memory_nor_free_who_tried_most() -> None:
    buckets, pace = Buckets(lambda: 0.0), Pace(2, 60)
    assert [buckets.take("link", "busy", pace) for _ in range(3)] == [0, 0, 60]
    for number in range(MOST_KEYS + 10):
        assert buckets.take("link", str(number), pace) == 0
    assert buckets.take("link", "busy", pace) == 60


def test_long_keys_are_not_kept_whole() -> None:
    buckets, pace = Buckets(lambda: 0.0), Pace(1, 60)
    tracemalloc.start()
    try:
        for number in range(100):
            assert buckets.take("link", "a" * 60_000 + str(number), pace) == 0
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 200_000
    assert buckets.take("link", "a" * 60_000 + "7", pace) > 0


def test_a_handshake_is_opened_by_whom_it_is_for_only() -> None:
    seals, way = Seals(bytes(32)), begun("/supervision")
    sealed = seals.seal(way)
    assert seals.open(sealed, way.state) == way
    assert seals.open(sealed, way.state[:-1] + "x") is None
    assert seals.open(sealed, None) is None
    assert Seals(bytes(31) + b"1").open(sealed, way.state) is None
    assert seals.open(sealed[:-4], way.state) is None
    for nothing in (None, "", "é", "AAAA"):
        assert seals.open(nothing, way.state) is None
    old = Handshake(way.state, way.nonce, way.verifier, "/", time.time() - 1)
    assert seals.open(seals.seal(old), way.state) is None
    assert 0 < way.until - time.time() <= SECONDS
    assert cookie_of("ab;=\r\ncd-x") == "traject_way_abcd"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko Firefox/130.0", "Firefox, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130 Safari Edg/130", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("curl/8.5", ""),
        ("<script>", ""),
    ],
)
def test_a_session_is_known_by_browser_and_machine(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("installation", "address", "host", "secure"),
    [
        ("production", "https://traject.example", "127.0.0.1", True),
        ("production", "http://127.0.0.1:8000", "0.0.0.0", True),
        ("production", "http://127.0.0.1:8000", "127.0.0.1", False),
        ("production", "http://localhost:8000", "::1", False),
        ("demo", "http://127.0.0.1:8000", "127.0.0.1", False),
    ],
)
def test_cookies_go_over_tls_except_where_a_machine_serves_itself(
    installation: str, address: str, host: str, secure: bool
) -> None:
    assert needs_secure(installation, address, host) == secure


def test_proxies_are_networks() -> None:
    assert [str(one) for one in networks("10.0.0.0/8, 192.0.2.1")] == ["10.0.0.0/8", "192.0.2.1/32"]
    with pytest.raises(ValueError, match="proxy"):
        networks("proxy")
