"""Everything an internship can say has words in both languages."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from activities.letters import KINDS
from events.internships import STORY
from events.internships import facts as f
from tests.scenarios.test_internships import NOTICES, REFUSALS
from tests.workflows.internships.office import ROAD, at
from web.texts import LANGUAGES, Language, texts


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_terms_timers_and_tasks(language: Language) -> None:
    words = texts(language).of("internships")
    states, tasks = set(STORY.initial().ends), set[str]()
    for milestone in ROAD:
        office = at(milestone)
        states.add(office.summary()["state"])
        for by in ("teacher", "leader", "arno", "coordinator"):
            items = office.view("tasks", by).body["items"]
            tasks |= {item["task"].partition(":")[0] for item in items}
    assert states <= set(words["states"])
    assert tasks <= set(words["tasks"]) | set(words["timers"])
    assert {"start", "evaluation", "sharing", "signatures"} <= set(words["timers"])
    enumerated = (f.Kind, f.Replacement, f.Part, f.Leaving)
    assert {word for one in enumerated for word in get_args(one)} <= set(words["terms"])
    assert {f"with.{one}" for one in get_args(f.Audience)} <= set(words["terms"])
    assert {f"party.{one}" for one in f.PARTIES} <= set(words["terms"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_and_fields(language: Language) -> None:
    said = texts(language)
    assert set(said.problems) >= REFUSALS
    assert "internship.short" in said.warnings
    fields = {
        info.alias or name
        for fact in STORY.facts.values()
        for name, info in fact.model_fields.items()
    }
    shown = _keys(at("shared").summary()) - {"process", "id", "state"}
    assert (fields | shown) - set(said.of("internships")["labels"]) == set()


def test_every_notice_has_a_letter() -> None:
    assert set(KINDS) >= NOTICES
