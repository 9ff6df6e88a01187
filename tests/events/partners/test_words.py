"""Everything a partner or a departure can say has words in both languages."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from activities.letters import KINDS
from events import departures, partners
from events.partners import words as w
from events.process import Story
from tests.scenarios.test_partners import CODES, NOTICES
from tests.workflows.partners.register import ROAD, at
from web.texts import LANGUAGES, Language, texts

STORIES: list[Story[Any]] = [partners.STORY, departures.STORY]
TASKS = {"assess_fit", "activate", "relation_care"}
TIMERS = {
    "successor", "school_leader", "handover", "agreement_ending", "relation_care", "dormancy",
}  # fmt: skip
OF_A_FIELD = {"school": "kind", "requested": "status", "ended": "status"}
"""Words that mean something else elsewhere."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_tasks_and_timers(language: Language) -> None:
    words = texts(language).of("partners")
    assert set(ROAD) <= set(words["states"])
    assert set(words["tasks"]) >= TASKS
    assert set(words["timers"]) >= TIMERS
    assert {"running", "handled"} <= set(texts(language).of("departures")["states"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_enumerated_word(language: Language) -> None:
    terms = texts(language).of("partners")["terms"]
    kinds = (
        w.Kind, w.Level, w.Obligation, w.Origin, w.CoLocation, w.Motive, w.ProfileMatch,
        w.LeftReason, w.Channel, w.Day, w.SubsidyStatus, w.Vacancy,
    )  # fmt: skip
    for word in {word for kind in kinds for word in get_args(kind)}:
        named = f"{OF_A_FIELD[word]}.{word}" if word in OF_A_FIELD else word
        assert named in terms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_field_and_every_event(language: Language, story: Story[Any]) -> None:
    words = texts(language).of(story.name)
    fields = {
        info.alias or name
        for fact in story.facts.values()
        for name, info in fact.model_fields.items()
    }
    assert fields - set(words["labels"]) == set()
    assert set(story.facts) - set(words["types"]) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_summary(language: Language) -> None:
    labels = texts(language).of("partners")["labels"]
    shown = set(at("active").summary()) - {"process", "id", "state", "overdue", "next"}
    assert shown - set(labels) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_warnings_and_letters(language: Language) -> None:
    said = texts(language)
    assert set(said.problems) >= CODES
    assert "contact.maybe_pupil_data" in said.warnings
    assert set(KINDS) >= NOTICES
