"""What people write is shown as they wrote it, whatever else it might be taken for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from events.event import Frozen
from events.process import Reader, View
from events.settings import TenantSettings
from tests.pacts.workflow import PactProcess
from tests.scenarios.played import played
from tests.web.conftest import EVERY, PactBoard
from tests.web.test_signing import AGREED, code, opened, sent
from web.naming import wording_for
from web.plain import one_line, plain
from web.texts import texts
from web.wording import Wording, ids_in
from web.written import SETTLED, TOLD, written

SOMEBODY = "7d1c3f0a-2b4e-4c6d-8f90-a1b2c3d4e5f6"
LIKE_SOMETHING = (
    "left", "other", "school", "teacher", "true", "10.50", "2026-03-09", "2026-99-99",
    "2026-02-30T99:99", "talk:V1", "{name} {0}", SOMEBODY,
)  # fmt: skip

PLACES = ("name", "kind", "school", "host", "teacher", "student", "person")
"""What the names of cases are made of."""


@pytest.fixture
def processes() -> list[type]:
    return [PactProcess]


def wording(process: str) -> Wording:
    names = {SOMEBODY: "Rik Oosterhof"}
    facts = EVERY[process].story.facts
    return Wording(texts("nl"), TenantSettings(), names, process, facts=facts)


def models(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield kind
    for more in kind.__subclasses__():
        yield from models(more)


def marked(model: type[BaseModel]) -> set[str]:
    """The fields whose type says that somebody writes in them."""
    return {
        info.alias or field
        for field, info in model.model_fields.items()
        if "Personal" in f"{info.annotation!r} {info.metadata!r}"
    }


def test_every_text_of_every_fact_is_something_written() -> None:
    found = list(models(Frozen))
    assert len(found) > 100
    for model in found:
        assert marked(model) <= written(model).texts, model
    for process, rules in EVERY.items():
        told = wording(process).written().texts
        for kind, fact in rules.story.facts.items():
            assert written(fact).texts <= told, (process, kind)


def test_what_is_settled_is_a_field_somewhere() -> None:
    fields = {
        info.alias or name for model in models(Frozen) for name, info in model.model_fields.items()
    }
    assert fields >= SETTLED
    for process in TOLD:
        assert process in EVERY


@pytest.mark.parametrize("process", EVERY)
@pytest.mark.parametrize("text", LIKE_SOMETHING)
def test_what_is_written_is_taken_for_nothing_else(process: str, text: str) -> None:
    told = wording(process)
    for kind, fact in EVERY[process].story.facts.items():
        for field in written(fact).texts:
            for one in (kind, ""):
                assert told.value(field, text, one) == text, (kind, field)
                assert told.value(field, [text, text], one) == f"{text}, {text}"
                (detail,) = told.details({field: text}, one)
                assert (detail.text, detail.href) == (text, "")
        for field in written(fact).keyed:
            (detail,) = told.details({field: {text: "reached"}}, kind)
            assert [(part.label, part.text) for part in detail.parts] == [(text, "bereikt")]
        told.sentence(kind, dict.fromkeys(fact.model_fields, text))
        told.details(dict.fromkeys(fact.model_fields, text), kind)
    told.case(dict.fromkeys(PLACES, text))
    for word in (told.task, told.timer, told.intervention, told.state, told.party):
        word(text)
    told.planned({"kind": text, "at": text, "visit": text})


def test_a_word_of_our_own_is_still_told_in_words() -> None:
    told = wording("internships")
    assert told.value("reason", "left", "HostSupervisorReplaced") == "vertrokken"
    assert told.value("reason", "left", "InternshipCancelled") == "left"
    assert told.value("school", "2026-03-09") == "2026-03-09"
    assert told.value("from", "2026-03-09") == "ma 9 maart 2026"
    assert told.value("supervisor", SOMEBODY) == "Rik Oosterhof"
    assert wording("placements").value("hours", "10.50") == "10,50"


def strings(field: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield field, value
        case Mapping():
            for key, inner in value.items():
                yield from strings(key, inner)
        case list() | tuple():
            for inner in value:
                yield from strings(field, inner)
        case _:
            pass


def test_what_summaries_tell_of_it_is_known_too() -> None:
    """In the scenarios people write in sentences: whatever has a space in it is theirs."""
    seen: set[tuple[str, str]] = set()
    for one in played().values():
        for stream in one.witness.streams.values():
            story = stream.rules.story
            view = View(
                Reader("", ()),
                frozenset({"hr"}),
                datetime(2030, 1, 1, tzinfo=UTC),
                TenantSettings(),
            )
            told = wording(story.name).written().texts
            for field, text in strings("", story.summary(stream.state, view)):
                if " " in text:
                    seen.add((story.name, field))
                    assert field in told, (story.name, field, text)
    assert {("internships", "question"), ("placements", "questions"), ("partners", "name")} <= seen


def test_an_id_that_somebody_wrote_is_nobody_s() -> None:
    told = wording("placements").written().texts
    shown = {"questions": [SOMEBODY], "student": SOMEBODY, "mentor": {"person": SOMEBODY}}
    assert list(ids_in(shown, told)) == [SOMEBODY, SOMEBODY]
    assert list(ids_in({"student": "0" * 8 + "-" * 28})) == []


async def test_all_ids_are_asked_for_at_once(
    pacts: PactBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, asked = pacts.app.state.site, list[int]()
    real = site.store.streams_among

    async def counted(tenant: str, ids: Any) -> Any:
        asked.append(len(ids))
        return await real(tenant, ids)

    monkeypatch.setattr(site.store, "streams_among", counted)
    stream = await pacts.pact()
    shown = {"teacher": pacts.people["teacher"].id, "contacts": [str(uuid4()) for _ in range(999)]}
    told = await wording_for(
        site, pacts.tenant, "pacts", [shown, {"follows": stream}], texts("nl"), TenantSettings()
    )
    assert asked == [1000]
    assert told.names.keys() == {pacts.people["teacher"].id, stream}


def test_what_is_unseen_or_turns_words_around_is_left_out() -> None:
    assert plain("a\u202e01\u202c b\u200b\u00ad\ufeff\r\nc\x07\u2029e\u0301") == "a01 b\nc\n\n\xe9"
    assert plain("👩\u200d🏫") == "👩\u200d🏫"
    assert one_line(" T1\rBEGIN:VALARM\x0bX ") == "T1 BEGIN:VALARM X"


@pytest.mark.parametrize("goal", [*LIKE_SOMETHING[-6:], "Stap 2\ufe0f\u20e3", "een \u202e01\u202c"])
async def test_a_page_and_its_document_say_it_as_it_was_written(
    pacts: PactBoard, goal: str
) -> None:
    goal = goal.replace(SOMEBODY, pacts.people["manager"].id)
    stream = await pacts.pact(goal=goal)
    link = await code(pacts, stream)
    page = await opened(pacts, link)
    assert page.status_code == 200
    assert f'<dt>Doel</dt><dd class="said">{plain(goal)}</dd>' in page.text
    assert (await pacts.http.get(f"/sign/{link}/agreement.pdf")).status_code == 200
    assert (await sent(pacts, link, **AGREED)).status_code == 303
    assert (await pacts.give(stream, "SignAgreement", {"version": 1}, "teacher")).status_code == 200


async def test_the_page_names_people_as_the_document_does(pacts: PactBoard) -> None:
    stream = await pacts.pact()
    link = await code(pacts, stream)
    teacher = pacts.people["teacher"]
    made = (await pacts.pdf(stream)).content
    await pacts.store.add_person(
        pacts.tenant, "Iemand Anders", roles=["teacher"], person=teacher.id
    )
    page = (await opened(pacts, link)).text
    assert teacher.name in page
    assert "Iemand Anders" not in page
    assert (await pacts.pdf(stream)).content == made
    other = await code(pacts, await pacts.pact())
    assert "Iemand Anders" in (await opened(pacts, other)).text
