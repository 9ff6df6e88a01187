"""Changes of administration in words: what they are about, what stood and what stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request

from web.pages.session import page_language
from web.site import Site
from web.texts import Texts
from web.wording import Wording, ids_in

if TYPE_CHECKING:
    from events.store.administration import Change


MOST_DAYS = 5
"""So many holidays that came or went are told by name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed; nothing stands for what was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change as people read it."""

    id: int
    at: str
    who: str
    what: str
    about: str
    subject: str
    differences: tuple[Difference, ...]


async def told_changes(
    request: Request, site: Site, tenant: str, changes: Sequence[Change]
) -> list[Told]:
    """These changes, in the reader's language and the board's time."""
    words, settings = page_language(request), await site.settings(tenant)
    shown = [[one.person, one.subject, one.before, one.after] for one in changes]
    names = await site.store.names(tenant, set(ids_in(shown)))
    wording = Wording(words, settings, names)
    return [_told(one, words, wording) for one in changes]


def _told(change: Change, words: Texts, wording: Wording) -> Told:
    said: Mapping[str, Any] = words.pages["administration"]
    return Told(
        id=change.id,
        at=wording.instant(change.at.isoformat()),
        who=wording.name(change.person) if change.person else str(said["by_itself"]),
        what=what_of(change, words),
        about=_about(change, words, wording),
        subject=change.subject or "",
        differences=tuple(differences(change, words, wording)),
    )


def _about(change: Change, words: Texts, wording: Wording) -> str:
    subject = change.subject or ""
    if change.what == "letter":
        kind, _, language = subject.partition("/")
        said = words.pages["administration"]
        return f"{letter_name(words, kind)} ({said['languages'].get(language, language)})"
    if change.what.startswith("settings"):
        return str(words.pages["administration"]["version"]).format(version=subject)
    return wording.name(subject) if subject else ""


def letter_name(words: Texts, kind: str) -> str:
    """What a kind of message is called."""
    letters: Mapping[str, str] = words.pages["administration"]["letter_kinds"]
    return str(letters.get(kind, words.pages["administration"]["letter_other"]))


def what_of(change: Change, words: Texts) -> str:
    """What kind of change it was."""
    said: Mapping[str, Any] = words.pages["administration"]["changed"]
    return str(said.get(change.what.replace(".", "_"), said["other"]))


def differences(change: Change, words: Texts, wording: Wording) -> Iterable[Difference]:
    """What it changed, field by field."""
    before = change.before if isinstance(change.before, dict) else {}
    after = change.after if isinstance(change.after, dict) else {}
    said: Mapping[str, Any] = words.pages["administration"]
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        if key == "closed":
            was, now = _apart(was or [], now or [])
        elif key == "retention":
            was, now = _terms_apart(was or {}, now or {})
        told = value_of(words, wording, key, now)
        if key == "closed" and not now:
            told = str(said["closed_gone"])
        if change.what == "letter" and now is None:
            told = str(said["letters"]["usual"])
        yield Difference(label_of(words, key), value_of(words, wording, key, was), told)


def _apart(was: Sequence[Any], now: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Of both lists only what the other lacks."""
    return [one for one in was if one not in now], [one for one in now if one not in was]


def _terms_apart(
    was: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Of both only the terms that differ."""
    other = [kind for kind in {**was, **now} if was.get(kind) != now.get(kind)]
    return {k: was[k] for k in other if k in was}, {k: now[k] for k in other if k in now}


def label_of(words: Texts, key: str) -> str:
    """What a field or a setting is called."""
    said: Mapping[str, Any] = words.pages["administration"]
    setting = said["setting"].get(key)
    return str(setting["label"] if setting else said["labels"].get(key, said["labels"]["other"]))


def value_of(words: Texts, wording: Wording, key: str, value: Any) -> str:
    """A value as people write it."""
    said: Mapping[str, Any] = words.pages["administration"]
    match value:
        case None | "" | [] | ():
            return ""
        case bool():
            return str(words.pages["yes" if value else "no"])
        case list() if key == "roles":
            return ", ".join(wording.role(str(one)) for one in value)
        case list() if key == "closed":
            shown = [_free(one, words, wording) for one in value[:MOST_DAYS]]
            more = len(value) - MOST_DAYS
            return "; ".join(
                [*shown, *([said["closed_more"].format(count=more)] if more > 0 else [])]
            )
        case list() if key == "schools":
            return ", ".join(str(one["name"]) for one in value)
        case list():
            return ", ".join(str(one) for one in value)
        case dict() if key == "retention":
            terms = (
                f"{said['classes'][k]}: {one['months']} {said['units']['months']} ({one['ground']})"
                for k, one in value.items()
            )
            return "; ".join(terms)
        case str() if key in ("subject", "intro") and words.language == "nl":
            return value.replace("{name}", "{naam}")
        case str() if key == "hourly_rate":
            return wording.money(value)
        case str() if key in ("from", "to"):
            return wording.day(value)
        case str() if key == "stands_in" or value in wording.names:
            return wording.name(value)
        case str() if key == "language":
            return str(said["languages"].get(value, value))
        case str() if key == "vog_policy":
            return str(said["vog"][value])
        case str() if key == "region":
            return str(said["regions"].get(value, value))
        case _:
            return str(value)


def _free(one: Mapping[str, str], words: Texts, wording: Wording) -> str:
    """A holiday with its days."""
    first, last = wording.day(one["from"]), wording.day(one["to"])
    if first == last:
        return f"{one['name']}, {first}"
    days = words.pages["administration"]["days_to"].format(**{"from": first, "to": last})
    return f"{one['name']}, {days}"
