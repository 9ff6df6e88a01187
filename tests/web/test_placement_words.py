"""Everything that a placement shows has words of its own, in both languages."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from activities.letters import KINDS
from events.placements.facts import FACTS, PARTIES
from events.placements.state import OPEN, Placement
from events.placements.terms import BY
from events.settings import TenantSettings
from tests.scenarios.test_placements import REFUSALS, SHARED_NOTICES
from tests.workflows.placements.desk import Desk
from web.texts import LANGUAGES, Language, texts
from web.wording import Wording
from workflows.placements.commands import COMMANDS

TASKS = (
    "assign_mentor", "draft_agreement", "sign", "record_vog", "start_talk", "final_talk", "advise",
    "cosign", "complete", "handover",
)  # fmt: skip
NOT_SHOWN = {"id", "process", "state"}
"""What a page says otherwise."""


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for part in typing.get_args(annotation):
        if not isinstance(part, str):
            yield from _parts(part)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """(the name that the outside sees, its annotation), of nested models too."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field.annotation
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _fields(part)


def _words(models: Any) -> set[str]:
    """The enumerated words of all fields."""
    return {
        word
        for model in models
        for _, annotation in _fields(model)
        for part in _parts(annotation)
        if typing.get_origin(part) is typing.Literal
        for word in typing.get_args(part)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_is_told_in_a_sentence(language: Language) -> None:
    types = texts(language).of("placements")["types"]
    for kind, fact in FACTS.items():
        assert types[kind]["title"], kind
        told = set(re.findall(r"\{(\w+)\}", types[kind]["text"]))
        assert told <= {name for name, _ in _fields(fact)}, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label(language: Language) -> None:
    labels = texts(language).of("placements")["labels"]
    models = [*FACTS.values(), *COMMANDS.values()]
    names = {name for model in models for name, _ in _fields(model)}
    names |= set(Desk().travel("completed").summary()) | {"document", "signed", "missing"}
    assert sorted(name for name in names - NOT_SHOWN if name not in labels) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_enumerated_word_has_a_term(language: Language) -> None:
    terms = texts(language).of("placements")["terms"]
    words = _words([*FACTS.values(), *COMMANDS.values()])
    assert sorted(word for word in words if word not in terms) == []
    for field in ("party", "missing", "signed", "to"):
        assert all(f"{field}.{party}" in terms for party in PARTIES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_terms_tasks_refusals_and_mails_have_words(language: Language) -> None:
    found = texts(language)
    words = found.of("placements")
    assert set(OPEN | Placement.ends) <= set(words["states"])
    assert set(BY) | {"signatures"} <= set(words["timers"])
    assert set(TASKS) <= set(words["tasks"])
    assert set(found.problems) >= REFUSALS
    assert set(KINDS) >= SHARED_NOTICES


@pytest.mark.parametrize(("language", "name"), [("nl", "driegesprek"), ("en", "three-party talk")])
def test_a_planned_talk_is_called_by_its_name(language: Language, name: str) -> None:
    wording = Wording(texts(language), TenantSettings(), {}, "placements")
    item = {"kind": "talk", "talk": "three_party", "at": "2026-04-09T15:30"}
    assert wording.planned(item) == name
