"""What the search of a list finds, and how its form and its addresses look."""

from __future__ import annotations

from typing import Any

import pytest

from events.settings import TenantSettings
from web.api.filters import FILTERS, folded, given_in, wanted
from web.api.problems import Problem
from web.pages.searching import search_of
from web.texts import LANGUAGES, Language, texts
from web.wording import Wording

ROW: dict[str, Any] = {
    "name": "Café Het Vlinderdal", "kind": "company", "levels": ["group"], "schools": ["École"],
    "obligation": "additional", "vacant": None, "school_leader_vacant": False,
}  # fmt: skip


def _fits(query: dict[str, str], **changes: Any) -> bool:
    fits = wanted("partners", given_in("partners", query))
    return fits is None or fits({**ROW, **changes})


def test_a_word_is_found_however_it_is_typed() -> None:
    assert folded("  CAFÉ Oekraïne ") == "cafe oekraine"
    for said in ("café", "CAFE", "vlinder", " het vl"):
        assert _fits({"q": said})
    assert not _fits({"q": "cafee"})


def test_each_filter_and_all_together() -> None:
    for query in ({"kind": "company"}, {"level": "group"}, {"obligation": "additional"}):
        assert _fits(query)
    for query in ({"kind": "school"}, {"level": "pupil"}, {"obligation": "prescribed"}):
        assert not _fits(query)
    assert _fits({"school": "ecole"})
    assert not _fits({"school": "ecol"})
    assert not _fits({"q": "café", "kind": "school"})
    assert _fits({})


@pytest.mark.parametrize("vacant", [{"vacant": "deputy"}, {"school_leader_vacant": True}])
def test_a_vacancy_of_anybody_counts(vacant: dict[str, Any]) -> None:
    assert _fits({"vacant": "true"}, **vacant)
    assert not _fits({"vacant": "false"}, **vacant)
    assert _fits({"vacant": "false"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "circus"), ("level", ""), ("vacant", "1"), ("q", " "), ("school", "x" * 201)],
)
def test_an_unknown_value_is_refused(field: str, value: str) -> None:
    with pytest.raises(Problem) as refused:
        given_in("partners", {field: value})
    assert (refused.value.code, refused.value.faults[0].field) == ("command.invalid", field)


def test_a_process_without_filters_has_none() -> None:
    assert given_in("departures", {"q": "x"}) == {}
    assert not search_of("departures", {"show": "open"}).offered


def test_an_address_keeps_what_was_chosen() -> None:
    said = {"q": "café", "kind": "", "school": "École", "show": "open", "cursor": "abc"}
    search = search_of("partners", said)
    assert search.address() == "/partners?show=open&q=caf%C3%A9&school=%C3%89cole"
    assert search.address(show="") == "/partners?q=caf%C3%A9&school=%C3%89cole"
    assert search.address(cursor="x|y").endswith("&cursor=x%7Cy")
    assert search.cleared() == "/partners?show=open"
    assert search.beside == {"show": "open", "school": "École"}
    assert search_of("partners", {}).address() == "/partners"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_has_words(language: Language) -> None:
    words = Wording(texts(language), TenantSettings(), {}, "partners")
    search = search_of("partners", {})
    for name in search.asked:
        assert name in texts(language).pages["search"]
        options = search.options(name, words)
        assert {value for value, _ in options} == set(FILTERS["partners"][name].options)
        assert all(text != value for value, text in options if value not in _ALIKE)
    kinds = [text.casefold() for _, text in search.options("kind", words)]
    assert kinds == sorted(kinds)


_ALIKE = {"childcare", "company", "consultancy", "library", "municipality", "police", "school"}
_ALIKE |= {"group", "organisation", "pupil"}
"""What is called in English as it is in the code."""
