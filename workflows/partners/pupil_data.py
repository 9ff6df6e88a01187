"""Does a text seem to name a pupil? Privacy keeps pupils out of the log of contacts (001 T1-45)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date

_PUPIL = (
    r"leerling(?:e|en|etje)?|kind(?:je)?|kinderen|zoon(?:tje)?|dochter(?:tje)?|broer(?:tje)?"
    r"|zus(?:je)?|jongen|meisje|peuter|kleuter|pupil|child|son|daughter|boy|girl"
)
_PARENT = (
    r"moeder|vader|ouders?|mama|papa|oma|opa|voogd|verzorgers?|mother|father|parents?|guardian"
)
_NAME = r"(?P<name>(?:IJ|[A-ZÀ-Ý])[a-zà-ÿ][\w'’-]*)"
_INITIALS = r"(?P<initials>(?:[A-ZÀ-Ý]\.[ \t]?)+)"
_NAMED = (
    re.compile(
        rf"\b(?i:{_PUPIL})(?:[ \t]*:[ \t]*|[ \t]+)(?:(?:genaamd|heet|named|called)[ \t]+)?"
        rf"(?:{_INITIALS}|{_NAME})"
    ),
    re.compile(rf"\b(?i:{_PARENT})[ \t]+(?:van|of)[ \t]+(?:{_INITIALS}|{_NAME})"),
    re.compile(
        rf"\b(?:(?P<before>\w+)\.?[ \t]+)?{_NAME},?[ \t]+(?:uit|zit in|from|is in)[ \t]+"
        r"(?i:groep|klas|brugklas|group|class|year)\b"
    ),
    re.compile(
        rf"\b(?:(?P<before>\w+)\.?[ \t]+)?{_NAME}[ \t]*\([ \t]*"
        r"(?:[3-9]|1[0-9])(?:[ \t]*(?:jaar|jr\.?|years?(?: old)?))?[ \t]*\)"
    ),
)
"""What a pupil is called: after a word for one or for a parent, with a group, or with an age."""
_MONTHS = (
    r"jan\w*|feb\w*|maart|march|mrt|apr\w*|mei|may|jun\w*|jul\w*|aug\w*|sep\w*|o[kc]t\w*|nov\w*"
    r"|de[ck]\w*"
)
_DATE = (
    rf"\d{{1,2}}(?:[-/. ]\d{{1,2}}[-/. ]|\.? (?i:{_MONTHS}) )(?:\d{{4}}|\d{{2}})\b"
    r"|\d{4}-\d\d-\d\d"
)
_BORN = re.compile(
    rf"\b(?i:geboren|geboortedatum|geb|born|date of birth|dob)\b[^\d\n]{{0,20}}(?:{_DATE})"
)
_DAY = re.compile(
    r"(?:(?<![\w.])(?P<before>[\w.]+)[ \t:(]*)?(?<!\d)"
    r"(?:(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})|(?P<iso>\d{4}-\d\d-\d\d))(?!\d)"
)
_NUMBER = re.compile(r"(?<!\d)(?<!\+31 )(?<!\+31-)(?<!0031 )\d{9}(?!\d)")
"""A citizen service number; what follows the country's own number is a telephone."""

_SINCE = frozenset(
    {"sinds", "vanaf", "van", "per", "op", "tot", "since", "from", "of", "on", "until", "d.d"}
)
"""Before a day these tell of the work, not of somebody's birth."""
_NO_NAMES = frozenset(
    {
        "nederlands", "nederlandse", "engels", "engelse", "frans", "franse", "duits", "duitse",
        "fries", "friese", "turks", "turkse", "arabisch", "arabische", "oekraïens", "oekraïense",
        "syrisch", "syrische", "pools", "poolse", "dutch", "english", "french", "german",
        "de", "het", "een", "wij", "we", "er", "dit", "dat", "in", "op", "voor", "met", "alle",
        "the", "an", "they", "this", "that", "for", "with", "all",
        "leerling", "leerlingen", "kind", "kinderen", "ouder", "ouders", "iemand", "iedereen",
        "jongens", "meisjes", "collega", "leraar", "leraren", "pupils", "children", "parents",
        "groep", "klas", "bijlage", "artikel", "punt", "deel", "les", "week", "hoofdstuk",
        "paragraaf", "pagina", "group", "class", "annex", "article", "part", "page", "section",
    }
)  # fmt: skip
"""Words that may stand in the place of a name with a capital."""
_GROWN_UP = frozenset(
    {"juf", "meester", "mevrouw", "meneer", "mw", "mevr", "dhr", "mrs", "mr", "ms", "miss"}
)
"""Before a name these tell that it is nobody's pupil."""
_PUPILS_AGE = range(3, 20)


def maybe_pupil_data(text: str, known: Iterable[str], today: date) -> bool:
    """The name of a pupil, a day of birth, or a citizen service number.

    ``known`` are names of partner and schools: their words name no pupil. Rather warned of once
    too often: it blocks nothing.
    """
    words = {word.lower() for name in known for word in re.findall(r"[\w'’-]+", name)}
    others = words | _NO_NAMES
    return (
        _BORN.search(text) is not None
        or _NUMBER.search(text) is not None
        or any(_names(found, others) for named in _NAMED for found in named.finditer(text))
        or any(_may_be_birth(match, today) for match in _DAY.finditer(text))
    )


def _names(found: re.Match[str], others: Collection[str]) -> bool:
    said = found.groupdict()
    if (said.get("before") or "").lower() in _GROWN_UP:
        return False
    return bool(said.get("initials")) or (said["name"] or "").lower() not in others


def _may_be_birth(found: re.Match[str], today: date) -> bool:
    """A whole day on which a pupil of today may have been born."""
    if (found["before"] or "").lower().strip(".") in _SINCE:
        return False
    try:
        if found["iso"]:
            day = date.fromisoformat(found["iso"])
        else:
            day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return False
    return today.year - day.year in _PUPILS_AGE
