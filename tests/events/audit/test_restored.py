"""What a restored backup lost of the published log is accepted by a statement, and set aside."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from events.audit.contradiction import Contradiction
from events.audit.logkeys import LogKeys, MissingKey
from events.audit.note import parse_vkey
from events.audit.publishing import Publication
from events.audit.restored import Loss, accept, loss
from events.audit.signing import checkpoint
from events.audit.tiles import LOGS
from tests.events.audit.fuse import FUSE, FusedPublication, Killed
from tests.events.audit.log import LATER, NOW, Filled, disarm, rewrite, seen_outside, set_back

REASON = "de schijf van de\nserver brak"
SIZES = (2, 3, 5)


@pytest.fixture
async def signed(
    keeping: asyncpg.Connection, filled: Filled, log_keys: LogKeys, publication: Publication
) -> None:
    """Three checkpoints, over two, three and five entries in each log."""
    size = 0
    for turn, wanted in enumerate(SIZES):
        await filled.happens(*[wanted - size] * 3)
        size = wanted
        assert await checkpoint(keeping, log_keys, publication, NOW + turn * timedelta(hours=1))


async def forget(raw: asyncpg.Connection, size: int) -> None:
    """The database as a backup has it that was made when the logs had so many entries."""
    await disarm(raw, "checkpoint", "position", "logged")
    await raw.execute("delete from traject.checkpoint where size > $1", size)
    await raw.execute("delete from traject.position where position > $1", size)
    await raw.execute("delete from traject.logged where position > $1", size)
    await raw.execute("update traject.sequencer set position = $1", size)
    await raw.execute("update traject.numbering set position = $1", size)
    for log in LOGS:
        await set_back(raw, log, size)


def verified(statement: str, log_keys: LogKeys) -> list[str]:
    """The lines of a statement that the log's key signed."""
    text, _, below = statement.partition("\n\n")
    known = parse_vkey(log_keys.vkeys[0])
    dash, origin, signature = below.removesuffix("\n").split(" ")
    raw = b64decode(signature)
    assert (dash, origin, raw[:4]) == ("\N{EM DASH}", log_keys.origin, known.id)
    Ed25519PublicKey.from_public_bytes(known.public).verify(raw[4:], f"{text}\n".encode())
    return text.split("\n")


async def test_nothing_is_lost_of_what_the_database_continues(
    keeping: asyncpg.Connection, filled: Filled, log_keys: LogKeys, publication: Publication
) -> None:
    assert await loss(keeping, log_keys, publication) is None
    await filled.happens(2, 1, 1)
    await checkpoint(keeping, log_keys, publication, NOW)
    await filled.happens(1, 0, 1)
    assert await loss(keeping, log_keys, publication) is None


@pytest.mark.parametrize(("size", "kept"), [(4, 2), (3, 2), (2, 1), (1, 0), (0, 0)])
@pytest.mark.usefixtures("signed")
async def test_what_was_lost_is_named(
    raw: asyncpg.Connection, log_keys: LogKeys, publication: Publication, size: int, kept: int
) -> None:
    await forget(raw, size)
    found = await loss(raw, log_keys, publication)
    assert found is not None
    assert (found.kept_number, found.lost_number, found.changed) == (kept, 3, False)
    first = SIZES[kept - 1] + 1 if kept else 1
    assert f"events {first} to 5, reads {first} to 5, refused {first} to 5" in found.sentence()
    assert "older than what was published" in found.sentence()


@pytest.mark.usefixtures("signed")
async def test_another_history_is_told_from_an_older_one(
    raw: asyncpg.Connection, log_keys: LogKeys, publication: Publication
) -> None:
    await rewrite(raw, "reads", 2)
    found = await loss(raw, log_keys, publication)
    assert found is not None
    assert (found.kept_number, found.changed) == (1, True)
    assert "not as it was published" in found.sentence()
    await publication.replace("checkpoints/00000000000000000003.txt", b"forged")
    with pytest.raises(Contradiction, match="not the log's own"):
        await loss(raw, log_keys, publication)


@pytest.mark.parametrize("size", [3, 0])
@pytest.mark.usefixtures("signed")
async def test_the_log_goes_on_beside_a_signed_statement(
    raw: asyncpg.Connection,
    filled: Filled,
    keeping: asyncpg.Connection,
    log_keys: LogKeys,
    publication: Publication,
    tmp_path: Path,
    size: int,
) -> None:
    before = {name: await publication.get(name) for name in await publication.names("")}
    await forget(raw, size)
    with pytest.raises(Contradiction, match="set back"):
        await checkpoint(keeping, log_keys, publication, LATER)
    said = await _accepted_at_last(raw, log_keys, tmp_path)
    lines = verified(said, log_keys)
    assert lines[:2] == [log_keys.origin, "restored 1"]
    assert lines[-1] == "reason de schijf van de server brak"
    assert ("kept checkpoint 2" if size else "kept nothing") in lines
    assert "lost checkpoint 3" in lines
    assert await publication.names("restored/") == ["restored/00000000000000000001.txt"]
    assert await loss(raw, log_keys, publication) is None

    await filled.happens(4, 4, 4)
    assert await checkpoint(keeping, log_keys, publication, LATER + timedelta(days=1))
    seen = await seen_outside(publication, log_keys.vkeys)
    assert [one.checkpoint.size for one in seen] == ([2, 3, 7] if size else [4])
    # Nothing that was ever published is gone.
    for name, content in before.items():
        aside = await publication.get(f"abandoned/{1:020}/{name}")
        assert content in (aside, await publication.get(name)) or name == "latest.txt"

    again = await _lose_again(raw, keeping, filled, log_keys, publication)
    assert verified(again, log_keys)[1] == "restored 2"


async def _accepted_at_last(raw: asyncpg.Connection, keys: LogKeys, folder: Path) -> str:
    """Broken off after every call to the outside, and begun again."""

    class Dying(FusedPublication):
        async def delete(self, name: str) -> None:
            await super().delete(name)
            FUSE.burn()

    publication, burnt = Dying.at(str(folder / "published")), 0
    found: Loss | None = None
    while True:
        FUSE.left = burnt
        try:
            found = await loss(raw, keys, publication) or found
            assert found is not None
            said = await accept(raw, keys, publication, found, REASON, LATER)
        except Killed:
            burnt += 1
        else:
            assert burnt > 10
            return said
        finally:
            FUSE.left = None


async def _lose_again(
    raw: asyncpg.Connection,
    keeping: asyncpg.Connection,
    filled: Filled,
    keys: LogKeys,
    publication: Publication,
) -> str:
    size = await raw.fetchval("select max(size) from traject.checkpoint")
    assert size is not None
    await filled.happens()
    assert await checkpoint(keeping, keys, publication, LATER + timedelta(days=2))
    await forget(raw, size)
    found = await loss(raw, keys, publication)
    assert found is not None
    return await accept(raw, keys, publication, found, REASON, LATER)


@pytest.mark.usefixtures("signed")
async def test_only_the_key_of_the_log_accepts_a_loss(
    raw: asyncpg.Connection, log_keys: LogKeys, publication: Publication
) -> None:
    await forget(raw, 2)
    found = await loss(raw, log_keys, publication)
    assert found is not None
    public = replace(log_keys, keys=(replace(log_keys.keys[0], private=None),))
    with pytest.raises(MissingKey):
        await accept(raw, public, publication, found, REASON, LATER)
    assert await publication.names("restored/") == []
