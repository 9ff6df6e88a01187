"""What of a placement and an internship stands in a list: who and where, as its reader may see."""

from __future__ import annotations

from typing import Any

from events.process import Reader, View
from tests.workflows.internships import office
from tests.workflows.placements import desk
from web.dossiers import Dossier
from web.listed import row_content
from web.reading import Reading
from workflows.registry import RULES


def _row(
    process: str, case: desk.Desk | office.Office, stream: str, reader: Reader
) -> dict[str, Any]:
    rules = RULES[process]
    rights = rules.story.rights(case.state, reader)
    view = View(reader, rights, case.engine.now, case.scenario.settings)
    dossier = Dossier(process, stream, tuple(case.events), case.state)
    return row_content(Reading(rules, dossier, view, current=True))


def test_a_placement_in_a_list() -> None:
    case = desk.Desk().travel("running")
    row = _row("placements", case, case.case, Reader(desk.id_of("leader"), desk.ROLES["leader"]))
    assert row["student"] == desk.id_of("student")
    assert row["mentor"] == {"person": desk.id_of("mentor"), "qualification": "qualified"}
    assert (row["school"], row["route"], row["state"]) == ("De Regenboog", "full_time", "running")
    assert not {"agreement", "advice", "talks", "vog", "questions"} & set(row)


def test_an_internship_in_a_list() -> None:
    case = office.at("matched")
    reader = Reader(office.id_of("leader"), office.ROLES["leader"])
    row = _row("internships", case, case.case, reader)
    summary = case.summary("leader")
    assert row["host"]
    for field in ("host", "school", "kind"):
        assert row[field] == summary[field]
    assert not {"agreement", "goal", "question"} & set(row)
