"""What mails say: that something happened and where to look, never what was written or seen.

A mail passes through systems that are not ours, so it names no case, no date and nobody but its
reader. Only who may have no account gets a key along: a link that is worth little for long.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.dates import format_datetime

from activities.invitations import PersonalLink
from activities.letters import (
    agreements,
    assessments,
    departures,
    internships,
    partners,
    placements,
    stewardship,
    supervision,
)

LANGUAGES = ("nl", "en")

KINDS: Mapping[str, tuple[str, str]] = {
    **agreements.KINDS,
    **supervision.KINDS,
    **internships.KINDS,
    **placements.KINDS,
    **assessments.KINDS,
    **partners.KINDS,
    **departures.KINDS,
    **stewardship.KINDS,
}
"""Kind of notice: the subject in Dutch and in English."""

OTHER = ("Er is nieuws voor u in Traject", "There is news for you in Traject")

_MATTER = (
    "Meld u aan in Traject om te zien wat het voor u betekent.",
    "Sign in to Traject to see what it means for you.",
)
_NO_ACCOUNT = (
    "Hebt u een vraag? Neem dan contact op met de school.",
    "Do you have a question? Then contact the school.",
)
_BY_LINK = ("Open deze link:", "Open this link:")
_EITHER_WAY = (
    "Meld u aan in Traject. Hebt u geen account? Open dan deze link:",
    "Sign in to Traject. Do you have no account? Then open this link:",
)
_LINK = (
    """{how}

{address}

De link is persoonlijk: stuur deze mail niet door. Hij werkt één keer, tot {until}.""",
    """{how}

{address}

The link is personal: do not forward this mail. It works once, until {until}.""",
)
_TEXT = (
    """Beste {name},

{subject}. {matter}

Dit is een automatisch bericht. Uit voorzorg staan er geen inhoudelijke gegevens in.
""",
    """Dear {name},

{subject}. {matter}

This is an automatic message. As a precaution it contains nothing of the matter itself.
""",
)


def letter(
    kind: str,
    language: str,
    name: str,
    *,
    account: bool = True,
    link: PersonalLink | None = None,
) -> tuple[str, str]:
    """Subject and text of a mail; Dutch where the language is not known.

    ``account``: to somebody who may have one.
    """
    chosen = LANGUAGES.index(language) if language in LANGUAGES else 0
    subject = KINDS.get(kind, OTHER)[chosen]
    matter = (_MATTER if account else _NO_ACCOUNT)[chosen]
    if link is not None:
        until = format_datetime(link.until, "EEEE d MMMM y, HH:mm", locale=LANGUAGES[chosen])
        how = (_EITHER_WAY if account else _BY_LINK)[chosen]
        matter = _LINK[chosen].format(how=how, address=link.address, until=until)
    return subject, _TEXT[chosen].format(name=name, subject=subject, matter=matter)
