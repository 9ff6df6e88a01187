"""Each task done through its page, without scripts: what is asked, refused, kept and recorded."""

from __future__ import annotations

import re
from typing import Any

import pytest

from events.event import fact_json
from tests.web.example_site import ExampleSite
from tests.web.tasks.hand import fill, form_of, wrong
from web.site import DEMO_BOARD
from workflows.supervision.beginning import POINTS

SECRET = "Geheim"


async def last(desk: ExampleSite, stream: str, kind: str) -> dict[str, Any]:
    """What was recorded last of a kind."""
    events = await desk.store.load(DEMO_BOARD, stream)
    return next(fact_json(one.data) for one in reversed(events) if one.type == kind)


def path(desk: ExampleSite, case: str, command: str) -> str:
    return f"/supervision/{desk.ids[case]}/do/{command}"


async def test_a_diagnosis_visit_keeps_what_was_typed_until_it_is_complete(
    desk: ExampleSite,
) -> None:
    where = path(desk, "diagnosis", "RecordDiagnosisVisit")
    note = 'twee wissels <b>zonder "signaal"</b>'
    partly = {
        "observations__lesson_change__seen": "true",
        "observations__lesson_change__note": note,
    }
    answer, _ = await fill(desk, "ellen", where, **partly, hours="1,3")
    assert answer.status_code == 422
    assert "hours" in wrong(answer.text)
    assert form_of(answer.text)["observations.lesson_change.note"] == note
    assert "<b>zonder" not in answer.text
    answer, _ = await fill(desk, "ellen", where, **partly)
    assert answer.status_code == 409
    # The rules stop at the first point that is missing; the page names each of them.
    assert wrong(answer.text) == [f"observations.{point}" for point in POINTS[1:]]
    assert "1 van 4 ingevuld" in answer.text
    answer, _ = await fill(
        desk, "ellen", where,
        **{f"observations__{point}__seen": "false" for point in POINTS},
        **{f"observations__{point}__note": f"over {point}" for point in POINTS},
        hours="2,5",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    held = await last(desk, desk.ids["diagnosis"], "DiagnosisVisitHeld")
    assert held["observations"][POINTS[3]] == {"seen": False, "note": f"over {POINTS[3]}"}
    logged = await last(desk, desk.ids["diagnosis"], "InterventionHoursLogged")
    assert logged["hours"] == "2.50"
    again = await desk.get("ellen", where)
    assert again.status_code == 409
    assert "Dit kan nu niet" in again.text
    # To consult about no goals cannot be done; where goals are made is one step away.
    early = await desk.get("ellen", path(desk, "diagnosis", "RecordClientConsultation"))
    assert early.status_code == 409
    assert f'href="{path(desk, "diagnosis", "DraftGoal")}"' in early.text


async def test_goals_that_were_not_looked_at_are_left_out(desk: ExampleSite) -> None:
    where = path(desk, "rating", "RecordVisit")
    assert "V1: deels" in (await desk.get("ellen", f"{where}?visit=V2")).text
    answer, _ = await fill(desk, "ellen", f"{where}?visit=V2")
    assert (answer.status_code, wrong(answer.text)) == (409, ["findings"])
    answer, sent = await fill(desk, "ellen", f"{where}?visit=V2", findings__1__seen="seen")
    assert sent["with:findings.1.goal"] == "G2"
    assert (answer.status_code, wrong(answer.text)) == (409, ["findings.1.example"])
    answer, _ = await fill(
        desk, "ellen", f"{where}?visit=V2",
        findings__1__seen="seen", findings__1__example="na vier minuten begon het werk",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    held = await last(desk, desk.ids["rating"], "ClassVisitHeld")
    assert [one["goal"] for one in held["findings"]] == ["G2"]


async def test_a_teacher_rates_every_goal_on_one_screen(desk: ExampleSite) -> None:
    where = path(desk, "rating", "SubmitSelfAssessment")
    answer, _ = await fill(desk, "samira", f"{where}?visit=V1", ratings__G1="partly")
    assert (answer.status_code, wrong(answer.text)) == (409, ["ratings.G2"])
    assert form_of(answer.text)["ratings.G1"] == "partly"
    ratings = {"ratings__G1": "partly", "ratings__G2": "reached"}
    answer, _ = await fill(desk, "samira", f"{where}?visit=V1", **ratings)
    assert answer.status_code == 303
    rated = await last(desk, desk.ids["rating"], "SelfAssessmentSubmitted")
    assert rated["ratings"] == {"G1": "partly", "G2": "reached"}
    report = (await desk.get("ellen", path(desk, "rating", "DraftFinalReport"))).text
    assert "leerkracht: bereikt" in report
    assert "om 10:05 klonk het signaal" in report


async def test_the_list_of_goals_counts_and_is_put_in_order(desk: ExampleSite) -> None:
    case, where = desk.ids["in_guidance"], path(desk, "in_guidance", "DraftGoal")
    answer, _ = await fill(desk, "ellen", where, text="Rustig en stil", area="didactic")
    assert (answer.status_code, wrong(answer.text)) == (409, ["grounds", "single"])
    assert form_of(answer.text, "DraftGoal")["text"] == "Rustig en stil"
    fields = {"area": "didactic", "grounds": ["wish", "necessity"], "single": "true"}
    answer, sent = await fill(desk, "ellen", where, text="Rustig en stil", **fields)
    assert sent["goal"] == "G4"
    assert answer.headers["Location"].startswith(f"{where}?done=")
    page = (await desk.get("ellen", answer.headers["Location"])).text
    assert "Vastgelegd: " in page
    assert "4 van 15 doelen" in page
    assert "Er kunnen nog 11 doelen bij." in page
    assert page.count("lijkt meer dan één gedraging") == 2
    assert "Over deze lijst is nog niet met de opdrachtgever overlegd." in page

    order = f"/supervision/{case}/goals/order"
    for _ in range(2):
        moved = await desk.post("ellen", order, {"goal": "G4", "to": "up"})
        assert moved.headers["Location"] == f"{where}#goal-G4"
    assert order_of((await desk.get("ellen", where)).text) == ["G1", "G4", "G2", "G3"]
    assert (await desk.post("marloes", order, {"goal": "G4", "to": "up"})).status_code == 404
    visit = (await desk.get("ellen", path(desk, "in_guidance", "RecordVisit"))).text
    assert re.findall(r'name="with:findings\.(\d)\.goal" value="(\w+)"', visit) == [
        ("0", "G1"),
        ("1", "G2"),
        ("2", "G3"),
    ]
    consulted = (
        await desk.get("ellen", path(desk, "in_guidance", "RecordClientConsultation"))
    ).text
    assert "1 nieuw, 0 gewijzigd, 0 vervallen." in consulted
    answer, sent = await fill(
        desk, "ellen", path(desk, "in_guidance", "RecordClientConsultation"), version="3"
    )
    assert answer.status_code == 409
    assert form_of(answer.text)["version"] == "4"
    answer, _ = await fill(
        desk, "ellen", f"/supervision/{case}/do/DropGoal?goal=G4", reason="toch niet"
    )
    assert answer.status_code == 303
    assert (
        await desk.get("ellen", f"/supervision/{case}/do/RewordGoal?goal=G4")
    ).status_code == 409


def order_of(page: str) -> list[str]:
    return re.findall(r'data-goal="(\w+)"', page)


async def test_planning_shows_what_is_in_the_way(desk: ExampleSite) -> None:
    where = path(desk, "rating", "PlanVisit")
    day = desk.board.engine.now.date().isoformat()
    page = (await desk.get("ellen", f"{where}?at={day}T14:00")).text
    assert "kort ervoor of erna" in page
    assert f'value="{day}T14:00"' in page
    closed = desk.board.settings.closed[-1]
    page = (await desk.get("ellen", f"{where}?at={closed.from_}T09:00")).text
    assert closed.name in page
    answer, sent = await fill(desk, "ellen", where, at=f"{day}T16:00", announced="true")
    assert sent["visit"] == "V3"
    assert answer.status_code == 303, answer.text
    stream = desk.ids["rating"]
    shown = re.compile(r"[A-Z]\d[A-Z]")
    for called, announced in ((shown, "false"), (re.compile("V4"), "true"), (shown, "false")):
        answer, _ = await fill(desk, "ellen", where, at=f"{day}T17:00", announced=announced)
        assert answer.status_code == 303, answer.text
        kind = "ClassVisitPlanned" if announced == "true" else "UnannouncedVisitPlanned"
        visit = (await last(desk, stream, kind))["visit"]
        assert called.fullmatch(visit), "no number tells of it"
    refused, sent = await fill(desk, "ellen", where, at="", announced="false")
    again = form_of(refused.text)["when:announced=false:visit"]
    assert again == sent["when:announced=false:visit"], "the same form once more is one command"
    moved = await desk.get(
        "ellen", f"/supervision/{desk.ids['rating']}/do/RescheduleVisit?visit=V3"
    )
    assert f'value="{day}T16:00"' in moved.text


async def test_a_moment_in_another_zone_or_writing_is_none(desk: ExampleSite) -> None:
    where, day = path(desk, "rating", "PlanVisit"), desk.board.engine.now.date()
    other = (f"{day:%Y%m%d}T0900", f"{day:%G-W%V-%u}T09:00", f"{day}T25:00", "9" * 5000)
    for at in (f"{day}T09:00Z", f"{day}T09:00+01:00", *other):
        assert (await desk.get("ellen", where, params={"at": at})).status_code == 200
    answer, _ = await fill(desk, "ellen", where, at=f"{day}T09:00Z", announced="true")
    assert answer.status_code == 422


async def test_that_a_teacher_is_busy_is_told_and_no_more(desk: ExampleSite) -> None:
    """Samira's internship begins that day, of which her advisor knows nothing."""
    state = await desk.store.load(DEMO_BOARD, desk.ids["internship"])
    start = next(one.data.from_ for one in state if one.type == "AgreementDrafted")
    page = (await desk.get("ellen", path(desk, "rating", "PlanVisit") + f"?at={start}T09:00")).text
    assert "Samira el Bouazzaoui: bezet" in page
    assert "docentstage" not in page
    assert desk.ids["internship"] not in page


@pytest.mark.parametrize(
    ("by", "command"),
    [("samira", "PlanVisit"), ("samira", "RecordVisit"), ("petra", "RecordVisit"),
     ("samira", "RescheduleVisit"), ("samira", "DraftFinalReport"), ("hendrik", "DraftGoal")],
)  # fmt: skip
async def test_who_cannot_do_a_task_sees_nothing_of_it(
    desk: ExampleSite, by: str, command: str
) -> None:
    where = path(desk, "rating", command)
    for query in ("", f"?visit={SECRET}", "?at=2026-02-10T14:15"):
        answer = await desk.get(by, where + query)
        assert answer.status_code == 403
        assert "Dit kan nu niet" in answer.text
        assert SECRET not in answer.text
        assert "14:15" not in answer.text
    sent = {"key": "1", "visit": SECRET, "reason": "mijn hele tekst"}
    refused = await desk.post(by, where, sent)
    assert refused.status_code in (403, 422)
    assert SECRET not in refused.text
    assert "14:15" not in refused.text
    if refused.status_code == 403:
        assert "mijn hele tekst" in refused.text


async def test_the_report_starts_from_the_last_draft(desk: ExampleSite) -> None:
    where = path(desk, "in_guidance", "DraftFinalReport")
    answer, _ = await fill(
        desk, "ellen", where, sections__process="Eén bezoek", goal_results__G1="partly"
    )
    assert (answer.status_code, wrong(answer.text)) == (422, ["overall"])
    answer, _ = await fill(
        desk, "ellen", where,
        sections__process="Eén bezoek", goal_results__G1="partly", overall="sufficient",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    page = (await desk.get("ellen", where)).text
    kept = form_of(page)
    assert kept["sections.process"] == "Eén bezoek"
    assert (kept["goal_results.G1"], kept["overall"]) == ("partly", "sufficient")
    assert "3 van 9 ingevuld" in page
    assert f"/supervision/{desk.ids['in_guidance']}/report/preview.pdf" in page


async def test_pages_speak_english_too(desk: ExampleSite) -> None:
    english = {"Accept-Language": "en"}
    for command in ("DraftGoal", "PlanVisit", "DraftFinalReport", "RecordVisit"):
        page = await desk.get("ellen", path(desk, "in_guidance", command), headers=english)
        assert page.status_code == 200
        assert "Back to" in page.text
        assert "Terug" not in page.text
