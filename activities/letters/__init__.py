"""What mails say: that something happened and where to look, never what was written or seen.

A mail passes through systems that are not ours, so its text names nobody but its reader, and its
one link is worth nothing to who may not sign in. Only who may have no account gets a key along: a
link that is worth little for long. What is planned comes as a file for the reader's calendar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from activities.letters.asks import DO
from events.store.administration import BoardLetter

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


@dataclass(frozen=True, slots=True)
class Words:
    """What every mail says in one language, around what it is about."""

    greeting: str
    look: str
    do: str
    no_account: str
    by_link: str
    either_way: str
    personal: str
    invited: str
    called_off: str
    closing: str
    digest_subject: tuple[str, str]
    digest: str
    times: str
    leave: str


WORDS: Mapping[str, Words] = {
    "nl": Words(
        greeting="Beste {name},",
        look="U leest er meer over in Traject:",
        do="U kunt er meteen mee verder in Traject:",
        no_account="Hebt u een vraag? Neem dan contact op met de school.",
        by_link="Open deze link:",
        either_way="Meld u aan in Traject. Hebt u geen account? Open dan deze link:",
        personal=(
            "De link is persoonlijk: stuur deze mail niet door. Hij werkt één keer, tot {until}."
        ),
        invited="De afspraak zit bij deze mail. Zo kunt u hem in uw agenda zetten.",
        called_off="Bij deze mail zit een bestand dat de afspraak uit uw agenda haalt.",
        closing=(
            "Dit is een automatisch bericht. Om uw privacy te beschermen staat er verder niets in."
        ),
        digest_subject=(
            "Er is 1 bericht voor u in Traject",
            "Er zijn {count} berichten voor u in Traject",
        ),
        digest="Dit is er nieuw voor u:",
        times="{subject} ({count} keer)",
        leave="U krijgt deze mail één keer per werkdag. Dat kunt u veranderen bij ‘Mijn mail’.",
    ),
    "en": Words(
        greeting="Dear {name},",
        look="You can read more about it in Traject:",
        do="You can go on with it right away in Traject:",
        no_account="Do you have a question? Then contact the school.",
        by_link="Open this link:",
        either_way="Sign in to Traject. Do you have no account? Then open this link:",
        personal="The link is personal: do not forward this mail. It works once, until {until}.",
        invited="The appointment comes with this mail, so that you can put it in your calendar.",
        called_off="A file with this mail takes the appointment out of your calendar.",
        closing="This is an automatic message. To protect your privacy it says no more than this.",
        digest_subject=(
            "There is 1 message for you in Traject",
            "There are {count} messages for you in Traject",
        ),
        digest="This is new for you:",
        times="{subject} ({count} times)",
        leave="You get this mail once a working day. You can change that under ‘My mail’.",
    ),
}

OwnTexts = Mapping[tuple[str, str], BoardLetter]
"""By kind and language, what a board has its mails say in place of the usual."""
_USUAL: OwnTexts = {}
_NAME = "{name}"
"""Stands in a board's own text for the name of whom it goes to."""


def letter(
    kind: str,
    language: str,
    name: str,
    *,
    account: bool = True,
    link: PersonalLink | None = None,
    address: str = "",
    calendar: Sequence[str] = (),
    own: OwnTexts = _USUAL,
) -> tuple[str, str]:
    """Subject and text of a mail; Dutch where the language is not known.

    ``account``: to somebody who may have one; ``address``: where that person reads on;
    ``calendar``: the methods of the calendar files that come along; ``own``: what the board says
    in its own way.
    """
    words = WORDS[known_language(language)]
    subject = _subject(kind, language, name, own)
    paragraphs = [words.greeting.format(name=name), f"{subject}."]
    if said := own.get((kind, known_language(language))):
        paragraphs = [said.intro.replace(_NAME, name).strip()]
    if link is not None:
        until = format_datetime(link.until, "EEEE d MMMM y, HH:mm", locale=known_language(language))
        paragraphs.append(words.either_way if account else words.by_link)
        paragraphs += [link.address, words.personal.format(until=until)]
    elif account:
        paragraphs += [words.do if kind in DO else words.look, address]
    else:
        paragraphs.append(words.no_account)
    paragraphs += [_calendar(words, calendar), words.closing]
    return subject, _text(paragraphs)


def digest_letter(
    kinds: Sequence[str],
    language: str,
    name: str,
    *,
    address: str,
    calendar: Sequence[str] = (),
    own: OwnTexts = _USUAL,
) -> tuple[str, str]:
    """Subject and text of the one mail of a day about all of these."""
    words = WORDS[known_language(language)]
    counted = Counter(_subject(kind, language, name, own) for kind in kinds)
    lines = [
        "- " + (subject if count == 1 else words.times.format(subject=subject, count=count))
        for subject, count in counted.items()
    ]
    paragraphs = [words.greeting.format(name=name), words.digest, "\n".join(lines)]
    paragraphs += [words.look, address, _calendar(words, calendar), words.leave, words.closing]
    one, many = words.digest_subject
    return one if len(kinds) == 1 else many.format(count=len(kinds)), _text(paragraphs)


def known_language(language: str) -> str:
    """The language in which somebody is written to."""
    return language if language in LANGUAGES else LANGUAGES[0]


def _subject(kind: str, language: str, name: str, own: OwnTexts) -> str:
    chosen = known_language(language)
    if said := own.get((kind, chosen)):
        # A break of the line would end the header, and the mail would never leave.
        return " ".join(said.subject.replace(_NAME, name).split())
    return KINDS.get(kind, OTHER)[LANGUAGES.index(chosen)]


def _calendar(words: Words, methods: Sequence[str]) -> str:
    if not methods:
        return ""
    return words.invited if "REQUEST" in methods else words.called_off


def _text(paragraphs: Sequence[str]) -> str:
    return "\n\n".join(one for one in paragraphs if one) + "\n"
