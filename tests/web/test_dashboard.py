"""The dashboard: figures, what is behind them, files, filters; and nothing small for the board."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import httpx2
import pytest

from deploy.demo.examples import person_id
from deploy.embedded.postgres import EmbeddedPostgres
from tests.web.example_site import ExampleSite, example_site
from web.pages.audit import results
from web.pages.dashboard.files import csv_file, xlsx_file
from web.pages.dashboard.tables import Cell, Column, Table
from web.plain import harmless
from web.site import DEMO_BOARD
from web.texts import texts

WORDS = texts("nl").pages["dashboard"]
BOARD, OFFICE = "wim", ("saskia", "rik")


@pytest.fixture(scope="module")
async def site(postgres: EmbeddedPostgres, logins: dict[str, str]) -> AsyncIterator[ExampleSite]:
    async with example_site(postgres, logins) as made:
        yield made


async def look(
    site: ExampleSite, path: str, by: str = "saskia", status: int = 200
) -> httpx2.Response:
    answer = await site.get(by, path)
    assert answer.status_code == status, answer.text
    return answer


def tile(html: str, name: str) -> tuple[str, str]:
    """The number on a tile and where it leads."""
    title = re.escape(WORDS["tile"][name]["title"])
    for one in re.findall(r'<li class="tile.*?</li>', html, re.DOTALL):
        if re.search(rf'"said">{title}<', one):
            big = re.search(r'"big">(.*?)<', one)
            href = re.search(r'href="([^"]+)"', one)
            assert big
            return big[1], href[1].replace("&amp;", "&") if href else ""
    raise AssertionError(f"no tile {name}")


@pytest.mark.parametrize("by", OFFICE)
async def test_every_figure_leads_to_as_many_cases(site: ExampleSite, by: str) -> None:
    html = (await look(site, "/dashboard", by)).text
    seen = 0
    for name in ("running", "overdue", "stalled", "suspended", "unsigned", "without_deputy"):
        number, href = tile(html, name)
        if number == "0":
            assert not href
            continue
        behind = (await look(site, href, by)).text
        words = "1 dossier." if number == "1" else f"{number} dossiers."
        assert words in behind
        assert behind.count('<th scope="row"') == int(number)
        seen += 1
    assert seen >= 2
    links = {
        one.replace("&amp;", "&")
        for one in re.findall(r'<td data-label="Dossiers" class="number"><a href="([^"]+)"', html)
    }
    assert links
    for link in links:
        behind = (await look(site, link, by)).text
        number = re.search(rf'href="{re.escape(link.replace("&", "&amp;"))}">(\d+)<', html)
        assert number
        assert behind.count('<th scope="row"') == int(number[1])


@pytest.mark.parametrize("query", ["", "process=supervision", "state=closed", "period=2019-2020"])
async def test_hours_and_amounts_are_those_of_the_list_behind_them(
    site: ExampleSite, query: str
) -> None:
    html = (await look(site, f"/dashboard?{query or 'show=all'}")).text
    ended = 0
    for name in ("hours", "to_invoice"):
        number, href = tile(html, name)
        if not href:
            assert query == "period=2019-2020"
            continue
        listed = rows_of((await look(site, href.replace("/cases?", "/cases.csv?"))).text)
        column = listed[0].index(WORDS["column"][name])
        whole = sum(Decimal(row[column].replace(",", ".")) for row in listed[1:])
        assert whole == Decimal(re.sub(r"[^\d,]", "", number).replace(",", ".")), (name, listed)
        page = (await look(site, href)).text
        assert page.count('<th scope="row"') == len(listed) - 1
        assert f'data-label="{WORDS["column"][name]}"' in page
        over = listed[0].index(WORDS["column"]["over"])
        ended += sum(bool(row[over]) for row in listed[1:])
    assert ended > 0 or query == "period=2019-2020"


async def test_the_board_gets_counts_and_no_case(site: ExampleSite) -> None:
    html = (await look(site, "/dashboard", BOARD)).text
    assert "/dashboard/cases" not in html
    for person in ("Terpsma", "Wiering", "Duinen", "Lindqvist"):
        assert person not in html
    for stream in site.ids.values():
        assert stream not in html
    told = re.findall(r'class="number[^"]*">([^<]*)<', html.partition("<tbody>")[2])
    assert WORDS["hidden"] in told
    assert not {"1", "2", "3", "4"} & set(told)
    assert 'name="school"' not in html
    for path in (
        "/dashboard/cases?figure=running", "/dashboard/cases.csv?figure=running",
    ):  # fmt: skip
        await look(site, path, BOARD, 403)
    for name in ("school", "advisor", "state", "outcome"):
        await look(site, f"/dashboard?{name}=x", BOARD, 422)
        await look(site, f"/dashboard/running.csv?{name}=x", BOARD, 422)
    sheet = (await look(site, "/dashboard/states.csv", BOARD)).text
    assert {row[-1] for row in rows_of(sheet)[1:]} == {WORDS["hidden"]}


async def test_others_have_no_dashboard(site: ExampleSite) -> None:
    for by in ("ellen", "marloes", "petra", "noor"):
        await look(site, "/dashboard", by, 403)
        await look(site, "/dashboard/running.xlsx", by, 403)
        await look(site, "/dashboard/cases?figure=running", by, 403)
        assert 'href="/dashboard"' not in (await look(site, "/", by)).text
    assert 'href="/dashboard"' in (await look(site, "/", BOARD)).text


async def test_filters_live_in_the_address(site: ExampleSite) -> None:
    html = (await look(site, "/dashboard?process=supervision&school=&state=guidance")).text
    assert tile(html, "running")[0] == "1"
    href = tile(html, "running")[1]
    assert parse_qs(urlsplit(href).query) == {
        "process": ["supervision"], "state": ["guidance"], "figure": ["running"],
    }  # fmt: skip
    assert '<option value="guidance" selected>' in html
    assert 'href="/dashboard?state=guidance"' in html
    ellen = person_id("ellen")
    of_ellen = (await look(site, f"/dashboard?advisor={ellen}")).text
    assert f'<option value="{ellen}" selected>Ellen van Duinen' in of_ellen
    assert "of " not in tile(of_ellen, "running")[0]
    listed = (await look(site, f"/dashboard/cases?figure=running&advisor={ellen}")).text
    assert "Filters: Adviseur: Ellen van Duinen." in listed
    nothing = (await look(site, "/dashboard?school=Nergens")).text
    assert WORDS["nothing"] in nothing
    past = (await look(site, "/dashboard?period=2019-2020")).text
    assert tile(past, "running")[0] == "0"
    for bad in ("period=2019-2021", "period=x", "page=1", "advisor=%00", f"school={'x' * 300}"):
        await look(site, f"/dashboard?{bad}", status=422)
    for bad in ("figure=x", "", "figure=running&page=0", "figure=running&page=99"):
        await look(site, f"/dashboard/cases?{bad}", status=422)


async def test_programs_may_filter_too(site: ExampleSite) -> None:
    async def ask(by: str, query: str, status: int = 200) -> Any:
        token = await site.store.issue_token(DEMO_BOARD, person_id(by))
        http = await site.signed_in(person_id(by))
        bearer = {"Authorization": f"Bearer {token}"}
        answer = await http.get(f"/api/v1/dashboard?{query}", headers=bearer)
        assert answer.status_code == status, answer.text
        return answer.json()

    told = await ask("saskia", "process=supervision&state=guidance")
    assert [one["states"] for one in told["running"]] == [{"guidance": 1}]
    assert (await ask("saskia", "school=Nergens"))["running"] == []
    # How they ended: one was closed after the same report as the one that was escalated.
    totals = (await ask("rik", "process=supervision"))["outcome_totals"]
    assert [(one["outcome"], one["cases"]) for one in totals] == [
        ("escalated", 1), ("no_follow_up", 1),
    ]  # fmt: skip
    ended = await ask("rik", "outcome=no_follow_up")
    assert {one["outcome"] for one in ended["outcome_totals"]} == {"no_follow_up"}
    assert [one["process"] for one in (await ask(BOARD, "process=partners"))["running"]] == [
        "partners"
    ]
    for name in ("school", "advisor", "state", "outcome"):
        assert (await ask(BOARD, f"{name}=x", 422))["code"] == "command.invalid"
    # What began in a year is no other count for the board: the difference would be small.
    of_year = await ask(BOARD, "period=2019-2020")
    assert of_year["running"] == (await ask(BOARD, ""))["running"] != []
    assert (await ask("saskia", "period=2019-2020"))["running"] == []


async def test_filters_are_kept_under_a_name(site: ExampleSite) -> None:
    sent = {"name": " Mijn  school ", "query": "process=supervision", "preferred": "on"}
    kept = await site.post("saskia", "/dashboard/filters", sent)
    assert (kept.status_code, kept.headers["location"]) == (
        303, "/dashboard?process=supervision",
    )  # fmt: skip
    begun = await look(site, "/dashboard", status=303)
    assert begun.headers["location"] == "/dashboard?process=supervision"
    html = (await look(site, "/dashboard?show=all")).text
    assert ">Mijn school</a>" in html
    assert "Mijn school" not in (await look(site, "/dashboard", "rik")).text
    path = re.search(r'action="(/dashboard/filters/[^"]+)"', html)
    assert path
    # Another person's filter stays as it is.
    assert (await site.post("rik", path[1], {"do": "drop"})).status_code == 303
    assert "Mijn school" in (await look(site, "/dashboard?show=all")).text
    assert (await site.post("saskia", path[1], {"do": "unprefer"})).status_code == 303
    await look(site, "/dashboard")
    assert (await site.post("saskia", path[1], {"do": "prefer"})).status_code == 303
    await look(site, "/dashboard", status=303)
    assert (await site.post("saskia", path[1], {"do": "what"})).status_code == 422
    assert (await site.post("saskia", path[1], {"do": "drop"})).status_code == 303
    assert "Mijn school" not in (await look(site, "/dashboard")).text
    assert (await site.post("saskia", "/dashboard/filters/x", {"do": "drop"})).status_code == 404
    assert (await site.post("ellen", "/dashboard/filters", sent)).status_code == 403


async def test_what_is_refused_says_why(site: ExampleSite) -> None:
    refused, absent = texts("nl").pages["refused"], texts("nl").pages["error"]["title"]
    for query in ("?period=2025-2027", "?zz=1", "/cases?figure=x"):
        text = (await look(site, f"/dashboard{query}", status=422)).text
        assert refused["asked_title"] in text
        assert '<a href="/dashboard?show=all">' in text
        assert absent not in text
    for path in ("/audit", f"/audit/supervision/{site.ids['in_guidance']}"):
        text = (await look(site, path, "ellen", status=403)).text
        assert refused["role_title"] in text
        assert absent not in text
    case = f"/supervision/{site.ids['in_guidance']}"
    for path, most in ((f"{case}/do/LogHours", "300 kB"), ("/language", "10 kB")):
        answer = await site.post("ellen", path, {"hours": "1" * 2_000_000})
        assert answer.status_code == 413
        assert f"maximaal {most} versturen" in answer.text
        assert refused["back"] in answer.text
        assert absent not in answer.text


async def test_two_tabs_begin_with_one_filter(site: ExampleSite) -> None:
    """What both keep at the same moment is kept, and one of them is begun with."""
    desks, nienke = site.store.desks, person_id("nienke")
    for _ in range(4):
        names = [f"Filter {number}" for number in range(4)]
        save = (desks.save_filter(DEMO_BOARD, nienke, one, "", preferred=True) for one in names)
        await asyncio.gather(*save)
        kept = await desks.filters(DEMO_BOARD, nienke)
        assert [one.name for one in kept] == names
        await asyncio.gather(*(desks.prefer_filter(DEMO_BOARD, nienke, one.id) for one in kept))
        kept = await desks.filters(DEMO_BOARD, nienke)
        assert sum(one.preferred for one in kept) == 1
        for one in kept:
            await desks.drop_filter(DEMO_BOARD, nienke, one.id)


async def test_what_cannot_be_kept_comes_back_as_it_was_typed(site: ExampleSite) -> None:
    for name, said in (("", WORDS["save"]["missing"]), ("a" * 81, "Maximaal 80 tekens")):
        sent = {"name": name, "query": "process=partners"}
        back = await site.post("saskia", "/dashboard/filters", sent)
        assert back.status_code == 422
        assert said in back.text
        assert f'value="{name}"' in back.text
        assert 'name="query" value="process=partners"' in back.text
    for odd in (
        "evil=1", "process=bestaatniet", "//evil.com", "x" * 5000, "advisor=x", "state=nergens",
        "outcome=x", "period=2020-2022",
    ):  # fmt: skip
        sent = {"name": "Van mij", "query": odd, "preferred": "on"}
        back = await site.post("saskia", "/dashboard/filters", sent)
        assert back.status_code == 422, odd
        assert f'id="name-error">{WORDS["save"]["no_filter"]}' in back.text
        assert 'value="Van mij"' in back.text
    await look(site, "/dashboard")
    for number in range(30):
        sent = {"name": f"Filter {number}", "query": ""}
        assert (await site.post("rik", "/dashboard/filters", sent)).status_code == 303
    full = await site.post("rik", "/dashboard/filters", {"name": "Nog een", "query": ""})
    assert full.status_code == 409
    assert "U hebt al 30 filters" in full.text
    again = await site.post("rik", "/dashboard/filters", {"name": "Filter 3", "query": ""})
    assert again.status_code == 303


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


async def test_tables_and_lists_are_files_too(site: ExampleSite) -> None:
    html = (await look(site, "/dashboard")).text
    for name in re.findall(r'href="/dashboard/(\w+)\.csv"', html):
        answer = await look(site, f"/dashboard/{name}.csv")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.headers["content-disposition"].endswith('.csv"')
        assert answer.headers["cache-control"] == "private, no-store"
        heading, *rows = rows_of(answer.content.decode())
        assert rows
        assert {len(row) for row in rows} == {len(heading)}
        book = await look(site, f"/dashboard/{name}.xlsx")
        assert ZipFile(io.BytesIO(book.content)).testzip() is None
    answer = await look(site, "/dashboard/cases.csv?figure=running")
    heading, *rows = rows_of(answer.content.decode())
    assert len(rows) == int(tile(html, "running")[0])
    assert "Traject van Marloes Terpsma" in {row[0] for row in rows}
    hours = heading.index("Uren")
    assert any(re.fullmatch(r"\d+,\d\d", row[hours]) for row in rows)
    for path in ("nothing.csv", "running.pdf", "cases.exe?figure=running"):
        await look(site, f"/dashboard/{path}", status=404)


def test_no_spreadsheet_takes_a_text_for_a_formula() -> None:
    evil = ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
    columns = [Column("case"), Column("cases", "count")]
    table = Table("x", columns, [[Cell(text), Cell(-1)] for text in evil])
    heading, *rows = rows_of(csv_file(table, ["=Kop", "Aantal"], "", "nl").decode())
    assert heading == ["'=Kop", "Aantal"]
    assert all(row[0].startswith("'") for row in rows)
    found = results.Found((), [[results.Cell(text)] for text in evil])
    text = found.csv(["=Kop"]).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert read == [["'=Kop"], *([f"'{one}"] for one in evil)]
    # A number is a number, also below zero.
    assert {row[1] for row in rows} == {"-1"}
    assert harmless("De Windvaan") == "De Windvaan"
    book = ZipFile(io.BytesIO(xlsx_file(table, ["Kop", "Aantal"], "", "[x]: y")))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>-1</v>" in sheet


async def test_the_pictures_say_what_the_tables_say(site: ExampleSite) -> None:
    html = (await look(site, "/dashboard")).text
    pictures = re.findall(r'<svg class="chart" role="img".*?</svg>', html, re.DOTALL)
    assert pictures
    names = re.findall(r'id="([^"]+)"', html)
    assert len(names) == len(set(names))
    for one in pictures:
        assert re.search(r"<title id=[^>]+>[^<]+</title><desc id=[^>]+>[^<]+</desc>", one)
        assert "style=" not in one
    assert any("Begeleiding: 1" in one for one in pictures)


async def test_the_dashboard_speaks_english(site: ExampleSite) -> None:
    http = await site.signed_in(person_id("saskia"))
    http.cookies.set("traject_language", "en")
    answer = await http.get("/dashboard?show=all")
    http.cookies.delete("traject_language")
    assert "How the cases are doing" in answer.text
    assert "Te laat" not in answer.text
