"""Checkpoints are notes as C2SP writes them; what is not signed by a trusted key is refused."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.audit.note import BadNote, Checkpoint, follow, parse, parse_vkey, sign, verify, vkey

ORIGIN = "traject/test"
AT = datetime(2026, 1, 6, 8, 5, tzinfo=UTC)
CHECKPOINT = Checkpoint(ORIGIN, 5, b"e" * 32, 3, b"r" * 32, 0, b"f" * 32, at=AT)
KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(4)]


def vkey_of(key: Ed25519PrivateKey, origin: str = ORIGIN) -> str:
    return vkey(origin, key.public_key().public_bytes_raw())


def test_the_text_is_what_others_read() -> None:
    text, signature = sign(CHECKPOINT, KEYS[0]).split("\n\n")
    assert text.split("\n") == [
        ORIGIN,
        "5",
        b64encode(b"e" * 32).decode(),
        f"reads 3 {b64encode(b'r' * 32).decode()}",
        f"refused 0 {b64encode(b'f' * 32).decode()}",
        "at 2026-01-06T08:05:00Z",
    ]
    dash, name, signed = signature.removesuffix("\n").split(" ")
    assert (dash, name) == ("—", ORIGIN)
    key_id = b64decode(signed)[:4]
    assert key_id.hex() == vkey_of(KEYS[0]).split("+")[1]
    KEYS[0].public_key().verify(b64decode(signed)[4:], f"{text}\n".encode())


def test_what_was_signed_comes_back() -> None:
    zone = timezone(timedelta(hours=1))
    wanted = replace(CHECKPOINT, at=AT.astimezone(zone), next_key=vkey_of(KEYS[1]))
    note = sign(wanted, KEYS[0])
    assert parse(note) == replace(wanted, at=AT)
    signed = verify(note, [vkey_of(KEYS[2]), vkey_of(KEYS[0])])
    assert (signed.checkpoint, signed.vkey) == (parse(note), vkey_of(KEYS[0]))


def test_witnesses_may_sign_too() -> None:
    note = sign(CHECKPOINT, KEYS[0])
    signature = sign(replace(CHECKPOINT, origin="witness"), KEYS[3]).split("\n\n")[1]
    assert verify(note + signature, [vkey_of(KEYS[0])]).checkpoint == CHECKPOINT


def test_every_changed_character_is_found() -> None:
    note = sign(CHECKPOINT, KEYS[0])
    for at, known in enumerate(note):
        for other in ("x", "1", "\n", ""):
            if other != known:
                with pytest.raises(BadNote):
                    verify(note[:at] + other + note[at + 1 :], [vkey_of(KEYS[0])])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "a note\n\n",
        "a note\n",
        sign(CHECKPOINT, KEYS[1]),
        sign(replace(CHECKPOINT, origin="traject/other"), KEYS[0]),
        sign(CHECKPOINT, KEYS[0]).replace("reads 3", "read 3"),
        sign(CHECKPOINT, KEYS[0]).replace("\nat ", "\nreads 4 x\nat "),
        sign(CHECKPOINT, KEYS[0]) + "further text\n",
        sign(CHECKPOINT, KEYS[0]).removesuffix("\n"),
        sign(replace(CHECKPOINT, next_key="no key"), KEYS[0]),
        sign(replace(CHECKPOINT, next_key=vkey_of(KEYS[1], "other")), KEYS[0]),
        sign(replace(CHECKPOINT, at=AT.replace(tzinfo=None)), KEYS[0]).replace("Z\n", "\n"),
        sign(replace(CHECKPOINT, root=b"short"), KEYS[0]),
        sign(CHECKPOINT, KEYS[0]).replace("\n5\n", "\n05\n"),
    ],
)
def test_what_is_no_checkpoint_of_ours_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        verify(note, [vkey_of(KEYS[0])])


@pytest.mark.parametrize(
    "text",
    ["", "a+b+c", vkey_of(KEYS[0])[:-4], vkey_of(KEYS[0]).replace("traject/test", "traject/rest")],
)
def test_no_verifier_key(text: str) -> None:
    with pytest.raises(BadNote):
        parse_vkey(text)


def announcing(signer: int, following: int | None, size: int) -> str:
    next_key = None if following is None else vkey_of(KEYS[following])
    return sign(replace(CHECKPOINT, size=size, next_key=next_key), KEYS[signer])


def test_trust_goes_from_key_to_key() -> None:
    notes = [
        announcing(0, None, 1),
        announcing(0, 1, 2),
        announcing(1, 2, 3),
        announcing(2, None, 4),
    ]
    signed = follow(notes, [vkey_of(KEYS[0])])
    assert [one.checkpoint.size for one in signed] == [1, 2, 3, 4]
    assert [one.vkey for one in signed] == [vkey_of(KEYS[key]) for key in (0, 0, 1, 2)]


@pytest.mark.parametrize(
    "notes",
    [
        [announcing(1, None, 1)],
        [announcing(0, 1, 1), announcing(0, None, 2)],
        [announcing(0, 1, 1), announcing(2, None, 2)],
        [announcing(0, 1, 1), announcing(0, 2, 2), announcing(2, None, 3)],
    ],
)
def test_a_key_that_was_not_announced_or_was_succeeded_is_not_trusted(notes: list[str]) -> None:
    with pytest.raises(BadNote):
        follow(notes, [vkey_of(KEYS[0])])
