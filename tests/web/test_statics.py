"""What a browser may keep, and what is sent packed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, cast

import httpx2
import pytest

from tests.web.conftest import Installation, client_of
from web.api.app import create_app
from web.pages.page import STATIC, static_url
from workflows.registry import RULES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from events.store.store import Store
    from workflows.gateway import Gateway

STYLE = static_url("traject.css")


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(cast("Store", None), cast("Gateway", None), RULES, Installation("test"))
    async with client_of(app) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (STYLE, "immutable"),
        ("/static/traject.css", "must-revalidate"),
        ("/static/traject.css?v=0123456789ab", "must-revalidate"),
        (f"{STYLE}&v=0123456789ab", "must-revalidate"),
    ],
)
async def test_a_file_is_kept_by_its_digest_only(
    http: httpx2.AsyncClient, path: str, kept: str
) -> None:
    answer = await http.get(path)
    assert answer.status_code == 200
    assert kept in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../headers.py",
        "/static/%2e%2e/headers.py",
        "/static/..%2fheaders.py",
        "/static/%2fetc/passwd",
        "/static/traject.css%00.svg",
        "/static/",
    ],
)
async def test_nothing_beside_the_folder_is_sent(http: httpx2.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("site", [None, "none", "same-origin", "same-site"])
async def test_text_is_packed_for_our_own_pages(http: httpx2.AsyncClient, site: str | None) -> None:
    headers = {"Accept-Encoding": "gzip"} | ({"Sec-Fetch-Site": site} if site else {})
    async with http.stream("GET", STYLE, headers=headers) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        packed = b"".join([part async for part in answer.aiter_raw()])
    assert gzip.decompress(packed) == (STATIC / "traject.css").read_bytes()


async def test_another_site_learns_nothing_of_the_length(http: httpx2.AsyncClient) -> None:
    headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"}
    answer = await http.get(STYLE, headers=headers)
    assert "content-encoding" not in answer.headers
