"""Data set in type: PDF/A-2a, tagged, the same bytes for the same data."""

from __future__ import annotations

import json
import re
import resource
import sys
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import typst

from web.plain import plain

FOLDER = Path(__file__).parent
ATTEMPTS = 6
WORDS, WORD = 200, 60
"""So many unusual words are looked at before a document is set, and so much of each."""
LENGTH = 8
MEMORY = 2 * 1024**3
_BARRED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)+)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_MARKS = frozenset({"Mn", "Mc", "Me", "Cf"})
_UNUSUAL = re.compile(r"[^\x00-\u024f\u2010-\u2026\u20ac]")
"""All but Latin letters, punctuation and the euro."""


def pdf(template: str, paper: Mapping[str, Any], *, spelled: bool = False) -> bytes:
    """The document that the template makes of these values; takes some 10 ms.

    Every character of a document has to be readable in it, so one that no font has is written out
    by its name, such as ``[SCHOOL SATCHEL]``; ``spelled``: each that is unusual. A template's
    own keys and what else is written stay as they are.
    """
    values = _each(paper, plain)
    if not spelled:
        values = _tried(values)
    for _ in range(0 if spelled else ATTEMPTS):
        try:
            return _set(template, values)
        except typst.TypstError as error:
            barred = _barred(str(getattr(error, "diagnostic", "")))
            named = _each(values, lambda text, barred=barred: _readable(text, barred))
            if named == values:
                break
            values = named
    return _set(template, _each(values, _spelled))


def _tried(values: Any) -> Any:
    """The same with what no font has named, as far as the unusual words alone tell of it.

    They are set in a moment, where a long document would be set once more for nothing.
    """
    words = sorted(_unusual(values))[:WORDS]
    for _ in range(ATTEMPTS if words else 0):
        try:
            _set("words", {"words": words})
            break
        except typst.TypstError as error:
            barred = _barred(str(getattr(error, "diagnostic", "")))
            if not barred:
                break
            words = [_readable(word, barred) for word in words]
            values = _each(values, lambda text, barred=barred: _readable(text, barred))
    return values


def _unusual(values: Any) -> set[str]:
    """The words that a font may not have."""
    found: set[str] = set()

    def look(text: str) -> str:
        if _UNUSUAL.search(text):
            found.update(word[:WORD] for word in text.split() if _UNUSUAL.search(word))
        return text

    _each(values, look)
    return found


def _set(template: str, values: Any) -> bytes:
    return typst.compile(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        format="pdf",
        pdf_standards="a-2a",
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(values, ensure_ascii=False)},
    )


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """The same with every text in it changed, and no key."""
    match value:
        case str():
            return change(value)
        case Mapping():
            return {key: _each(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [_each(inner, change) for inner in value]
        case _:
            return value


def _barred(diagnostic: str) -> set[str]:
    """The pieces of text that typst says it may not put into the document."""
    found = (
        _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        for text in _BARRED.findall(diagnostic)
    )
    return {text for text in found if not text.isascii()}


def _readable(text: str, barred: set[str]) -> str:
    """The text with what is at fault in it named."""
    fault = {ord(one): _named(one) for piece in barred if piece in text for one in _at_fault(piece)}
    return text.translate(fault)


def _at_fault(piece: str) -> set[str]:
    """Marks first, as a letter is seldom to blame for what stands on it; plain ASCII never is."""
    marks = {one for one in piece if unicodedata.category(one) in _MARKS}
    return marks or {one for one in piece if not one.isascii()}


def _spelled(text: str) -> str:
    return _UNUSUAL.sub(lambda match: _named(match[0]), text)


def _named(character: str) -> str:
    return f"[{unicodedata.name(character, f'U+{ord(character):04X}')}]"


def serve() -> None:
    """Sets in type what comes in, one at a time, until there is no more: a process of its own.

    It gets no more than MEMORY, so that a text cannot take that of others.

    A request and an answer are eight bytes of length and that many of content; an answer without
    content is a document that cannot be made.
    """
    with suppress(ValueError, OSError):  # not every system knows this limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    taken, given = sys.stdin.buffer, sys.stdout.buffer
    while length := int.from_bytes(taken.read(LENGTH)):
        asked = json.loads(taken.read(length))
        try:
            made = pdf(asked["template"], asked["paper"], spelled=asked["spelled"])
        except typst.TypstError:
            made = b""
        given.write(len(made).to_bytes(LENGTH) + made)
        given.flush()


if __name__ == "__main__":
    serve()
