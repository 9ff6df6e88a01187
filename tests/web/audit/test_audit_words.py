"""What auditors read has words for all that can happen: kinds of reading, hours, who was told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from events.audit.difference import Change
from events.settings import TenantSettings
from web.documents.papers import PAPERS
from web.pages.audit.changes import changed, told
from web.privacy.lines import own_words
from web.texts import LANGUAGES, Language, texts
from web.wording import Wording

WEB = Path(__file__).parents[3] / "web"
_NOTED = re.compile(r'log_reading\([^)]*?"(\w+)"|opened\([^)]*?, "(\w+)"\)')
NOTED = {
    name
    for path in WEB.rglob("*.py")
    for found in _NOTED.findall(path.read_text("utf-8"))
    for name in found
    if name
}


def wording(language: Language = "nl", process: str = "supervision") -> Wording:
    return Wording(texts(language), TenantSettings(), {}, process)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_reading_has_a_name(language: Language) -> None:
    assert {"page", "audit", "knew", "feed", "refresh"} <= NOTED
    words = texts(language)
    for table in (words.pages["audit"]["looks"], own_words(words)["read"]):
        assert not sorted((NOTED | PAPERS.keys()) - table.keys())


@pytest.mark.parametrize(
    ("language", "label"), [("nl", "Nagesprek V1"), ("en", "Follow-up talk V1")]
)
def test_hours_are_those_of_what_was_done(language: Language, label: str) -> None:
    words = wording(language)
    facts = {one.label: one for one in told({"hours": {"talk:V1": "2.50"}}, words)}
    (hours,) = facts.values()
    assert [one.label for one in hours.parts] == [label]
    (change,) = changed([Change("hours.talk:V1", None, "2.50")], words)
    assert change.label.endswith(label)
    placed = told({"hours": {"mentor": "1.00"}}, wording(language, "placements"))
    assert placed[0].parts[0].label == "Mentor"


def test_who_was_told_is_said_in_words() -> None:
    words = wording()
    reminder = {"timer": "receipt", "to": ["client"]}
    labels = {one.label: one.text for one in words.details(reminder, "ReminderSent")}
    assert labels["Aan"] == "opdrachtgever"
    period = words.details({"to": "2026-03-04"}, "PeriodAgreed")
    assert period[0].label == "Tot en met"
    for level, who in enumerate(("wie de stap moet zetten", "coördinator", "HR")):
        (late,) = words.details({"level": level}, "StepOverdue")
        assert (late.label, late.text) == ("Gemeld aan", who)


@pytest.mark.parametrize(("language", "text"), [("nl", "66,7"), ("en", "66.7")])
def test_a_share_is_written_as_the_language_does(language: Language, text: str) -> None:
    assert wording(language).value("reached_percent", "66.7") == text
    assert wording(language).value("reached_percent", "100.0") == "100"
