"""Codes of signing links: made here, unchanged, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from events.store.keys import MasterKeys
from events.store.links import Links, SigningLink

LINK = SigningLink(
    str(uuid4()), str(uuid4()), str(uuid4()), 7, datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
)
KEYS = MasterKeys.generate()


def test_a_code_gives_its_link_back() -> None:
    code = Links(KEYS).code(LINK)
    assert Links(KEYS).read(code) == LINK
    assert Links(KEYS).code(LINK) == code
    assert len(code) == 96
    assert code.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("year", [1930, 1970, 2126])
def test_the_clock_may_be_far_away(year: int) -> None:
    until = LINK.until.replace(year=year)
    link = SigningLink(LINK.tenant, LINK.stream, LINK.person, 2**32 - 1, until)
    assert Links(KEYS).read(Links(KEYS).code(link)) == link


def test_every_changed_character_makes_it_worthless() -> None:
    links = Links(KEYS)
    code = links.code(LINK)
    for place, character in enumerate(code):
        other = "A" if character != "A" else "B"
        assert links.read(code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x",
        "A" * 96,
        "A" * 95,
        "A" * 97,
        "A" * 95 + "=",
        "é" * 96,
        "+" * 96,
        " " * 96,
        "\0" * 96,
    ],
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert Links(KEYS).read(code) is None


def test_neither_cut_nor_lengthened_nor_padded() -> None:
    links = Links(KEYS)
    code = links.code(LINK)
    for wrong in (code[:-1], code[:-4], code + "A", code + "====", f" {code}", f"{code}\n"):
        assert links.read(wrong) is None


def test_codes_of_another_installation_are_none() -> None:
    assert Links(MasterKeys.generate()).read(Links(KEYS).code(LINK)) is None


def test_codes_of_an_older_master_key_still_count() -> None:
    code = Links(KEYS).code(LINK)
    rotated = MasterKeys("2", {**KEYS.keys, **MasterKeys.generate("2").keys})
    assert Links(rotated).read(code) == LINK
    assert Links(rotated).code(LINK) != code


def test_the_master_key_itself_makes_no_code() -> None:
    import base64
    import hmac

    raw = base64.urlsafe_b64decode(Links(KEYS).code(LINK))
    forged = raw[:-16] + hmac.digest(KEYS.keys["1"], raw[:-16], "sha256")[:16]
    assert Links(KEYS).read(base64.urlsafe_b64encode(forged).decode()) is None
