"""The words people read, in Dutch and English, so that no sentence lives in the code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from events.settings import TenantSettings

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
DEFAULT: Language = "nl"
_FOLDER = Path(__file__).parent / "locale"
_PARTS = ("problems", "pages", "events")
"""What all processes share; beside these each process may have a file of its own, with tables of
problems, warnings and fields, and those of the events: types, states, terms, labels, ..."""
_PAGES = "pages"
"""The file of what all pages say; in the folder of that name each part of the site has its own."""


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What a refusal is called, and what the reader can do about it."""

    title: str
    detail: str


@dataclass(frozen=True)
class Texts:
    """All words of one language."""

    language: Language
    problems: Mapping[str, ProblemText]
    warnings: Mapping[str, str]
    fields: Mapping[str, str]
    pages: Mapping[str, Any]
    events: Mapping[str, Any]
    own: Mapping[str, Mapping[str, Any]]
    """By process, its own words and those that all share: two may call different things alike."""

    def of(self, process: str) -> Mapping[str, Any]:
        """The words about what happens in a process."""
        return self.own.get(process, self.events)

    def problem(self, code: str, settings: TenantSettings) -> ProblemText:
        """Title and detail of a refusal, with the board's own numbers filled in.

        A code without words gets those of ``state.not_allowed``: a reader never sees a bare code.
        """
        text = self.problems.get(code) or self.problems["state.not_allowed"]
        if "{" not in text.detail:
            return text
        return ProblemText(text.title, text.detail.format_map(settings.__dict__))

    def warning(self, code: str) -> str:
        """What a warning says."""
        return self.warnings.get(code, code)


def _processes() -> list[str]:
    """The files beside the general ones, in either language."""
    found = {path.stem for language in LANGUAGES for path in (_FOLDER / language).glob("*.toml")}
    return sorted(found - set(_PARTS))


def _sections() -> list[str]:
    """The parts of the site that have words of their own, as ``pages/<name>``."""
    found = {p.stem for one in LANGUAGES for p in (_FOLDER / one / _PAGES).glob("*.toml")}
    return [f"{_PAGES}/{name}" for name in sorted(found)]


def _read(language: Language, part: str) -> dict[str, Any]:
    path = _FOLDER / language / f"{part}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def texts(language: Language) -> Texts:
    """The words of a language, read once."""
    problems = _read(language, "problems")
    warnings = problems.pop("warnings")
    fields = problems.pop("fields")
    events = _read(language, "events")
    pages = _read(language, _PAGES)
    for part in _sections():
        pages[part.rpartition("/")[2]] = _read(language, part)
    tables: dict[str, dict[str, Any]] = {}
    shared = dict(events)
    for part in _processes():
        tables[part] = own = _read(language, part)
        problems |= own.pop("problems", {})
        warnings |= own.pop("warnings", {})
        fields |= own.pop("fields", {})
        if part not in pages["process"]:
            shared = _beside(own, shared)
        events = _beside(own, events)
    return Texts(
        language=language,
        problems={code: ProblemText(**text) for code, text in problems.items()},
        warnings=warnings,
        fields=fields,
        pages=pages,
        events=events,
        own={part: _beside(shared, tables.get(part, {})) for part in pages["process"]},
    )


def _beside(words: Mapping[str, Any], first: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of both; where both have a word, that of ``first``."""
    tables = words.keys() | first.keys()
    return {table: {**words.get(table, {}), **first.get(table, {})} for table in tables}


def choose(header: str | None, own: str | None = None) -> Language:
    """The first known language of an Accept-Language header, else the person's own, else Dutch."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate((header or "").split(",")):
        name, _, weight = part.strip().partition(";")
        tag = name.strip().lower().split("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            quality = 0.0
        wanted.extend((-quality, place, one) for one in LANGUAGES if tag == one and quality > 0)
    if wanted:
        return min(wanted)[2]
    for known in LANGUAGES:
        if known == own:
            return known
    return DEFAULT


def _keys(value: Any, path: str = "") -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _keys(inner, f"{path}/{key}")
    else:
        yield path


def gaps(codes: Iterable[str] = ()) -> list[str]:
    """What one language says and the other does not, and ``codes`` that have no words."""
    missing: list[str] = []
    for part in (*_PARTS, *_sections(), *_processes()):
        keys = {language: set(_keys(_read(language, part))) for language in LANGUAGES}
        everything = set[str]().union(*keys.values())
        missing += [
            f"{language}/{part}{key}"
            for language in LANGUAGES
            for key in sorted(everything - keys[language])
        ]
    known = texts(DEFAULT)
    missing += [
        c for c in sorted(set(codes)) if c not in known.problems and c not in known.warnings
    ]
    return missing
