"""Of many people one is looked for by name: by typing, by keyboard, and without any script."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.skipping import SkippingTemporal
from tests.web.served import CHROMIUM, Served, chromium, served
from web.pages.people import PACE
from web.site import DEMO_BOARD
from web.texts import texts
from workflows.supervision.workflow import SupervisionProcess

if TYPE_CHECKING:
    from events.store.directory import PersonRow

NL = texts("nl")
FAULT, SEEK = NL.pages["forms"]["fault"], NL.pages["forms"]["seek"]
NEW = "/supervision/new"


@dataclass
class Crowd:
    """The example board with two hundred teachers more, of whom some are called alike."""

    site: Served
    people: dict[str, PersonRow] = field(default_factory=dict)
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def at(self, key: str) -> httpx2.AsyncClient:
        if key not in self.browsers:
            http = httpx2.AsyncClient(base_url=self.site.address)
            answer = await http.post("/sign-in", data={"person": person_id(key)})
            assert answer.status_code == 303, answer.text
            self.browsers[key] = http
        return self.browsers[key]

    async def page(self, key: str, path: str) -> str:
        answer = await (await self.at(key)).get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def sent(self, key: str, path: str, fields: dict[str, str], status: int) -> str:
        """The page that answers a form, or where it leads."""
        answer = await (await self.at(key)).post(path, data=fields)
        assert answer.status_code == status, answer.text
        return answer.headers.get("Location") or answer.text

    async def found(self, key: str, role: str, text: str) -> Any:
        answer = await (await self.at(key)).get("/people", params={"fits": role, "q": text})
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.json()


@pytest.fixture(scope="module")
async def crowd(
    postgres: EmbeddedPostgres, logins: dict[str, str], temporal_env: SkippingTemporal
) -> AsyncIterator[Crowd]:
    async with (
        AsyncExitStack() as opened,
        served(postgres, logins, temporal_env, [SupervisionProcess]) as site,
    ):
        crowd = Crowd(site)
        for number in range(197):
            await site.store.add_person(DEMO_BOARD, f"Juf Nummer{number:03}", roles=["teacher"])
        for name, mail in (
            ("Özlem Koç", "ozlem@school.example"),
            ("Bo Dubbel", "bo.een@school.example"),
            ("Bo Dubbel", "bo.twee@school.example"),
        ):
            crowd.people[mail] = await site.store.add_person(
                DEMO_BOARD, name, mail, roles=["teacher"]
            )
        yield crowd
        for http in crowd.browsers.values():
            opened.push_async_callback(http.aclose)


def box(page: str, name: str) -> tuple[str, str]:
    """The id and the name that stand in a field."""
    field = rf'name="{name}" value="([^"]*)">\s*<input [^>]*name="{name}\.typed" value="([^"]*)"'
    found = re.search(field, page)
    assert found, page
    return found[1], html.unescape(found[2])


def picks(page: str, name: str) -> dict[str, str]:
    found = re.findall(rf'name="{name}\.pick" value="([^"]*)"> <span>([^<]*)</span>', page)
    return {html.unescape(text): value for value, text in found}


def request(page: str, **more: str) -> dict[str, str]:
    (key,) = re.findall(r'name="key" value="([^"]*)"', page)
    return {
        "key": key, "teacher": "", "client": person_id("hendrik"), "manager": person_id("petra"),
        "school": "De Windvaan", "concerns.0.text": "Onrust", **more,
    }  # fmt: skip


async def test_few_are_listed_and_many_are_looked_for(crowd: Crowd) -> None:
    page = await crowd.page("saskia", NEW)
    assert box(page, "teacher") == ("", "")
    assert '<select id="f.client"' in page
    assert "Juf Nummer" not in page
    assert 'data-people="/people?fits=teacher"' in page


async def test_the_one_who_is_meant_is_taken(crowd: Crowd) -> None:
    ozlem = crowd.people["ozlem@school.example"]
    for typed in ("ozl", "Ozlem@School.example", "koc özlem"):
        page = await crowd.page("saskia", NEW)
        fields = request(page, **{"teacher.typed": typed, "school": ""})
        again = await crowd.sent("saskia", NEW, fields, 422)
        assert box(again, "teacher") == (ozlem.id, "Özlem Koç")
        assert FAULT["nobody"] not in again
    fields |= {"teacher": ozlem.id, "teacher.typed": "Özlem Koç", "school": "De Windvaan"}
    where = await crowd.sent("saskia", NEW, fields, 303)
    summary = await crowd.page("saskia", where.partition("?")[0])
    assert "Özlem Koç" in summary


async def test_nobody_and_several_are_asked_again_with_all_that_was_typed(crowd: Crowd) -> None:
    page = await crowd.page("saskia", NEW)
    again = await crowd.sent("saskia", NEW, request(page, **{"teacher.typed": "Niemand"}), 422)
    assert box(again, "teacher") == ("", "Niemand")
    assert again.count(FAULT["nobody"]) == 2
    assert 'href="#f.teacher"' in again
    assert 'aria-describedby="f.teacher.wrong f.teacher.how"' in again
    assert 'value="De Windvaan"' in again
    assert "Onrust</textarea>" in again

    again = await crowd.sent("saskia", NEW, request(page, **{"teacher.typed": "bo d"}), 422)
    assert again.count(FAULT["several"]) == 2
    found = picks(again, "teacher")
    assert set(found) == {f"Bo Dubbel (bo.{one}@school.example)" for one in ("een", "twee")}
    assert box(again, "teacher") == ("", "bo d")

    again = await crowd.sent("saskia", NEW, request(page, **{"teacher.typed": "nummer"}), 422)
    assert again.count(FAULT["many"]) == 2
    assert len(picks(again, "teacher")) == 20

    fields = request(page, **{"teacher.typed": "bo d", "school": ""})
    chosen = found["Bo Dubbel (bo.twee@school.example)"]
    again = await crowd.sent("saskia", NEW, fields | {"teacher.pick": chosen}, 422)
    assert box(again, "teacher") == (chosen, "Bo Dubbel")
    other = fields | {"teacher.typed": "nummer", "teacher.pick": chosen}
    assert box(await crowd.sent("saskia", NEW, other, 422), "teacher") == ("", "nummer")


async def test_an_id_counts_only_beside_its_own_name(crowd: Crowd) -> None:
    ozlem, page = crowd.people["ozlem@school.example"], await crowd.page("saskia", NEW)
    for held, typed, wanted in (
        (ozlem.id, "nummer", ("", "nummer")),
        (ozlem.id, "", ("", "")),
        (ozlem.id, "Juf Nummer007", (..., "Juf Nummer007")),
        (person_id("saskia"), "Saskia Polderman", ("", "Saskia Polderman")),
        ("no-id", "Özlem Koç", (ozlem.id, "Özlem Koç")),
    ):
        fields = request(page, teacher=held, **{"teacher.typed": typed, "school": ""})
        stands = box(await crowd.sent("saskia", NEW, fields, 422), "teacher")
        assert stands[1] == wanted[1]
        if wanted[0] is ...:
            assert stands[0] not in ("", ozlem.id)
        else:
            assert stands[0] == wanted[0]


async def test_a_row_more_keeps_whom_the_form_names(crowd: Crowd) -> None:
    page = await crowd.page("saskia", NEW)
    fields = request(page, **{"teacher.typed": "ozlem", "add": "concerns"})
    again = await crowd.sent("saskia", NEW, fields, 200)
    assert box(again, "teacher") == (crowd.people["ozlem@school.example"].id, "Özlem Koç")
    fields = request(page, **{"teacher.typed": "bo", "add": "concerns"})
    assert box(await crowd.sent("saskia", NEW, fields, 200), "teacher") == ("", "bo")


async def test_people_are_told_to_whom_a_form_asks_for_them(crowd: Crowd) -> None:
    told = await crowd.found("saskia", "teacher", "bo du")
    assert [one["name"] for one in told["people"]] == ["Bo Dubbel"] * 2
    assert told["people"][0]["text"] == "Bo Dubbel (bo.een@school.example)"
    assert set(told["people"][0]) == {"id", "name", "text"}
    assert not told["more"]
    told = await crowd.found("saskia", "teacher", "nummer")
    assert (len(told["people"]), told["more"]) == (20, True)
    for text in ("", "b", "x" * 201):
        assert await crowd.found("saskia", "teacher", text) == {"people": [], "more": False}
    assert (await crowd.found("saskia", "teacher", "saskia"))["people"] == []
    assert (await crowd.found("saskia", "staff", "bo du"))["people"]


@pytest.mark.parametrize(
    ("key", "may", "may_not"),
    [
        ("saskia", ["teacher", "client", "manager", "auditor", "staff", "anybody"], ["contact"]),
        ("hendrik", ["teacher", "manager", "anybody"], ["client", "staff", "contact"]),
        ("rik", ["advisor", "contact", "student", "staff", "anybody"], ["teacher", "auditor"]),
        ("marloes", ["school_leader"], ["teacher", "contact", "staff", "anybody"]),
        ("ellen", [], ["teacher", "client", "contact", "staff", "anybody"]),
        ("noor", ["anybody"], ["teacher", "contact", "staff"]),
    ],
)
async def test_nobody_searches_whom_no_own_form_asks_for(
    crowd: Crowd, key: str, may: list[str], may_not: list[str]
) -> None:
    http = await crowd.at(key)
    for role in (*may, *may_not):
        answer = await http.get("/people", params={"fits": role, "q": "zz"})
        assert answer.status_code == (200 if role in may else 403), role
    for role in ("", "hr", "nothing"):
        assert (await http.get("/people", params={"fits": role})).status_code == 404


async def test_who_looks_after_a_partner_searches_its_contacts(crowd: Crowd) -> None:
    """Whoever has that part in a case, and nobody for having the same roles."""
    board = crowd.site.board
    stream = board.engine.streams[board.ids["partner"]]
    parties = stream.rules.story.index(stream.rules.story.fold(stream.events)).parties
    keys = {one.id: key for key, one in board.people.items()}
    http = await crowd.at(keys[parties["deputy"]])
    answer = await http.get("/people", params={"fits": "contact", "q": "zz"})
    assert answer.status_code == 200


async def test_people_are_not_told_to_strangers_or_without_end(crowd: Crowd) -> None:
    async with httpx2.AsyncClient(base_url=crowd.site.address) as http:
        answer = await http.get("/people", params={"fits": "teacher", "q": "bo"})
        assert answer.status_code == 401
    http, asked = await crowd.at("petra"), {"fits": "teacher", "q": "bo"}
    assert (await http.get("/people", params=asked)).status_code == 403
    http, asked = await crowd.at("dirk"), {"fits": "staff", "q": "zz"}
    assert (await http.get("/people", params=asked)).status_code == 200
    # One comes back each half second meanwhile, so it may take some more than there are at once.
    for _ in range(10 * PACE.size):
        answer = await http.get("/people", params=asked)
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


async def test_absence_is_of_somebody_by_name(crowd: Crowd) -> None:
    path = "/administration/absence"
    page = await crowd.page("saskia", path)
    assert box(page, "person") == box(page, "stands_in") == ("", "")
    assert "Juf Nummer" not in page
    fields = {
        "person": "",
        "person.typed": "ozlem",
        "stands_in": "",
        "stands_in.typed": "bo dubbel",
    }
    fields |= {"from": "2031-03-03", "to": "2031-03-07"}
    again = await crowd.sent("saskia", path, fields, 422)
    ozlem = crowd.people["ozlem@school.example"]
    assert box(again, "person") == (ozlem.id, "Özlem Koç")
    assert NL.pages["administration"]["wrong"]["several"] in again
    bo = picks(again, "stands_in")["Bo Dubbel (bo.een@school.example)"]
    where = await crowd.sent("saskia", path, fields | {"stands_in.pick": bo}, 303)
    assert where == f"{path}?done={ozlem.id}"
    assert "Bo Dubbel neemt waar." in await crowd.page("saskia", where)
    box_of = box(await crowd.page("saskia", f"{path}?person={bo}"), "person")
    assert box_of == (bo, "Bo Dubbel")
    same = fields | {"stands_in.typed": "", "person.typed": "ozlem", "to": "2031-03-05"}
    assert NL.pages["administration"]["wrong"]["overlap"] in await crowd.sent(
        "saskia", path, same, 422
    )


async def test_work_goes_to_somebody_by_name(crowd: Crowd) -> None:
    path = "/administration/handover"
    look = f"{path}?look=yes&reason=Verlof&of=&of.typed=ellen&to=&to.typed="
    page = await crowd.page("rik", f"{look}tobias")
    assert box(page, "of")[0] == person_id("ellen")
    assert box(page, "to")[0] == person_id("tobias")
    assert NL.pages["administration"]["handover"]["plan"] in page
    page = await crowd.page("rik", f"{look}nummer")
    assert NL.pages["administration"]["wrong"]["many"] in page
    assert len(picks(page, "to")) == 20
    bo = crowd.people["bo.twee@school.example"]
    await crowd.site.store.set_active(DEMO_BOARD, bo.id, False)
    page = await crowd.page("rik", f"{path}?of={bo.id}")
    assert box(page, "of") == (bo.id, "Bo Dubbel")
    page = await crowd.page("rik", f"{path}?look=yes&of={bo.id}&of.typed=Bo+Dubbel")
    await crowd.site.store.set_active(DEMO_BOARD, bo.id, True)
    assert box(page, "of") == (bo.id, "Bo Dubbel")


async def test_changes_are_narrowed_to_somebody_by_name(crowd: Crowd) -> None:
    page = await crowd.page("noor", "/audit/administration?by=&by.typed=saskia")
    assert box(page, "by")[0] == person_id("saskia")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_a_name_is_chosen_by_keyboard(crowd: Crowd) -> None:
    from axe_playwright_python.async_playwright import Axe
    from playwright.async_api import async_playwright, expect

    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        context = await browser.new_context(viewport={"width": 390, "height": 800}, locale="nl-NL")
        await crowd.site.sign_in(context, "saskia")
        page = await context.new_page()
        await page.goto(crowd.site.url(NEW))
        name = page.get_by_role("combobox", name="Leerkracht")
        held = page.locator("input[type=hidden][name=teacher]")
        await expect(name).to_have_attribute("aria-expanded", "false")
        await name.focus()
        await page.keyboard.type("bo dub")
        options = page.locator(".seek [role=option]")
        await expect(options).to_have_count(2)
        await expect(name).to_have_attribute("aria-expanded", "true")
        await expect(page.locator(".seek [role=status]")).to_have_text(
            SEEK["script"]["many"].format(count=2)
        )
        await page.keyboard.press("ArrowUp")
        await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        assert (await Axe().run(page)).response["violations"] == []
        active = await options.nth(1).get_attribute("id")
        await expect(name).to_have_attribute("aria-activedescendant", active or "")
        await page.keyboard.press("Enter")
        await expect(name).to_have_value("Bo Dubbel")
        await expect(held).to_have_value(crowd.people["bo.twee@school.example"].id)
        await expect(options).to_have_count(0)
        await page.keyboard.press("Backspace")
        await expect(held).to_have_value("")
        await expect(options).to_have_count(2)
        await page.keyboard.press("Escape")
        await expect(options).to_have_count(0)
        await expect(name).to_have_value("Bo Dubbe")
        assert page.url.endswith(NEW)
        await context.set_offline(True)
        await page.keyboard.type("l")
        await expect(page.locator(".seek .told")).to_have_text(SEEK["script"]["failed"])
        await browser.close()
