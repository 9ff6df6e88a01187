"""The lists of a person's file: each row as data, and as people read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.event import instant_text
from web.privacy.holding import Look
from web.texts import Texts
from web.wording import Wording

if TYPE_CHECKING:
    from events.store.drafts import OwnDraft
    from events.store.sessions import PastSession
    from events.store.subjects import Act, TokenRow, Told


@dataclass(frozen=True, slots=True)
class Line:
    """When, what, about which case, and by or as whom."""

    when: str
    what: str
    case: str
    who: str = ""


def own_words(words: Texts) -> Mapping[str, Any]:
    """The words that only this file has."""
    return words.events["personal_file"]


def as_data(row: Any) -> dict[str, Any]:
    """The fields of a row as JSON values."""
    return {
        field: instant_text(value) if isinstance(value, datetime) else value
        for field, value in asdict(row).items()
    }


def as_json(data: Any) -> str:
    """JSON that people can look into too."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def part(wording: Wording, name: str) -> str:
    """What somebody is in a case, such as ``contact:2``."""
    kind = name.partition(":")[0]
    word = wording.role(kind)
    return word if word != kind else wording.label(kind).lower()


def look_line(wording: Wording, look: Look) -> Line:
    """Who looked is told by role."""
    own = own_words(wording.texts)
    who = own["oneself"] if look.oneself else ", ".join(part(wording, one) for one in look.roles)
    what = own["read"].get(look.what, look.what)
    return Line(moment(wording, look.at), what, "", who or own["unknown_role"])


def told_line(wording: Wording, told: Told, title: str = "") -> Line:
    """A notice, by what it tells of; ``title`` is the name of its case, where that is known."""
    case = title or wording.about(told.process, "one")
    return Line(moment(wording, told.recorded_at), wording.title(told.type), case)


def act_line(wording: Wording, act: Act, title: str = "") -> Line:
    """Something the person did."""
    case = title or wording.about(act.process, "one")
    when = moment(wording, act.recorded_at)
    return Line(when, wording.title(act.type), case, part(wording, act.role))


def signed_lines(wording: Wording, signed: Iterable[Mapping[str, Any]]) -> list[str]:
    """For whom each signature stands, by whom and when."""
    parts = [(by["party"], by["person"], by["at"]) for by in signed]
    return [
        f"{wording.party(party)}, {wording.name(person)}, {wording.instant(at)}"
        for party, person, at in parts
    ]


def token_line(wording: Wording, token: TokenRow) -> list[str]:
    """What a token is for, and when it was issued, last used and withdrawn."""
    times = (token.issued_at, token.last_used_at, token.revoked_at)
    return [token.name, *(moment(wording, at) if at else "" for at in times)]


def session_line(wording: Wording, session: PastSession) -> list[str]:
    """On which device somebody was signed in, from when until when."""
    times = (session.began_at, session.used_at, session.ended_at)
    return [session.device, *(moment(wording, at) if at else "" for at in times)]


def draft_data(draft: OwnDraft, *, own: bool) -> dict[str, Any]:
    """A draft as data. What was typed and never given is its writer's alone, whoever may ask."""
    data = {
        "stream": draft.stream,
        "process": draft.process,
        "form": draft.form,
        "saved_at": instant_text(draft.draft.saved_at),
    }
    return data | {"fields": dict(draft.draft.fields)} if own else data


def draft_lines(
    wording: Wording, draft: OwnDraft, title: str, *, own: bool
) -> tuple[Line, list[str]]:
    """When it was kept and in which case, and what was typed that reads like text."""
    case = title or wording.about(draft.process, "one")
    line = Line(moment(wording, draft.draft.saved_at), "", case)
    values = draft.draft.fields.values() if own else ()
    texts = [one for value in values for one in ([value] if isinstance(value, str) else value)]
    return line, [text for text in texts if " " in text.strip()]


def moment(wording: Wording, at: datetime) -> str:
    """An instant as people read it."""
    return wording.instant(instant_text(at))
