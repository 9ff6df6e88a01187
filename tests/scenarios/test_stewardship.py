"""The scenario of what all processes share meets all of it, over at least three processes."""

from __future__ import annotations

from activities.letters import KINDS
from events.stewardship import FACTS
from tests.scenarios.played import Witness, played
from web.texts import LANGUAGES, texts
from workflows.stewardship import COMMANDS

CODES = frozenset(
    {
        "auth.role", "command.invalid", "erasure.already_requested", "erasure.not_requested",
        "erasure.on_hold", "erasure.same_person", "hold.already", "hold.not_placed",
        "restriction.already", "restriction.none", "retention.running", "state.final",
        "state.restricted", "state.suspended",
    }
)  # fmt: skip
NOTICES = frozenset(
    {
        "erasure_requested", "erasure_approved", "erasure_declined", "restricted",
        "restriction_lifted",
    }
)  # fmt: skip


def _witness() -> Witness:
    return played()["w-stewardship.yaml"].witness


def test_every_refusal_command_event_and_notice_is_met() -> None:
    seen = _witness()
    assert set(seen.refusals) == CODES
    assert set(COMMANDS) <= set(seen.commands)
    assert all(seen.events(kind) for kind in FACTS)
    assert {notice.kind for notice in seen.told} & set(KINDS) >= NOTICES


def test_more_than_three_processes_are_restricted_held_or_erased() -> None:
    touched = {
        stream.rules.story.name
        for stream in _witness().streams.values()
        if {event.type for event in stream.events} & set(FACTS)
    }
    assert touched == {"supervision", "internships", "partners", "departures"}


def test_everything_has_words() -> None:
    grounds = {
        f"ground.{word}"
        for kind in ("RequestErasure", "RestrictProcessing")
        for word in COMMANDS[kind].model_json_schema()["properties"]["ground"]["enum"]
    }
    for language in LANGUAGES:
        words = texts(language)
        assert set(words.problems) >= CODES
        assert set(words.events["terms"]) >= grounds
        assert set(words.events["types"]) >= set(FACTS)
        assert set(words.events["labels"]) >= {"ground", "reason", "hold", "restricted", "erasure"}
