"""What is published stays as it is, in a folder and in a bucket alike."""

from __future__ import annotations

import logging
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from events.audit.logkeys import LogKeys
from events.audit.publishing import AlreadyPublished, Away, BadPlace, Publication
from events.audit.signing import checkpoint
from tests.events.audit.log import NOW, Filled, seen_outside


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket on a server that speaks S3; its address and keys are in the environment."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "invented",
        "AWS_SECRET_ACCESS_KEY": "invented",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        make = urllib.request.Request(f"{address}/checkpoints", method="PUT")
        with urllib.request.urlopen(make):
            yield "s3://checkpoints"
    server.stop()


@pytest.fixture(params=["folder", "file", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Publication:
    if request.param == "bucket":
        return Publication.at(f"{request.getfixturevalue('bucket')}/{tmp_path.name}/log")
    folder = tmp_path / "made" / "for it"
    return Publication.at(f"file://{folder}" if request.param == "file" else str(folder))


async def test_what_is_put_stays(place: Publication) -> None:
    await place.put("checkpoints/1.txt", b"one")
    await place.put("checkpoints/1.txt", b"one")
    with pytest.raises(AlreadyPublished, match=r"checkpoints/1\.txt"):
        await place.put("checkpoints/1.txt", b"two")
    await place.put("checkpoints/2.txt", b"")
    assert await place.get("checkpoints/1.txt") == b"one"
    assert await place.get("checkpoints/2.txt") == b""
    assert await place.get("checkpoints/3.txt") is None


async def test_what_is_replaced_is_the_newest(place: Publication) -> None:
    await place.replace("latest.txt", b"one")
    await place.replace("latest.txt", b"two")
    assert await place.get("latest.txt") == b"two"


async def test_names_and_deletion(place: Publication) -> None:
    assert await place.names("") == []
    for name in ("b/2", "b/1", "a/b/1", "c"):
        await place.put(name, b"x")
    assert await place.names("") == ["a/b/1", "b/1", "b/2", "c"]
    assert await place.names("b") == ["b/1", "b/2"]
    assert await place.names("nothing") == []
    await place.delete("b/1")
    await place.delete("b/1")
    assert await place.names("b") == ["b/2"]


async def test_a_log_in_a_bucket(
    bucket: str, keeping: asyncpg.Connection, filled: Filled, log_keys: LogKeys
) -> None:
    place = Publication.at(f"{bucket}/whole")
    await filled.happens(3, 2, 1)
    assert await checkpoint(keeping, log_keys, place, NOW)
    (seen,) = await seen_outside(place, log_keys.vkeys)
    assert [tree.size for tree in seen.checkpoint.trees.values()] == [3, 2, 1]


async def test_what_is_half_written_is_not_there(tmp_path: Path) -> None:
    place = Publication.at(str(tmp_path))
    await place.put("whole", b"x")
    (tmp_path / ".half.1.abcd").write_bytes(b"cut o")
    assert await place.names("") == ["whole"]
    assert sorted(os.listdir(tmp_path)) == [".half.1.abcd", "whole"]


async def test_a_place_that_is_away_is_told(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.audit.publishing.RETRIES", 0)
    with pytest.raises(Away, match=r"NoSuchBucket|404"):
        await Publication.at("s3://no-such-bucket").put("x", b"x")
    (tmp_path / "file").write_text("no folder")
    there = Publication.at(str(tmp_path / "folder"))
    (tmp_path / "folder").rmdir()
    (tmp_path / "folder").write_text("no folder any more")
    for call in (there.put("x", b"x"), there.replace("x", b"x"), there.get("x")):
        with pytest.raises(Away):
            await call


@pytest.mark.parametrize(
    "url", ["", "s3://", "gs://bucket", "https://example.com/x", "/etc/passwd"]
)
def test_no_place(url: str) -> None:
    with pytest.raises(BadPlace):
        Publication.at(url)


def test_an_empty_endpoint_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    with pytest.raises(BadPlace, match="AWS_ENDPOINT_URL"):
        Publication.at("s3://bucket")
