"""Data set in type: PDF/A-2a, tagged, the same bytes for the same data."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent
ATTEMPTS = 4
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028]")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the order of what is read."""
_BARRED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)+)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def pdf(template: str, paper: Mapping[str, Any]) -> bytes:
    """The document that the template makes of these values; takes some 10 ms.

    Every character of a document has to be readable in it, so one that no font has is written out
    by its name, such as ``[SCHOOL SATCHEL]``.
    """
    text = json.dumps(_cleaned(paper), ensure_ascii=False)
    for _ in range(ATTEMPTS):
        try:
            return typst.compile(
                FOLDER / f"{template}.typ",
                root=FOLDER,
                format="pdf",
                pdf_standards="a-2a",
                ignore_system_fonts=True,
                sys_inputs={"paper": text},
            )
        except typst.TypstError as error:
            barred = _barred(str(getattr(error, "diagnostic", "")))
            if not barred.intersection(text):
                raise
            text = "".join(_named(one) if one in barred else one for one in text)
    raise ValueError("the document keeps holding characters that cannot be shown")


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", value))
            return _UNSEEN.sub("", text.replace("\u2029", "\n\n"))
        case Mapping():
            return {key: _cleaned(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_cleaned(inner) for inner in value]
        case _:
            return value


def _barred(diagnostic: str) -> set[str]:
    """The characters that typst says it may not put into the document."""
    found: set[str] = set()
    for text in _BARRED.findall(diagnostic):
        found.update(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))
    return found - {"\\"}


def _named(character: str) -> str:
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"
