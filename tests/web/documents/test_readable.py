"""What stands in the documents of whole cases: names, amounts, words, and nothing of the code."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest

from deploy.embedded.postgres import EmbeddedPostgres
from tests.web.example_site import ExampleSite, example_site
from web.documents import agreements, papers
from web.texts import texts

EURO = "€\u00a0"


class Noted:
    """A press that only keeps what it is given."""

    def __init__(self) -> None:
        self.paper: Mapping[str, Any] = {}

    async def pdf(self, _template: str, paper: Mapping[str, Any]) -> bytes:
        self.paper = paper
        return b"%PDF-1.7"


@pytest.fixture(scope="module")
async def site(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[ExampleSite]:
    async with example_site(postgres, logins) as made:
        yield made


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    monkeypatch.setattr(papers, "PRESS", noted)
    monkeypatch.setattr(agreements, "PRESS", noted)
    return noted


async def sections(
    site: ExampleSite, press: Noted, case: str, what: str = "dossier", language: str = "nl"
) -> dict[str, str]:
    """All that stands in a document, by the heading that it stands under."""
    process = {"internship": "internships", "partner": "partners", "placement": "placements"}
    at = f"/{process.get(case, 'supervision')}/{site.ids[case]}"
    answer = await site.get("saskia", f"{at}/{what}.pdf?language={language}")
    assert answer.status_code == 200, answer.text
    return {one["title"]: "\n".join(_lines(one["blocks"])) for one in press.paper["sections"]}


def _lines(value: Any) -> Iterator[str]:
    """Each label with its text, in the order in which they are read."""
    match value:
        case {"label": label, "text": text, "parts": parts}:
            yield f"{label}: {text}"
            yield from _lines(parts)
        case Mapping():
            for inner in value.values():
                yield from _lines(inner)
        case list():
            for inner in value:
                yield from _lines(inner)
        case str():
            yield value
        case _:
            pass


async def test_an_agreement_names_every_party(site: ExampleSite, press: Noted) -> None:
    await site.get("nienke", f"/internships/{site.ids['internship']}/agreement/1.pdf")
    parties = {one["label"]: one["text"] for one in press.paper["parties"]}
    assert parties["School"] == "Dirk Verhulst"
    assert texts("nl").pages["unknown_person"] not in parties.values()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("case", ["closed", "escalated", "internship", "partner", "placement"])
async def test_a_dossier_has_no_code_on_paper(
    site: ExampleSite, press: Noted, case: str, language: str
) -> None:
    told = await sections(site, press, case, language=language)
    whole = "\n".join(told.values())
    assert not re.findall(r"[{}]|\[\'|\bTrue\b|\bFalse\b|\bNone\b|\b[a-z]+_[a-z]+\b", whole)
    assert not re.findall(rf"(?:{EURO}){{2}}|€ {EURO}", whole)


async def test_amounts_are_in_euros_and_hours_are_not(site: ExampleSite, press: Noted) -> None:
    told = await sections(site, press, "closed")
    for part in ("Hoe het dossier ervoor staat", "Wat er gebeurde"):
        lines = [one for one in told[part].splitlines() if re.match(r"(Bedrag|Uurtarief): ", one)]
        assert lines
        assert all(EURO in one for one in lines), lines
    assert re.search(rf"Totaal: {EURO}[\d.]+,\d\d", told["Hoe het dossier ervoor staat"])
    assert "Uren: 1,50" in told["Hoe het dossier ervoor staat"]
    placed = await sections(site, press, "placement")
    assert "Totaal: 0,00" in placed["Hoe het dossier ervoor staat"]


async def test_what_leads_to_the_eight_headings_stands_before_them(
    site: ExampleSite, press: Noted
) -> None:
    told = await sections(site, press, "closed")
    first, second, *_ = told.items()
    assert first[0] == ""
    assert "ECLI:NL:HR:2019:933" in first[1]
    assert second[0] == "1. Functie"
    assert "ECLI" not in second[1]
    assert "C1: Weinig zicht" in told["3. Aard van de tekortkomingen"]


async def test_a_detail_that_the_sentence_says_is_not_said_again(
    site: ExampleSite, press: Noted
) -> None:
    await sections(site, press, "closed")
    course = press.paper["sections"][-1]["blocks"][0]["items"]
    booked = next(one for one in course if one["title"] == "Uren geboekt")
    assert booked["text"] == "1,50 uur geboekt op intakegesprek."
    assert booked["parts"] == []
    asked = course[0]
    labels = {one["label"] for one in asked["parts"]}
    assert "Opdrachtgever" in labels
    assert not {"Leerkracht", "School"} & labels
    assert json.dumps(asked["parts"], ensure_ascii=False).count("Weinig zicht") == 1
