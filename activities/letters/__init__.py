"""What mails say: that something happened and where to look, never what was written or seen.

A mail passes through systems that are not ours, so it names no case, no date and nobody but its
reader.
"""

from __future__ import annotations

from collections.abc import Mapping

from activities.letters import (
    agreements,
    assessments,
    departures,
    internships,
    partners,
    placements,
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
}
"""Kind of notice: the subject in Dutch and in English."""

OTHER = ("Er is nieuws voor u in Traject", "There is news for you in Traject")

_TEXT = (
    """Beste {name},

{subject}. Meld u aan in Traject om te zien wat het voor u betekent.

Dit is een automatisch bericht. Uit voorzorg staan er geen inhoudelijke gegevens in.
""",
    """Dear {name},

{subject}. Sign in to Traject to see what it means for you.

This is an automatic message. As a precaution it contains nothing of the matter itself.
""",
)


def letter(kind: str, language: str, name: str) -> tuple[str, str]:
    """Subject and text of a mail; Dutch where the language is not known."""
    chosen = LANGUAGES.index(language) if language in LANGUAGES else 0
    subject = KINDS.get(kind, OTHER)[chosen]
    return subject, _TEXT[chosen].format(name=name, subject=subject)
