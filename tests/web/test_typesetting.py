"""Typesetting: no text stops it, changes what others wrote, or does anything to who asks for it."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from web.documents import typesetting
from web.documents.press import NotSet, Press
from web.documents.typesetting import pdf
from workflows.fields import CLAUSE_LENGTH

LARGEST = 10
"""Texts of people that an agreement holds at most: those of a placement."""
BREAKS = "".join(map(chr, range(0x4B1, 0x641)))
"""Neighbours of many scripts, on which this version of the typesetter panics."""


def paper(*texts: str, **changes: Any) -> dict[str, Any]:
    """A paper of which every field says one of these."""
    words = ("parties", "facts", "fields", "signing")
    return {
        "title": "Overeenkomst 2026",
        "language": "nl",
        "drafted": {"year": 2026, "month": 3, "day": 4, "hour": 23, "minute": 30, "second": 0},
        "version": "Versie 2",
        "footer": "Overeenkomst",
        "words": {"columns": ["Partij", "Naam"], **{word: word for word in words}},
        "parties": [{"label": "Docent", "text": "Marloes 2 Terpstra"}],
        "facts": [],
        "fields": [
            {"label": f"Veld {n}", "text": text, "parts": []} for n, text in enumerate(texts)
        ],
    } | changes


KEYCAP = "Stap 2\ufe0f\u20e3 doen"
NAMED = "Stap 2[VARIATION SELECTOR-16][COMBINING ENCLOSING KEYCAP] doen"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (KEYCAP, NAMED),
        ("a\u0651", "a[ARABIC SHADDA]"),
        ('"\u0651 }\u0651', '"[ARABIC SHADDA] }[ARABIC SHADDA]'),
        ("漢\u0489", "[CJK UNIFIED IDEOGRAPH-6F22]\u0489"),
        ("Z\u0351a\u0329lg\u0310o 2027", None),
        ("👩\u200d🏫 ❤\ufe0f 🇳🇱", None),
    ],
)
def test_what_is_at_fault_is_named_and_nothing_beside_it(text: str, named: str | None) -> None:
    made = pdf("agreement", paper(text, "2 dagen, 22 uur, 2026; Ad }"))
    if named is not None:
        assert made == pdf("agreement", paper(named, "2 dagen, 22 uur, 2026; Ad }"))


def test_every_character_ends_in_a_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the typesetter complains of what cannot be found in the text."""
    everywhere = [chr(one) for one in range(1, 0x3000) if not 0x500 <= one <= 0x700]
    for start in range(0, len(everywhere), 1000):
        text = "".join(everywhere[start : start + 1000])
        assert pdf("agreement", paper(text)).startswith(b"%PDF")
    monkeypatch.setattr(typesetting, "_barred", lambda _: {"nergens"})
    assert pdf("agreement", paper("漢")) == pdf("agreement", paper("漢"), spelled=True)


def test_a_long_document_is_set_once_though_letters_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs: list[str] = []
    whole = typesetting._set
    monkeypatch.setattr(
        typesetting, "_set", lambda name, values: runs.append(name) or whole(name, values)
    )
    made = pdf("agreement", paper("Zien 漢字 en 🎒.", "≤ 7"))
    assert runs.count("agreement") == 1
    named = "Zien [CJK UNIFIED IDEOGRAPH-6F22][CJK UNIFIED IDEOGRAPH-5B57] en [SCHOOL SATCHEL]."
    assert made == pdf("agreement", paper(named, "≤ 7"))
    runs.clear()
    pdf("agreement", paper("Zoals altijd, “é” en €"))
    assert runs == ["agreement"]


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    press = Press(worn_after=10_000)
    yield press
    press.close()


def process(press: Press) -> Any:
    assert press._process is not None
    return press._process


async def test_a_process_stays_until_it_is_worn(press: Press) -> None:
    first = await press.pdf("agreement", paper("Leren"))
    assert first == pdf("agreement", paper("Leren"))
    before = process(press)
    assert await press.pdf("agreement", paper("Leren")) == first
    assert process(press) is before
    await press.pdf("agreement", paper("woord " * 2_000))
    await press.pdf("agreement", paper("Leren"))
    assert process(press) is not before
    assert before.returncode is not None


async def test_what_breaks_typesetting_is_spelled_and_breaks_nothing_else(press: Press) -> None:
    await press.pdf("agreement", paper("Leren"))
    before = process(press)
    made = await press.pdf("agreement", paper(BREAKS, "Здравствуй"))
    assert made == pdf("agreement", paper(BREAKS, "Здравствуй"), spelled=True)
    assert process(press) is not before
    assert (await press.pdf("agreement", paper("Здравствуй"))).startswith(b"%PDF")


async def test_a_process_that_died_is_replaced_unnoticed(press: Press) -> None:
    made = await press.pdf("agreement", paper("Здравствуй"))
    process(press).kill()
    process(press).wait()
    assert await press.pdf("agreement", paper("Здравствуй")) == made


async def test_what_takes_too_long_is_stopped() -> None:
    hasty = Press(seconds=0.001)
    with pytest.raises(NotSet):
        await hasty.pdf("agreement", paper("Leren"))
    assert hasty._process is None
    with pytest.raises(NotSet):
        await Press().pdf("no such template", paper("Leren"))


async def test_the_process_has_no_secrets(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAJECT_MASTER_KEY_FILE", "geheim")
    await press.pdf("agreement", paper("Leren"))
    environment = Path(f"/proc/{process(press).pid}/environ")
    if environment.exists():
        assert b"geheim" not in environment.read_bytes()
    assert os.getpgid(process(press).pid) != os.getpgid(0)


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(0x4E00 + one) for one in range(CLAUSE_LENGTH)),
        "a\n\n" * (CLAUSE_LENGTH // 3),
        "\n" * (CLAUSE_LENGTH - 1) + "x",
        "".join(chr(0x4E00 + one) + "\u0489" for one in range(CLAUSE_LENGTH // 2)),
    ],
    ids=["ideographs", "paragraphs", "lines", "marks"],
)
def test_the_largest_agreement_is_made_in_time(text: str) -> None:
    """Reckoned in the time of all processors together, as others may keep the machine busy."""
    began = time.process_time()
    pdf("agreement", paper(*(text for _ in range(LARGEST))))
    assert time.process_time() - began < 3
